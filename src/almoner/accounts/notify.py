"""Telling by mail those whose step is next."""

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from almoner.accounts.mail import address_of, write_to
from almoner.accounts.models import Person
from almoner.accounts.queries import holders
from almoner.rules.roles import Permission


def tell(
    permission: Permission,
    body: str | None,
    *,
    about: str,
    what: str | Promise,
    url: str,
    at: datetime,
) -> None:
    """Once the step is committed, mail everybody who holds `permission` for `body`.

    `what` is there to do (a lazy text, said in each reader's language), about what (a title or
    an id), at which path. Nothing is sent where the step is rolled back; mail that fails is
    logged and changes nothing.
    """

    def send() -> None:
        for person in holders(permission, body, localtime(at).date()):
            write_to(person, lambda person=person: _message(person))  # type: ignore[misc]

    def _message(person: Person) -> tuple[str, str]:
        values = {"what": str(what), "about": about, "url": address_of(url, person.language)}
        text = _(
            "%(what)s: %(about)s\n\n%(url)s\n\n"
            "You get this because your role allows this step. Your desk lists all your tasks."
        )
        return f"{what}: {about}", text % values

    transaction.on_commit(send, robust=True)
