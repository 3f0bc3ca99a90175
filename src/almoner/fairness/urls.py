"""The addresses of fair scores."""

from django.urls import path

from almoner.fairness import views

urlpatterns = [
    path("evaluations/agencies/", views.agencies, name="evaluation-agencies"),
    path("how-we-count/fair-scores/", views.how_fair_scores, name="how-fair-scores"),
    path("desk/raters/", views.raters, name="desk-raters"),
]
