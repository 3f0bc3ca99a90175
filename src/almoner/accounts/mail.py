"""Writing to people, each in their language. Mail that fails is logged and breaks nothing."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import translate_url
from django.utils.translation import get_language_from_path, override

from almoner.accounts.models import Person

log = logging.getLogger(__name__)


def path_in(path: str, language: str) -> str:
    """The path of a page of ours in a language."""
    with override(get_language_from_path(path)):  # else it would not be recognised
        return translate_url(path, language)


def address_of(path: str, language: str) -> str:
    """The full address of a page of ours in a language, as it stands in mail."""
    return f"{settings.ADDRESS}{path_in(path, language)}"


def write_to(person: Person, compose: Callable[[], tuple[str, str]]) -> bool:
    """Mail a person the (subject, text) that `compose` makes in their language; whether it went.

    Somebody without an address, or whose account is closed, is not written to.
    """
    if not person.email or not person.is_active:
        return False
    with override(person.language):
        subject, text = compose()
    try:
        send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [person.email])
    except Exception:  # whatever the mail server or the way to it does, our work goes on
        log.exception("mail to %s could not be sent", person.login)
        return False
    return True
