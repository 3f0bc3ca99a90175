"""The addresses of this stage."""

from django.urls import path

from almoner.payments import views

INSTALMENT = "desk/payments/<ref:ref>/<int:seq>/"

urlpatterns = [
    path("desk/payments/", views.instalments, name="instalments"),
    path("desk/payments/<ref:ref>/", views.settlement, name="settlement"),
    path(f"{INSTALMENT}hear/", views.hear, name="instalment-hear"),
    path(f"{INSTALMENT}accept/", views.accept, name="instalment-accept"),
    path(f"{INSTALMENT}explain/", views.explain, name="instalment-explain"),
    path(f"{INSTALMENT}pay/", views.pay, name="instalment-pay"),
]
