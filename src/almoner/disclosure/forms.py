"""The filters of the public lists; every field may be left empty."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from almoner.disclosure.queries import Status
from almoner.disclosure.queries_contracts import NO_RESULT, ContractFilter
from almoner.disclosure.queries_results import ResultFilter
from almoner.disclosure.search import KINDS, LONGEST_QUERY
from almoner.evaluation.models import Stage
from almoner.fairness.labels import GRADES
from almoner.notices.models import NoticeKind
from almoner.parties.models import Organisation
from almoner.parties.queries import Areas
from almoner.web.format import named

ANY = gettext_lazy("All")
SORTS: dict[str, Any] = {
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "amount": gettext_lazy("Largest amount first"),
    "delivered": gettext_lazy("Least delivered first"),
    "place": gettext_lazy("By place"),
}
UNKNOWN_CHOICE = gettext_lazy("There is no such choice here: choose one from the list.")
TOO_LONG = gettext_lazy("Use at most %(limit_value)d characters.")


def _choice(label: str, choices: Iterable[tuple[str, Any]], empty: Any = ANY) -> Any:
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *choices],
        required=False,
        error_messages={"invalid_choice": UNKNOWN_CHOICE},
    )


def _words(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": TOO_LONG},
    )


def named_choices(bodies: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Bodies by their names in the reader's language."""
    return sorted(((body.uscc, named(body)) for body in bodies), key=lambda choice: choice[1])


def place_choices(areas: Areas) -> list[tuple[str, Any]]:
    """Places in groups: a district with its sub-districts."""
    return [
        (
            named(above),
            [(above.code, _("All of %(place)s") % {"place": named(above)})]
            + [(below.code, named(below)) for below in children if not areas.children(below.code)],
        )
        for above, children in areas.streets_by_district()
    ]


class Filters(forms.Form):
    """A form that is read from the address; a field at fault counts as empty."""

    use_required_attribute = False

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        self.add_fields()

    def add_fields(self) -> None:
        """Fields whose choices are in the record or in the reader's language."""

    def value(self, name: str) -> str:
        """What was asked of a field, empty where nothing or nothing sensible was."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class ContractFilters(Filters):
    def __init__(
        self,
        data: Any,
        areas: Areas,
        providers: Iterable[Organisation],
        purchasers: Iterable[Organisation],
    ) -> None:
        self.lists = (areas, providers, purchasers)
        super().__init__(data)

    def add_fields(self) -> None:
        areas, providers, purchasers = self.lists
        self.fields["q"] = _words(_("Words or number"))
        self.fields["area"] = _choice(_("Place"), place_choices(areas))
        self.fields["provider"] = _choice(_("Provider"), named_choices(providers))
        self.fields["purchaser"] = _choice(_("Purchaser"), named_choices(purchasers))
        self.fields["status"] = _choice(_("Status"), Status.choices)
        self.fields["grade"] = _choice(
            _("Last result"), [*GRADES.items(), (NO_RESULT, _("No result yet"))]
        )
        self.fields["late"] = _choice(_("Payments"), [("on", _("With late payments"))])
        self.fields["sort"] = _choice(_("Order"), list(SORTS.items())[1:], SORTS["newest"])

    def wanted(self) -> ContractFilter:
        """The filter that was asked for."""
        return ContractFilter(
            q=self.value("q"),
            area=self.value("area"),
            provider=self.value("provider"),
            purchaser=self.value("purchaser"),
            status=self.value("status"),
            late=bool(self.value("late")),
            grade=self.value("grade"),
            sort=self.value("sort") or "newest",
        )


class ResultFilters(Filters):
    def __init__(
        self, data: Any, agencies: Iterable[Organisation], providers: Iterable[Organisation]
    ) -> None:
        self.lists = (agencies, providers)
        super().__init__(data)

    def add_fields(self) -> None:
        agencies, providers = self.lists
        self.fields["agency"] = _choice(_("Evaluation agency"), named_choices(agencies))
        self.fields["stage"] = _choice(_("Stage"), Stage.choices)
        self.fields["provider"] = _choice(_("Provider"), named_choices(providers))
        self.fields["grade"] = _choice(_("Grade"), GRADES.items())

    def wanted(self) -> ResultFilter:
        """The filter that was asked for."""
        return ResultFilter(
            agency=self.value("agency"),
            stage=self.value("stage"),
            provider=self.value("provider"),
            grade=self.value("grade"),
        )


class NoticeFilters(Filters):
    def add_fields(self) -> None:
        self.fields["kind"] = _choice(_("Kind of notice"), NoticeKind.choices)


class SearchForm(Filters):
    def add_fields(self) -> None:
        self.fields["q"] = _words(_("Search for a place, a provider, a purchaser or a contract"))
        self.fields["kind"] = _choice(_("Only"), KINDS.items())
        self.fields["kind"].widget = forms.HiddenInput()


class StreetForm(Filters):
    """One's own street, to go to its page."""

    def __init__(self, data: Any, areas: Areas) -> None:
        self.areas = areas
        super().__init__(data)

    def add_fields(self) -> None:
        self.fields["place"] = _choice(
            _("Find your street"), place_choices(self.areas), _("Choose a place")
        )
