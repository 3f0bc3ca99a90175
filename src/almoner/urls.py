"""Every address."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, register_converter

from almoner.web.converters import Ref
from almoner.web.root import to_language

register_converter(Ref, "ref")

urlpatterns = [
    path("", to_language, name="root"),
    *i18n_patterns(
        path("", include("almoner.disclosure.urls")),
        path("", include("almoner.web.urls")),
    ),
]
