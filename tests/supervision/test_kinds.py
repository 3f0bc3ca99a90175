"""A kind of question explains itself in the reader's language, down to the units of its limits."""

import re
from datetime import UTC, date, datetime
from html import escape

import pytest
from django.test import Client
from tests.disclosure import cast

from almoner.findings.definition import catalogue
from almoner.findings.run import Finding, Result
from almoner.supervision import labels
from almoner.supervision.operations import store

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

FIGURES = {"framework_id": "F", "framework_version": "1", "on": 20_000, "se": 1.0, "ratings": 40}
RAW_UNITS = ("working_day", "standard_error", "hour/day")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_says_its_rule_its_basis_and_its_limits(client: Client, language: str) -> None:
    for code, entry in catalogue().items():
        page = client.get(f"/{language}/findings/kinds/{code}/").content.decode()
        chinese = language == "zh-hans"
        told = (entry.rule_zh, entry.basis_zh) if chinese else (entry.rule, entry.basis)
        for text in told:
            assert escape(text) in page, code
        shown = page.partition('<dl class="kv">')[2].partition("</dl>")[0]
        assert shown and not any(unit in shown for unit in RAW_UNITS), code
        unchecked = [limit for limit, _ in labels.limits(entry, date.today()) if not limit.verified]
        assert shown.count('<span class="tag warn">') == 1 + len(unchecked), code
        main = page.partition("<main")[2].partition("</main>")[0]
        assert f'href="/{language}/findings/kinds/{code}/"' not in main, code


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_districts_of_a_kind_lead_to_as_many_questions(client: Client, language: str) -> None:
    """A district without streets, and the city itself, have no filter of their own."""
    on = cast.stage()
    city = on.district.parent
    bare = cast.area("440103", "district", city, "荔湾区", "Liwan District")
    places = {"C-1": on.street, "C-2": on.district, "C-3": bare, "C-4": city}
    for id, place in places.items():
        cast.contract(on, id, area=place)
    found = tuple(
        Finding(code, "contracts", id, None, None, None, (), FIGURES, None)
        for code in ("C06", "T08")
        for id in places
        if (code, id) != ("T08", "C-1")
    )
    found += (Finding("E03", "organisations", "AGENCY", None, None, None, (), FIGURES, None),)
    at = datetime(2026, 7, 1, 2, tzinfo=UTC)
    store(
        Result(found, {}),
        as_of=date(2026, 7, 1),
        at=at,
        engine="duckdb",
        codes=["C06", "T08", "E03"],
        whole=True,
    )
    for address, filter, total, every in (
        ("findings/kinds/C06/", "code=C06&amp;area=440106", 2, 4),
        ("findings/kinds/T08/", "code=T08&amp;area=440106", 1, 3),
        ("findings/", "area=440106", 3, 8),
    ):
        page = client.get(f"/{language}/{address}").content.decode()
        table = page.partition('id="h-districts"')[2].partition("</table>")[0]
        links = re.findall(r'<a href="([^"]+)">', table)
        assert links == [f"/{language}/findings/?{filter}"]
        numbers = [int(number) for number in re.findall(r"</svg> (\d+)<", table)]
        assert numbers[0] == total and sum(numbers) == every
        listed = client.get(links[0].replace("&amp;", "&")).content.decode()
        assert listed.count('<li class="stack">') == total
