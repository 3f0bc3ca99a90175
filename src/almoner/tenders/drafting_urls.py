"""The addresses of drafting and publishing tenders."""

from django.urls import path

from almoner.tenders.views import documents, drafting, registers, tenders

urlpatterns = [
    path("desk/tenders/", tenders.tenders, name="desk-tenders"),
    path("desk/tenders/new/", drafting.begin, name="tender-draft"),
    path("desk/tenders/<ref:ref>/", tenders.tender, name="desk-tender"),
    path("desk/tenders/<ref:ref>/draft/", drafting.edit, name="tender-save"),
    path("desk/tenders/<ref:ref>/draft/check/", drafting.check, name="tender-check"),
    path("desk/tenders/<ref:ref>/intend/", tenders.intend, name="tender-intend"),
    path("desk/tenders/<ref:ref>/submit/", tenders.submit, name="tender-submit"),
    path("desk/tenders/<ref:ref>/return/", tenders.send_back, name="tender-return"),
    path("desk/tenders/<ref:ref>/publish/", tenders.publish, name="tender-publish"),
    path("desk/tenders/<ref:ref>/cancel/", tenders.cancel, name="tender-cancel"),
    path("desk/tenders/<ref:ref>/again/", tenders.again, name="tender-again"),
    path("desk/tenders/<ref:ref>/attach/", documents.attach, name="tender-attach"),
    path("desk/tenders/<ref:ref>/document/<ref:id>/", documents.document, name="tender-document"),
    path("desk/tenders/<ref:ref>/register/<str:kind>/", registers.register, name="tender-register"),
    path(
        "desk/tenders/<ref:ref>/register/<str:kind>/new/",
        registers.consult,
        name="tender-consult",
    ),
    path(
        "desk/tenders/<ref:ref>/register/entry/<int:entry>/strike/",
        registers.strike,
        name="tender-strike",
    ),
]
