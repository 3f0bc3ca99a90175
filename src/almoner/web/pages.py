"""Public pages: kept once rendered, until something that they show changes."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from almoner.rules.roles import Permission
from almoner.web.access import requires
from almoner.web.stamps import serials

KEPT_SECONDS = 24 * 60 * 60
ALWAYS = ("all", "clock")  # a load in bulk, and a demonstration's clock, touch every page

PublicView = Callable[..., HttpResponse]


def public_page(tokens: Callable[..., list[str]]) -> Callable[[PublicView], PublicView]:
    """A view that everybody may read, cached by address, language, day and stamps.

    `tokens` names, from the view's arguments, what the page shows: "city", "contract:C-1", ...
    Whoever changes one of these bumps its stamp (`web.stamps.bump`), and the page is made anew.
    """

    def decorate(view: PublicView) -> PublicView:
        @requires(Permission.PORTAL_READ)
        @require_safe
        @functools.wraps(view)
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            key = _key(request, [*ALWAYS, *tokens(**kwargs)])
            kept = cache.get(key)
            if kept is not None:
                body, content_type = kept
                return HttpResponse(body, content_type=content_type)
            response = view(request, **kwargs)
            if response.status_code == 200:
                cache.set(key, (response.content, response["Content-Type"]), KEPT_SECONDS)
            return response

        return page

    return decorate


def _key(request: HttpRequest, tokens: list[str]) -> str:
    day = timezone.localdate().isoformat()
    parts = [get_language() or "", request.get_full_path(), day, *tokens, serials(tokens)]
    return "page:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
