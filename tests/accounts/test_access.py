"""Every role over every address: what is declared is what happens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter
from django.utils import translation
from tests.citypackage.small import write_small
from tests.once import once_a_module

from almoner import urls
from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.exchange.load import load
from almoner.rules.roles import Permission, Role, permissions_of
from almoner.web import clock
from almoner.web.access import PermissionMiddleware

AT = datetime(2026, 6, 30, tzinfo=UTC)
REFS = {"contract": "C1", "place": "440101001", "provider": "@A", "purchaser": "@P"}


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern


VIEWS = {str(pattern.name): pattern for pattern in _patterns(get_resolver())}
# A missing declaration fails the first test below; here it must not hide the others.
DECLARED = {name: getattr(p.callback, "permission", None) for name, p in VIEWS.items()}


def _address(name: str) -> str:
    from tests.citypackage.small import USCC

    ref = REFS.get(name.split("-")[0], "none")
    values = {"ref": USCC.get(ref, ref)}
    pieces = {
        piece: values.get(piece, 1 if isinstance(converter, IntConverter) else "none")
        for piece, converter in VIEWS[name].pattern.converters.items()
    }
    with translation.override("en"):
        return reverse(name, kwargs=pieces)


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_address_declares_a_permission(name: str) -> None:
    assert isinstance(DECLARED[name], Permission)


def test_a_view_without_declaration_is_refused() -> None:
    def undeclared(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    middleware = PermissionMiddleware(undeclared)
    with pytest.raises(ImproperlyConfigured):
        middleware.process_view(RequestFactory().get("/"), undeclared, (), {})


def _load() -> None:
    with TemporaryDirectory() as folder:
        assert load(write_small(Path(folder) / "city"), actor="tester", at=AT).report.ok
    clock.start_demonstration(actor="tester", at=AT, day=date(2026, 6, 30))


_loaded = once_a_module(_load)


@pytest.fixture
def _plain_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal without its page, which says who may: another test reads it, a walk would wait."""

    def refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
        return HttpResponseForbidden()

    monkeypatch.setattr(urls, "handler403", refuse, raising=False)


def _client(role: Role | None) -> Client:
    client = Client()
    if role:
        person = add_person(
            actor="t", at=AT, login=role, name_zh="某", name_en="Some", password="secret words"
        )
        grant_role(
            actor="t",
            at=AT,
            person=person,
            role=role,
            organisation_uscc=None,
            from_on=date(2026, 1, 1),
        )
        client.force_login(person)
    return client


READERS = (None, Role.AUDITOR)
"""They open the public pages in each run, and everything on PostgreSQL too; the others, in make
verify. What they may not open they ask for by its address, the others at the gate alone: from
there on a refusal goes the same way."""


def _answers(client: Client, name: str, role: Role | None, allowed: bool) -> bool:
    """Whether an address answers as it should."""
    response = client.get(_address(name))
    if allowed:
        # Of what a page is about there may be none; that is not a refusal.
        shown = response.status_code in {200, 302, 404, 405}
        return shown and "sign-in" not in response.headers.get("Location", "")
    if role is None:
        return response.status_code == 302 and "sign-in" in response["Location"]
    return response.status_code == 403


def _refuses(request: HttpRequest, name: str) -> bool:
    """Whether the gate keeps somebody from a view."""
    gate = PermissionMiddleware(lambda request: HttpResponse())
    try:
        gate.process_view(request, VIEWS[name].callback, (), {})
    except PermissionDenied:
        return True
    return False


def _walk(role: Role | None, public: bool) -> list[str]:
    """The addresses, among those that everybody may read or the others, that answer wrongly."""
    client = _client(role)
    request = RequestFactory().get("/")
    request.user = Person.objects.filter(login=role).first() or AnonymousUser()
    allowed = permissions_of([role] if role else [], signed_in=role is not None)
    assert Permission.PORTAL_READ in allowed
    seen = {}
    for name, permission in sorted(DECLARED.items()):
        if (permission is Permission.PORTAL_READ) is not public:
            continue
        if role in READERS or permission in allowed:
            seen[name] = _answers(client, name, role, permission in allowed)
        else:
            seen[name] = _refuses(request, name)
    assert len(seen) > 20
    return [name for name, fine in seen.items() if not fine]


@pytest.mark.parametrize(
    "role",
    [
        *READERS,
        *(pytest.param(r, marks=pytest.mark.one_database) for r in Role if r not in READERS),
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("_plain_refusals")
def test_every_role_over_every_address_that_asks_for_a_part(role: Role | None) -> None:
    assert _walk(role, public=False) == []


@pytest.mark.parametrize(
    "role", [*READERS, *(pytest.param(r, marks=pytest.mark.slow) for r in Role if r not in READERS)]
)
@pytest.mark.django_db
@pytest.mark.usefixtures("_plain_refusals")
def test_every_role_over_every_public_address(role: Role | None) -> None:
    assert _walk(role, public=True) == []


@pytest.mark.django_db
def test_a_grant_counts_from_its_first_to_its_last_day() -> None:
    client = _client(None)
    person = add_person(actor="t", at=AT, login="x", name_zh="某", name_en="X", password=None)
    grant_role(
        actor="t",
        at=AT,
        person=person,
        role=Role.AUDITOR,
        organisation_uscc=None,
        from_on=date(2026, 6, 1),
        to_on=date(2026, 6, 30),
    )
    client.force_login(person)
    from almoner.accounts.queries import roles_on

    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [roles_on(person, day) for day in days] == [[], [Role.AUDITOR], [Role.AUDITOR], []]


@pytest.mark.django_db
@pytest.mark.one_database
def test_public_pages_set_no_cookie_and_look_nobody_up() -> None:
    for name, permission in DECLARED.items():
        if permission is Permission.PORTAL_READ and name not in {"sign-in", "demonstration"}:
            response = Client().get(_address(name))
            assert not response.cookies, name


@pytest.mark.django_db
def test_every_page_is_served_under_a_strict_policy() -> None:
    response = Client().get(_address("home"))
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_posts_without_the_token_are_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    for name in ("sign-in", "sign-out"):
        response = client.post(_address(name), {"username": "x", "password": "y"})
        assert response.status_code == 403, name
    assert not Person.objects.exists()
