"""Nothing entered is lost when a session ends: what was sent is kept until its sender is back."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from almoner.web.limits import HOUR, address_of, count
from almoner.web.models import KeptForm

KEPT_FOR = timedelta(hours=24)
MOST_CHARACTERS = 200_000
MOST_FORMS = 1_000
MOST_BY_ADDRESS = 30
"""So many forms are kept from one address within an hour."""
PARAMETER = COOKIE = "kept"


def lead_away(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page. Only the browser that sent a form finds it again afterwards."""
    address = address_after(request)
    response = redirect_to_login(address)
    token = QueryDict(address.partition("?")[2]).get(PARAMETER)
    if request.method == "POST" and token:
        response.set_cookie(
            COOKIE,
            token,
            max_age=KEPT_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def address_after(request: HttpRequest) -> str:
    """Where to lead somebody who has to sign in first; a form that was sent waits there.

    Files that came with it are not kept. Forms above MOST_CHARACTERS are not kept either, no more
    than MOST_FORMS at a time, and MOST_BY_ADDRESS of one address: strangers can send forms too.
    """
    if request.method != "POST":
        return request.get_full_path()
    path = escape_uri_path(request.path)  # as in an address, where ids may hold a ? or a %
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    _forget_old()
    if len(text) > MOST_CHARACTERS or KeptForm.objects.count() >= MOST_FORMS:
        return path
    if count("kept", address_of(request), HOUR) > MOST_BY_ADDRESS:
        return path
    token = secrets.token_urlsafe(32)
    KeptForm.objects.create(
        token_hash=_hash(token), path=request.path, fields=text, kept_at=timezone.now()
    )
    return f"{path}?{urlencode({PARAMETER: token})}"


def fields_of(request: HttpRequest) -> QueryDict | None:
    """What this browser sent to this address, once; None where nothing was kept.

    Whoever was only handed the address finds nothing: others could have filled the form in.
    """
    token = request.GET.get(PARAMETER)
    if not token or token != request.COOKIES.get(COOKIE):
        return None
    found = KeptForm.objects.filter(token_hash=_hash(token), path=request.path).first()
    if found is None or found.kept_at < timezone.now() - KEPT_FOR:
        return None
    found.delete()
    return QueryDict(found.fields)


def _forget_old() -> None:
    KeptForm.objects.filter(kept_at__lt=timezone.now() - KEPT_FOR).delete()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
