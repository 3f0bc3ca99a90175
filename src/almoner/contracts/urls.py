"""The addresses of contracts; each step at that of its name."""

from django.urls import path

from almoner.contracts.views import draft, pages, public, steps

AT = "desk/contracts/<ref:ref>"
urlpatterns = [
    path("desk/contracts/", pages.contracts, name="desk-contracts"),
    path("desk/tenders/<ref:ref>/contract/", steps.draft, name="contract-draft"),
    path(f"{AT}/", pages.contract, name="desk-contract"),
    path(f"{AT}/print/", pages.printed, name="desk-contract-print"),
    path(f"{AT}/contract.pdf", pages.pdf, name="desk-contract-pdf"),
    path(f"{AT}/draft/", draft.save, name="contract-save"),
    path(f"{AT}/draft/check/", draft.check, name="contract-check"),
    path(f"{AT}/offer/", steps.offer, name="contract-offer"),
    path(f"{AT}/propose/", steps.propose, name="contract-propose"),
    path(f"{AT}/settle/", steps.settle, name="contract-settle"),
    path(f"{AT}/reopen/", steps.reopen, name="contract-reopen"),
    path(f"{AT}/sign/", steps.sign, name="contract-sign"),
    path(f"{AT}/countersign/", steps.countersign, name="contract-countersign"),
    path(f"{AT}/publish/", steps.publish, name="contract-publish"),
    path(f"{AT}/complete/", steps.complete, name="contract-complete"),
    path(f"{AT}/terminate/", steps.terminate, name="contract-terminate"),
    path("contracts/<ref:ref>/text/", public.text, name="contract-text"),
    path("contracts/<ref:ref>/text/print/", public.printed, name="contract-print"),
    path("contracts/<ref:ref>/contract.pdf", public.pdf, name="contract-pdf"),
]
