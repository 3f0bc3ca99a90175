"""What the pages of the desk share: filling in a form, taking a step, saying what was done."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from almoner.rules.refusal import Refused
from almoner.web import kept
from almoner.web.reasons import sentence

REFUSED = 409


def done(address: str, step: str = "saved") -> HttpResponseRedirect:
    """On to `address`, where a line says that `step` (a kind of the audit record) was taken."""
    mark = "&" if "?" in address else "?"
    return HttpResponseRedirect(f"{address}{mark}{urlencode({'done': step})}")


def fill(
    request: HttpRequest,
    make: Callable[..., forms.BaseForm],
    *,
    do: Callable[[Any], HttpResponse],
    template: str,
    context: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = {},  # noqa: B006 - never changed
) -> HttpResponse:
    """One page with one form: shown, shown again with its faults, or done.

    `make(data, files)` builds the form (both None for an empty one); `do(form)` is called with
    a valid form and answers with where to go. A refusal stands beside its field and in the
    summary; whatever was entered stays. A form that was sent without a session comes back here.
    """
    status = 200
    if request.method == "POST":
        form = make(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                return do(form)
            except Refused as refused:
                field = refused.field if refused.field in form.fields else None
                form.add_error(field, sentence(refused))
                status = REFUSED
        came_back = False
    else:
        waiting = kept.fields_of(request)
        came_back = waiting is not None
        form = make(waiting, None)
    shown = context() if callable(context) else context
    return render(request, template, {"form": form, "came_back": came_back, **shown}, status=status)


def take(request: HttpRequest, do: Callable[[], object], *, back: str, step: str) -> HttpResponse:
    """A button without a form: take the step and go `back`, or say why not with a way back."""
    try:
        do()
    except Refused as refused:
        context = {"sentence": sentence(refused), "back": back, "title": _("Not done")}
        return render(request, "web/refused.html", context, status=REFUSED)
    return done(back, step)
