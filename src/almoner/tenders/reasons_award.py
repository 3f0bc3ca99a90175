"""Why a step from the bid to the award is refused, and what a bidder should look at twice."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from almoner.rules.bid import BidCheck
from almoner.rules.refusal import Refused
from almoner.web import format as plain

AWARD = {
    "price_missing": _("Enter a price above zero."),
    "hours_missing": _("Enter how many direct hours you offer a year."),
    "staff_missing": _("Enter how many full-time workers you offer."),
    "proposal_missing": _("Attach your proposal as a file."),
    "above_ceiling": _(
        "Your price of %(price_fen)s is above the ceiling of %(ceiling_fen)s. "
        "Lower it: a bid above the ceiling cannot win."
    ),
    "infeasible_hours": _(
        "%(hours)s hours by %(staff)s workers are %(each)s hours a worker, and one worker can "
        "give at most %(most)s hours a year to users. Offer fewer hours or more workers."
    ),
    "inflated_hours": _(
        "%(hours)s hours are %(over)s more than the %(required)s asked for. More than %(limit)s "
        "above what is asked for is published as a question; it earns no points."
    ),
    "hours_short": _("%(hours)s hours are fewer than the %(required)s asked for."),
    "worker_left": _(
        "%(worker)s is not on your staff today. Take the worker out of the bid, or correct the "
        "register of your staff."
    ),
    "promised_twice": _(
        "%(worker)s is promised %(share)s times full time in this and your other open bids. If "
        "you win them all, that cannot be kept."
    ),
    "tender_closed": _("This tender takes no more bids."),
    "late_bid": _(
        "The deadline was %(deadline)s, and it is %(at)s. Nothing can be sent or taken back after "
        "it."
    ),
    "before_deadline": _(
        "Bids are taken until %(deadline)s. They can be opened after that, not before."
    ),
    "unsealed_already": _(
        "The opening has begun already. A second person has to open the bids now."
    ),
    "not_unsealed": _("Another person has to begin the opening first: it takes two."),
    "panel_missing": _("Draw the panel before you open the bids."),
    "panel_drawn_already": _("The panel of this tender was drawn. It is drawn only once."),
    "panel_too_small": _(
        "A panel has at least %(least)s members and an odd number of them; this one would have "
        "%(members)s. If nobody is left to be drawn, cancel the tender and begin again."
    ),
    "too_few_experts": _(
        "At least %(experts)s of %(members)s members must be experts drawn by lot: name at most "
        "%(named)s yourself."
    ),
    "decider_on_panel": _(
        "%(person)s decides awards of this purchaser and cannot sit on the panel. Choose another."
    ),
    "pool_too_small": _(
        "%(wanted)s experts have to be drawn, and only %(there)s can be. An administrator can "
        "grant the role of panel member to more people who work for no purchaser or provider here."
    ),
    "not_on_panel": _("You have no seat on the panel of this tender."),
    "ties_not_declared": _("Say first, bidder by bidder, whether you have a tie to them."),
    "tied": _("You declared a tie to a bidder, so that you do not score this tender."),
    "sheet_submitted": _("You submitted your scores. They cannot be changed any more."),
    "sheet_incomplete": _(
        "A score from 0 to 100 is missing for %(missing)s. Fill in every one, then submit."
    ),
    "score_out_of_range": _("A score is a number from 0 to 100, with two decimals at most."),
    "scoring_began": _("Scoring has begun. A bid can be disqualified only before that."),
    "scores_missing": _("%(missing)s of %(members)s members have not submitted their scores."),
    "too_few_bids": _(
        "There are %(valid)s valid bids and at least %(least)s are needed. The tender must be "
        "cancelled, and can begin again."
    ),
}

_SHOWN: dict[str, Callable[[Any], str]] = {
    "price_fen": plain.yuan,
    "ceiling_fen": plain.yuan,
    "over": lambda share: plain.percent(share, 2),
    "limit": plain.percent,
    "worker": str,
    "deadline": plain.moment,
    "at": plain.moment,
}


def refusal(check: BidCheck) -> Refused:
    """What a check says, as a refusal with its figures written out in the active language."""
    return refused(check.code, **check.values)


def refused(code: str, **values: Any) -> Refused:
    """Refused, with amounts, shares and instants written out in the active language."""
    return Refused(code, **{k: _SHOWN.get(k, _plain)(value) for k, value in values.items()})


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else plain.figure(value)
