"""The addresses of this stage."""

from django.urls import path

from almoner.budget import views

urlpatterns = [
    path("desk/budget/", views.appropriations, name="appropriations"),
    path("desk/budget/money/<ref:ref>/", views.appropriation, name="appropriation"),
    path("desk/budget/proposals/", views.proposals, name="proposals"),
    path("desk/budget/proposals/new/", views.propose, name="appropriation-propose"),
    path("desk/budget/proposals/compute/", views.compute, name="appropriation-compute"),
    path("desk/budget/proposals/<ref:ref>/", views.proposal, name="proposal"),
    path("desk/budget/proposals/<ref:ref>/again/", views.propose, name="appropriation-propose"),
    path("desk/budget/proposals/<ref:ref>/return/", views.give_back, name="appropriation-return"),
    path("desk/budget/proposals/<ref:ref>/approve/", views.approve, name="appropriation-approve"),
]
