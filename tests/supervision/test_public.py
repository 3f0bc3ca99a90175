"""What everybody is told of a kept finding, and what only those who supervise are."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override
from tests.disclosure import cast
from tests.once import once_a_module

from almoner.contracts.models import Contract
from almoner.findings.days import day_number
from almoner.findings.definition import codes, definition
from almoner.findings.run import Finding, Result
from almoner.parties.models import Organisation, Worker
from almoner.supervision import labels, pictures, queries, views
from almoner.supervision.models import StoredFinding
from almoner.supervision.operations import store
from almoner.web import charts

pytestmark = pytest.mark.django_db

ON, AT = date(2026, 7, 1), datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def _contract() -> None:
    cast.contract(cast.stage(), "C-1")


contract = once_a_module(_contract)


def keep(
    code: str,
    value: float | None = None,
    limit: float | None = None,
    *,
    key: str | None = None,
    table: str = "contracts",
    id: str = "C-1",
    rows: tuple[tuple[str, str], ...] = (),
    **words: Any,
) -> StoredFinding:
    found = Finding(code, table, id, key, value, limit, rows, words, None)
    result = Result((found,), {"W02": ("payroll",)})
    store(result, as_of=ON, at=AT, engine="duckdb", codes=[code], whole=True)
    return StoredFinding.objects.get(code=code, gone_on=None)


@pytest.mark.parametrize(
    ("clients", "followed", "hidden"),
    [(20, 5, False), (20, 4, True), (4, 0, True), (20, 0, False)],
)
def test_few_people_are_told_only_to_those_who_supervise(
    client: Client, clients: int, followed: int, hidden: bool
) -> None:
    kept = keep("I01", followed / clients, 0.3, clients=clients, followed=followed)
    for url in (f"/en/findings/{kept.id}/", "/en/findings/", "/en/contracts/C-1/"):
        page = client.get(url).content.decode()
        assert (f"{followed} of {clients}" in page) != hidden
        assert ("fewer than 5 people" in page) == hidden
    assert f"{followed} of {clients}" in labels.sentence(kept, private=True)
    drawn = "How the values lie" in client.get("/en/findings/kinds/I01/").content.decode()
    assert drawn != hidden


def test_a_scale_says_how_many_are_not_drawn(client: Client) -> None:
    people = {"C-1": 20, "C-2": 4, "C-3": 3}
    found = tuple(
        Finding("I01", "contracts", id, None, 0.1, 0.3, (), {"clients": n, "followed": 0}, None)
        for id, n in people.items()
    )
    store(Result(found, {}), as_of=ON, at=AT, engine="duckdb", codes=["I01"], whole=True)
    for language, told in (("en", "2 more are not drawn"), ("zh-hans", "另有2项未画出")):
        page = client.get(f"/{language}/findings/kinds/I01/").content.decode()
        assert told in page
        rows = page.partition('id="h-values"')[2].partition("</table>")[0]
        assert sum(int(n) for n in re.findall(r'<td class="n">(\d+)</td>', rows)) == 1


@pytest.mark.parametrize(("workers", "hidden"), [(4, True), (5, False)])
def test_the_number_of_rows_does_not_tell_a_number_that_is_hidden(
    client: Client, workers: int, hidden: bool
) -> None:
    rows = (("contracts", "C-1"), *(("workers", f"W-{n}") for n in range(workers)))
    kept = keep("D08", workers / 14, 0.8, rows=rows, workers=workers, staff=14)
    page = client.get(f"/en/findings/{kept.id}/").content.decode()
    assert ("worker: shown to those who supervise" in page) == hidden
    assert (f"{workers} rows" in page) != hidden
    chinese = client.get(f"/zh-hans/findings/{kept.id}/").content.decode()
    assert (f"{workers}行" in chinese.replace(" ", "")) != hidden


@pytest.mark.parametrize(
    ("here", "there", "done", "hidden"),
    [
        ((2, 3), (9,), 62.5, False),
        ((2, 2), (9,), 62.5, True),
        ((None, None), (9,), 62.5, True),
        ((9, 9), (4,), 62.5, True),  # the year of the other term would follow
        ((), (4,), 0.0, False),
    ],
)
def test_hours_that_the_contract_hides_are_not_told_by_a_question(
    client: Client,
    here: tuple[int | None, ...],
    there: tuple[int | None, ...],
    done: float,
    hidden: bool,
) -> None:
    contract = Contract.objects.get()
    for code, months in (("case", here), ("group", there)):
        term = cast.term(contract, code)
        cast.month(term, "2025-12", 100, 50)  # of the year before
        for place, people in enumerate(months):
            cast.month(term, f"2026-{place + 1:02}", 31, people)
    first = day_number(date(2026, 1, 1))
    words = {"first": first, "done": done, "hours": 800, "passed": 182}
    kept = keep("D01", 0.15, 0.8, table="contract_terms", id="C-1/case", **words)
    for url in (f"/en/findings/{kept.id}/", "/en/findings/", "/en/contracts/C-1/"):
        page = client.get(url).content.decode()
        assert (f"{done:g} hours of the 800 hours agreed" in page) != hidden
        assert ("fewer than 5 people" in page) == hidden
    assert "hours" in labels.sentence(kept, private=True)
    drawn = "How the values lie" in client.get("/en/findings/kinds/D01/").content.decode()
    assert drawn != hidden


@pytest.mark.one_database
@pytest.mark.parametrize(("people", "hidden"), [(2, True), (3, False)])
def test_sessions_of_a_month_that_the_contract_hides_are_not_told_by_a_question(
    client: Client, people: int, hidden: bool
) -> None:
    contract = Contract.objects.get()
    for code, month, users in (("case", "2026-05", people), ("group", "2026-05", 2)):
        cast.month(cast.term(contract, code), month, 60, users)
    cast.month(contract.terms.first(), "2026-04", 60, 50)
    words = {"days": 14, "late": 9, "records": 21}
    kept = keep("D05", 0.6, 0.3, key="2026-05", **words)
    page = client.get(f"/en/findings/{kept.id}/").content.decode()
    assert ("9 of 21" in page) != hidden and ("fewer than 5 people" in page) == hidden


def test_raters_are_counted_not_named(client: Client) -> None:
    rows = (("evaluations", "E-1"), ("ratings", "E-1/R-7/I-1"), ("ratings", "E-1/R-7/I-2"))
    kept = keep("E04", 2.0, table="evaluations", id="E-1", rows=rows)
    page = client.get(f"/en/findings/{kept.id}/").content.decode()
    assert "R-7" not in page and "2 rows, shown to those who supervise" in page


def test_an_agency_is_not_linked_as_a_provider(client: Client) -> None:
    agency = Organisation.objects.create(
        uscc="52440100MJL0000000", name_zh="评估中心", kinds="evaluator", status="active"
    )
    words = {"apart": 3.0, "se": 0.5, "ratings": 40}
    kept = keep("E03", 3.0, 2.0, table="organisations", id=agency.uscc, **words)
    link = labels.subject(kept, private=False).url
    assert kept.provider_uscc is None and link is not None
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("code", "values", "limits", "edges", "written"),
    [
        ("I03", [0.3, 0.4], [0.25], ("0.250", "0.400"), ["0.25"]),
        ("C08", [0.06, 0.2], [0.05], ("0.050", "0.200"), ["0.05"]),
        ("C04", [0.5, 0.75], [0.8], ("50.0%", "80.0%"), ["80%"]),
        ("M02", [12, 100], [], ("¥0.12", "¥1"), []),
        ("M02", [601_467_80, 1_339_967_89], [], ("¥601,468", "¥1,339,968"), []),
        ("T04", [5, 8, 40], [10, 30], ("5.0", "40.0"), ["10", "30"]),
        ("T05", [1711.2], [16960 / 11], ("1,542", "1,711"), ["1,541.8"]),
        ("I03", [0.5], [], ("0.5", "12.5"), []),
    ],
)
def test_a_scale_tells_its_values_and_limits_apart(
    code: str,
    values: list[float],
    limits: list[float],
    edges: tuple[str, str],
    written: list[str],
) -> None:
    drawn = pictures.distribution(definition(code), queries.Values(values, limits))
    assert drawn is not None and drawn.limits == written
    texts = [each.low for each in drawn.bins] + [drawn.bins[-1].high]
    assert (texts[0], texts[-1]) == edges
    assert len(set(texts)) == len(texts) or code == "M02"
    assert sum(each.number for each in drawn.bins) == len(values)
    assert str(drawn.chart).count('<line class="t"') == 2 * len(limits)  # wide and narrow


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("low", [100, 601_467_80, 98_765_432_10, 1_234_567_890_12])
def test_no_edge_of_a_scale_stands_upon_another(language: str, low: int) -> None:
    with override(language):
        drawn = pictures.distribution(definition("M02"), queries.Values([low, low * 2], []))
    assert drawn is not None
    for svg in str(drawn.chart).split("<svg ")[1:]:
        end = 0.0
        below = re.findall(r'x="([\d.]+)" y="234.0" text-anchor="(\w+)">([^<]+)<', svg)
        for x, anchor, text in below:
            width = charts.text_width(text)
            start = float(x) - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert start >= end, below
            end = start + width
        assert len(below) >= 2


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("T02", ("Number of questions by their value (days).", "（天）")),
        ("C01", ("Number of questions by their value (days).", "（天）")),
        ("P02", ("Number of questions by their value.", "数值")),
    ],
)
def test_a_scale_names_its_unit(client: Client, code: str, told: tuple[str, str]) -> None:
    keep(code, 40.0, 30.0)
    for language, text in zip(("en", "zh-hans"), told, strict=True):
        assert text in client.get(f"/{language}/findings/kinds/{code}/").content.decode()


def test_what_could_not_be_computed_names_the_tables_in_the_readers_language(
    client: Client,
) -> None:
    keep("I01", 0.1, 0.3, clients=10, followed=1)
    assert "W02 cannot be computed: no PAYROLL" in client.get("/en/findings/").content.decode()
    chinese = client.get("/zh-hans/findings/").content.decode()
    with override("zh-hans"):
        assert labels.table("payroll") in chinese
    assert "payroll" not in chinese


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_how_we_count_leads_to_every_kind(client: Client, language: str) -> None:
    page = client.get(f"/{language}/how-we-count/").content.decode()
    for code in codes():
        assert f'href="/{language}/findings/kinds/{code}/"' in page


@pytest.mark.parametrize(
    ("code", "table", "persons", "number", "shown"),
    [
        ("D02", "workers", 4, 9, None),
        ("D02", "workers", 5, 9, 9),
        ("E07", "evaluations", 4, 4, None),
        ("E07", "evaluations", 5, 5, 5),
    ],
)
def test_many_questions_about_few_persons_are_not_counted_in_public(
    client: Client, code: str, table: str, persons: int, number: int, shown: int | None
) -> None:
    """A worker has one a day; raters may have their first evaluation in common."""
    days = [f"2026-06-{place + 1:02}" for place in range(number)]
    subjects = [
        (f"W-{place % persons}", days[place]) if code == "D02" else ("E-1", f"A/R-{place}")
        for place in range(number)
    ]
    if code == "D02":
        provider = Contract.objects.get().provider
        for id in {id for id, _ in subjects}:
            Worker.objects.create(id=id, organisation=provider, licence="none", employed_from=ON)
    found = tuple(Finding(code, table, id, key, 700.0, 600.0, (), {}, None) for id, key in subjects)
    store(Result(found, {}), as_of=ON, at=AT, engine="duckdb", codes=[code], whole=True)
    assert [kind.number for kind in queries.kinds(ON)] == [shown]
    page = client.get(f"/en/findings/kinds/{code}/").content.decode()
    assert ("number is hidden" in page) == (shown is None)
    assert (f"{number} questions of this kind" in page) == (shown is not None)


@pytest.mark.one_database
def test_pages_tell_the_days_and_the_small_number_of_the_rule_pack(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("D02", 700.0, 600.0, table="workers", id="W-1", worker="W-1")
    for days, least in ((10, 5), (1, 9)):
        page = client.get("/en/findings/").content.decode()
        assert f"has {days} working day{'s' if days > 1 else ''} to answer" in page
        assert f"hidden where they are fewer than {least} or about" in page
        kind = client.get("/en/findings/kinds/D02/").content.decode()
        assert f"hidden because they are fewer than {least} or about" in kind
        monkeypatch.setattr(views, "answer_days", lambda on: 1)
        monkeypatch.setattr(views, "fewest_told", lambda on: 9)
        cache.clear()
