"""The addresses of the public portal."""

from django.urls import include, path

from almoner.disclosure import tender_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("contracts/", views.contracts, name="contracts"),
    path("", include("almoner.disclosure.contract_urls")),
    path("tenders/", tender_views.tenders, name="tenders"),
    path("tenders/<ref:ref>/", tender_views.tender, name="tender"),
    path(
        "tenders/<ref:ref>/documents/<ref:id>/",
        tender_views.document,
        name="tender-public-document",
    ),
    path("places/", views.places, name="places"),
    path("places/<ref:ref>/", views.place, name="place"),
    path("providers/", views.providers, name="providers"),
    path("providers/<ref:ref>/", views.provider, name="provider"),
    path("purchasers/", views.purchasers, name="purchasers"),
    path("purchasers/<ref:ref>/", views.purchaser, name="purchaser"),
    path("evaluations/", views.evaluations, name="evaluations"),
    path("notices/", views.notices, name="notices"),
    path("search/", views.search, name="search"),
    path("how-we-count/", views.how_we_count, name="how-we-count"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
