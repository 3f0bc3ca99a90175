"""Fields that forms of several stages have in common: a day, an amount, a choice, words."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.rules.money import fen_to_yuan, yuan_to_fen

UNKNOWN_CHOICE = _("There is no such choice here: choose one from the list.")
TOO_LONG = _("Use at most %(limit_value)d characters.")
ALL = _("All")
MISSING = _("Write this down")
REASON = _("Reason")
Choices = Iterable[tuple[Any, Any]]


class DayField(forms.DateField):
    """A day, entered as the browser offers it or as year-month-day."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(
            input_formats=["%Y-%m-%d"],
            error_messages={
                "required": _("Enter a day"),
                "invalid": _("Enter a day as year-month-day, such as 2026-06-30"),
            },
            **options,
        )


class YuanField(forms.Field):
    """An amount typed in yuan, such as 2,000,000 or 94.03; its value is in fen."""

    def __init__(self, *, positive: bool = True, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        messages = {"required": _("Enter an amount in yuan, such as 2000000 or 94.03")}
        super().__init__(**{"widget": widget, "error_messages": messages, **options})
        self.positive = positive

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        for sign in (",", "，", " ", "¥", "￥", "元"):
            text = text.replace(sign, "")
        if not text:
            return None
        try:
            fen = yuan_to_fen(text)
        except ValueError:
            raise forms.ValidationError(
                _("Enter an amount in yuan with two decimals at most, such as 2000000 or 94.03")
            ) from None
        if self.positive and fen < 1:
            raise forms.ValidationError(_("Enter an amount above zero"))
        return fen

    def prepare_value(self, value: Any) -> Any:
        return f"{fen_to_yuan(value):f}".removesuffix(".00") if isinstance(value, int) else value


def choice(label: Any, choices: Choices, empty: Any = ALL, *, required: bool = False) -> Any:
    """A field to choose one of a list; optional ones have `empty` on top."""
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *choices],
        required=required,
        error_messages={"invalid_choice": UNKNOWN_CHOICE, "required": _("Choose one of the list")},
    )


def radio(label: Any, choices: Choices, hint: Any = "") -> forms.ChoiceField:
    """A question with few answers, none of them chosen beforehand."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=list(choices),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer"), "invalid_choice": UNKNOWN_CHOICE},
    )


def words_field(
    label: Any,
    hint: Any = "",
    *,
    missing: Any = MISSING,
    longest: int = 5_000,
    rows: int = 5,
) -> forms.CharField:
    """A required text of several lines; `missing` says what to do where it is empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


def reason_field(label: Any = REASON, hint: Any = "", *, rows: int = 4) -> forms.CharField:
    """A reason that will be public."""
    missing = _("Give a reason. It will be public.")
    return words_field(label, hint, missing=missing, longest=2_000, rows=rows)


def filter_words(label: Any) -> forms.CharField:
    """A filter by words."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": TOO_LONG},
    )


class Filters(forms.Form):
    """A form that is read from the address; a field at fault counts as empty."""

    use_required_attribute = False

    def value(self, name: str) -> str:
        """What was asked of a field, empty where nothing or nothing sensible was."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
