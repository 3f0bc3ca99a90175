"""The contracts of a list, drafts and concluded ones together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from almoner.contracts.models import Contract, ContractFile, Side, Signature
from almoner.contracts.queries.files import state_of, visible
from almoner.directory.models import ServiceItem
from almoner.parties.models import Area, Organisation
from almoner.rules.contract import read
from almoner.rules.roles import Actor


@dataclass(frozen=True)
class Row:
    """A contract of the list; days may be unknown while it is a draft."""

    id: str
    state: str
    title: Any
    area: Area
    purchaser: Organisation
    provider: Organisation
    amount_fen: int
    starts_on: date | None
    ends_on: date | None


def listed(actor: Actor, *, words: str = "", state: str = "") -> list[Row]:
    """The contracts that `actor` may read: drafts first, then those that began last.

    `words` are looked for in ids and names, `state` is one of the workflow's; empty ones leave all.
    """
    rows = [row for row in _rows(actor) if state in ("", row.state)]
    wanted = words.casefold().split()
    return [row for row in rows if all(word in _words(row) for word in wanted)]


def _words(row: Row) -> str:
    things = (row.title, row.area, row.purchaser, row.provider)
    names = [str(getattr(one, key, "") or "") for one in things for key in ("name_en", "name_zh")]
    return " ".join([row.id, *names]).casefold()


def _rows(actor: Actor) -> list[Row]:
    files, contracts = visible(actor)
    items = ServiceItem.objects.in_bulk()
    signed = Signature.objects.filter(file=OuterRef("pk"), side=Side.PROVIDER, void=False)
    drafts = (
        ContractFile.objects.filter(files, contract=None)
        .select_related("tender__area", "bid", "purchaser", "provider")
        .annotate(signed=Exists(signed))
        .order_by("-saved_at", "pk")
    )
    rows = []
    for file in drafts:
        typed = read(file.content)
        rows.append(
            Row(
                id=file.pk,
                state=state_of(file, None, vars(file)["signed"]),
                title=items.get(file.tender.service_item),
                area=file.tender.area,
                purchaser=file.purchaser,
                provider=file.provider,
                amount_fen=file.bid.price_fen,
                starts_on=typed.starts_on,
                ends_on=typed.ends_on,
            )
        )
    concluded = (
        Contract.objects.filter(contracts)
        .select_related("area", "purchaser", "provider")
        .order_by("-starts_on", "pk")
    )
    for contract in concluded:
        rows.append(
            Row(
                id=contract.pk,
                state=state_of(None, contract, signed=True),
                title=items.get(contract.service_item),
                area=contract.area,
                purchaser=contract.purchaser,
                provider=contract.provider,
                amount_fen=contract.amount_fen,
                starts_on=contract.starts_on,
                ends_on=contract.ends_on,
            )
        )
    return rows
