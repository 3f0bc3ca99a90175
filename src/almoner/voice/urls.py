"""Complaints: /ask/ for everybody, /desk/complaints/ for the supervising authority."""

from django.urls import path

from almoner.voice import views

urlpatterns = [
    path("ask/", views.ask, name="complaint-raise"),
    path("ask/received/", views.received, name="complaint-received"),
    path("ask/track/", views.track, name="complaint-track"),
    path("ask/withdraw/", views.withdraw, name="complaint-withdraw"),
    path("ask/all/", views.complaints, name="complaints"),
    path("ask/<ref:ref>/", views.complaint, name="complaint"),
    path("desk/complaints/", views.desk_complaints, name="desk-complaints"),
    path("desk/complaints/<ref:ref>/", views.desk_complaint, name="desk-complaint"),
    path("desk/complaints/<ref:ref>/answer/", views.answer, name="complaint-answer"),
]
