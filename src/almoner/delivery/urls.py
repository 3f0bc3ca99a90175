"""The addresses of sessions, and of tasks outside the contract and the changes they lead to."""

from django.urls import include, path

urlpatterns = [
    path("", include("almoner.delivery.session_urls")),
    path("", include("almoner.delivery.task_urls")),
]
