"""The filters of the lists of findings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from almoner.findings.definition import catalogue
from almoner.parties.queries import Areas
from almoner.supervision.labels import title
from almoner.supervision.queries import FindingFilter
from almoner.web.format import named

UNKNOWN_CHOICE = gettext_lazy("There is no such choice here: choose one from the list.")
LONGEST = 200


class FindingFilters(forms.Form):
    """Read from the address; a field at fault counts as empty."""

    use_required_attribute = False

    def __init__(self, data: Any, areas: Areas, *, persons: bool) -> None:
        super().__init__(data, label_suffix="")
        kinds = [
            (code, f"{code} {title(entry)}")
            for code, entry in catalogue().items()
            if persons or not entry.about_persons
        ]
        places = [(above.code, named(above)) for above, _below in areas.streets_by_district()]
        for name, label, choices in (
            ("code", _("Kind of question"), sorted(kinds)),
            ("area", _("Place"), places),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("All")), *choices],
                required=False,
                error_messages={"invalid_choice": UNKNOWN_CHOICE},
            )
        for name in ("contract", "provider", "purchaser"):
            shown = bool(self.data.get(name))
            self.fields[name] = forms.CharField(
                label=_IDS[name],
                required=False,
                max_length=LONGEST,
                widget=forms.TextInput() if shown else forms.HiddenInput(),
            )

    def wanted(self) -> FindingFilter:
        """The filter that was asked for."""
        self.is_valid()
        return FindingFilter(**{name: self.cleaned_data.get(name) or "" for name in _NAMES})


_NAMES = ("code", "area", "contract", "provider", "purchaser")
_IDS = {
    "contract": gettext_lazy("Number of the contract"),
    "provider": gettext_lazy("Credit code of the provider"),
    "purchaser": gettext_lazy("Credit code of the purchaser"),
}
