"""The desk: what waits for whoever is signed in, finding, and the administrator's people."""

from django.urls import path

from almoner.desk import people_views, views

urlpatterns = [
    path("desk/", views.home, name="desk"),
    path("desk/search/", views.search, name="desk-search"),
    path("desk/people/", people_views.people, name="people"),
    path("desk/people/new/", people_views.add, name="person-add"),
    path("desk/people/accounts/<ref:ref>/", people_views.person, name="person"),
    path("desk/people/accounts/<ref:ref>/link/", people_views.link, name="person-link"),
    path("desk/people/accounts/<ref:ref>/close/", people_views.close, name="person-close"),
    path("desk/people/accounts/<ref:ref>/reopen/", people_views.reopen, name="person-reopen"),
    path("desk/people/accounts/<ref:ref>/grant/", people_views.grant, name="role-grant"),
    path(
        "desk/people/accounts/<ref:ref>/grants/<int:grant_id>/end/",
        people_views.end,
        name="role-end",
    ),
    path("desk/people/accounts/<ref:ref>/deputy/", people_views.delegate, name="delegation-add"),
    path(
        "desk/people/accounts/<ref:ref>/deputies/<int:delegation_id>/end/",
        people_views.end_delegation,
        name="delegation-end",
    ),
    path("password/<ref:ref>/<str:token>/", people_views.password, name="password"),
]
