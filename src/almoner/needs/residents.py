"""What anybody may send without an account: how it is found again."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from almoner.web import desk

PUBLIC = "(public)"
"""Who did it, and in which role, where the audit record has nobody to name."""
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, GROUP = 4, 5
HOUR = 60 * 60
SHOWN_WITHIN = 10 * 60
_CODE = "code"
_BROWSER = "browser"
_YEAR = 365 * 24 * HOUR


def new_code() -> str:
    """A tracking code such as 7QKX2-...: 100 random bits, without letters that look alike."""
    groups = (
        "".join(secrets.choice(LETTERS) for _place in range(GROUP)) for _group in range(GROUPS)
    )
    return "-".join(groups)


def hash_of(code: str) -> str:
    """What is stored of a tracking code, however it was typed: nobody can get it back from that."""
    return fingerprint("".join(letter for letter in code.upper() if letter.isalnum()))


def fingerprint(secret: str) -> str:
    """What may be stored of a secret that is too long to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hand_over(address: str, code: str) -> HttpResponseRedirect:
    """On to the page that shows a tracking code, once: it travels in a short-lived cookie."""
    response = HttpResponseRedirect(address)
    response.set_cookie(
        _CODE,
        code,
        max_age=SHOWN_WITHIN,
        path=address,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response


def show_code(
    request: HttpRequest, context: Callable[[str | None], Mapping[str, Any]]
) -> HttpResponse:
    """The page that shows a code, once. `context` is given its hash, None where it was shown."""
    code = request.COOKIES.get(_CODE)
    shown = {"code": code, **context(hash_of(code) if code else None)}
    response = render(request, "needs/received.html", shown)
    response.delete_cookie(_CODE, path=request.path, samesite="Strict")
    return response


def ask_for_code(
    request: HttpRequest, do: Callable[["CodeForm"], HttpResponse], **words: Any
) -> HttpResponse:
    """A page that asks for a code and then does something with it."""
    return desk.fill(
        request,
        lambda data, _files: CodeForm(data),
        do=do,
        template="needs/public_form.html",
        context=words,
    )


def browser_of(request: HttpRequest) -> str:
    """The secret of this browser, from its signed cookie, or a new one."""
    kept = request.get_signed_cookie(_BROWSER, default=None)
    return kept or secrets.token_urlsafe(16)


def keep_browser(response: HttpResponse, browser: str) -> HttpResponse:
    """Let the browser be known again, by nothing but a random number."""
    response.set_signed_cookie(
        _BROWSER,
        browser,
        max_age=_YEAR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


class PublicForm(forms.Form):
    """A form for everybody, with a field that people do not see and machines fill in."""

    use_required_attribute = False
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)

    def people_fields(self) -> list[Any]:
        """The fields that are to be seen."""
        return [field for field in self.visible_fields() if field.name != "website"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.pop("website", ""):
            raise ValidationError(
                _("A field that has to stay empty was filled in. Send the form once more."),
                code="machine",
            )
        return cleaned


class CodeForm(PublicForm):
    """A tracking code."""

    code = forms.CharField(
        label=_("Tracking code"),
        help_text=_("Four groups of five letters and digits. Capitals and hyphens do not matter."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your tracking code")},
    )
