"""Somebody in front of a browser: signs in as anybody, fills in forms by field, presses buttons.

Texts are given in English, as they stand in the source, and looked up in the walk's language.
"""

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from almoner.web.reasons import texts
from almoner.web.workflow_labels import DONE

SHOT_FOLDER = "ALMONER_WALK_PICTURES"


class Walker:
    """One browser page of one served demonstration, in one language."""

    def __init__(self, page: Page, site: str, language: str, pictures: Path | None = None) -> None:
        self.page = page
        self.site = site
        self.language = language
        self.pictures = pictures
        self.who = ""
        self.signed_in: dict[str, list[Any]] = {}
        page.set_default_timeout(10_000)

    def text(self, english: str | Promise) -> str:
        """A text of the source in the walk's language."""
        with override(self.language):
            return gettext(str(english)) if isinstance(english, str) else str(english)

    def be(self, login: str) -> None:
        """Become one of the demonstration's people, who stay signed in from the first time on."""
        if login == self.who:
            return
        context = self.page.context
        self.be_nobody()
        if login in self.signed_in:
            context.add_cookies(self.signed_in[login])
        else:
            self._sign_in(login)
            self.signed_in[login] = context.cookies()
        self.who = login

    def _sign_in(self, login: str) -> None:
        """Send what the person's button on the page of the demonstration sends.

        Tests of the portal press it; two pages drawn for each of so many people take long.
        """
        address = f"{self.site}/{self.language}/demonstration/"
        page = self.page.context.request.get(address).text()
        row = page.split(f'id="person-{login}"', 1)[1]
        form = dict(re.findall(r'name="(\w+)" value="(\w+)"', row.split("</form>", 1)[0]))
        answer = self.page.context.request.post(
            f"{address}sign-in/", form=form, headers={"Referer": f"{self.site}/"}
        )
        assert answer.url.endswith("/desk/"), f"{login} is not signed in: {answer.status}"

    def be_nobody(self) -> None:
        """Forget who one was: a resident with no account."""
        self.page.context.clear_cookies()
        self.who = ""

    def go(self, path: str) -> None:
        """Open a page of the site by its path below the language."""
        self.page.goto(f"{self.site}/{self.language}/{path}")

    def fill(self, fields: Mapping[str, str | bool | list[str]]) -> None:
        """Fill in fields by name: text, the value of a choice, whether a box is ticked."""
        for name, value in fields.items():
            self._fill(self.page.locator(f"main [name='{name}']:visible"), name, value)

    def _fill(self, field: Locator, name: str, value: str | bool | list[str]) -> None:
        # This waits for the field, and names it where it does not come.
        kind = field.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "select":
            field.select_option(value if isinstance(value, list) else str(value))
        elif kind in {"radio", "checkbox"} and not isinstance(value, bool):
            for one in value if isinstance(value, list) else [value]:
                self.page.locator(f"main [name='{name}'][value='{one}']").check()
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "file":
            field.set_input_files(str(value))
        else:
            field.fill(str(value))

    def press(self, english: str | Promise, within: str = "main") -> None:
        """Press the button, or follow the link that looks like one, of that name."""
        name = re.compile(f"^\\s*{re.escape(self.text(english))}\\s*$")
        place = self.page.locator(within)
        link = place.get_by_role("link", name=name)
        self.follow(place.get_by_role("button", name=name).or_(link).first)

    def follow(self, link: Locator) -> None:
        """Click what leads to another page, and wait for that page: what stood on the one
        before is not taken for it."""
        with self.page.expect_navigation():
            link.click()

    def offers_no(self, english: str) -> None:
        """The page has no button of that name."""
        name = re.compile(f"^\\s*{re.escape(self.text(english))}\\s*$")
        expect(self.page.locator("main").get_by_role("button", name=name)).to_have_count(0)

    def sees(self, *english: str | Promise) -> None:
        """The page shows these texts."""
        for one in english:
            expect(self.page.locator("body")).to_contain_text(self.text(one))

    def shows(self, *plain: str) -> None:
        """The page shows these words, the same in every language."""
        for one in plain:
            expect(self.page.locator("body")).to_contain_text(one)

    def comes(self, path: str, plain: str) -> None:
        """A page shows these words before long: it is opened again until it does."""
        self._until(path, lambda text: plain in text, f"{plain} did not come")

    def goes(self, path: str, plain: str) -> None:
        """A page shows these words no more before long."""
        self._until(path, lambda text: plain not in text, f"{plain} did not go")

    def _until(self, path: str, holds: Callable[[str], bool], otherwise: str) -> None:
        for _ in range(40):
            self.go(path)
            if holds(" ".join(self.page.locator("main table, main ul").all_inner_texts())):
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(otherwise)

    def hides(self, *plain: str) -> None:
        """The page does not show these words."""
        for one in plain:
            expect(self.page.locator("body")).not_to_contain_text(one)

    def done(self, step: str) -> None:
        """The line that says that a step was taken."""
        expect(self.page.locator(".said")).to_contain_text(self.text(DONE[step]))

    def refused(self, *english: str | Promise) -> None:
        """The page refuses, and says why."""
        place = self.page.locator("[role='alert']").first
        expect(place).to_be_visible()
        for one in english:
            expect(place).to_contain_text(self.text(one))

    def refused_because(self, code: str) -> None:
        """The page refuses with the sentence of a reason code."""
        place = self.page.locator("[role='alert']").first
        expect(place).to_contain_text(self.reason(code))

    def id_in_address(self, place: int = -1) -> str:
        """A part of the address that is shown: the last one, or another counted from the end."""
        return [part for part in urlsplit(self.page.url).path.split("/") if part][place]

    def set_day(self, day: str) -> None:
        """The administrator sets the demonstration's clock."""
        self.be("administrator")
        self.go("demonstration/")
        self.fill({"day": day})
        self.press("Set the day")

    def picture(self, name: str) -> None:
        """Keep a picture of the page, where pictures are wanted."""
        if self.pictures is not None:
            path = self.pictures / f"{name}-{self.language}.png"
            self.page.screenshot(path=path, full_page=True)

    def send(self, path: str, fields: Mapping[str, str] = {}) -> tuple[int, str]:  # noqa: B006
        """Send a form to an address without its page, as whoever found the address might.

        The status and the text of the answer.
        """
        self.go("demonstration/")
        token = self.page.locator("[name='csrfmiddlewaretoken']").first.input_value()
        answer = self.page.request.post(
            f"{self.site}/{self.language}/{path}",
            form={"csrfmiddlewaretoken": token, **fields},
            headers={"Referer": f"{self.site}/"},
        )
        return answer.status, html.unescape(answer.text())

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
