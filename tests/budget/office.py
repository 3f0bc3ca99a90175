"""Officers and a small city for the tests of budget and payments. Everybody is invented."""

from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from tests.disclosure.cast import Stage, stage

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import actor_on
from almoner.budget.operations import Line, Proposal
from almoner.rules.roles import Actor, Held, Role
from almoner.web import clock

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 30)
YUAN = 100


def officer(on: Stage, login: str = "finance") -> Actor:
    """A finance officer of the district."""
    return Actor(login, (Held(Role.FINANCE_OFFICER, on.finance.uscc),))


def clerk(on: Stage, login: str = "clerk") -> Actor:
    """A clerk of the Street Office."""
    return Actor(login, (Held(Role.PURCHASER_CLERK, on.purchaser.uscc),))


def proposal(on: Stage, **facts: Any) -> Proposal:
    """CNY 6m over three years from 2026, half of it budget and half a special fund."""
    defaults: dict[str, Any] = {
        "body": on.finance.uscc,
        "first_year": 2026,
        "years": 3,
        "service_item": on.item.code,
        "area": on.district.code,
        "total_fen": 6_000_000 * YUAN,
        "lines": (
            Line(on.finance.uscc, "district", "budget", "50 %"),
            Line(on.finance.uscc, "district", "special", "1/2"),
        ),
    }
    return Proposal(**{**defaults, **facts})


def started() -> Stage:
    """The stage, on a demonstration's 30 June 2026."""
    clock.start_demonstration(actor="test", at=NOW, day=TODAY)
    return stage()


def somebody(login: str, role: Role, uscc: str | None) -> tuple[Client, Actor]:
    """A browser in which somebody with a role is signed in, and who that is."""
    person: Person = add_person(
        actor="test", at=NOW, login=login, name_zh="某人", name_en="Somebody", password=None
    )
    grant_role(
        actor="test",
        at=NOW,
        person=person,
        role=role,
        organisation_uscc=uscc,
        from_on=date(2026, 1, 1),
    )
    client = Client()
    client.force_login(person)
    return client, actor_on(person, TODAY)


def faults() -> list[str]:
    """What `almoner verify` finds wrong."""
    from almoner.exchange.verify import verify

    return [fault for _name, found in verify() for fault in found]
