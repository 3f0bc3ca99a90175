"""What the checks, fields and gaps of a draft are called."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.tender import Gap

Text = str | Promise

CHECKS: Mapping[str, Text] = {
    "P01": _("The item is in the directory today"),
    "P02": _("The money chosen covers the ceiling"),
    "P04": _("The market was surveyed"),
    "P05": _("Users were consulted"),
    "P06": _("Nothing like it is bought at the same place and time"),
    "P07": _("The directory describes the item fully"),
    "N02": _("The intention was announced in time"),
    "T02": _("There is time to bid"),
    "T03": _("Outcomes earn points"),
    "T04": _("The price weighs neither too little nor too much"),
    "weights": _("The weights add up to 100"),
    "panel.members": _("The panel is large enough"),
    "panel.odd": _("The panel is odd in number"),
    "T05": _("The hours can be worked"),
    "C03": _("The contract is not too long"),
    "C07": _("Output and benefit weigh enough in the evaluation"),
}
MEANINGS: Mapping[str, Text] = {
    "P01": _("Only what the directory lists may be bought."),
    "P02": _("Left in the appropriations that you chose, against the ceiling."),
    "P04": _("Respondents in the market-survey register."),
    "P05": _("Users in the consultation register."),
    "P06": _("Contracts and running tenders of the same item and place that share a day."),
    "P07": _("Content, procedure, fee basis and evaluation that are still empty."),
    "N02": _("Days since the intention was announced."),
    "T02": _("Days from now to the deadline of bids."),
    "T03": _("Share of the points that outcomes have."),
    "T04": _("Share of the points that the price has."),
    "weights": _("Sum of all weights."),
    "panel.members": _("Members of the panel."),
    "panel.odd": _("With an odd number there is no even split."),
    "T05": _("Direct hours a worker in a year, against what one worker can give."),
    "C03": _("One year; up to three if all four conditions are met."),
    "C07": _("Percent of the framework's weights."),
}
SOURCES: Mapping[str, Text] = {
    "P01": _("Measures on government purchase of services, Order 102 (2020), and its directory"),
    "P02": _("Order 102 (2020): budget first, then purchase"),
    "P06": _("study of Guangzhou's family service centres (S3): departments that overlap"),
    "P07": _("study of purchased community correction services (S0): contents left open"),
    "T03": _("study of Guangzhou's family service centres (S3): hours instead of outcomes"),
    "weights": _("the exchange format: weights of a tender sum to 100"),
}
"""Where a check rests on no entry of the rule pack."""
CONDITIONS: Mapping[str, Text] = {
    "fixed_content": _("What is bought stays much the same"),
    "continuous": _("The service has to go on without a break"),
    "secured_funds": _("The money comes from a steady source and is secured in each year's budget"),
    "stable_price": _("Prices hardly change"),
}
FIELDS: Mapping[str, Any] = {
    "title_en": _("Title in English"),
    "title_zh": _("Title in Chinese"),
    "specification": _("Specification"),
    "target_group": _("Whom it is for"),
    "service_item": _("Item of the directory"),
    "area": _("Place"),
    "method": _("Method"),
    "starts_on": _("Contract from"),
    "ends_on": _("Contract to"),
    "bid_deadline": _("Deadline of bids"),
    "ceiling": _("Ceiling in yuan, whole contract"),
    "staff": _("Professional workers"),
    "terms": _("Workload lines"),
    "criteria": _("Award criteria"),
    "panel_size": _("Members of the panel"),
    "appropriations": _("Money that pays"),
    "framework": _("Evaluation framework"),
    "supervisor": _("Supervising authority"),
    "conditions": _("Conditions of a contract above one year"),
    "needs": _("Needs that it answers"),
    "reasons": _("Reasons to be published"),
}
COLUMNS: Mapping[str, Text] = {
    "code": _("No."),
    "group": _("Group"),
    "type": _("Kind of work"),
    "category": _("Name"),
    "formula": _("Formula"),
    "name": _("Name"),
    "kind": _("Kind"),
    "weight": _("Weight"),
}
GAPS: Mapping[Gap, Text] = {
    Gap.MISSING: _("is missing"),
    Gap.UNREADABLE: _("cannot be read"),
    Gap.REPEATED: _("is there twice"),
    Gap.BACKWARDS: _("lies before the beginning"),
}
ADVICE = ("N02", "P06", "P07", "T03", "T05")
"""The checks for which a published reason is enough, as `rules.tender_checks` has them."""
TOLD: Mapping[str, Text] = {
    "submit": _("A tender waits for you to publish it"),
    "return": _("A draft tender came back with a reason"),
    "publish": _("Your tender is published"),
    "cancel": _("Your tender was cancelled"),
}


def field_name(place: str) -> str:
    """What a field is called: terms.2.formula is "Workload lines 3: Formula"."""
    name, *row = place.split(".")
    if not row:
        return str(FIELDS[name])
    return f"{FIELDS[name]} {int(row[0]) + 1}: {COLUMNS[row[1]]}"


class Fields(tuple[str, ...]):
    """Fields of a draft that read as their names in the active language."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(field_name(place) for place in self)


class Checks(tuple[str, ...]):
    """Codes of checks that read as their names in the active language."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(str(CHECKS[code]) for code in self)
