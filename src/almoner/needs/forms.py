"""The forms about needs: filters, saying what one needs, recording, showing and answering."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.directory.models import ServiceItem
from almoner.needs.models import Channel, TargetGroup
from almoner.needs.queries import NeedFilter
from almoner.needs.residents import PublicForm
from almoner.parties.queries import Areas
from almoner.web.fields import TOO_LONG, UNKNOWN_CHOICE, DayField, Filters, choice, words_field
from almoner.web.format import named

LONGEST_NEED = 1_000
STATES = (("open", _("Waiting for an answer")), ("answered", _("Answered")))
UNSEEN = ("unseen", _("Wording to be looked at"))
PRIVATE = _(
    "Leave out names, addresses and telephone numbers, yours and those of others: "
    "this may be shown to everybody."
)


def place_choices(tree: Areas, within: Collection[str] | None = None) -> list[Any]:
    """Places in groups, a district with its sub-districts; only those `within`."""
    groups = []
    for above, children in tree.streets_by_district():
        choices = [(above.code, gettext("All of %(place)s") % {"place": named(above)})]
        choices += [(one.code, named(one)) for one in children if not tree.children(one.code)]
        chosen = [(code, name) for code, name in choices if within is None or code in within]
        if chosen:
            groups.append((named(above), chosen))
    return groups


def item_choices(items: Iterable[ServiceItem]) -> list[tuple[str, str]]:
    """Items by their names in the reader's language."""
    return [(item.code, named(item)) for item in items]


class NeedFilters(Filters):
    def __init__(
        self,
        data: Any,
        tree: Areas,
        items: Iterable[ServiceItem],
        within: Collection[str] | None = None,
        *,
        desk: bool = False,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.fields["area"] = choice(_("Place"), place_choices(tree, within))
        self.fields["item"] = choice(_("Service"), item_choices(items))
        states = [*STATES, UNSEEN] if desk else STATES
        self.fields["state"] = choice(_("State"), states)

    def wanted(self) -> NeedFilter:
        """The filter that was asked for."""
        return NeedFilter(self.value("area"), self.value("item"), self.value("state"))


def _about(tree: Areas, items: Iterable[ServiceItem], within: Collection[str] | None) -> Any:
    """The questions that a need answers, whoever writes them down."""
    return {
        "area": forms.ChoiceField(
            label=_("Where?"),
            choices=[("", _("Choose a place")), *place_choices(tree, within)],
            error_messages={"required": _("Choose a place"), "invalid_choice": UNKNOWN_CHOICE},
        ),
        "text": words_field(_("What is needed?"), PRIVATE, longest=LONGEST_NEED, rows=5),
        "target_group": forms.ChoiceField(
            label=_("For whom?"),
            choices=[("", _("Choose a group")), *TargetGroup.choices],
            error_messages={"required": _("Choose a group"), "invalid_choice": UNKNOWN_CHOICE},
        ),
        "service_item": forms.ChoiceField(
            label=_("Which service would help? (optional)"),
            required=False,
            choices=[("", _("I do not know")), *item_choices(items)],
            error_messages={"invalid_choice": UNKNOWN_CHOICE},
        ),
    }


def _need_of(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "area_code": given["area"],
        "text": given["text"],
        "target_group": given["target_group"],
        "service_item": given["service_item"] or None,
    }


class SayForm(PublicForm):
    """What a resident needs."""

    def __init__(
        self, data: Any, tree: Areas, items: Iterable[ServiceItem], initial: dict[str, str]
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields.update(_about(tree, items, None))

    def need(self) -> dict[str, Any]:
        """The arguments of `raise_need`."""
        return _need_of(self.cleaned_data)


class RecordForm(forms.Form):
    """A need that reached the office in another way."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label=_("How did it reach you?"),
        choices=[one for one in Channel.choices if one[0] != Channel.ONLINE],
        error_messages={"required": _("Choose an answer"), "invalid_choice": UNKNOWN_CHOICE},
    )
    raised_on = DayField(label=_("On which day?"))
    supporters = forms.IntegerField(
        label=_("How many people stand behind it?"),
        help_text=_("Signatures, or people at the meeting who wanted it; at least one."),
        min_value=1,
        max_value=1_000_000,
        error_messages={
            "required": _("Enter a number"),
            "invalid": _("Enter a whole number"),
            "min_value": _("Enter a number from 1 on"),
            "max_value": _("Enter a number up to a million"),
        },
    )

    def __init__(
        self,
        data: Any,
        tree: Areas,
        items: Iterable[ServiceItem],
        within: Collection[str] | None,
        today: date,
    ) -> None:
        super().__init__(data, label_suffix="", initial={"raised_on": today})
        self.fields = {**_about(tree, items, within), **self.fields}

    def need(self) -> dict[str, Any]:
        """The arguments of `record_need`."""
        given = self.cleaned_data
        own = {name: given[name] for name in ("channel", "raised_on", "supporters")}
        return {**_need_of(given), **own}


class ShowForm(forms.Form):
    """The wording as everybody may read it."""

    use_required_attribute = False
    shown = words_field(
        _("Wording for the public"),
        _("Take out names, addresses and whatever else says who somebody is; change nothing else."),
        longest=LONGEST_NEED,
    )


class AnswerForm(forms.Form):
    """The answer to a need."""

    use_required_attribute = False
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_(
            "Say what will be done and by when, or why not. Everybody can read it; name nobody."
        ),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write this down"), "max_length": TOO_LONG},
    )
