"""The addresses of findings: /findings/ for everybody, /desk/supervise/ for those who supervise."""

from django.urls import path

from almoner.supervision import views

urlpatterns = [
    path("findings/", views.findings, name="findings"),
    path("findings/kinds/<ref:code>/", views.kind, name="finding-kind"),
    path("findings/<ref:id>/", views.finding, name="finding"),
    path("desk/supervise/", views.supervise, name="supervise"),
    path("desk/supervise/<ref:id>/", views.supervised, name="supervised"),
]
