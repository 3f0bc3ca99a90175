"""Debian's Chromium for the tests: where it is, what it may not do, what axe says of a page."""

import os
import shutil
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

# The first has no windows, and so takes much less of a processor.
CANDIDATES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page of ours is small and each test waits for it: helper threads and a heap that is swept
    # often cost more than they spare.
    "--js-flags=--single-threaded --min-semi-space-size=64",
    # No name but the loopback resolves: a page that needs another host is a page that fails.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Where a page has it from its beginning (`add_init_script`): to hand over half a megabyte each time
# takes longer, and a script element would be subject to the page's content security policy.
AXE = Path(str(files("axe_playwright_python").joinpath("axe.min.js")))
# axe parses the colours of each place anew, a third of its work, though a page has but a dozen.
# Without the details of what passed: they are many and nobody reads them.
AXE_RUN = """tags => {
    const Colour = axe.commons.color.Color.prototype, parse = Colour.parseString, known = new Map();
    Colour.parseString = function (text) {
        if (!known.has(text)) {
            parse.call(this, text);
            known.set(text, [this.r, this.g, this.b, this.alpha]);
        }
        [this.r, this.g, this.b, this.alpha] = known.get(text);
        return this;
    };
    return axe.run(document, {
        runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']
    });
}"""


def executable() -> str:
    """The installed browser's path."""
    found = next(filter(None, map(shutil.which, CANDIDATES)), None)
    if found is None:
        raise RuntimeError("No Chromium here. To get one: sh tools/system-packages.sh")
    return found


def arguments() -> list[str]:
    """Chromium's switches; its sandbox does not work for root."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET


def watch(page: Page) -> list[str]:
    """A list that fills with what no page of ours may do: console errors, requests elsewhere."""
    offences: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            offences.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.hostname not in {
            "127.0.0.1",
            "localhost",
        }:
            offences.append(f"request to another host: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: offences.append(f"script: {error}"))
    page.on("request", on_request)
    return offences


def violations(page: Page) -> list[str]:
    """Each accessibility rule that the page breaks, with what to do and the places.

    The page has axe from its beginning, by `add_init_script`.
    """
    return [
        f"{rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes']]}"
        for rule in page.evaluate(AXE_RUN, AXE_TAGS)["violations"]
    ]


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the screen."""
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))
