"""Public pages are kept until what they show changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from almoner.web import clock
from almoner.web.pages import LONGEST, KeptPages, public_page
from almoner.web.stamps import bump

AT = datetime(2026, 6, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
made: list[str] = []


@public_page(tokens=lambda ref: [f"contract:{ref}"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    if ref == "none":
        raise Http404
    made.append(ref)
    return HttpResponse(f"{ref}, made {len(made)} times")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()
    made.clear()


def _get(ref: str = "C-1", query: str = "", method: str = "GET") -> bytes:
    answer = KeptPages(lambda request: page(request, ref=ref))
    response = answer(RequestFactory().generic(method, f"/{ref}/{query}"))
    assert isinstance(response, HttpResponse)
    return response.content


def test_a_page_is_made_once() -> None:
    assert _get() == _get() == b"C-1, made 1 times"


@pytest.mark.parametrize("token", ["contract:C-1", "all", "clock"])
def test_it_is_made_anew_when_what_it_shows_changes(token: str) -> None:
    _get()
    bump([token])
    assert _get() == b"C-1, made 2 times"


def test_it_stays_when_something_else_changes() -> None:
    _get()
    bump(["contract:C-2"])
    assert _get() == b"C-1, made 1 times"


def test_each_language_and_query_has_its_own() -> None:
    _get()
    _get(query="?year=2")
    with translation.override("zh-hans"):
        _get()
    assert len(made) == 3


def test_what_changes_while_a_page_is_made_makes_it_anew() -> None:
    @public_page(tokens=lambda: ["city"])
    def slow(request: HttpRequest) -> HttpResponse:
        made.append("slow")
        if len(made) == 1:
            bump(["city"])
        return HttpResponse("made")

    for _ in range(3):
        KeptPages(slow)(RequestFactory().get("/slow/"))
    assert len(made) == 2


def test_a_kept_page_is_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    _get()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert _get() == b"C-1, made 2 times"


def test_a_kept_page_asks_only_for_its_stamps(django_assert_num_queries: Any) -> None:
    _get()
    with django_assert_num_queries(1):
        assert _get(method="HEAD") == b"C-1, made 1 times"


def test_a_form_sent_to_a_kept_page_reaches_the_view() -> None:
    _get()
    assert b"made" not in _get(method="POST")


@pytest.mark.parametrize(("letters", "makings"), [(LONGEST, 1), (LONGEST + 1, 2)])
def test_addresses_longer_than_any_link_are_not_kept(letters: int, makings: int) -> None:
    path = "C" * (letters - len("//"))
    _get(path)
    _get(path)
    assert len(made) == makings


@pytest.mark.parametrize(
    ("query", "makings"),
    [
        ("?year=2", 1),
        ("?page=1", 1),
        ("?page=999", 1),
        ("?page=1000", 2),
        ("?page=0", 2),
        ("?page=01", 2),
        ("?page=１", 2),
        ("?page=2&page=3", 2),
        ("?page=2&made=up", 2),
        ("?made=up", 2),
        ("?", 1),
        ("?q=words", 2),
        ("?supported=1", 2),
    ],
)
def test_made_up_queries_are_answered_and_not_kept(query: str, makings: int) -> None:
    first, second = _get(query=query), _get(query=query)
    assert b"made" in first and b"made" in second
    assert len(made) == makings


def test_everybody_gets_the_same_page_with_headers_of_their_own(client: Client) -> None:
    first, kept = client.get("/en/privacy/"), client.get("/en/privacy/")
    assert first.content == kept.content
    assert dict(first.headers) == dict(kept.headers)
    assert not kept.cookies


def test_a_demonstrations_clock_makes_pages_anew() -> None:
    clock.start_demonstration(actor="t", at=AT, day=date(2026, 6, 30))
    _get()
    clock.set_day(actor="t", at=AT, day=date(2026, 7, 1))
    _get()
    assert len(made) == 2


def test_what_is_not_there_is_not_kept() -> None:
    for _ in range(2):
        with pytest.raises(Http404):
            _get("none")


def test_only_reading_is_allowed() -> None:
    assert page(RequestFactory().post("/C-1/"), ref="C-1").status_code == 405
