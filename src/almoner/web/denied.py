"""Why somebody who is signed in is not let in, and whom to ask."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.timezone import localtime

from almoner.accounts.models import Grant, Person
from almoner.accounts.queries import holders
from almoner.rules.roles import ROLE_PERMISSIONS, Permission, Role
from almoner.web import clock
from almoner.web.labels import PERMISSIONS, ROLES

MOST = 3


@dataclass(frozen=True)
class Denied:
    """What was asked for, the role that once allowed it or will, and the administrators.

    `ended_on` is the last day of `role`, `begins_on` its first; without either it never was held.
    """

    what: str | Promise
    administrators: list[Person]
    role: str | Promise = ""
    ended_on: date | None = None
    begins_on: date | None = None


def denied(request: HttpRequest) -> Denied | None:
    """Why the view of a request was refused; None where it asks for no permission."""
    match = request.resolver_match
    permission = getattr(match.func, "permission", None) if match else None
    if not isinstance(permission, Permission) or not isinstance(request.user, Person):
        return None
    today = clock.today()
    what = PERMISSIONS[permission]
    administrators = holders(Permission.PEOPLE_MANAGE, None, today)[:MOST]
    roles = [role.value for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed]
    held = Grant.objects.filter(person=request.user, role__in=roles).order_by("-from_on", "-id")
    grant = held.first()
    if grant is None:
        return Denied(what, administrators)
    role = ROLES[Role(grant.role)]
    if grant.revoked_at is None and today < grant.from_on:
        return Denied(what, administrators, role, begins_on=grant.from_on)
    at_once = localtime(grant.revoked_at).date() if grant.revoked_at else None
    return Denied(what, administrators, role, ended_on=at_once or grant.to_on)
