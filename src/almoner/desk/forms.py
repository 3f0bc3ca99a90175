"""The forms of the desk: finding, and the administrator's people."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Language
from almoner.parties.models import Organisation, OrganisationKind
from almoner.rules.roles import Role
from almoner.web.fields import DayField
from almoner.web.format import name_of
from almoner.web.labels import ROLES

# Of which kind the body is that somebody serves in a role; None: the role serves no single body.
BODY_OF_ROLE = {
    Role.SUPERVISOR: OrganisationKind.SUPERVISOR,
    Role.PURCHASER_CLERK: OrganisationKind.PURCHASER,
    Role.PURCHASER_SIGNATORY: OrganisationKind.PURCHASER,
    Role.FINANCE_OFFICER: OrganisationKind.FINANCE,
    Role.PROVIDER_DIRECTOR: OrganisationKind.PROVIDER,
    Role.PROVIDER_SUPERVISOR: OrganisationKind.PROVIDER,
    Role.SOCIAL_WORKER: OrganisationKind.PROVIDER,
    Role.PANEL_MEMBER: None,
    Role.EVALUATION_LEAD: OrganisationKind.EVALUATOR,
    Role.RATER: OrganisationKind.EVALUATOR,
    Role.AUDITOR: None,
    Role.ADMINISTRATOR: None,
}
_EVERY = ("", _("All"))


class TaskFilter(forms.Form):
    """Which of my tasks to show."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    overdue = forms.BooleanField(label=_("Only what is overdue"), required=False)


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("What are you looking for?"),
        help_text=_("An id, or words of a title."),
        max_length=100,
        error_messages={"required": _("Enter an id or words of a title")},
    )


class PeopleFilter(forms.Form):
    """Which people to list."""

    q = forms.CharField(label=_("Name or login name"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [_EVERY, *ROLES.items()]  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A new person."""

    login = forms.CharField(
        label=_("Login name"),
        help_text=_("Small letters, digits, dots and hyphens. It stays for good."),
        max_length=60,
        validators=[
            RegexValidator(
                r"\A[a-z0-9][a-z0-9.-]*\Z",
                _("Use small letters, digits, dots and hyphens only, such as li.wei"),
            )
        ],
        error_messages={"required": _("Enter a login name")},
    )
    name_zh = forms.CharField(
        label=_("Name in Chinese"),
        max_length=100,
        error_messages={"required": _("Enter the name in Chinese")},
    )
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=100,
        error_messages={"required": _("Enter the name in English")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("May stay empty; then nothing is mailed to them."),
        required=False,
        error_messages={"invalid": _("Enter an address such as name@example.org")},
    )
    language = forms.ChoiceField(label=_("Language of mail to them"), choices=Language.choices)


class GrantForm(forms.Form):
    """A role for somebody."""

    role = forms.ChoiceField(label=_("Role"))
    body = forms.ChoiceField(
        label=_("For which body"),
        help_text=_(
            "Panel members, auditors and administrators serve no single body: leave it empty."
        ),
        required=False,
    )
    from_on = DayField(label=_("First day"))
    to_on = DayField(label=_("Last day"), help_text=_("Empty: until it is ended."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bodies = {body.uscc: body for body in Organisation.objects.order_by("uscc")}
        names = sorted((name_of(body), uscc) for uscc, body in self._bodies.items())
        choices = [("", _("None")), *((uscc, name) for name, uscc in names)]
        self.fields["body"].choices = choices  # type: ignore[attr-defined]
        self.fields["role"].choices = list(ROLES.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Whether the body is of the kind that the role serves."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "role" not in cleaned or "body" not in cleaned:
            return cleaned
        kind = BODY_OF_ROLE[Role(cleaned["role"])]
        body = self._bodies.get(cleaned["body"])
        if kind is None and body is not None:
            self.add_error("body", _("This role serves no single body. Leave it empty."))
        elif kind is not None and (body is None or kind not in body.kinds.split("|")):
            fault = _("This role needs a body of the kind: %(kind)s. Choose one.")
            self.add_error("body", str(fault) % {"kind": kind.label})
        return cleaned


class EndForm(forms.Form):
    """How a role ends."""

    last_day = DayField(
        label=_("Last day"), help_text=_("Empty: the role ends at once."), required=False
    )


class DelegationForm(forms.Form):
    """Who stands in for somebody who is away."""

    to = forms.ChoiceField(label=_("Deputy"))
    from_on = DayField(label=_("First day"))
    to_on = DayField(label=_("Last day"))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """A password of one's own choice, twice."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least eight characters. A sentence is easier to remember than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a password")},
        strip=False,
    )
    again = forms.CharField(
        label=_("The same once more"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the password once more")},
        strip=False,
    )

    def clean_password(self) -> str:
        """A password that is not among the first that others would try."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Whether both are the same."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"password", "again"} <= cleaned.keys() and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("This is not the same password. Enter it once more."))
        return cleaned


def first_day(today: date) -> dict[str, date]:
    """What the forms with days begin with."""
    return {"from_on": today}
