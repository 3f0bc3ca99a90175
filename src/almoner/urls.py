"""Every address. Each stage names its own from the root on: /desk/... and what is public."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, register_converter

from almoner.web.converters import Ref
from almoner.web.root import to_language

register_converter(Ref, "ref")

STAGES = (
    "disclosure",
    "web",
    "desk",
    "directory",
    "needs",
    "budget",
    "tenders",
    "contracts",
    "delivery",
    "evaluation",
    "voice",
    "payments",
    "supervision",
    "fairness",
)

urlpatterns = [
    path("", to_language, name="root"),
    *i18n_patterns(*(path("", include(f"almoner.{stage}.urls")) for stage in STAGES)),
]
