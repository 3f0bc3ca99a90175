"""A draft and everybody who has a part in it, on 1 July 2026. The document's Table 1 is in it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.test import Client
from tests.disclosure.cast import Stage, at, organisation, stage

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import actor_on
from almoner.budget.models import Appropriation, EntryKind
from almoner.budget.operations import Posting, available, post_differences, source
from almoner.rules.roles import Actor, Role
from almoner.rules.tender_template import prefilled
from almoner.tenders.models import RegisterKind, TenderFile
from almoner.tenders.operations import drafting, registers
from almoner.web.models import Site

DAY = date(2026, 7, 1)
NOW = at("2026-07-01", 17)
MONEY = "A-2026"


@dataclass
class Cast:
    on: Stage
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        return actor_on(self.people[login], DAY)

    def client(self, login: str) -> Client:
        client = Client()
        client.force_login(self.people[login])
        return client

    @property
    def office(self) -> str:
        return self.on.purchaser.uscc


def cast() -> Cast:
    """Two clerks and a signatory of the Street Office, another office's clerk, an auditor."""
    on = stage()
    Site.objects.update_or_create(id=1, defaults={"demonstration": True, "clock_day": DAY})
    for name in ("content", "procedure", "fee_basis", "evaluation"):
        setattr(on.item, name, "written")
    on.item.save()
    other = organisation("11440106PURCHASER2", "purchaser", "别处", "Elsewhere", on.street)
    made = Cast(on)
    for login, role, body in (
        ("clerk", Role.PURCHASER_CLERK, on.purchaser.uscc),
        ("clerk2", Role.PURCHASER_CLERK, on.purchaser.uscc),
        ("signatory", Role.PURCHASER_SIGNATORY, on.purchaser.uscc),
        ("stranger", Role.PURCHASER_CLERK, other.uscc),
        ("supervisor", Role.SUPERVISOR, on.agency.uscc),
        ("auditor", Role.AUDITOR, None),
    ):
        person = add_person(
            actor="t", at=NOW, login=login, name_zh="甲", name_en=login, password=None
        )
        grant_role(
            actor="t",
            at=NOW,
            person=person,
            role=role,
            organisation_uscc=body,
            from_on=date(2026, 1, 1),
        )
        made.people[login] = person
    money(on, 200_000_000)
    return made


def money(on: Stage, amount_fen: int, id: str = MONEY) -> None:
    """An appropriation with all of it left."""
    Appropriation.objects.create(
        id=id,
        fiscal_year=2026,
        payer=on.finance,
        level="district",
        source="budget",
        service_item=on.item.code,
        area=on.district,
        amount_fen=amount_fen,
    )
    post_differences(
        [
            Posting(
                EntryKind.APPROPRIATE,
                f"appropriations/{id}",
                available(id),
                source(on.finance.uscc),
                amount_fen,
                DAY,
            )
        ]
    )


def content(on: Stage, **changes: Any) -> dict[str, Any]:
    """A draft that only the registers and the intention are missing from."""
    template = prefilled(
        today=DAY,
        ceiling_fen=200_000_000,
        item={"code": on.item.code, "name_en": "Family services", "name_zh": "家庭综合服务"},
        area={"code": on.street.code, "name_en": "Wushan", "name_zh": "五山街道"},
    )
    return {
        **template,
        "specification": "Families get help.",
        "starts_on": "2026-09-01",
        "ends_on": "2027-08-31",
        "appropriations": [MONEY],
        "framework": "F|2025",
        "reasons": {"N02": "Nobody could foresee it."},
        **changes,
    }


def draft(made: Cast, login: str = "clerk", **changes: Any) -> TenderFile:
    return drafting.begin(
        actor=made.actor(login), at=NOW, purchaser=made.office, content=content(made.on, **changes)
    )


def consulted(made: Cast, file: TenderFile, market: int = 3, users: int = 1) -> None:
    """Entries in both registers."""
    for kind, number in ((RegisterKind.MARKET, market), (RegisterKind.USERS, users)):
        for place in range(number):
            registers.enter(
                actor=made.actor("clerk"),
                at=NOW,
                file_id=file.pk,
                kind=kind,
                respondent=f"body {place}",
                asked_on=DAY,
                said="Fine.",
            )


def submitted(made: Cast, **changes: Any) -> TenderFile:
    file = draft(made, **changes)
    consulted(made, file)
    return drafting.submit(actor=made.actor("clerk"), at=NOW, file_id=file.pk)


def published(made: Cast, **changes: Any) -> TenderFile:
    file = submitted(made, **changes)
    return drafting.publish(actor=made.actor("signatory"), at=NOW, file_id=file.pk)
