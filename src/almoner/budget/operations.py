"""Appropriating money, and posting to the ledger."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import Taken, take
from almoner.accounts.notify import tell
from almoner.budget.accounts import AVAILABLE
from almoner.budget.accounts import accepted as accepted
from almoner.budget.accounts import available as available
from almoner.budget.accounts import committed as committed
from almoner.budget.accounts import paid as paid
from almoner.budget.accounts import source as source
from almoner.budget.models import Appropriation, AppropriationFile, EntryKind, LedgerEntry
from almoner.budget.queries import balances, item_in_directory, purchasers_in, state_of
from almoner.rules.calendar import local_day
from almoner.rules.money import ratio_of, tranches, yuan_digits
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import APPROPRIATION, NEW
from almoner.web.stamps import bump

_NEW_MONEY = _("Money was appropriated that can be spent here")


@dataclass(frozen=True)
class Posting:
    """An amount in fen that `reference` moves from the account `credit` to the account `debit`."""

    kind: EntryKind
    reference: str
    debit: str
    credit: str
    amount_fen: int
    posted_on: date | None


def commitment(
    contract_id: str, appropriation_id: str, amount_fen: int, on: date | None
) -> Posting:
    """What commits money of an appropriation to a contract."""
    reference = f"commitments/{contract_id}/{appropriation_id}"
    debit, credit = committed(contract_id), available(appropriation_id)
    return Posting(EntryKind.COMMIT, reference, debit, credit, amount_fen, on)


def release(posting: Posting) -> Posting:
    """What takes so much of an earlier posting back, on the day that `posting` names."""
    return Posting(
        EntryKind.RELEASE,
        posting.reference,
        posting.credit,
        posting.debit,
        posting.amount_fen,
        posting.posted_on,
    )


@transaction.atomic
def post(postings: Iterable[Posting], at: datetime) -> None:
    """Post single moves within the caller's transaction; amounts of zero are posted nowhere.

    A posting without a day is of the day of `at`. The appropriations that money is taken from are
    locked, so that no two can use the same fen: Refused over_committed (with what is `left`,
    `wanted` and of which `appropriation`) where one has too little.
    """
    moves = [posting for posting in postings if posting.amount_fen]
    wanted: dict[str, int] = {}
    for move in moves:
        for account, fen in ((move.credit, move.amount_fen), (move.debit, -move.amount_fen)):
            if account.startswith(AVAILABLE):
                wanted[account] = wanted.get(account, 0) + fen
    ids = [account.removeprefix(AVAILABLE) for account in wanted]
    # In the order of their ids, so that no two wait for each other.
    list(Appropriation.objects.select_for_update().filter(id__in=ids).order_by("id"))
    left = balances(list(wanted))
    for account, fen in sorted(wanted.items()):
        if fen > left[account]:
            raise Refused(
                "over_committed",
                appropriation=account.removeprefix(AVAILABLE),
                left=yuan_digits(left[account]),
                wanted=yuan_digits(fen),
            )
    today = local_day(at)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            posted_on=move.posted_on or today,
            kind=move.kind,
            debit=move.debit,
            credit=move.credit,
            amount_fen=move.amount_fen,
            reference=move.reference,
        )
        for move in moves
    )


@transaction.atomic
def post_differences(postings: Iterable[Posting]) -> int:
    """Post whatever the ledger lacks, or has too much of, so that it says what `postings` say.

    The ledger is append-only: a fact that grew is posted with its growth, one that shrank or went
    with a release in the other direction. Returns how many entries were added.
    """
    there = posted()
    entries = []
    for posting in postings:
        key = (posting.reference, posting.debit, posting.credit)
        missing = posting.amount_fen - there.pop(key, 0)
        if missing > 0:
            entries.append(_entry(posting, missing))
        elif missing < 0:
            entries.append(_release(*key, -missing, posting.posted_on))
    entries += [_release(*key, amount, None) for key, amount in sorted(there.items()) if amount]
    LedgerEntry.objects.bulk_create(entries, batch_size=1_000)
    return len(entries)


def posted(begins: str = "") -> dict[tuple[str, str, str], int]:
    """What was posted, net of releases, in fen by (reference, debit, credit).

    Of all facts, or of those whose reference begins so.
    """
    net: dict[tuple[str, str, str], int] = {}
    rows = LedgerEntry.objects.filter(reference__startswith=begins)
    sums = rows.values_list("reference", "debit", "credit", "kind").annotate(
        amount=Sum("amount_fen")
    )
    for reference, debit, credit, kind, amount in sums.order_by():
        if kind == EntryKind.RELEASE:
            debit, credit, amount = credit, debit, -amount
        key = (reference, debit, credit)
        net[key] = net.get(key, 0) + int(amount)
    return net


def _entry(posting: Posting, amount_fen: int) -> LedgerEntry:
    return LedgerEntry(
        posted_on=posting.posted_on,
        kind=posting.kind,
        debit=posting.debit,
        credit=posting.credit,
        amount_fen=amount_fen,
        reference=posting.reference,
    )


def _release(
    reference: str, debit: str, credit: str, amount_fen: int, on: date | None
) -> LedgerEntry:
    return LedgerEntry(
        posted_on=on,
        kind=EntryKind.RELEASE,
        debit=credit,
        credit=debit,
        amount_fen=amount_fen,
        reference=reference,
    )


@dataclass(frozen=True)
class Line:
    """One line of a sharing schedule: who pays (uscc), at which level, from what, which share."""

    payer: str
    level: str
    source: str
    ratio: str


@dataclass(frozen=True)
class Proposal:
    """Money to be appropriated: `total_fen` of all `years`, shared by `lines` in each of them.

    `body` is the finance body that proposes; without `service_item` it may buy any service.
    """

    body: str
    first_year: int
    years: int
    service_item: str | None
    area: str
    total_fen: int
    lines: tuple[Line, ...]
    note: str = ""


@transaction.atomic
def propose(
    *, actor: Actor, at: datetime, proposal: Proposal, file_id: str = ""
) -> AppropriationFile:
    """Propose money, or propose again what was returned (`file_id`), for a second officer."""
    if file_id:
        file = AppropriationFile.objects.select_for_update().get(id=file_id)
        state, body = state_of(file).value, file.body_id
    else:
        file = AppropriationFile(id=f"A-{secrets.token_hex(4).upper()}", body_id=proposal.body)
        state, body = NEW, proposal.body
    taken = take(APPROPRIATION, "propose", actor=actor, state=state, body=body, subject_id=file.id)
    _judge(proposal, at)
    file.first_year, file.years = proposal.first_year, proposal.years
    file.service_item, file.area_id = proposal.service_item, proposal.area
    file.total_fen, file.note = proposal.total_fen, proposal.note
    file.lines = [vars(line) for line in proposal.lines]
    file.proposed_by, file.proposed_at = actor.login, at
    file.returned_at = None
    file.save()
    taken.log(at=at, after=_facts(file))
    _hand_over(file, Permission.BUDGET_APPROVE, _("Money waits for your approval"), at)
    return file


def _judge(proposal: Proposal, at: datetime) -> None:
    """Refused where the schedule is no whole, names a line twice, or the time is wrong."""
    if proposal.first_year < local_day(at).year:
        raise Refused("year_over", field="first_year", year=proposal.first_year)
    item = proposal.service_item
    if item and not item_in_directory(item, proposal.first_year):
        raise Refused("item_not_in_directory", field="service_item", year=proposal.first_year)
    lines = [(line.payer, line.level, line.source) for line in proposal.lines]
    if len(set(lines)) < len(lines):
        raise Refused("line_twice")
    tranches(proposal.total_fen, proposal.years, [ratio_of(line.ratio) for line in proposal.lines])


@transaction.atomic
def give_back(*, actor: Actor, at: datetime, file_id: str, reason: str) -> None:
    """Return a proposal to whoever proposed it, with a reason."""
    file, taken = _locked("return", actor, file_id)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    file.returned_at, file.return_reason = at, reason
    file.save(update_fields=["returned_at", "return_reason"])
    taken.log(at=at, before={"returned_at": ""}, after={"returned_at": at}, reason=reason)
    _hand_over(file, Permission.BUDGET_PROPOSE, _("A proposal of yours was returned"), at)


@transaction.atomic
def approve(*, actor: Actor, at: datetime, file_id: str) -> list[Appropriation]:
    """Appropriate what was proposed: a row a year and line, each posted to the ledger."""
    file, taken = _locked("approve", actor, file_id)
    file.approved_at = at
    file.save(update_fields=["approved_at"])
    rows = [
        Appropriation(
            id=f"{file.id}-{year}-{number}",
            fiscal_year=year,
            payer_id=line["payer"],
            level=line["level"],
            source=line["source"],
            service_item=file.service_item,
            area_id=file.area_id,
            amount_fen=fen,
        )
        for year, parts in enumerate(parts_of(file), start=file.first_year)
        for number, (line, fen) in enumerate(zip(file.lines, parts, strict=True), start=1)
    ]
    Appropriation.objects.bulk_create(rows)
    post((appropriation(row) for row in rows), at)
    taken.log(at=at, after={"rows": {row.id: row.amount_fen for row in rows}})
    bump(["city"])
    about, url = f"{file.id} ({file.area_id})", reverse("appropriations")
    for purchaser in purchasers_in(file.area_id):
        tell(Permission.TENDER_DRAFT, purchaser, about=about, what=_NEW_MONEY, url=url, at=at)
    return rows


def appropriation(row: Appropriation) -> Posting:
    """What puts the money of an appropriation into the ledger."""
    debit, credit = available(row.id), source(row.payer_id)
    return Posting(
        EntryKind.APPROPRIATE, f"appropriations/{row.id}", debit, credit, row.amount_fen, None
    )


def parts_of(file: AppropriationFile) -> list[list[int]]:
    """What each line of a proposal pays in each of its years, in fen."""
    return tranches(file.total_fen, file.years, [ratio_of(line["ratio"]) for line in file.lines])


def proposal_of(file: AppropriationFile) -> Proposal:
    """What a file proposes."""
    return Proposal(
        body=file.body_id,
        first_year=file.first_year,
        years=file.years,
        service_item=file.service_item,
        area=file.area_id,
        total_fen=file.total_fen,
        lines=tuple(Line(**line) for line in file.lines),
        note=file.note,
    )


def _locked(step: str, actor: Actor, file_id: str) -> tuple[AppropriationFile, Taken]:
    file = AppropriationFile.objects.select_for_update().get(id=file_id)
    taken = take(
        APPROPRIATION,
        step,
        actor=actor,
        state=state_of(file),
        body=file.body_id,
        subject_id=file.id,
    )
    return file, taken


def _facts(file: AppropriationFile) -> Mapping[str, object]:
    names = ("body_id", "first_year", "years", "service_item", "area_id", "total_fen", "lines")
    return {name: getattr(file, name) for name in (*names, "note")}


def _hand_over(file: AppropriationFile, to: Permission, what: Promise, at: datetime) -> None:
    """Tell those whose step is next."""
    url = reverse("proposal", args=[file.id])
    tell(to, file.body_id, about=file.id, what=what, url=url, at=at)
