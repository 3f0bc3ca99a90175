"""The filters of the public list of tenders."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from almoner.disclosure.forms import ANY, UNKNOWN_CHOICE, Filters, place_choices
from almoner.disclosure.queries import service_items
from almoner.disclosure.tender_list import STATES, TenderFilter
from almoner.parties.queries import Areas
from almoner.web.format import named


class TenderFilters(Filters):
    def __init__(self, data: Any, areas: Areas) -> None:
        self.areas = areas
        super().__init__(data)

    def add_fields(self) -> None:
        items = sorted((code, named(item)) for code, item in service_items().items())
        for name, label, choices in (
            ("area", _("Place"), place_choices(self.areas)),
            ("item", _("Item of the directory"), items),
            ("state", _("State"), list(STATES.items())),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", ANY), *choices],
                required=False,
                error_messages={"invalid_choice": UNKNOWN_CHOICE},
            )

    def wanted(self) -> TenderFilter:
        """The filter that was asked for."""
        return TenderFilter(
            area=self.value("area"), item=self.value("item"), state=self.value("state")
        )
