"""Lists of the desk: filtered, searched, in pages, and as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from almoner.web.sheets import FORMATS, Column, sheet

ROWS = 50


def show_list(
    request: HttpRequest,
    *,
    title: str | Promise,
    columns: Sequence[Column],
    rows: Any,
    name: str,
    form: forms.Form | None = None,
    help: str | Promise = "",
    create: tuple[str | Promise, str] | None = None,
    context: Mapping[str, Any] = {},  # noqa: B006 - never changed
    template: str = "web/list.html",
) -> HttpResponse:
    """A page of `rows` (a sequence or queryset), or all of them with ?format=csv or xlsx.

    `form` holds the filters (GET); `create` is the label and address of making a new one.
    """
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return sheet(name, wanted, columns, rows)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("done", None)
    shown = {
        "title": title,
        "columns": columns,
        "page": page,
        "table": [[(column, column.shown(row)) for column in columns] for row in page],
        "form": form,
        "help": help,
        "create": create,
        "formats": [(kind, kind.upper(), _with(query, kind)) for kind in FORMATS],
        "query": query.urlencode(),
    }
    return render(request, template, {**shown, **context})


def _with(query: Any, kind: str) -> str:
    changed = query.copy()
    changed["format"] = kind
    return f"?{changed.urlencode()}"
