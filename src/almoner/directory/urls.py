"""The directory: /directory/ for everybody, /desk/directory/ for those who write in it."""

from django.urls import path

from almoner.directory import views

urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/<ref:ref>/", views.item, name="directory-item"),
    path("desk/directory/", views.items, name="desk-directory"),
    path("desk/directory/new/", views.publish, name="item-publish"),
    path("desk/directory/<ref:ref>/", views.desk_item, name="desk-item"),
    path("desk/directory/<ref:ref>/revise/", views.revise, name="item-revise"),
    path("desk/directory/<ref:ref>/end/", views.end, name="item-end"),
]
