"""A walker in front of a real browser: scripts run, styles apply, what is hidden is not pressed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from playwright.sync_api import Locator, Page, expect
from tests.journeys.walker import Value, Walker


class BrowserWalker(Walker):
    """One page of Chromium."""

    def __init__(self, page: Page, site: str, language: str, pictures: Path | None = None) -> None:
        super().__init__(site, language)
        self.page = page
        self.pictures = pictures
        page.set_default_timeout(10_000)

    @property
    def address(self) -> str:
        return self.page.url

    @property
    def cookies(self) -> Any:
        return self.page.context.cookies()

    @cookies.setter
    def cookies(self, cookies: Any) -> None:
        self.page.context.clear_cookies()
        self.page.context.add_cookies(cookies)

    def sign_in(self, login: str) -> None:
        # Tests of the portal press the button; two pages drawn for each of so many people take
        # long.
        address = f"{self.site}/{self.language}/demonstration/"
        page = self.page.context.request.get(address).text()
        row = page.split(f'id="person-{login}"', 1)[1]
        form = dict(re.findall(r'name="(\w+)" value="(\w+)"', row.split("</form>", 1)[0]))
        answer = self.page.context.request.post(
            f"{address}sign-in/", form=form, headers={"Referer": f"{self.site}/"}
        )
        assert answer.url.endswith("/desk/"), f"{login} is not signed in: {answer.status}"

    def go(self, path: str) -> None:
        self.page.goto(f"{self.site}/{self.language}/{path}")

    def fill(self, fields: Mapping[str, Value]) -> None:
        for name, value in fields.items():
            self._fill(self.page.locator(f"main [name='{name}']:visible"), name, value)

    def _fill(self, field: Locator, name: str, value: Value) -> None:
        # This waits for the field, and names it where it does not come.
        kind = field.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "select":
            field.select_option(value if isinstance(value, list) else str(value))
        elif kind in {"radio", "checkbox"} and isinstance(value, str):
            self.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "checkbox" and isinstance(value, list):
            for box in field.all():
                box.set_checked(box.get_attribute("value") in value)
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "file":
            field.set_input_files(str(value))
        else:
            field.first.fill(str(value))

    def choose(self, name: str, words: str) -> None:
        others = self.page.locator("main details:not([open]) > summary")
        if others.count():
            others.first.click()
        choice = self.page.locator(f"main :has(> [name='{name}']) > label", has_text=words)
        choice.first.click()

    def press(self, english: str | Promise) -> None:
        main = self.page.locator("main")
        link = main.get_by_role("link", name=self._just(english))
        self._leave_by(main.get_by_role("button", name=self._just(english)).or_(link).first)

    def _just(self, english: str | Promise) -> re.Pattern[str]:
        return re.compile(f"^\\s*{re.escape(self.text(english))}\\s*$")

    def press_button(self, name: str = "") -> None:
        which = f"[name='{name}']" if name else ".btn:not(.alt)"
        self._leave_by(self.page.locator(f"main form button{which}"))

    def _leave_by(self, link: Locator) -> None:
        """Click what leads to another page, and wait for that page: what stood on the one
        before is not taken for it."""
        with self.page.expect_navigation():
            link.click()

    def computed(self, button: str, place: str, words: str) -> None:
        self.page.locator(f"#{place}").get_by_text(words).first.wait_for()

    def has_link(self, to: str) -> bool:
        return self.page.locator(f"main a[href*='{to}']").count() > 0

    def follow(self, to: str) -> None:
        self._leave_by(self.page.locator(f"main a[href*='{to}']").first)

    def open_row(self, words: str = "", place: int = 0) -> None:
        rows = self.page.locator("main tbody tr", has_text=words)
        self._leave_by(rows.locator("a").nth(place))

    def download(self, words: str) -> bytes:
        link = self.page.locator("main a[download]", has_text=words).first
        return self.page.request.get(f"{self.site}{link.get_attribute('href')}").body()

    def names(self, start: str) -> list[str]:
        fields = self.page.locator(f"main [name^='{start}']").all()
        return list(dict.fromkeys(one.get_attribute("name") or "" for one in fields))

    def choices(self, name: str) -> list[str]:
        boxes = self.page.locator(f"main [name='{name}'] option, main input[name='{name}']").all()
        return [one.get_attribute("value") or "" for one in boxes]

    def value(self, name: str) -> str:
        return self.page.locator(f"main [name='{name}']").first.input_value()

    def reads(self, kind: str) -> str:
        return self.page.locator(f"main .{kind}").first.inner_text().strip()

    def lists(self) -> str:
        return " ".join(self.page.locator("main table, main ul").all_inner_texts())

    def offers_no(self, english: str | Promise) -> None:
        button = self.page.locator("main").get_by_role("button", name=self._just(english))
        expect(button).to_have_count(0)

    def shows(self, *plain: str) -> None:
        for one in plain:
            expect(self.page.locator("body")).to_contain_text(one)

    def hides(self, *plain: str) -> None:
        for one in plain:
            expect(self.page.locator("body")).not_to_contain_text(one)

    def says(self, text: str) -> None:
        expect(self.page.locator(".said")).to_contain_text(text)

    def refuses(self, *texts: str) -> None:
        place = self.page.locator("[role='alert']").first
        expect(place).to_be_visible()
        for one in texts:
            expect(place).to_contain_text(one)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        answer = self.page.request.post(
            f"{self.site}/{self.language}/{path}",
            form=dict(fields),
            headers={"Referer": f"{self.site}/"},
        )
        return answer.status, answer.text()

    def use_phone(self) -> None:
        self.page.set_viewport_size({"width": 390, "height": 844})

    def use_desktop(self) -> None:
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def picture(self, name: str) -> None:
        if self.pictures is not None:
            path = self.pictures / f"{name}-{self.language}.png"
            self.page.screenshot(path=path, full_page=True)
