"""Who was asked before a tender: the two registers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.rules.roles import Permission
from almoner.rules.workflow import TenderState
from almoner.tenders.forms.drafting import EntryForm
from almoner.tenders.models import RegisterKind
from almoner.tenders.operations import registers
from almoner.tenders.queries.drafting import register_of
from almoner.tenders.queries.files import state_of
from almoner.tenders.views.drafting import the_file
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.lists import show_list
from almoner.web.sheets import Column

HELP = {
    RegisterKind.MARKET: gettext_lazy(
        "Before a public service is tendered, at least three bodies of the market are asked: what "
        "it takes, what it costs, who could do it. Their number is counted from this register."
    ),
    RegisterKind.USERS: gettext_lazy(
        "Those who will use a public service are asked what they need. Enter a pseudonym, such as "
        "“resident 1”, never a name. Their number is counted from this register."
    ),
}
COLUMNS = (
    Column(gettext_lazy("Who was asked"), lambda entry: entry.respondent),
    Column(gettext_lazy("Asked on"), lambda entry: entry.asked_on),
    Column(gettext_lazy("What was said"), lambda entry: entry.said),
    Column(gettext_lazy("Entered by"), lambda entry: entry.entered_by),
)


def _kind(kind: str) -> RegisterKind:
    if kind not in RegisterKind.values:
        raise Http404(_("There is no such register."))
    return RegisterKind(kind)


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def register(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """One register, for everybody who may read the tender."""
    which, file = _kind(kind), the_file(request, ref, Permission.TENDER_READ)
    may_write = state_of(file) is TenderState.DRAFT and the_actor(request).may(
        Permission.TENDER_DRAFT, file.purchaser_id
    )
    address = reverse("tender-consult", args=[ref, kind])
    return show_list(
        request,
        title=_("%(register)s for tender %(id)s") % {"register": which.label, "id": ref},
        help=HELP[which],
        columns=COLUMNS,
        rows=register_of(file, which),
        name=f"{kind}-{ref}",
        create=(_("Enter somebody who was asked"), address) if may_write else None,
        template="tenders/draft_register.html",
        context={"file": file, "kind": which, "may_write": may_write},
    )


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consult(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Enter somebody who was asked."""
    which, file = _kind(kind), the_file(request, ref)

    def make(data: Any, _files: Any) -> EntryForm:
        return EntryForm(data, initial={"asked_on": clock.today()}, label_suffix="")

    def do(form: EntryForm) -> HttpResponse:
        registers.enter(
            actor=the_actor(request), at=clock.now(), file_id=ref, kind=which, **form.cleaned_data
        )
        return desk.done(reverse("tender-register", args=[ref, kind]))

    context = {
        "title": _("%(register)s for tender %(id)s") % {"register": which.label, "id": file.pk},
        "help": HELP[which],
        "button": _("Enter"),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def strike(request: HttpRequest, ref: str, entry: int) -> HttpResponse:
    """Take out an entry made by mistake."""
    file = the_file(request, ref)
    kind = request.POST.get("kind", RegisterKind.MARKET)
    back = reverse("tender-register", args=[file.pk, _kind(kind)])
    return desk.take(
        request,
        lambda: registers.strike(
            actor=the_actor(request), at=clock.now(), file_id=ref, entry_id=entry
        ),
        back=back,
        step="saved",
    )
