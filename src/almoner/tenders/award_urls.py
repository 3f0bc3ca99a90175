"""The addresses of bids, panels and awards."""

from django.urls import path

from almoner.tenders.views import award, bids, panel

urlpatterns = [
    path("desk/bids/", bids.bids, name="bids"),
    path("desk/tenders/<ref:ref>/bid/", bids.save, name="bid-save"),
    path("desk/bids/<ref:ref>/", bids.bid, name="bid"),
    path("desk/bids/<ref:ref>/submit/", bids.submit, name="bid-submit"),
    path("desk/bids/<ref:ref>/withdraw/", bids.withdraw, name="bid-withdraw"),
    path("desk/bids/<ref:ref>/proposal/", bids.proposal, name="bid-proposal"),
    path("desk/bids/<ref:ref>/debrief/", bids.debrief, name="bid-debrief"),
    path("desk/bids/<ref:ref>/opened/", bids.opened, name="bid-opened"),
    path("desk/bids/<ref:ref>/opened/proposal/", bids.opened_proposal, name="bid-opened-proposal"),
    path("desk/bids/<ref:ref>/disqualify/", bids.disqualify, name="bid-disqualify"),
    path("desk/tenders/<ref:ref>/panel/", panel.appoint, name="tender-appoint"),
    path("desk/tenders/<ref:ref>/unseal/", award.unseal, name="tender-unseal"),
    path("desk/tenders/<ref:ref>/open/", award.open_bids, name="tender-open"),
    path("desk/tenders/<ref:ref>/decide/", award.decide, name="tender-decide"),
    path("desk/tenders/<ref:ref>/announce/", award.announce, name="tender-announce"),
    path("desk/panels/", panel.panel, name="panels"),
    path("desk/panels/<ref:ref>/ties/", panel.declare, name="tender-declare"),
    path("desk/panels/<ref:ref>/scores/", panel.score, name="tender-score"),
    path("desk/panels/bids/<ref:ref>/", panel.bid, name="panel-bid"),
    path("desk/panels/bids/<ref:ref>/proposal/", panel.bid_proposal, name="panel-bid-proposal"),
    path("tenders/<ref:ref>/panel/", award.draw, name="tender-draw"),
]
