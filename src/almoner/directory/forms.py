"""The forms of the directory: filters, an item with its test and its six questions, its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.directory.labels import ANSWERS, QUESTIONS, STATES, TEXT_HINTS, TEXTS
from almoner.directory.models import ItemKind, ServiceItem
from almoner.directory.operations import faults
from almoner.directory.queries import ItemFilter, Version
from almoner.rules.directory import TEST, Answer, ItemDraft, refuse_list
from almoner.web.fields import (
    TOO_LONG,
    UNKNOWN_CHOICE,
    DayField,
    Filters,
    choice,
    filter_words,
    radio,
    words_field,
)
from almoner.web.format import in_chinese, named
from almoner.web.reasons import sentence

LONGEST_NAME = 120
LONGEST_TEXT = 4_000
YES_NO = (("no", _("No")), ("yes", _("Yes")))
CODE = RegexValidator(
    r"\A[A-Z][A-Z0-9]{0,19}\Z",
    _("A code is a capital letter and then capital letters and digits, such as A0301"),
)


class ItemFilters(Filters):
    q = filter_words(_("Words or code"))
    state = choice(_("State today"), STATES.items())
    kind = choice(_("Kind"), ItemKind.choices)

    def wanted(self) -> ItemFilter:
        """The filter that was asked for."""
        return ItemFilter(self.value("q"), self.value("state"), self.value("kind"))


@dataclass(frozen=True)
class Section:
    """A group of fields with a heading of its own."""

    key: str
    title: str | Promise
    help: str | Promise
    fields: tuple[BoundField, ...]


class ItemForm(forms.Form):
    """An item of the directory; `version` is the one that is revised, None for a new item."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any,
        *,
        items: Iterable[ServiceItem],
        today: date,
        item: ServiceItem | None = None,
        version: Version | None = None,
    ) -> None:
        self.item = item
        super().__init__(data, label_suffix="", initial=_initial(item, version, today))
        parents = [(one.code, f"{one.code} {named(one)}") for one in items if one != item]
        self.fields.update(self._facts(parents))
        for name, label in TEXTS.items():
            self.fields[name] = words_field(label, TEXT_HINTS[name], longest=LONGEST_TEXT)
        for name, choices in ANSWERS.items():
            self.fields[name] = radio(QUESTIONS[name], choices.items())
            self.fields[f"{name}_reason"] = words_field(_("Reason"), longest=1_000, rows=2)
        for kind in refuse_list().kinds:
            question, source = (
                (kind.question_zh, kind.source_zh) if in_chinese() else (kind.question, kind.source)
            )
            if not kind.verified:
                source = _("%(source)s (source not verified)") % {"source": source}
            self.fields[f"declared_{kind.code}"] = radio(question, YES_NO, source)
        if version:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def _facts(self, parents: list[tuple[str, str]]) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {}
        if self.item is None:
            fields["code"] = forms.CharField(
                label=_("Code"),
                help_text=_("A capital letter, then capital letters and digits: A0305."),
                validators=[CODE],
                error_messages={"required": _("Enter a code")},
            )
        fields["parent_code"] = forms.ChoiceField(
            label=_("Stands below"),
            required=False,
            choices=[("", _("Nothing: it is at the top")), *parents],
            error_messages={"invalid_choice": UNKNOWN_CHOICE},
        )
        for name, label in (
            ("name_zh", _("Its name in Chinese")),
            ("name_en", _("Its name in English")),
        ):
            fields[name] = forms.CharField(
                label=label,
                max_length=LONGEST_NAME,
                error_messages={"required": _("Enter a name"), "max_length": TOO_LONG},
            )
        fields["kind"] = radio(_("Kind"), ItemKind.choices)
        if self.item is None:
            fields["valid_from"] = DayField(
                label=_("Valid from"),
                help_text=_("Today or later. Tenders from this day on may name it."),
            )
        fields["valid_to"] = DayField(
            label=_("Valid until"),
            help_text=_("Leave it empty while no end is known."),
            required=False,
        )
        return fields

    def sections(self) -> Iterator[Section]:
        """The fields in groups, in the order of the form."""
        declared = [name for name in self.fields if name.startswith("declared_")]
        tested = [name for question in TEST for name in (question, f"{question}_reason")]
        others = {*declared, *tested, *TEXTS, "version"}
        facts = [name for name in self.fields if name not in others]
        groups = (
            ("item", _("The item"), "", facts),
            (
                "texts",
                _("The four texts"),
                _(
                    "All four are needed, so that everybody knows what is bought, how it is done, "
                    "what it is paid by and how it is judged. Write Chinese, and English after it."
                ),
                list(TEXTS),
            ),
            (
                "test",
                _("Make or buy?"),
                _(
                    "Buying must not become a way to shed a duty. Answer all four with a reason; "
                    "answers and reasons are public."
                ),
                tested,
            ),
            (
                "refused",
                _("What may not be bought"),
                _(
                    "Six kinds of matter may not be bought as a service, and neither may law "
                    "enforcement, which is recognised by words in names and texts."
                ),
                declared,
            ),
        )
        for key, title, help, names in groups:
            yield Section(key, title, help, tuple(self[name] for name in names))

    def clean(self) -> dict[str, Any]:
        """All that is wrong at once, each beside its field, rather than the first of it."""
        cleaned = super().clean() or {}
        if not self.errors:
            for refused in faults(self.draft()):
                self.add_error(refused.field, sentence(refused))
        return cleaned

    def draft(self) -> ItemDraft:
        """What was filled in; only for a form without errors."""
        given = self.cleaned_data
        item = self.item
        return ItemDraft(
            code=item.code if item else given["code"],
            valid_from=item.valid_from if item else given["valid_from"],
            valid_to=given["valid_to"],
            parent_code=given["parent_code"] or None,
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            kind=given["kind"],
            test={name: Answer(given[name], given[f"{name}_reason"]) for name in TEST},
            declared=frozenset(
                kind.code for kind in refuse_list().kinds if given[f"declared_{kind.code}"] == "yes"
            ),
            **{name: given[name] for name in TEXTS},
        )


def _initial(item: ServiceItem | None, version: Version | None, today: date) -> dict[str, Any]:
    if item is None or version is None:
        return {"valid_from": today}
    test: dict[str, str] = {}
    for name, answer in version.test.items():
        test |= {name: answer["choice"], f"{name}_reason": answer["reason"]}
    return {**version.said, **test, "valid_to": item.valid_to, "version": version.number}


class EndForm(forms.Form):
    """The last day of an item, and why."""

    use_required_attribute = False
    valid_to = DayField(
        label=_("Valid until"), help_text=_("The last day on which a tender may name it.")
    )
    reason = words_field(_("Reason"), _("It stands in the audit trail."), longest=1_000, rows=3)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
