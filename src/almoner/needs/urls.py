"""Needs: /needs/ for everybody, /desk/needs/ for the offices that answer them."""

from django.urls import path

from almoner.needs import views

urlpatterns = [
    path("needs/", views.needs, name="needs"),
    path("needs/new/", views.say, name="need-raise"),
    path("needs/received/", views.received, name="need-received"),
    path("needs/track/", views.track, name="need-track"),
    path("needs/<ref:ref>/", views.need, name="need"),
    path("needs/<ref:ref>/support/", views.support, name="need-support"),
    path("desk/needs/", views.desk_needs, name="desk-needs"),
    path("desk/needs/new/", views.record, name="need-record"),
    path("desk/needs/<ref:ref>/", views.desk_need, name="desk-need"),
    path("desk/needs/<ref:ref>/show/", views.show, name="need-show"),
    path("desk/needs/<ref:ref>/hide/", views.hide, name="need-hide"),
    path("desk/needs/<ref:ref>/answer/", views.answer, name="need-answer"),
]
