"""Public pages: kept once rendered, until something that they show changes."""

import functools
import re
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from almoner.rules.roles import Permission
from almoner.web.access import requires
from almoner.web.language import settled
from almoner.web.stamps import serials

KEPT_SECONDS = 24 * 60 * 60
LONGEST = 200
"""Letters of an address whose page is kept; no link of ours is longer."""
KEPT_QUERY = re.compile(r"(?:year=[1-9][0-9]?|page=[1-9][0-9]{0,2})?", re.ASCII)
"""What may stand behind the ? of an address whose page is kept. Nobody can make up more of them, so
that made-up addresses push no page out; filtered lists and searches are made anew each time."""
ALWAYS = ("all", "clock")  # a load in bulk, and a demonstration's clock, touch every page

PublicView = Callable[..., HttpResponse]


def public_page(tokens: Callable[..., list[str]]) -> Callable[[PublicView], PublicView]:
    """A view that everybody may read, kept by address, language, day and stamps.

    `tokens` names, from the view's arguments, what the page shows: "city", "contract:C-1", ...
    Whoever changes one of these bumps its stamp (`web.stamps.bump`), and the page is made anew.
    """

    def decorate(view: PublicView) -> PublicView:
        @requires(Permission.PORTAL_READ)
        @require_safe
        @functools.wraps(view)
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            shown = (*ALWAYS, *tokens(**kwargs))
            key = _key(request)
            # Before the page is made: what changes meanwhile must make it anew.
            day, stamps = timezone.localdate(), serials(shown)
            with settled():
                response = view(request, **kwargs)
            if key and response.status_code == 200:
                kept = (day, shown, stamps, response.content, response["Content-Type"])
                cache.set(key, kept, KEPT_SECONDS)
            return response

        return page

    return decorate


class KeptPages:
    """The innermost middleware: answers with a kept page before its view is even looked up.

    It asks for no permission, as only `public_page`, which everybody may read, keeps anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = _key(request)
        kept = cache.get(key) if key else None
        if kept is not None:
            day, shown, stamps, body, content_type = kept
            if day == timezone.localdate() and stamps == serials(shown):
                return HttpResponse(body, content_type=content_type)
        return self.get_response(request)


def _key(request: HttpRequest) -> str | None:
    """What a page is kept under; None where it is not to be kept."""
    address = request.get_full_path()
    if request.method not in ("GET", "HEAD") or len(address) > LONGEST:
        return None
    if not KEPT_QUERY.fullmatch(request.META.get("QUERY_STRING", "")):
        return None
    return f"page:{get_language()}:{address}"
