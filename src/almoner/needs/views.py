"""Needs: what residents say, and what the office does with it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.directory.queries import ItemFilter, found_items, valid_items
from almoner.directory.views import day_column
from almoner.needs import operations, queries, residents
from almoner.needs.forms import AnswerForm, NeedFilters, RecordForm, SayForm, ShowForm
from almoner.needs.models import Need
from almoner.parties.queries import areas
from almoner.rules.refusal import Refused
from almoner.rules.roles import Permission
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import named
from almoner.web.limits import limit
from almoner.web.lists import show_list
from almoner.web.pages import public_page
from almoner.web.reasons import sentence
from almoner.web.sheets import Column

ROWS = 50
SENDINGS = 20  # needs an hour from one address
SUPPORTS = 60


def _stamps(**_kwargs: str) -> list[str]:
    return ["needs", "directory"]


def _row(need: Need, items: dict[str, Any]) -> dict[str, Any]:
    """What is public about a need."""
    file = queries.file_of(need)
    code = need.service_item or ""
    return {
        "need": need,
        "wording": queries.shown_wording(need),
        "group": file.get_target_group_display() if file else None,
        "item": items.get(code),
        "due": queries.answer_due(need.raised_on),
    }


@public_page(tokens=_stamps)
def needs(request: HttpRequest) -> HttpResponse:
    """Everything residents asked for."""
    tree = areas()
    items = list(found_items(ItemFilter(), clock.today()))
    form = NeedFilters(request.GET, tree, items)
    page = Paginator(queries.found_needs(form.wanted(), tree), ROWS).get_page(
        request.GET.get("page")
    )
    by_code = {item.code: item for item in items}
    context = {
        "form": form,
        "page": page,
        "rows": [_row(need, by_code) for need in page],
        "today": clock.today(),
        "crumbs": [(_("Needs"), None)],
    }
    return render(request, "needs/needs.html", context)


@requires(Permission.PORTAL_READ)
@never_cache
@require_safe
def need(request: HttpRequest, ref: str) -> HttpResponse:
    """One need, its answer, and a button to support it."""
    shown = _need(ref)
    context = {
        **_row(shown, queries.item_names([shown])),
        "today": clock.today(),
        "supported": "supported" in request.GET,
        "crumbs": [(_("Needs"), reverse("needs")), (shown.id, None)],
    }
    return render(request, "needs/need.html", context)


def _need(ref: str, within: Any = None) -> Need:
    found = queries.need_of(ref, within)
    if found is None:
        raise Http404(_("There is no need %(id)s.") % {"id": ref})
    return found


@requires(Permission.PORTAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, ref: str) -> HttpResponse:
    """Count this browser among the supporters, once."""
    _need(ref)
    back = reverse("need", args=[ref])
    if request.method != "POST":
        return HttpResponseRedirect(back)
    browser = residents.browser_of(request)
    try:
        limit(request, "support", SUPPORTS)
        operations.support_need(at=clock.now(), need_id=ref, browser=browser)
    except Refused as refused:
        context = {"sentence": sentence(refused), "back": back, "title": _("Not done")}
        return render(request, "web/refused.html", context, status=desk.REFUSED)
    return residents.keep_browser(HttpResponseRedirect(f"{back}?supported=1"), browser)


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """Say what is needed, without an account."""

    def make(data: Any, files: Any) -> SayForm:
        initial = {"area": request.GET.get("area", ""), "service_item": request.GET.get("item", "")}
        return SayForm(data, areas(), valid_items(clock.today()), initial)

    def do(form: SayForm) -> HttpResponse:
        limit(request, "need", SENDINGS)
        _raised, code = operations.raise_need(at=clock.now(), **form.need())
        return residents.hand_over(reverse("need-received"), code)

    context = {
        "title": _("Say what you need"),
        "lede": _(
            "What does your neighbourhood need? You do not need an account, and nobody asks who "
            "you are. The office of the place answers, and everybody can read the answer."
        ),
        "button": _("Send it"),
        "crumbs": [(_("Needs"), reverse("needs")), (_("Say what you need"), None)],
    }
    return desk.fill(request, make, do=do, template="needs/public_form.html", context=context)


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """The tracking code, shown once."""

    def context(code_hash: str | None) -> dict[str, Any]:
        raised = queries.need_by_code(code_hash) if code_hash else None
        return {
            "title": _("It is received"),
            "number": raised and raised.id,
            "due": raised and queries.answer_due(raised.raised_on),
            "track": reverse("need-track"),
            "next": _(
                "Somebody from the office reads it before its wording is shown to everybody."
            ),
            "crumbs": [(_("Needs"), reverse("needs")), (_("It is received"), None)],
        }

    return residents.show_code(request, context)


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """What became of a need, for whoever has its code. The code stays out of addresses."""

    def do(form: residents.CodeForm) -> HttpResponse:
        limit(request, "track", SUPPORTS)
        found = queries.need_by_code(residents.hash_of(form.cleaned_data["code"]))
        if found is None:
            raise Refused("code_unknown", field="code")
        file = queries.file_of(found)
        context = {
            **_row(found, queries.item_names([found])),
            "own": file.text if file else "",
            "looked_at": bool(file and file.shown_at),
            "today": clock.today(),
            "crumbs": [(_("Needs"), reverse("needs")), (found.id, None)],
        }
        return render(request, "needs/tracked.html", context)

    return residents.ask_for_code(
        request,
        do,
        title=_("What became of it?"),
        lede=_("Enter the tracking code that you were given when you sent it."),
        button=_("Look it up"),
        crumbs=[(_("Needs"), reverse("needs")), (_("What became of it?"), None)],
    )


def _columns() -> list[Column]:
    def link(need: Need) -> str:
        return format_html('<a href="{}">{}</a>', reverse("desk-need", args=[need.id]), need.id)

    def wording(need: Need) -> str:
        file = queries.file_of(need)
        return file.text[:120] if file else "–"

    def state(need: Need) -> str:
        if need.answered_on:
            return format_html('<span class="tag ok">{}</span>', _("Answered"))
        late = clock.today() > queries.answer_due(need.raised_on)
        tag, text = ("bad", _("Overdue")) if late else ("info", _("Waiting"))
        return format_html('<span class="tag {}">{}</span>', tag, text)

    return [
        Column(_("Number"), lambda need: need.id, link),
        Column(_("Place"), lambda need: named(need.area)),
        Column(_("What is needed"), wording),
        Column(_("Service"), lambda need: need.service_item or "–"),
        Column(_("How it came"), lambda need: need.get_channel_display()),
        day_column(_("Said on"), lambda need: need.raised_on),
        Column(_("Supporters"), lambda need: need.supporters, numeric=True),
        day_column(_("Answer due"), lambda need: queries.answer_due(need.raised_on)),
        day_column(_("Answered on"), lambda need: need.answered_on),
        Column(_("State"), lambda need: _("Answered") if need.answered_on else _("Waiting"), state),
    ]


@requires(Permission.NEED_READ)
@never_cache
@require_safe
def desk_needs(request: HttpRequest) -> HttpResponse:
    """The needs of the places that one serves."""
    actor, tree = the_actor(request), areas()
    within = queries.scope(actor, Permission.NEED_READ)
    items = found_items(ItemFilter(), clock.today())
    form = NeedFilters(request.GET, tree, items, within, desk=True)
    may = actor.may(Permission.NEED_RECORD)
    return show_list(
        request,
        title=_("Needs"),
        help=_(
            "What residents asked for, online, on paper or at a meeting. Each is to be answered "
            "within %(days)s days; a tender names the needs that it serves."
        )
        % {"days": queries.answer_days(clock.today())},
        columns=_columns(),
        rows=queries.found_needs(form.wanted(), tree, within),
        name="needs",
        form=form,
        create=(_("Record a need"), reverse("need-record")) if may else None,
    )


def _own(request: HttpRequest, ref: str, permission: Permission) -> Need:
    """A need of a place that whoever asks serves; 404 for any other."""
    return _need(ref, queries.scope(the_actor(request), permission))


@requires(Permission.NEED_READ)
@never_cache
@require_safe
def desk_need(request: HttpRequest, ref: str) -> HttpResponse:
    """One need at the desk, with what may be done."""
    shown = _own(request, ref, Permission.NEED_READ)
    serves = queries.acting_over(the_actor(request), Permission.NEED_RECORD, shown.area_id)
    context = {
        **_row(shown, queries.item_names([shown])),
        "title": _("Need %(id)s") % {"id": shown.id},
        "file": queries.file_of(shown),
        "serves": serves is not None,
        "today": clock.today(),
    }
    return render(request, "needs/desk_need.html", context)


@requires(Permission.NEED_RECORD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """Record what was said on paper, at a meeting or in a talk."""
    actor = the_actor(request)

    def make(data: Any, files: Any) -> RecordForm:
        within = queries.scope(actor, Permission.NEED_RECORD)
        return RecordForm(data, areas(), valid_items(clock.today()), within, clock.today())

    def do(form: RecordForm) -> HttpResponse:
        made = operations.record_need(actor=actor, at=clock.now(), **form.need())
        return desk.done(reverse("desk-need", args=[made.id]), "need.record")

    context = {
        "title": _("Record a need"),
        "button": _("Record it"),
        "help": _(
            "Not everybody is online. Write down what was said on paper, at a meeting or in a "
            "talk, in the words in which it was said, and how many people stand behind it."
        ),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.NEED_RECORD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Make the wording public, without what would say who somebody is."""
    shown = _own(request, ref, Permission.NEED_RECORD)
    file = queries.file_of(shown)
    initial = {"shown": (file.shown or file.text) if file else ""}

    def do(form: ShowForm) -> HttpResponse:
        operations.show_wording(
            actor=the_actor(request), at=clock.now(), need_id=ref, **form.cleaned_data
        )
        return desk.done(reverse("desk-need", args=[ref]), "need.show")

    context = {
        "title": _("Show the wording of %(id)s") % {"id": ref},
        "button": _("Show it to everybody"),
        "help": _("Nobody outside the office has seen it so far. What was sent is kept as it is."),
    }
    return desk.fill(
        request,
        lambda data, files: ShowForm(data, label_suffix="", initial=initial),
        do=do,
        template="web/form.html",
        context=context,
    )


@requires(Permission.NEED_RECORD)
@require_POST
def hide(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep the wording from the public."""
    _own(request, ref, Permission.NEED_RECORD)
    return desk.take(
        request,
        lambda: operations.hide_wording(actor=the_actor(request), at=clock.now(), need_id=ref),
        back=reverse("desk-need", args=[ref]),
        step="need.hide",
    )


@requires(Permission.NEED_RECORD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer a need."""
    shown = _own(request, ref, Permission.NEED_RECORD)

    def do(form: AnswerForm) -> HttpResponse:
        operations.answer_need(
            actor=the_actor(request), at=clock.now(), need_id=ref, **form.cleaned_data
        )
        return desk.done(reverse("desk-need", args=[ref]), "need.answer")

    file = queries.file_of(shown)
    context = {
        "title": _("Answer %(id)s") % {"id": ref},
        "button": _("Publish the answer"),
        "help": _("Every need is answered, also when the answer is no. It cannot be taken back."),
        "wording": file.text if file else "",
    }
    return desk.fill(
        request,
        lambda data, files: AnswerForm(data, label_suffix=""),
        do=do,
        template="needs/answer.html",
        context=context,
    )
