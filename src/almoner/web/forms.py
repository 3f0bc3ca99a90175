"""The forms of signing in and of the demonstration."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("No account has this login name and password. Check both."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Login name")
        self.fields["username"].error_messages["required"] = _("Enter your login name")
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password")
        for name in ("username", "password"):
            self.fields[name].widget.attrs.pop("autofocus", None)


class ClockForm(forms.Form):
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        validators=[
            MinValueValidator(date(2000, 1, 1), _("Enter a day from 2000 on")),
            MaxValueValidator(date(2099, 12, 31), _("Enter a day up to 2099")),
        ],
        error_messages={
            "required": _("Enter a day"),
            "invalid": _("Enter a day as year-month-day, such as 2026-06-30"),
        },
    )


class PersonForm(forms.Form):
    """Which of the demonstration's people to be."""

    person = forms.IntegerField(min_value=1)
