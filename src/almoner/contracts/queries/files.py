"""A contract's working file: who may see it, what it says, and which state its facts put it in."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Q, QuerySet

from almoner.audit.models import Event
from almoner.budget.models import Appropriation
from almoner.budget.queries import Choice, choices_for, left
from almoner.contracts.models import Contract, ContractFile, NegotiationEntry, Side, Signature
from almoner.directory.models import Framework, ServiceItem
from almoner.rules.calendar import Deadline, add_working_days, deadline
from almoner.rules.clauses import library
from almoner.rules.contract import Check, Draft, checks, missing, read
from almoner.rules.contract_text import Both, Document, Facts, document, sha256_of
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission, Role
from almoner.rules.tender import TenderContent
from almoner.rules.workflow import CONTRACT, NEW, ContractState
from almoner.tenders.models import TenderFile
from almoner.tenders.queries.files import content_of


def state_of(file: ContractFile | None, contract: Contract | None, signed: bool) -> str:
    """The state of a contract from its dated facts, with or without a working file.

    `signed`: whether the provider's signature stands. NEW where there is nothing yet.
    """
    if contract is not None:
        if contract.ended_on:
            return ContractState.ENDED
        return ContractState.PUBLISHED if contract.published_on else ContractState.CONCLUDED
    if file is None:
        return NEW
    if file.offered_at is None:
        return ContractState.DRAFT
    if file.settled_at is None:
        return ContractState.OFFERED
    return ContractState.SIGNED if signed else ContractState.SETTLED


@dataclass(frozen=True)
class Held:
    """A contract as the platform holds it: its file, its row, or both, and its state."""

    file: ContractFile | None
    contract: Contract | None
    state: str

    @property
    def id(self) -> str:
        return self.contract.id if self.contract else self._file.id

    @property
    def purchaser(self) -> str:
        """The purchaser's uscc."""
        return self.contract.purchaser_id if self.contract else self._file.purchaser_id

    @property
    def provider(self) -> str:
        """The provider's uscc."""
        return self.contract.provider_id if self.contract else self._file.provider_id

    @property
    def _file(self) -> ContractFile:
        if self.file is None:
            raise LookupError("neither a file nor a contract")
        return self.file

    @property
    def document(self) -> Document:
        """The text as it was last offered; empty before the first offer, or where none is kept."""
        return document_of(self.file)


def document_of(file: ContractFile | None) -> Document:
    """The text as it was last offered; empty before that."""
    return json.loads(file.text) if file and file.text else {}


def fingerprint(file: ContractFile) -> str:
    """The SHA-256 of the text that was last offered; empty before the first offer."""
    return sha256_of(file.text) if file.text else ""


def held(contract_id: str) -> Held | None:
    """A contract by its id, as it is now."""
    if "\0" in contract_id:  # PostgreSQL refuses to look for it
        return None
    files = ContractFile.objects.select_related(
        "tender", "bid", "purchaser", "provider", "contract"
    )
    file = files.filter(pk=contract_id).first()
    contract = file.contract if file else None
    if file is None:
        rows = Contract.objects.select_related(
            "tender", "purchaser", "provider", "area", "framework"
        )
        contract = rows.filter(pk=contract_id).first()
        if contract is None:
            return None
    return Held(file, contract, state_of(file, contract, bool(file and is_signed(file.pk))))


def locked(contract_id: str) -> Held:
    """The same, its rows locked until the transaction ends; Contract.DoesNotExist without one.

    The file is locked before anything else is looked at: what a query joins to a row that it had
    to wait for may be older than that row.
    """
    file = ContractFile.objects.select_for_update().filter(pk=contract_id).first()
    contract = None
    if file is None or file.contract_id:
        contract = Contract.objects.select_for_update().get(pk=contract_id)
    return Held(file, contract, state_of(file, contract, bool(file and is_signed(file.pk))))


def is_signed(file_id: str) -> bool:
    """Whether the provider's signature stands."""
    return Signature.objects.filter(file=file_id, side=Side.PROVIDER, void=False).exists()


def visible(actor: Actor) -> tuple[Q, Q]:
    """Which files and which contracts `actor` may read, as conditions on their tables.

    Both sides read theirs, a provider only from the first offer on. A supervisor reads those that
    name its body, or none at all.
    """
    bodies = actor.bodies(Permission.CONTRACT_READ)
    if bodies is None:
        return Q(), Q()
    files = Q(purchaser__in=bodies) | (Q(provider__in=bodies) & ~Q(text=""))
    contracts = Q(purchaser__in=bodies) | Q(provider__in=bodies)
    supervising = [one.body for one in actor.held if one.role is Role.SUPERVISOR]
    if supervising:
        files |= Q(content__supervisor__in=supervising) | Q(content__supervisor=None)
        contracts |= Q(supervisor__in=supervising) | Q(supervisor=None)
    return files, contracts


def readable(actor: Actor, contract_id: str) -> Held | None:
    """A contract that `actor` may read, otherwise None."""
    found = held(contract_id)
    if found is None:
        return None
    files, contracts = visible(actor)
    if found.contract:
        seen: QuerySet[Contract] | QuerySet[ContractFile] = Contract.objects.filter(
            contracts, pk=contract_id
        )
    else:
        seen = ContractFile.objects.filter(files, pk=contract_id)
    return found if seen.exists() else None


def facts_of(file: ContractFile, draft: Draft) -> Facts:
    """What a contract says that its clerk does not settle."""
    tender, bid = file.tender, file.bid
    content = tender_content(file.tender_id)
    item = ServiceItem.objects.filter(code=tender.service_item).first()
    item_name = _both(item, tender.service_item)
    framework = Framework.objects.filter(
        code=draft.framework[0] if draft.framework else "",
        version=draft.framework[1] if draft.framework else "",
    ).first()
    name = (framework.name or framework.code) if framework else ""
    chinese, _slash, english = name.partition(" / ")
    payers = Appropriation.objects.filter(pk__in=draft.commitments).select_related("payer")
    return Facts(
        contract_id=file.pk,
        tender_id=file.tender_id,
        bid_id=file.bid_id,
        title=_title(content, item_name),
        specification=content.specification if content else "",
        service_item=tender.service_item,
        item=item_name,
        area_code=tender.area_id,
        area=_both(tender.area, tender.area_id),
        population=tender.area.population,
        purchaser_uscc=file.purchaser_id,
        purchaser=_both(file.purchaser, file.purchaser_id),
        provider_uscc=file.provider_id,
        provider=_both(file.provider, file.provider_id),
        framework={"name_en": english or name, "name_zh": chinese},
        payers={one.pk: _both(one.payer, one.payer_id) for one in payers},
        amount_fen=bid.price_fen,
    )


def tender_content(tender_id: str) -> TenderContent | None:
    """What a tender of this platform said; None for one that came in a package."""
    file = TenderFile.objects.filter(tender=tender_id).first()
    try:
        return content_of(file) if file else None
    except ValueError:
        return None


def _title(content: TenderContent | None, item: Both) -> Both:
    if content is None:
        return item
    return {"name_en": content.title_en, "name_zh": content.title_zh}


def _both(thing: object, otherwise: str) -> Both:
    """The names of anything with name_zh and name_en; each language falls back on the other."""
    chinese, english = getattr(thing, "name_zh", None), getattr(thing, "name_en", None)
    return {
        "name_en": english or chinese or otherwise,
        "name_zh": chinese or english or otherwise,
    }


def drafted(file: ContractFile) -> Document:
    """The document as the draft has it now, whole or not."""
    draft = read(file.content)
    return document(draft, facts_of(file, draft), library())


def checks_of(draft: Draft, amount_fen: int, on: date) -> list[Check]:
    """All that is asked of a draft, with the limits of a day."""
    limits: dict[str, Fraction] = {
        "years": china().limit("contract.years", on).value,
        "long_years": china().limit("C03.years", on).value,
    }
    return checks(draft, amount_fen=amount_fen, library=library(), limits=limits)


def missing_of(file: ContractFile, on: date) -> list[Check]:
    """What the draft still lacks."""
    return missing(checks_of(read(file.content), file.bid.price_fen, on))


def sources_for(file: ContractFile, draft: Draft) -> list[Choice]:
    """The appropriations that may pay for it, and those that the draft names, with what is left.

    Of every fiscal year that the contract touches, by year.
    """
    years: Collection[int] = ()
    if draft.starts_on and draft.ends_on:
        years = range(draft.starts_on.year, draft.ends_on.year + 1)
    tender = file.tender
    found = choices_for(area=tender.area_id, service_item=tender.service_item, years=years)
    known = {choice.appropriation.pk for choice in found}
    others = [id for id in draft.commitments if id not in known]
    rows = Appropriation.objects.filter(pk__in=others).select_related("payer")
    remaining = left(others)
    found += [Choice(row, remaining[row.pk]) for row in rows]
    return sorted(found, key=lambda one: (one.appropriation.fiscal_year, one.appropriation.pk))


def frameworks() -> list[Framework]:
    """Every version of every evaluation framework, the newest first."""
    return list(Framework.objects.order_by(F("valid_from").desc(nulls_last=True), "code"))


def signature_deadline(award_published_on: date, on: date) -> Deadline:
    """The last day to sign after the award notice (C01)."""
    days = china().limit("C01.days", on).value
    return deadline(award_published_on, days=int(days))


def publication_deadline(signed_on: date) -> Deadline:
    """The last day to publish a contract after its signing (C02)."""
    days = china().limit("C02.working_days", signed_on).value
    return add_working_days(signed_on, int(days))


def negotiation_of(file_id: str) -> list[NegotiationEntry]:
    """What both sides said about the drafts, in the order in which they said it."""
    return list(NegotiationEntry.objects.filter(file=file_id).order_by("pk"))


def signatures_of(file_id: str) -> list[Signature]:
    """Every signature, void ones too, in order."""
    return list(Signature.objects.filter(file=file_id).order_by("pk"))


def end_reason(contract_id: str) -> str:
    """Why a contract was terminated; empty where it was not."""
    ends = Event.objects.filter(
        subject_table=CONTRACT.table, subject_id=contract_id, kind=CONTRACT["terminate"].kind
    )
    return ends.values_list("reason", flat=True).first() or ""
