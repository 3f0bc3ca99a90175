"""The forms of signing in and of the demonstration."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from almoner.web.fields import DayField
from almoner.web.limits import address_of, count, counted

QUARTER = 15 * 60


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("No account has this login name and password. Check both."),
        "inactive": _("This account is closed."),
        "too_many": _(
            "Signing in failed too often, with this name or from your connection. Wait a quarter "
            "of an hour, then try again. If you have forgotten your password, an administrator "
            "makes you a link for a new one."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Login name")
        self.fields["username"].error_messages["required"] = _("Enter your login name")
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password")
        for name in ("username", "password"):
            self.fields[name].widget.attrs.pop("autofocus", None)

    def clean(self) -> dict[str, Any]:
        """Signs nobody in, not even with the right password, after too many failures.

        They are counted by the name typed, whether or not an account has it, and by address.
        """
        assert self.request is not None  # the view gives it
        name = self.cleaned_data.get("username", "")
        tries = (
            ("sign-in-name", name.casefold(), settings.SIGN_IN_TRIES),
            ("sign-in-address", address_of(self.request), settings.SIGN_IN_TRIES_BY_ADDRESS),
        )
        if any(counted(what, whose) >= most for what, whose, most in tries):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            return super().clean()
        except ValidationError:
            for what, whose, _most in tries:
                count(what, whose, QUARTER)
            raise


class ClockForm(forms.Form):
    day = DayField(
        label=_("Day"),
        validators=[
            MinValueValidator(date(2000, 1, 1), _("Enter a day from 2000 on")),
            MaxValueValidator(date(2099, 12, 31), _("Enter a day up to 2099")),
        ],
    )


class PersonForm(forms.Form):
    """Which of the demonstration's people to be."""

    person = forms.IntegerField(min_value=1)
