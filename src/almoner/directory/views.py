"""The directory: its public pages, and where a supervisor writes in it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.directory import operations, queries
from almoner.directory.forms import EndForm, ItemFilters, ItemForm
from almoner.directory.labels import ANSWERS, QUESTIONS, STATE_TAGS, STATES, TEXTS
from almoner.directory.models import ItemKind, ServiceItem
from almoner.rules.directory import TEST, ItemState
from almoner.rules.roles import Permission
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import day as written_day
from almoner.web.format import named
from almoner.web.lists import show_list
from almoner.web.pages import public_page
from almoner.web.sheets import Column


def _stamps(**_kwargs: str) -> list[str]:
    return ["directory"]


def _item(ref: str) -> ServiceItem:
    item = queries.item_of(ref)
    if item is None:
        raise Http404(_("The directory has no item %(code)s.") % {"code": ref})
    return item


def _state(item: ServiceItem) -> ItemState:
    return queries.state_of(item, clock.today())


def _shown(item: ServiceItem) -> dict[str, Any]:
    """What a page about one item shows: the texts and the test of every version."""
    versions = []
    for version in queries.versions_of(item):
        texts = [(label, version.said[name]) for name, label in TEXTS.items()]
        test = [
            (QUESTIONS[name], ANSWERS[name][given["choice"]], given["reason"])
            for name in TEST
            if (given := version.test.get(name))
        ]
        versions.append({"version": version, "texts": texts, "test": test})
    state = _state(item)
    return {
        "item": item,
        "parent": queries.item_of(item.parent_code) if item.parent_code else None,
        "children": queries.children_of(item),
        "state": STATES[state],
        "tag": STATE_TAGS[state],
        "versions": versions,
    }


@public_page(tokens=_stamps)
def directory(request: HttpRequest) -> HttpResponse:
    """Everything that may be bought, by what was asked."""
    form, today = ItemFilters(request.GET), clock.today()
    rows = [
        {"item": item, "state": STATES[state], "tag": STATE_TAGS[state]}
        for item in queries.found_items(form.wanted(), today)
        for state in [queries.state_of(item, today)]
    ]
    context = {"form": form, "rows": rows, "crumbs": [(_("Directory"), None)]}
    return render(request, "directory/directory.html", context)


@public_page(tokens=_stamps)
def item(request: HttpRequest, ref: str) -> HttpResponse:
    """One item: what it says, what it said, why it is bought."""
    shown = _item(ref)
    crumbs = [(_("Directory"), reverse("directory")), (named(shown), None)]
    return render(request, "directory/item.html", {**_shown(shown), "crumbs": crumbs})


def day_column(label: str, day: Callable[[Any], date | None]) -> Column:
    """A column of days: a dash where there is none, the reader's manner of writing elsewhere."""
    return Column(label, day, lambda row: written_day(found) if (found := day(row)) else "–")


def _columns() -> list[Column]:
    def state(item: ServiceItem) -> str:
        tag = STATE_TAGS[_state(item)]
        return format_html('<span class="tag {}">{}</span>', tag, STATES[_state(item)])

    def link(item: ServiceItem) -> str:
        address = reverse("desk-item", args=[item.code])
        return format_html('<a href="{}">{}</a>', address, item.code)

    return [
        Column(_("Code"), lambda item: item.code, link),
        Column(_("Name"), named),
        Column(_("Kind"), lambda item: str(ItemKind(item.kind).label)),
        Column(_("Stands below"), lambda item: item.parent_code or "–"),
        day_column(_("Valid from"), lambda item: item.valid_from),
        day_column(_("Valid until"), lambda item: item.valid_to),
        Column(_("State today"), lambda item: str(STATES[_state(item)]), state),
    ]


@requires(Permission.DIRECTORY_READ)
@never_cache
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """The directory at the desk."""
    form = ItemFilters(request.GET)
    may = the_actor(request).may(Permission.DIRECTORY_PUBLISH)
    return show_list(
        request,
        title=_("Directory"),
        help=_(
            "What may be bought, for what, and how it is judged. "
            "Nothing that is not valid here on the day of a tender may be tendered."
        ),
        columns=_columns(),
        rows=queries.found_items(form.wanted(), clock.today()),
        name="directory",
        form=form,
        create=(_("Publish an item"), reverse("item-publish")) if may else None,
    )


@requires(Permission.DIRECTORY_READ)
@never_cache
@require_safe
def desk_item(request: HttpRequest, ref: str) -> HttpResponse:
    """One item at the desk, with what may be done."""
    shown = _item(ref)
    open_ = _state(shown) is not ItemState.ENDED
    context = {
        **_shown(shown),
        "title": f"{shown.code} {named(shown)}",
        "may_change": open_ and the_actor(request).may(Permission.DIRECTORY_PUBLISH),
    }
    return render(request, "directory/desk_item.html", context)


@requires(Permission.DIRECTORY_PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Enter an item into the directory."""
    today = clock.today()

    def make(data: Any, files: Any) -> ItemForm:
        return ItemForm(data, items=queries.valid_items(today), today=today)

    def do(form: ItemForm) -> HttpResponse:
        made = operations.publish_item(actor=the_actor(request), at=clock.now(), draft=form.draft())
        return desk.done(reverse("desk-item", args=[made.code]), "item.publish")

    context = {
        "title": _("Publish an item"),
        "button": _("Publish the item"),
        "help": _(
            "An item says once, for the whole city, what may be bought, how it is done, what it "
            "is paid by and how it is judged. It is public at once."
        ),
    }
    return desk.fill(request, make, do=do, template="directory/item_form.html", context=context)


@requires(Permission.DIRECTORY_PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, ref: str) -> HttpResponse:
    """A new version of an item."""
    today, shown = clock.today(), _item(ref)
    make = partial(_revision, shown, today)

    def do(form: ItemForm) -> HttpResponse:
        operations.revise_item(
            actor=the_actor(request),
            at=clock.now(),
            draft=form.draft(),
            version=form.cleaned_data["version"],
        )
        return desk.done(reverse("desk-item", args=[ref]), "item.revise")

    context = {
        "title": _("Revise %(code)s %(name)s") % {"code": shown.code, "name": named(shown)},
        "button": _("Publish the new version"),
        "help": _(
            "The new version holds from today on. What it said before stays readable with its "
            "days, and what was bought under it is judged by that."
        ),
    }
    return desk.fill(request, make, do=do, template="directory/item_form.html", context=context)


def _revision(shown: ServiceItem, today: date, data: Any, files: Any) -> ItemForm:
    return ItemForm(
        data,
        items=queries.valid_items(today),
        today=today,
        item=shown,
        version=queries.versions_of(shown)[0],
    )


@requires(Permission.DIRECTORY_PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """The last day of an item."""
    shown = _item(ref)

    def do(form: EndForm) -> HttpResponse:
        operations.end_item(actor=the_actor(request), at=clock.now(), code=ref, **form.cleaned_data)
        return desk.done(reverse("desk-item", args=[ref]), "item.end")

    context = {
        "title": _("End %(code)s %(name)s") % {"code": shown.code, "name": named(shown)},
        "button": _("Set the last day"),
        "help": _(
            "Contracts that were made run on. From the day after, no tender may name this item."
        ),
    }
    return desk.fill(
        request, lambda data, files: EndForm(data), do=do, template="web/form.html", context=context
    )
