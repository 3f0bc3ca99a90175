"""Signing in and out, one's own account, and the demonstration."""

from django.urls import path

from almoner.web import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("audit/", views.audit_trail, name="audit"),
    path("demonstration/", views.demonstration, name="demonstration"),
    path("demonstration/sign-in/", views.demonstration_sign_in, name="demonstration-sign-in"),
    path("demonstration/clock/", views.demonstration_clock, name="demonstration-clock"),
]
