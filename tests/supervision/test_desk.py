"""The list of those who supervise: theirs only, each with what it is about."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.disclosure import cast

from almoner.accounts.operations import add_person, grant_role
from almoner.findings.run import Finding, Result
from almoner.parties.models import Organisation, Worker
from almoner.rules.roles import Role
from almoner.supervision.models import StoredFinding
from almoner.supervision.operations import store

pytestmark = pytest.mark.django_db

FIGURES = {"done": 20_600, "published": 20_620, "day": 20_600, "se": 1.0, "ratings": 40}
ON, AT = date(2026, 7, 1), datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def bureau(place: str, at: str) -> Organisation:
    return Organisation.objects.create(
        uscc=place, name_zh=place, kinds="supervisor", area_id=at, status="active"
    )


def reader(role: Role, body: Organisation | None) -> Client:
    login = body.uscc if body else role.value
    person = add_person(actor="t", at=AT, login=login, name_zh="安", name_en="An", password=None)
    uscc = body.uscc if body else None
    grant_role(actor="t", at=AT, person=person, role=role, organisation_uscc=uscc, from_on=ON)
    client = Client()
    client.force_login(person)
    return client


def keep(*about: tuple[str, str, str]) -> None:
    """Keep a finding a (code, table, id)."""
    found = tuple(
        Finding(code, table, id, None, 700.0, 600.0, ((table, id),), FIGURES, None)
        for code, table, id in about
    )
    codes = {each.code for each in found}
    store(Result(found, {}), as_of=ON, at=AT, engine="duckdb", codes=codes, whole=True)


def kept(client: Client) -> set[str]:
    """The subjects on the list, which are those of the questions that open."""
    every = {each.id: each.subject_id for each in StoredFinding.objects.all()}
    page = client.get("/en/desk/supervise/").content.decode()
    listed = {subject for id, subject in every.items() if f"/en/desk/supervise/{id}/" in page}
    opened = {
        subject
        for id, subject in every.items()
        if client.get(f"/en/desk/supervise/{id}/").status_code == 200
    }
    assert listed == opened
    return listed


def test_a_bureau_sees_what_it_supervises_and_an_auditor_all() -> None:
    on = cast.stage()
    other = cast.area("440103", "district", on.district.parent, "荔湾区", "Liwan District")
    ours, theirs = bureau("OURS", on.district.code), bureau("THEIRS", other.code)
    cast.contract(on, "C-1", supervisor=ours)
    cast.contract(on, "C-2", supervisor=theirs, provider=on.rival)
    cast.contract(on, "C-3", supervisor=None)
    tender = cast.tender(on)
    for id, provider in (("W-1", on.provider), ("W-2", on.rival)):
        Worker.objects.create(id=id, organisation=provider, licence="none", employed_from=ON)
    keep(
        *(("C02", "contracts", f"C-{n}") for n in (1, 2, 3)),
        *(("D02", "workers", f"W-{n}") for n in (1, 2, 3)),
        ("T01", "tenders", tender.id),
        ("E03", "organisations", "AGENCY"),
    )
    everybody = {"C-3", "AGENCY"}
    assert kept(reader(Role.SUPERVISOR, ours)) == everybody | {"C-1", "W-1", tender.id}
    assert kept(reader(Role.SUPERVISOR, theirs)) == everybody | {"C-2", "W-2", "W-1"}
    every = everybody | {"C-1", "C-2", "W-1", "W-2", "W-3", tender.id}
    assert kept(reader(Role.AUDITOR, None)) == every


@pytest.mark.one_database
def test_each_line_says_what_it_is_about() -> None:
    on = cast.stage()
    cast.contract(on, "C-1")
    keep(("C02", "contracts", "C-1"), ("D02", "workers", "W-1"))
    auditor = reader(Role.AUDITOR, None)
    page = auditor.get("/en/desk/supervise/").content.decode()
    assert '<a href="/en/contracts/C-1/">contract C-1</a>' in page and ">worker W-1<" in page
    sheet = auditor.get("/en/desk/supervise/?format=csv").content.decode()
    assert ",contract C-1," in sheet and ",worker W-1," in sheet


@pytest.mark.one_database
def test_lists_cost_the_same_however_many_questions_they_show() -> None:
    on = cast.stage()
    for number in range(40):
        cast.contract(on, f"C-{number}")
    pages = {
        "desk/supervise/": reader(Role.AUDITOR, None),
        "desk/supervise/?code=C02": reader(Role.SUPERVISOR, bureau("B", on.district.code)),
        "findings/": Client(),
        "findings/kinds/C02/": Client(),
    }
    costs = []
    for many in (1, 40):
        keep(*(("C02", "contracts", f"C-{number}") for number in range(many)))
        for address, client in pages.items():
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                page = client.get(f"/en/{address}")
            assert page.status_code == 200
            costs.append(len(asked))
    assert costs[: len(pages)] == costs[len(pages) :]


@pytest.mark.one_database
@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.PROVIDER_DIRECTOR, Role.RATER])
def test_others_see_none(role: Role) -> None:
    on = cast.stage()
    cast.contract(on, "C-1")
    keep(("C02", "contracts", "C-1"))
    client = reader(role, on.provider)
    assert client.get("/en/desk/supervise/").status_code == 403
    id = StoredFinding.objects.get().id
    assert client.get(f"/en/desk/supervise/{id}/").status_code == 403
