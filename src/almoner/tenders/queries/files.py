"""A tender's working file: who may see it, what it says, and which state its facts put it in."""

from almoner.parties.queries import bodies_around
from almoner.rules.roles import Actor, Permission, Role
from almoner.rules.tender import TenderContent, complete, read
from almoner.rules.workflow import TenderState
from almoner.tenders.models import Tender, TenderFile


def state_of(file: TenderFile) -> TenderState:
    """The state of a tender, derived from its dated facts."""
    if file.cancelled_at:
        return TenderState.CANCELLED
    if file.tender:
        return state_of_tender(file.tender)
    return TenderState.SUBMITTED if file.submitted_at else TenderState.DRAFT


def state_of_tender(tender: Tender) -> TenderState:
    """The same for a tender that was published and not cancelled, with or without a file."""
    if tender.award_published_on:
        return TenderState.AWARDED
    if tender.award_decided_on:
        return TenderState.DECIDED
    return TenderState.OPENED if tender.opened_at else TenderState.PUBLISHED


def file_for(
    actor: Actor, file_id: str, permission: Permission = Permission.TENDER_READ
) -> TenderFile | None:
    """The file with its tender if `actor` has `permission` for its purchaser, otherwise None."""
    if "\0" in file_id:  # PostgreSQL refuses to look for it
        return None
    found = TenderFile.objects.select_related("tender", "purchaser", "replaces")
    file = found.filter(pk=file_id).first()
    bodies = bodies_of(actor, permission)
    return file if file and (bodies is None or file.purchaser_id in bodies) else None


def bodies_of(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """Whose tenders `actor` has `permission` for: their uscc; None means everybody's.

    No supervising body stands on a tender before its contract: whoever supervises reads those of
    all bodies in the place of the supervising one.
    """
    bodies = actor.bodies(permission)
    supervising = [held.body for held in actor.held if held.role is Role.SUPERVISOR and held.body]
    if bodies is None or not supervising or permission is not Permission.TENDER_READ:
        return bodies
    return bodies | bodies_around(supervising)


def locked(file_id: str) -> TenderFile:
    """The file, locked until the transaction ends; TenderFile.DoesNotExist where there is none.

    Its tender is read afterwards: joined to it, PostgreSQL would give what it was before the wait.
    """
    return TenderFile.objects.select_for_update().get(pk=file_id)


def content_of(file: TenderFile) -> TenderContent:
    """What the tender says; whatever was submitted is complete. ValueError for half a draft."""
    return complete(read(file.content))
