"""A walker whose browser runs no scripts: it reads pages as HTML and sends the forms in them."""

import mimetypes
from collections.abc import Iterable, Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener
from xml.etree.ElementTree import Element

from django.utils.functional import Promise
from tests.journeys.pages import Entry, Page, name_of, seen, value_of, words_of
from tests.journeys.walker import LOCALES, Value, Walker

BOUNDARY = "between-the-parts-of-a-form"


class PlainWalker(Walker):
    """One page at a time, over HTTP."""

    page: Page

    def __init__(self, site: str, language: str) -> None:
        super().__init__(site, language)
        self.cookies = None

    @property
    def address(self) -> str:
        return self.page.address

    @property
    def cookies(self) -> Any:
        return self.jar

    @cookies.setter
    def cookies(self, cookies: Any) -> None:
        self.jar: CookieJar = cookies or CookieJar()
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.jar))

    def sign_in(self, login: str) -> None:
        self.go("demonstration/")
        self._click(next(self._by_id(f"person-{login}").iter("button")))
        assert self.address.endswith("/desk/"), f"{login} is not signed in: {self.address}"

    def go(self, path: str) -> None:
        self._open(Request(f"{self.site}/{self.language}/{path}"))

    def fill(self, fields: Mapping[str, Value]) -> None:
        for name, value in fields.items():
            self.page.enter(name, value)

    def choose(self, name: str, words: str) -> None:
        ids = {one.get("id"): value_of(one) for one in self.page.named(name)}
        labels = (one for one in seen(self.page.main) if one.tag == "label")
        meant = (one for one in labels if one.get("for") in ids and words in words_of(one))
        self.fill({name: ids[self._first(meant, f"choice {words}").get("for")]})

    def press(self, english: str | Promise) -> None:
        name = self.text(english)
        found = (one for one in seen(self.page.main) if one.tag in {"a", "button"})
        self._click(self._first((one for one in found if name_of(one) == name), f"button {name}"))

    def press_button(self, name: str = "") -> None:
        buttons = (one for one in seen(self.page.main) if one.tag == "button")
        meant = [one for one in buttons if one in self.page.owners and _is_meant(one, name)]
        assert len(meant) < 2, f"{self.address} has several buttons {name}"
        self._click(self._first(meant, f"button {name}"))

    def computed(self, button: str, place: str, words: str) -> None:
        self.press(button)
        found = words_of(self._by_id(place))
        assert words in found, f"{place} does not show {words}: {found}"

    def has_link(self, to: str) -> bool:
        return any(to in one.get("href", "") for one in _links(self.page.main))

    def follow(self, to: str) -> None:
        links = (one for one in _links(self.page.main) if to in one.get("href", ""))
        self._click(self._first(links, f"link to {to}"))

    def open_row(self, words: str = "", place: int = 0) -> None:
        bodies = (one for one in seen(self.page.main) if one.tag == "tbody")
        rows = (one for body in bodies for one in seen(body) if one.tag == "tr")
        links = [link for row in rows if words in words_of(row) for link in _links(row)]
        self._click(self._first(links[place:], f"row with a link and {words}"))

    def download(self, words: str) -> bytes:
        links = (one for one in _links(self.page.main) if "download" in one.attrib)
        link = self._first((one for one in links if words in words_of(one)), f"file {words}")
        with self._answer(Request(urljoin(self.address, link.get("href")))) as answer:
            return bytes(answer.read())

    def names(self, start: str) -> list[str]:
        return list(dict.fromkeys(one.get("name", "") for one in self.page.fields(start)))

    def choices(self, name: str) -> list[str]:
        try:
            fields = self.page.named(name)
        except AssertionError:
            return []
        choices = [choice for one in fields for choice in one.iter("option")]
        return [value_of(one) for one in choices or fields]

    def value(self, name: str) -> str:
        return value_of(self.page.named(name)[0])

    def reads(self, kind: str) -> str:
        of_kind = (one for one in seen(self.page.main) if kind in one.get("class", "").split())
        return words_of(self._first(of_kind, kind))

    def lists(self) -> str:
        return " ".join(words_of(one) for one in seen(self.page.main) if one.tag in {"table", "ul"})

    def offers_no(self, english: str | Promise) -> None:
        buttons = [name_of(one) for one in seen(self.page.main) if one.tag == "button"]
        assert self.text(english) not in buttons, f"{self.address} offers {english}"

    def shows(self, *plain: str) -> None:
        shown = words_of(self.page.body)
        for one in plain:
            assert " ".join(one.split()) in shown, f"{self.address} does not show {one}: {shown}"

    def hides(self, *plain: str) -> None:
        shown = words_of(self.page.body)
        for one in plain:
            assert one not in shown, f"{self.address} shows {one}: {shown}"

    def says(self, text: str) -> None:
        said = self.reads("said")
        assert text in said, f"{self.address} does not say {text}: {said}"

    def refuses(self, *texts: str) -> None:
        alerts = (one for one in seen(self.page.body) if one.get("role") == "alert")
        said = words_of(self._first(alerts, "refusal"))
        for one in texts:
            assert one in said, f"{self.address} does not refuse with {one}: {said}"

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        request = Request(f"{self.site}/{self.language}/{path}", urlencode(fields).encode())
        with self._answer(request) as answer:
            return answer.status, answer.read().decode()

    def use_phone(self) -> None:
        """The same page on any screen."""

    use_desktop = use_phone

    def picture(self, name: str) -> None:
        """None: styles do not apply."""

    def _first(self, found: Iterable[Element], what: str) -> Element:
        for one in found:
            return one
        raise AssertionError(f"{self.address} has no {what}: {words_of(self.page.main)}")

    def _by_id(self, name: str) -> Element:
        return self._first((one for one in seen(self.page.main) if one.get("id") == name), name)

    def _click(self, one: Element) -> None:
        """Follow a link, or send a form by its button."""
        if one.tag == "a":
            self._open(Request(urljoin(self.address, one.attrib["href"])))
            return
        address, method, encoding, entries = self.page.request(one)
        if method == "get":
            self._open(Request(urlsplit(address)._replace(query=urlencode(entries)).geturl()))
        elif encoding == "multipart/form-data":
            sent = Request(address, _in_parts(entries))
            sent.add_header("Content-Type", f"{encoding}; boundary={BOUNDARY}")
            self._open(sent)
        else:
            self._open(Request(address, urlencode(entries).encode()))

    def _open(self, request: Request) -> None:
        with self._answer(request) as answer:
            assert answer.headers.get_content_type() == "text/html", answer.url
            self.page = Page(answer.url, answer.read().decode())

    def _answer(self, request: Request) -> Any:
        """The answer to a request, after redirections; a refusal is one, a failure is none."""
        request.add_header("Accept-Language", LOCALES[self.language])
        if hasattr(self, "page"):
            request.add_header("Referer", self.address)
        if request.data is not None:
            request.add_header("Origin", self.site)
        try:
            return self.opener.open(request, timeout=60)
        except HTTPError as refusal:
            assert refusal.code < 500, f"{refusal.code} at {refusal.url}"
            return refusal


def _links(place: Element) -> list[Element]:
    return [one for one in seen(place) if one.tag == "a" and "href" in one.attrib]


def _is_meant(button: Element, name: str) -> bool:
    kinds = button.get("class", "").split()
    return button.get("name") == name if name else "btn" in kinds and "alt" not in kinds


def _in_parts(entries: list[Entry]) -> bytes:
    """A form with files, as multipart/form-data."""
    parts = []
    for name, value in entries:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, Path):
            kind = mimetypes.guess_type(value.name)[0] or "application/octet-stream"
            head += f'; filename="{value.name}"\r\nContent-Type: {kind}'
            content = value.read_bytes() if value.name else b""
        else:
            content = value.encode()
        parts.append(head.encode() + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
