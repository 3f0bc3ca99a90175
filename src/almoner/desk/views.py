"""The desk's first page, and finding."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from almoner.desk.forms import SearchForm, TaskFilter
from almoner.desk.queries import having, tasks_of
from almoner.desk.search import search as found_by
from almoner.rules.roles import Permission
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.lists import ROWS


@requires(Permission.ACCOUNT_READ)
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My tasks, by deadline."""
    now = clock.now()
    form = TaskFilter(request.GET)
    wanted: dict[str, Any] = (
        form.cleaned_data if form.is_valid() else {"text": "", "overdue": False}
    )
    tasks = tasks_of(the_actor(request), now)
    shown = having(tasks, text=wanted["text"], overdue_on=now.date() if wanted["overdue"] else None)
    context = {
        "title": _("My tasks"),
        "form": form,
        "any": bool(tasks),
        "overdue": len(having(tasks, overdue_on=now.date())),
        "page": Paginator(shown, ROWS).get_page(request.GET.get("page")),
        "today": now.date(),
    }
    return render(request, "desk/home.html", context)


@requires(Permission.ACCOUNT_READ)
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the words asked for are about, of all that whoever asks may read."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "title": _("Find"),
        "form": form,
        "text": text,
        "groups": found_by(the_actor(request), text, clock.today()) if text else [],
    }
    return render(request, "desk/search.html", context)
