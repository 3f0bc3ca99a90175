"""The addresses of evaluations on the desk."""

from django.urls import path

from almoner.evaluation import views

urlpatterns = [
    path("desk/evaluations/", views.evaluations, name="desk-evaluations"),
    path("desk/evaluations/assign/", views.assign, name="evaluation-assign"),
    path("desk/evaluations/<ref:ref>/", views.evaluation, name="evaluation"),
    path("desk/evaluations/<ref:ref>/score/", views.sheet, name="evaluation-score"),
    path(
        "desk/evaluations/<ref:ref>/score/<int:number>/", views.score, name="evaluation-score-one"
    ),
    path("desk/evaluations/<ref:ref>/attach/", views.attach, name="evaluation-attach"),
    path(
        "desk/evaluations/<ref:ref>/evidence/<ref:file>/",
        views.evidence,
        name="evaluation-evidence",
    ),
    path("desk/evaluations/<ref:ref>/hand-in/", views.hand_in, name="evaluation-rate"),
    path("desk/evaluations/<ref:ref>/reply/", views.reply, name="evaluation-reply"),
    path("desk/evaluations/<ref:ref>/conclude/", views.conclude, name="evaluation-conclude"),
    path("desk/evaluations/<ref:ref>/follow/", views.follow, name="evaluation-follow"),
]
