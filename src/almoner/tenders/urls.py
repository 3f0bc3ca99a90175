"""The addresses of tenders, bids, panels and awards."""

from django.urls import include, path

urlpatterns = [
    path("", include("almoner.tenders.drafting_urls")),
    path("", include("almoner.tenders.award_urls")),
]
