"""The public portal: home, lists, places, parties, search and what it says about itself."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from almoner.disclosure import charts, forms, queries_contracts, queries_parties, queries_places
from almoner.disclosure import search as index
from almoner.disclosure.contract_figures import slowest
from almoner.disclosure.operations import complete_search_index
from almoner.disclosure.queries import late_payments, summary
from almoner.disclosure.queries_notices import notice_rows
from almoner.disclosure.queries_results import (
    agencies,
    found_results,
    reported,
    with_fair_scores,
    with_totals,
)
from almoner.fairness.operations import STAMP
from almoner.fairness.queries import last_run
from almoner.findings.definition import catalogue
from almoner.needs.queries import needs_in
from almoner.notices.queries import issued
from almoner.parties.models import OrganisationKind
from almoner.parties.queries import areas, organisation, organisations, staff_on, ties
from almoner.rules.packs import china
from almoner.supervision import labels
from almoner.supervision.shown import questions
from almoner.web import clock
from almoner.web.format import in_chinese, named, percent
from almoner.web.pages import public_page
from almoner.web.unit_labels import UNITS

ROWS = 50
NEWEST = 6
SHORT = 5


def _city(**_kwargs: str) -> list[str]:
    """The stamps of pages about everything."""
    return ["city"]


def _no_stamp(**_kwargs: str) -> list[str]:
    """The stamps of pages that show nothing of the record."""
    return []


def _page(request: HttpRequest, rows: Any) -> "Page[Any]":
    """The page that was asked for; the nearest that there is where it lies outside."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


@public_page(tokens=_city)
def home(request: HttpRequest) -> HttpResponse:
    """The city on a page."""
    tree, today = areas(), clock.today()
    every = queries_places.all_facts(today)
    rows = queries_places.side_by_side(queries_places.tiles_of_city(tree, every), tree, every)
    context = {
        "search": forms.SearchForm({}),
        "streets": forms.StreetForm({}, tree),
        "summary": summary(every),
        "rows": rows,
        "tiles": charts.place_tiles(rows, "places"),
        "results": with_totals(reported(today)[:NEWEST]),
        "late": late_payments(Q(), today, NEWEST),
    }
    return render(request, "disclosure/home.html", context)


@public_page(tokens=_city)
def contracts(request: HttpRequest) -> HttpResponse:
    """Every contract, by what was asked."""
    tree, today = areas(), clock.today()
    providing, purchasing = queries_contracts.parties_of_contracts()
    form = forms.ContractFilters(request.GET, tree, providing, purchasing)
    page = _page(request, queries_contracts.found_contracts(form.wanted(), tree, today))
    context = {
        "form": form,
        "page": page,
        "rows": queries_contracts.contract_rows(list(page), today),
        "crumbs": [(_("Contracts"), None)],
    }
    return render(request, "disclosure/contracts.html", context)


@public_page(tokens=_city)
def places(request: HttpRequest) -> HttpResponse:
    """Every place by district; with ?place= it leads on to the place that was chosen."""
    tree, today = areas(), clock.today()
    form = forms.StreetForm(request.GET, tree)
    if chosen := form.value("place"):
        return HttpResponseRedirect(reverse("place", args=[chosen]))
    every = queries_places.all_facts(today)
    context = {
        "form": form,
        "groups": [
            (above, queries_places.side_by_side([above, *below], tree, every))
            for above, below in tree.streets_by_district()
        ],
        "crumbs": [(_("Places"), None)],
    }
    return render(request, "disclosure/places.html", context)


@public_page(tokens=_city)
def place(request: HttpRequest, ref: str) -> HttpResponse:
    """A city, a district or a sub-district, with all below it."""
    tree, today = areas(), clock.today()
    if ref not in tree.by_code:
        raise Http404(_("There is no such place."))
    codes = tree.within(ref)
    found = queries_places.facts_within(codes, today)
    below = queries_places.side_by_side(tree.children(ref), tree, found)
    path = tree.path(ref)
    context = {
        "area": tree.by_code[ref],
        "row": queries_places.side_by_side([tree.by_code[ref]], tree, found)[0],
        "rows": queries_contracts.with_results(found[:ROWS], today),
        "below": below,
        "tiles": charts.place_tiles(below, "below"),
        "needs": needs_in(codes),
        "results": with_totals(reported(today, Q(contract__area__in=codes))[:SHORT]),
        "crumbs": [
            (_("Places"), reverse("places")),
            *((named(area), reverse("place", args=[area.code])) for area in path[:-1]),
            (named(path[-1]), None),
        ],
    }
    return render(request, "disclosure/place.html", context)


@public_page(tokens=_city)
def providers(request: HttpRequest) -> HttpResponse:
    """Every body that provides or may provide services."""
    every = queries_places.all_facts(clock.today())
    rows = queries_parties.by_party(
        every, lambda contract: contract.provider, organisations(OrganisationKind.PROVIDER)
    )
    context = {"page": _page(request, rows), "crumbs": [(_("Providers"), None)]}
    return render(request, "disclosure/providers.html", context)


@public_page(tokens=_city)
def purchasers(request: HttpRequest) -> HttpResponse:
    """Every body that buys services."""
    every = queries_places.all_facts(clock.today())
    rows = queries_parties.by_party(
        every, lambda contract: contract.purchaser, organisations(OrganisationKind.PURCHASER)
    )
    context = {"page": _page(request, rows), "crumbs": [(_("Purchasers"), None)]}
    return render(request, "disclosure/purchasers.html", context)


@public_page(tokens=_city)
def provider(request: HttpRequest, ref: str) -> HttpResponse:
    """One provider: contracts, money by year, staff, ties, results, late payments it suffered."""
    today = clock.today()
    body = organisation(ref)
    found = queries_parties.facts_of(Q(provider=body), today) if body else []
    if body is None or not (found or OrganisationKind.PROVIDER in body.kinds.split("|")):
        raise Http404(_("There is no such provider."))
    years = queries_parties.money_by_year(found, today)
    context = {
        "body": body,
        "summary": summary(found),
        "rows": queries_contracts.with_results(found[:ROWS], today),
        "years": years,
        "chart": charts.yearly_money(years, body),
        "staff": staff_on(ref, today),
        "ties": ties(ref),
        "results": with_totals(reported(today, Q(contract__provider=ref))[:SHORT]),
        "late": late_payments(Q(contract__provider=ref), today, SHORT),
        "questions": questions("provider", ref),
        "crumbs": [(_("Providers"), reverse("providers")), (named(body), None)],
    }
    return render(request, "disclosure/provider.html", context)


@public_page(tokens=_city)
def purchaser(request: HttpRequest, ref: str) -> HttpResponse:
    """One purchaser: what it bought, how promptly it paid, what it asked beyond contracts."""
    today = clock.today()
    body = organisation(ref)
    found = queries_parties.facts_of(Q(purchaser=body), today) if body else []
    if body is None or not (found or OrganisationKind.PURCHASER in body.kinds.split("|")):
        raise Http404(_("There is no such purchaser."))
    context = {
        "body": body,
        "summary": summary(found),
        "rows": queries_contracts.with_results(found[:ROWS], today),
        "tasks": queries_parties.tasks_asked_by(ref),
        "ties": ties(ref),
        "late": late_payments(Q(contract__purchaser=ref), today, SHORT),
        "questions": questions("purchaser", ref),
        "crumbs": [(_("Purchasers"), reverse("purchasers")), (named(body), None)],
    }
    return render(request, "disclosure/purchaser.html", context)


@public_page(tokens=lambda **_kwargs: ["city", STAMP])
def evaluations(request: HttpRequest) -> HttpResponse:
    """Every evaluation with a result, the newest first."""
    form = forms.ResultFilters(request.GET, agencies(), queries_contracts.parties_of_contracts()[0])
    page = _page(request, found_results(form.wanted(), clock.today()))
    context = {
        "form": form,
        "page": page,
        "results": with_fair_scores(with_totals(page)),
        "run": last_run(),
        "crumbs": [(_("Evaluations"), None)],
    }
    return render(request, "disclosure/evaluations.html", context)


@public_page(tokens=_city)
def notices(request: HttpRequest) -> HttpResponse:
    """Every public notice issued so far, the newest first."""
    form = forms.NoticeFilters(request.GET)
    page = _page(request, issued(kind=form.value("kind"), until=clock.now()))
    context = {
        "form": form,
        "page": page,
        "rows": notice_rows(list(page)),
        "crumbs": [(_("Notices"), None)],
    }
    return render(request, "disclosure/notices.html", context)


@public_page(tokens=_city)
def search(request: HttpRequest) -> HttpResponse:
    """What holds the words asked for: a few of each kind, or all of one."""
    form = forms.SearchForm(request.GET)
    text, kind = form.value("q"), form.value("kind")
    what = index.wanted(text)
    complete_search_index()
    found = index.found(what) if what else None
    groups = index.counts(found) if found is not None else []
    page = _page(request, found.filter(kind=kind)) if found is not None and kind else None
    context = {
        "form": form,
        "text": text,
        "kind": kind,
        "total": sum(number for _kind, _label, number in groups),
        "groups": [
            (name, label, number, page or found.filter(kind=name)[:SHORT])
            for name, label, number in groups
            if found is not None and kind in ("", name)
        ],
        "page": page,
        "crumbs": [(_("Search"), None)],
    }
    return render(request, "disclosure/search.html", context)


@public_page(tokens=_no_stamp)
def how_we_count(request: HttpRequest) -> HttpResponse:
    """What every figure means, and every limit with the article that it comes from."""
    limits = [
        {
            "limit": limit,
            "unit": UNITS[limit.unit],
            "title": limit.title_zh if in_chinese() else limit.title,
            "source": limit.source_zh if in_chinese() else limit.source,
        }
        for limit in china().entries()
    ]
    stages = [
        (stage, [entry for entry in catalogue().values() if entry.stage == key])
        for key, stage in labels.STAGES.items()
    ]
    context = {
        "limits": limits,
        "slowest": percent(slowest(clock.today())),
        "stages": [
            (stage, [(one, labels.title(one), labels.rule(one)) for one in entries])
            for stage, entries in stages
        ],
        "crumbs": [(_("How we count"), None)],
    }
    return render(request, "disclosure/how_we_count.html", context)


@public_page(tokens=_no_stamp)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    context = {"crumbs": [(_("Accessibility"), None)]}
    return render(request, "disclosure/accessibility.html", context)


@public_page(tokens=_no_stamp)
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of people, and what is shown."""
    context = {"crumbs": [(_("Privacy"), None)]}
    return render(request, "disclosure/privacy.html", context)
