"""A centre with two contracts and its people, for the tests of the log. Everything is invented."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.disclosure import cast

from almoner.accounts.models import Grant, Person
from almoner.accounts.queries import actor_on
from almoner.contracts.models import Contract, ContractTerm
from almoner.delivery.models import Session, WorkerAccount
from almoner.delivery.operations import sessions as operations
from almoner.parties.models import Worker
from almoner.rules.roles import Actor, Role
from almoner.rules.sessions import Entry

NOW = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
NINE = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
TODAY = date(2026, 6, 30)
CLIENT = Entry(NINE, True, attended=True, minutes=60, client_id="K0012-3")
GROUP = Entry(NINE, True, minutes=90, participants=12)
FAILED = Entry(NINE, False, why_not="logistics", why_note="No room.")


@dataclass(frozen=True)
class Centre:
    on: cast.Stage
    contract: Contract
    case: ContractTerm
    group: ContractTerm
    other_term: ContractTerm
    worker: Worker
    colleague: Worker
    stranger: Worker


def worker(id: str, body: Any, **facts: Any) -> Worker:
    defaults = {"licence": "social_worker", "employed_from": date(2025, 1, 1)}
    return Worker.objects.create(id=id, organisation=body, **{**defaults, **facts})


def person(login: str, *roles: Role, body: Any = None) -> Person:
    someone = Person.objects.create(login=login, name_zh=login, name_en=login)
    for role in roles:
        Grant.objects.create(
            person=someone, role=role.value, organisation=body, from_on=date(2026, 1, 1)
        )
    return someone


def actor(login: str) -> Actor:
    return actor_on(Person.objects.get(login=login), TODAY)


def centre() -> Centre:
    """Social worker `zhou` (W-1), `wu` (W-2), supervisor `lead`, director `boss`; auditor `eye`."""
    on = cast.stage()
    contract = cast.contract(on)
    made = Centre(
        on=on,
        contract=contract,
        case=cast.term(contract, "01"),
        group=cast.term(contract, "02", type="group_work"),
        other_term=cast.term(cast.contract(on, "C-2", provider=on.rival), "01"),
        worker=worker("W-1", on.provider),
        colleague=worker("W-2", on.provider),
        stranger=worker("W-9", on.rival),
    )
    for login, one in (("zhou", made.worker), ("wu", made.colleague)):
        linked = person(login, Role.SOCIAL_WORKER, body=on.provider)
        WorkerAccount.objects.create(person=linked, worker=one)
    person("new", Role.SOCIAL_WORKER, body=on.provider)
    person("lead", Role.PROVIDER_SUPERVISOR, body=on.provider)
    person("boss", Role.PROVIDER_DIRECTOR, body=on.provider)
    person("rival", Role.PROVIDER_SUPERVISOR, Role.PROVIDER_DIRECTOR, body=on.rival)
    person("eye", Role.AUDITOR)
    person("admin", Role.ADMINISTRATOR)
    return made


def token(number: int = 1) -> str:
    return f"R-{number:016X}"


def log(at_centre: Centre, number: int = 1, entry: Entry = CLIENT, **facts: Any) -> Session:
    """Zhou logs a session, number by number an hour later unless told otherwise."""
    given: dict[str, Any] = {
        "actor": actor("zhou"),
        "at": NOW,
        "id": token(number),
        "term_id": at_centre.case.id,
        "entry": entry,
        "channel": "phone",
    }
    return operations.log(**{**given, **facts})


def hours_later(entry: Entry, hours: int) -> Entry:
    from dataclasses import replace

    return replace(entry, started_at=entry.started_at + timedelta(hours=hours))
