"""The bare address: on to the reader's language."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from almoner.rules.roles import Permission
from almoner.web.access import requires


@requires(Permission.PORTAL_READ)
@require_safe
def to_language(request: HttpRequest) -> HttpResponse:
    """Redirect to the home page in the language that the browser asks for."""
    response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response
