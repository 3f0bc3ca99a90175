"""The addresses of a contract's pages."""

from django.urls import path

from almoner.disclosure import contract_views as views

urlpatterns = [
    path("contracts/<ref:ref>/", views.contract, name="contract"),
    path("contracts/<ref:ref>/payments/", views.payments, name="contract-payments"),
    path("contracts/<ref:ref>/service/", views.service, name="contract-service"),
    path("contracts/<ref:ref>/evaluation/", views.evaluation, name="contract-evaluation"),
    path("contracts/<ref:ref>/history/", views.history, name="contract-history"),
]
