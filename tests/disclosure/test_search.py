"""Search: the index, Chinese and English words, hostile and empty questions."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.disclosure import cast
from tests.disclosure.portal import html, read, set_day
from tests.once import once_a_module

from almoner.disclosure.models import SearchEntry, SearchToken
from almoner.disclosure.operations import rebuild_search_index
from almoner.disclosure.search import LONGEST_TOKEN, found, tokens_of, wanted


def _stage() -> cast.Stage:
    set_day()
    on = cast.stage()
    cast.contract(on, "GZ-2026-0417")
    rebuild_search_index()
    return on


copies = once_a_module(_stage)


@pytest.fixture
def on(copies: Callable[[], cast.Stage], db: None) -> cast.Stage:
    return copies()


def refs(query: str) -> set[str]:
    what = wanted(query)
    return {entry.ref for entry in found(what)} if what else set()


CONTRACT, STREET, DISTRICT, CITY = "GZ-2026-0417", "440106001", "440106", "4401"
PROVIDER, RIVAL, AGENCY = "52440106PROVIDER01", "52440106PROVIDER02", "52440106EVALUATOR1"
PURCHASER = "11440106PURCHASER1"


@pytest.mark.parametrize(
    ("query", "wanted_refs"),
    [
        ("评估", {AGENCY}),
        ("社工", {PROVIDER, RIVAL}),
        ("社会工作", {PROVIDER}),
        ("五山", {CONTRACT, STREET, PURCHASER}),
        ("山", {CONTRACT, STREET, PURCHASER}),
        ("五山街道办事处", {PURCHASER}),
        ("山五", set()),
        ("家庭综合服务", {CONTRACT}),
        ("五山 家庭", {CONTRACT}),
        ("wushan", {CONTRACT, STREET, PURCHASER}),
        ("WUSHAN office", {PURCHASER}),
        ("wush", {CONTRACT, STREET, PURCHASER}),
        ("wush office", set()),
        ("sub-district wus", {CONTRACT, STREET}),
        ("ｗｕｓｈａｎ　ｏｆｆｉｃｅ", {PURCHASER}),
        ("gz-2026-0417", {CONTRACT}),
        ("0417", {CONTRACT}),
        ("52440106provider0", {PROVIDER, RIVAL}),
        ("440106", {STREET, DISTRICT}),
        ("广州city", set()),
        ("广州guang", {CITY}),
    ],
)
def test_what_is_found(on: cast.Stage, query: str, wanted_refs: set[str]) -> None:
    assert refs(query) == wanted_refs


def test_rebuilding_again_changes_nothing_and_forgets_what_is_gone(on: cast.Stage) -> None:
    def rows() -> tuple[list[object], list[object]]:
        return (
            list(SearchEntry.objects.order_by("pk").values_list()),
            list(SearchToken.objects.order_by("entry", "token").values_list("entry", "token")),
        )

    before = rows()
    assert rebuild_search_index() == len(before[0])
    assert rows() == before
    on.street.contracts.all().delete()
    rebuild_search_index()
    assert CONTRACT not in refs("wushan")


@pytest.mark.parametrize("query", ["", " ", "%", "_", "'", "--", "!?。，", "\x00", "😀", "\u200b"])
def test_questions_without_a_word_start_kindly(on: cast.Stage, query: str) -> None:
    assert wanted(query) is None
    assert "Or start from a list" in read("search/", q=query) or "problem" in read(
        "search/", q=query
    )


@pytest.mark.parametrize(
    "query", ["100%", "wu_han", "' OR 1=1 --", "<script>alert(1)</script>", "\\"]
)
def test_hostile_questions_find_nothing_and_do_no_harm(on: cast.Stage, query: str) -> None:
    assert refs(query) == set()
    assert "<script>alert" not in html("search/", q=query)


def test_nothing_found_is_kind(on: cast.Stage) -> None:
    page = read("search/", q="zebra")
    assert "Nothing was found for “zebra”." in page and "Or start from a list" in page


def test_long_questions_are_refused(on: cast.Stage) -> None:
    assert "Use at most 100 characters." in read("search/", q="工" * 101)
    assert "Nothing was found" in read("search/", q="工" * 100)


def test_results_stand_by_kind_with_their_numbers(on: cast.Stage) -> None:
    page = read("search/", q="五山")
    assert "3 pages found for “五山”" in page
    for heading in ("Contracts (1)", "Places (1)", "Purchasers (1)"):
        assert heading in page
    only = html("search/", q="五山", kind="place")
    assert "/en/places/440106001/" in only and "/en/purchasers/11440106" not in only
    assert "五山街道·家庭综合服务" in read("search/", "zh-hans", q="五山")


def test_an_agency_leads_to_its_evaluations(on: cast.Stage) -> None:
    assert f'href="/en/evaluations/?agency={AGENCY}"' in html("search/", q="评估")


def test_all_of_a_kind_are_on_pages(on: cast.Stage) -> None:
    for number in range(51):
        cast.area(f"44010700{number:02}", "street", on.district, f"新街{number:02}", None)
    rebuild_search_index()
    assert "All 51: Places" in read("search/", q="新街")
    page = html("search/", q="新街", kind="place")
    assert "新街49" in page and "新街50" not in page
    assert "新街50" in html("search/", q="新街", kind="place", page="2")


@given(st.text(max_size=120))
def test_a_page_is_found_by_any_part_of_a_run_of_its_title(title: str) -> None:
    tokens = tokens_of([title])
    assert all(0 < len(token) <= LONGEST_TOKEN for token in tokens)
    what = wanted(title)
    if what and len(title) <= 100:
        assert what.tokens <= tokens
        assert not what.prefix or what.prefix in tokens
