"""The pages of fair scores: agencies side by side, how it is counted, and raters at the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from almoner.fairness import panels, queries
from almoner.fairness.labels import Z
from almoner.fairness.operations import STAMP
from almoner.rules.roles import Permission
from almoner.web.access import requires
from almoner.web.format import figure
from almoner.web.lists import show_list
from almoner.web.pages import public_page
from almoner.web.sheets import Column


@public_page(tokens=lambda **_kwargs: [STAMP])
def agencies(request: HttpRequest) -> HttpResponse:
    """How harshly each agency marks, and how sure that is."""
    run = queries.last_run()
    names = panels.agency_names(run) if run else {}
    rows = panels.agency_rows(queries.agencies(), names)
    fitted = [row for row in rows if row.kept.value is not None]
    context = {
        "run": run,
        "basis": panels.basis(run, names) if run else None,
        "rows": rows,
        "fitted": len(fitted),
        "alike": bool(fitted) and not any(row.kept.value for row in fitted),
        "chart": panels.severities(rows),
        "crumbs": [(_("Evaluations"), reverse("evaluations")), (_("Agencies"), None)],
    }
    return render(request, "fairness/agencies.html", context)


@public_page(tokens=lambda **_kwargs: [])
def how_fair_scores(request: HttpRequest) -> HttpResponse:
    """Fair scores, surveys and changes in plain words."""
    crumbs = [(_("How we count"), reverse("how-we-count")), (_("Fair scores"), None)]
    return render(request, "fairness/how_fair_scores.html", {"crumbs": crumbs})


@requires(Permission.FINDING_READ)
@never_cache
@require_safe
def raters(request: HttpRequest) -> HttpResponse:
    """Every rater's severity and consistency, for those who supervise."""
    run = queries.last_run()
    names = panels.agency_names(run) if run else {}
    columns = [
        Column(_("Agency"), lambda row: names.get(row.agency_uscc, row.agency_uscc)),
        Column(_("Rater"), lambda row: row.rater_id),
        Column(_("Ratings"), lambda row: row.ratings, numeric=True),
        Column(_("Points harsher"), lambda row: row.value, lambda row: figure(row.value, 1), True),
        Column("±", lambda row: Z * row.se, lambda row: figure(Z * row.se, 1), True),
        Column(_("Scatter"), lambda row: row.ratio, lambda row: figure(row.ratio, 2), True),
    ]
    return show_list(
        request,
        title=_("Raters"),
        help=_(
            "How much harsher each rater marks than the average rater, agency included, and how far"
            " the scores jump about: 1 is usual. A reason to ask, no verdict."
        ),
        columns=columns,
        rows=queries.raters(),
        name="raters",
    )
