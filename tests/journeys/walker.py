"""Somebody who walks a served demonstration: signs in as anybody, fills in forms, presses buttons.

Here is what all walkers do alike; `in_browser` has the one in front of Chromium, `without_scripts`
the one whose browser runs no scripts. Texts are given in English, as they stand in the source, and
looked up in the walk's language.
"""

import html
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from almoner.web.reasons import texts
from almoner.web.workflow_labels import DONE

LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
Value = str | bool | list[str]
"""A text, the value of a choice, whether a box is ticked, or just which boxes of a name are."""


class Walker(ABC):
    """One window onto one served demonstration, in one language."""

    def __init__(self, site: str, language: str) -> None:
        self.site = site
        self.language = language
        self.who = ""
        self.signed_in: dict[str, Any] = {}

    @property
    @abstractmethod
    def address(self) -> str:
        """The address of the page."""

    @property
    @abstractmethod
    def cookies(self) -> Any:
        """What the site knows the walker by; empty for somebody it does not know."""

    @cookies.setter
    @abstractmethod
    def cookies(self, cookies: Any) -> None: ...

    @abstractmethod
    def sign_in(self, login: str) -> None:
        """Send what the person's button on the page of the demonstration sends."""

    @abstractmethod
    def go(self, path: str) -> None:
        """Open a page of the site by its path below the language."""

    @abstractmethod
    def fill(self, fields: Mapping[str, Value]) -> None:
        """Fill in fields by name, the first one of a name."""

    @abstractmethod
    def choose(self, name: str, words: str) -> None:
        """Take the first choice of that name whose label has these words."""

    @abstractmethod
    def press(self, english: str | Promise) -> None:
        """Press the button, or follow the link that looks like one, of that name."""

    @abstractmethod
    def press_button(self, name: str = "") -> None:
        """Press the button that is sent by that name, or the page's chief one."""

    @abstractmethod
    def computed(self, button: str, place: str, words: str) -> None:
        """What is filled in is computed, at once or by that button: the place of an id shows it."""

    @abstractmethod
    def has_link(self, to: str) -> bool:
        """Whether the address of a link has this part."""

    @abstractmethod
    def follow(self, to: str) -> None:
        """Follow the first link whose address has this part."""

    @abstractmethod
    def open_row(self, words: str = "", place: int = 0) -> None:
        """Follow the link of a row of a table: of those with these words the first, or another."""

    @abstractmethod
    def download(self, words: str) -> bytes:
        """The file behind the first link to one whose text has these words."""

    @abstractmethod
    def names(self, start: str) -> list[str]:
        """The names of fields that begin so, each once, in the order of the page."""

    @abstractmethod
    def choices(self, name: str) -> list[str]:
        """The values of the boxes or of the list of a name."""

    @abstractmethod
    def value(self, name: str) -> str:
        """What stands in the first field of that name."""

    @abstractmethod
    def reads(self, kind: str) -> str:
        """The text of the first thing of that class."""

    @abstractmethod
    def lists(self) -> str:
        """The text of the tables and lists."""

    @abstractmethod
    def offers_no(self, english: str | Promise) -> None:
        """The page has no button of that name."""

    @abstractmethod
    def shows(self, *plain: str) -> None:
        """The page shows these words, the same in every language."""

    @abstractmethod
    def hides(self, *plain: str) -> None:
        """The page does not show these words."""

    @abstractmethod
    def says(self, text: str) -> None:
        """The line that says what was done has this text."""

    @abstractmethod
    def refuses(self, *texts: str) -> None:
        """The page refuses, and says this of it."""

    @abstractmethod
    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """Send fields to a path below the language: the status and the text of the answer."""

    def text(self, english: str | Promise) -> str:
        """A text of the source in the walk's language."""
        with override(self.language):
            return gettext(str(english)) if isinstance(english, str) else str(english)

    def be(self, login: str) -> None:
        """Become one of the demonstration's people, who stay signed in from the first time on."""
        if login == self.who:
            return
        self.be_nobody()
        if login in self.signed_in:
            self.cookies = self.signed_in[login]
        else:
            self.sign_in(login)
            self.signed_in[login] = self.cookies
        self.who = login

    def be_nobody(self) -> None:
        """Forget who one was: a resident with no account."""
        self.cookies = []
        self.who = ""

    @abstractmethod
    def use_phone(self) -> None:
        """See the pages on a small screen from now on."""

    @abstractmethod
    def use_desktop(self) -> None:
        """See the pages on a large screen from now on."""

    @abstractmethod
    def picture(self, name: str) -> None:
        """Keep a picture of the page, where pictures are wanted."""

    def sees(self, *english: str | Promise) -> None:
        """The page shows these texts."""
        self.shows(*map(self.text, english))

    def done(self, step: str) -> None:
        """The line that says that a step was taken."""
        self.says(self.text(DONE[step]))

    def refused(self, *english: str | Promise) -> None:
        """The page refuses, and says why."""
        self.refuses(*map(self.text, english))

    def refused_because(self, code: str) -> None:
        """The page refuses with the sentence of a reason code."""
        self.refuses(self.reason(code))

    def comes(self, path: str, plain: str) -> None:
        """A page shows these words before long: it is opened again until it does."""
        self._until(path, lambda text: plain in text, f"{plain} did not come")

    def goes(self, path: str, plain: str) -> None:
        """A page shows these words no more before long."""
        self._until(path, lambda text: plain not in text, f"{plain} did not go")

    def _until(self, path: str, holds: Callable[[str], bool], otherwise: str) -> None:
        for _ in range(40):
            self.go(path)
            if holds(self.lists()):
                return
            time.sleep(0.5)
        raise AssertionError(otherwise)

    def id_in_address(self, place: int = -1) -> str:
        """A part of the address that is shown: the last one, or another counted from the end."""
        return [part for part in urlsplit(self.address).path.split("/") if part][place]

    def set_day(self, day: str) -> None:
        """The administrator sets the demonstration's clock."""
        self.be("administrator")
        self.go("demonstration/")
        self.fill({"day": day})
        self.press("Set the day")

    def send(self, path: str, fields: Mapping[str, str] = {}) -> tuple[int, str]:  # noqa: B006
        """Send a form to an address without its page, as whoever found the address might.

        The status and the text of the answer.
        """
        self.go("demonstration/")
        token = self.value("csrfmiddlewaretoken")
        status, text = self.post(path, {"csrfmiddlewaretoken": token, **fields})
        return status, html.unescape(text)

    def is_refused(self, path: str, code: str, **fields: str) -> None:
        """Sending to an address is refused with the sentence of a reason code."""
        status, text = self.send(path, fields)
        assert status == 409, f"{path}: {status}\n{text[:3000]}"
        assert self.reason(code) in text, f"{path} does not say: {self.reason(code)}"

    def is_forbidden(self, path: str) -> None:
        """Sending to an address is not for this role."""
        assert self.send(path)[0] == 403, path

    def reason(self, code: str) -> str:
        """The longest part of a reason's sentence that is the same whatever it is about."""
        with override(self.language):
            sentence = str(texts()[code])
        return max(re.split(r"%\(\w+\)s", sentence), key=len)
