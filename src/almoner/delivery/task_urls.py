"""The addresses of tasks that officials ask for, and of the changes that they lead to."""

from django.urls import path

from almoner.delivery.views import tasks as views

urlpatterns = [
    path("desk/tasks/", views.task_requests, name="task-requests"),
    path("desk/tasks/ask/", views.ask, name="task-request-ask"),
    path("desk/tasks/report/", views.report, name="task-request-report"),
    path("desk/tasks/<ref:ref>/", views.task_request, name="task-request"),
    path("desk/tasks/<ref:ref>/variation/", views.propose_variation, name="change-propose"),
    path("desk/tasks/<ref:ref>/swap/", views.propose_swap, name="change-propose-swap"),
    path("desk/tasks/<ref:ref>/drop/", views.drop, name="task-request-drop"),
    path("desk/tasks/<ref:ref>/override/", views.override, name="task-request-override"),
    path("desk/changes/<ref:ref>/", views.change, name="change"),
    path("desk/changes/<ref:ref>/agree/", views.agree, name="change-agree"),
    path("desk/changes/<ref:ref>/refuse/", views.refuse, name="change-refuse"),
]
