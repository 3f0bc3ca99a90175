"""Every address, and `empty/`: what the server and the middleware cost by themselves."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from almoner.rules.roles import Permission
from almoner.urls import urlpatterns as pages
from almoner.web.access import requires


@requires(Permission.PORTAL_READ)
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


urlpatterns = [*i18n_patterns(path("empty/", empty)), *pages]
