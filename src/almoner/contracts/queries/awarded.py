"""Which tenders wait for a contract."""

from django.db.models import Exists, OuterRef, QuerySet

from almoner.contracts.models import ContractFile
from almoner.rules.roles import Actor, Permission
from almoner.tenders.models import Tender, TenderFile


def awaiting_contract() -> "QuerySet[Tender]":
    """Announced awards of which no contract and no draft was made, the oldest first."""
    drafted = ContractFile.objects.filter(tender=OuterRef("pk"))
    cancelled = TenderFile.objects.filter(tender=OuterRef("pk"), cancelled_at__isnull=False)
    return (
        Tender.objects.filter(
            ~Exists(drafted), ~Exists(cancelled), award_published_on__isnull=False, contracts=None
        )
        .select_related("purchaser", "area")
        .order_by("award_published_on", "pk")
    )


def awarded_tender(actor: Actor, tender_id: str) -> Tender | None:
    """A tender that `actor` may draft the contract of, at any stage."""
    if "\0" in tender_id:  # PostgreSQL refuses to look for it
        return None
    tender = Tender.objects.select_related("purchaser", "area").filter(pk=tender_id).first()
    bodies = actor.bodies(Permission.CONTRACT_DRAFT)
    return tender if tender and (bodies is None or tender.purchaser_id in bodies) else None
