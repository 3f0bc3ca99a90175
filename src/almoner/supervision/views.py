"""The pages of findings: every one is a question, with its rule, limit and rows."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from almoner.findings.definition import Definition, codes, definition
from almoner.findings.output import answer_days
from almoner.parties.queries import areas
from almoner.rules.roles import Permission
from almoner.rules.small_cells import fewest_told
from almoner.supervision import labels, pictures, queries
from almoner.supervision.forms import FindingFilters
from almoner.supervision.models import Run, StoredFinding
from almoner.supervision.shown import line
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.format import day, in_chinese, yuan
from almoner.web.lists import show_list
from almoner.web.pages import public_page
from almoner.web.sheets import Column

ROWS = 50


@public_page(tokens=lambda **_kwargs: ["findings", "city"])
def findings(request: HttpRequest) -> HttpResponse:
    """What the record makes one ask: kinds, districts, months, and the questions one by one."""
    tree, today = areas(), clock.today()
    form = FindingFilters(request.GET, tree, persons=False)
    rows = queries.wanted(queries.public(), form.wanted(), tree)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [line(kept, private=False) for kept in page],
        "kinds": [
            (kind, labels.title(kind.definition), labels.STAGES[kind.definition.stage])
            for kind in queries.kinds(today)
        ],
        "districts": pictures.districts(queries.by_district(queries.public(), tree), tree),
        "trend": pictures.trend(queries.by_month(today)),
        "uncomputed": _uncomputed(queries.last_run()),
        "look": queries.last_look(),
        "answer_days": answer_days(today),
        "least": fewest_told(today),
        "overview": not request.GET,
        "crumbs": [(_("Questions"), None)],
    }
    return render(request, "supervision/findings.html", context)


def _uncomputed(run: Run | None) -> list[tuple[str, str]]:
    """The rules that lacked tables, with the names of these in the reader's language."""
    lacking = run.uncomputed if run is not None else {}
    comma = "、" if in_chinese() else ", "
    return [(code, comma.join(map(labels.table, tables))) for code, tables in lacking.items()]


@public_page(tokens=lambda **_kwargs: ["findings"])
def finding(request: HttpRequest, id: str) -> HttpResponse:
    """One question that everybody may see."""
    kept = queries.finding(id)
    if kept is None or kept.about_persons:
        raise Http404(_("There is no such question, or it is not public."))
    crumbs = [(_("Questions"), reverse("findings"))]
    return render(request, "supervision/finding.html", _one(kept, crumbs, private=False))


@public_page(tokens=lambda **_kwargs: ["findings"])
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """How one kind is counted, and how its values lie around the limit."""
    if code not in codes():
        raise Http404(_("There is no such question."))
    entry, today, tree = definition(code), clock.today(), areas()
    rows = queries.public().filter(code=code)
    told = queries.values(kept for kept in rows if not labels.is_about_few(kept))
    context = {
        **_definition(entry, today),
        "values": pictures.distribution(entry, told),
        "undrawn": len(rows) - len(told.found),
        "number": next(
            (each.number for each in queries.kinds(today) if each.definition.code == code), 0
        ),
        "districts": pictures.districts(queries.by_district(rows, tree), tree),
        "least": fewest_told(today),
        "crumbs": [(_("Questions"), reverse("findings")), (labels.title(entry), None)],
    }
    return render(request, "supervision/kind.html", context)


@requires(Permission.FINDING_READ)
@never_cache
@require_safe
def supervise(request: HttpRequest) -> HttpResponse:
    """The questions of whoever supervises, those about persons too: money x severity x age."""
    tree, today = areas(), clock.today()
    form = FindingFilters(request.GET, tree, persons=True)
    seen = queries.current().filter(queries.seen_by(the_actor(request)))
    rows = queries.wanted(seen, form.wanted(), tree)
    return show_list(
        request,
        title=_("Supervise"),
        help=_(
            "Questions that the record raises, ranked by money at stake × severity × days since "
            "they were first found. A question is no verdict."
        ),
        columns=_columns(),
        rows=Ranked(queries.ranked(rows, today)),
        name="findings",
        form=form,
    )


@requires(Permission.FINDING_READ)
@never_cache
@require_safe
def supervised(request: HttpRequest, id: str) -> HttpResponse:
    """One question with all its rows, for those who supervise."""
    kept = queries.finding(id, queries.seen_by(the_actor(request)))
    if kept is None:
        raise Http404(_("There is no such question."))
    crumbs = [(_("Supervise"), reverse("supervise"))]
    return render(request, "supervision/finding.html", _one(kept, crumbs, private=True))


class Ranked:
    """Kept findings in the order of their ids; only those of a page are read."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, place: slice) -> list[StoredFinding]:
        return queries.in_order(self.ids[place])

    def __iter__(self) -> Any:
        return iter(queries.in_order(self.ids))


def _columns() -> list[Column]:
    today = clock.today()

    def title(kept: StoredFinding) -> str:
        return f"{kept.code} {labels.title(definition(kept.code))}"

    def linked(kept: StoredFinding) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("supervised", args=[kept.id]), title(kept)
        )

    return [
        Column(_("Kind of question"), title, linked),
        Column(_("What it is about"), lambda kept: _named(_subject(kept)), _subject_linked),
        Column(_("Why"), lambda kept: labels.sentence(kept, private=True)),
        Column(_("Money at stake"), lambda kept: kept.money_fen, _money, numeric=True),
        Column(_("Severity"), lambda kept: kept.severity, numeric=True),
        Column(_("Days open"), lambda kept: (today - kept.first_found_on).days, numeric=True),
        Column(_("Asked"), lambda kept: labels.ASKED[definition(kept.code).asks]),
        Column(_("Answer by"), lambda kept: kept.due_on, lambda kept: day(kept.due_on)),
    ]


def _subject(kept: StoredFinding) -> labels.Row:
    return labels.subject(kept, private=True)


def _subject_linked(kept: StoredFinding) -> str:
    row = _subject(kept)
    return format_html('<a href="{}">{}</a>', row.url, _named(row)) if row.url else _named(row)


def _named(row: labels.Row) -> str:
    return f"{row.label} {row.id}"


def _money(kept: StoredFinding) -> str:
    return yuan(kept.money_fen)


def _definition(entry: Definition, today: date) -> dict[str, Any]:
    return {
        "entry": entry,
        "title": labels.title(entry),
        "rule": labels.rule(entry),
        "choice": labels.choice(entry),
        "basis": labels.basis(entry),
        "from_documents": any(f"S{number}" in entry.basis for number in range(5)),
        "stage": labels.STAGES[entry.stage],
        "asked": labels.ASKED[entry.asks],
        "limits": labels.limits(entry, today),
        "chinese": in_chinese(),
    }


def _one(kept: StoredFinding, crumbs: list[Any], *, private: bool) -> dict[str, Any]:
    shown = line(kept, private=private)
    return {
        **shown,
        **_definition(definition(kept.code), kept.found_on),
        "rows": labels.rows(kept, private=private),
        "state": labels.state(kept),
        "private": private,
        "crumbs": [*crumbs, (shown["title"], None)],
    }
