"""What time it is: the real one, or in a demonstration the one that was set."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from almoner.audit.operations import Act, record
from almoner.prepared import Prepared
from almoner.rules.roles import Role
from almoner.web.models import Site
from almoner.web.stamps import bump

_SITE = Prepared(lambda: Site.objects.filter(id=1))


def site() -> Site:
    """This installation."""
    return _SITE()[0]


def today() -> date:
    """The day it is in Asia/Shanghai, or the one that a demonstration shows."""
    return now().date()


def now() -> datetime:
    """The instant it is, aware, in Asia/Shanghai; a demonstration keeps the real time of day."""
    return now_of(site())


def now_of(shown: Site) -> datetime:
    """The same for a site that was looked up already."""
    here = timezone.localtime()
    if shown.demonstration and shown.clock_day:
        day = shown.clock_day
        return here.replace(year=day.year, month=day.month, day=day.day)
    return here


@transaction.atomic
def start_demonstration(*, actor: str, at: datetime, day: date) -> None:
    """Make this installation a demonstration whose clock shows `day`."""
    Site.objects.filter(id=1).update(demonstration=True, clock_day=day)
    act = Act("demonstration.start", "site", "1", after={"clock_day": day})
    record(actor=actor, role=Role.ADMINISTRATOR, at=at, acts=[act])
    bump(["clock"])


@transaction.atomic
def set_day(*, actor: str, at: datetime, day: date) -> None:
    """Set a demonstration's clock; a real installation's cannot be set (ValidationError)."""
    shown = Site.objects.select_for_update().get(id=1)
    if not shown.demonstration:
        raise ValidationError("only a demonstration's clock can be set", code="not_demonstration")
    act = Act(
        "clock.set",
        "site",
        "1",
        before={"clock_day": shown.clock_day},
        after={"clock_day": day},
    )
    record(actor=actor, role=Role.ADMINISTRATOR, at=at, acts=[act])
    Site.objects.filter(id=1).update(clock_day=day)
    bump(["clock"])
