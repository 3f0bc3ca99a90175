"""Publishing, revising and ending items of the directory."""

from datetime import date, datetime

from django.db import transaction

from almoner.audit.operations import Act, record
from almoner.directory.models import ItemFile, PastVersion, ServiceItem
from almoner.directory.queries import REVISABLE, below, file_of, said_by, state_of
from almoner.rules import directory as rules
from almoner.rules.calendar import local_day
from almoner.rules.directory import ItemDraft, ItemState
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission
from almoner.web.format import day as written_day
from almoner.web.format import in_chinese
from almoner.web.stamps import bump


def faults(draft: ItemDraft) -> list[Refused]:
    """Everything for which a draft is refused; sources are named in the active language."""
    return [_with_source(refused) for refused in rules.faults(draft)]


@transaction.atomic
def publish_item(*, actor: Actor, at: datetime, draft: ItemDraft) -> ServiceItem:
    """Enter an item into the directory, with the test that says why it is bought.

    Refused where it is incomplete, on the refuse list, speaks against buying, begins before today,
    stands below nothing known, or has the code of another.
    """
    held = _permitted(actor)
    _judge(draft)
    today = local_day(at)
    if draft.valid_from < today:
        raise Refused("item_backdated", field="valid_from", today=written_day(today))
    item, new = ServiceItem.objects.get_or_create(
        code=draft.code,
        defaults={
            **{name: getattr(draft, name) for name in REVISABLE},
            "valid_from": draft.valid_from,
            "valid_to": draft.valid_to,
        },
    )
    if not new:
        raise Refused("item_exists", field="code")
    test = _test(draft)
    ItemFile.objects.create(item=item, held_from=draft.valid_from, saved_by=actor.login, test=test)
    days = {"valid_from": item.valid_from, "valid_to": item.valid_to}
    _log(
        actor,
        held,
        at,
        Act("item.publish", "service_items", item.code, after=_all(item, days, test)),
    )
    bump(["directory", "city"])
    return item


@transaction.atomic
def revise_item(*, actor: Actor, at: datetime, draft: ItemDraft, version: int) -> ServiceItem:
    """A new version of an item from today on; what it said before stays readable with its days.

    `version` is the one that was read: Refused("edited_meanwhile") where there is a newer one.
    Code and first day of the item stay. Refused as in publish_item, and once the item is over.
    """
    held = _permitted(actor)
    today = local_day(at)
    item = ServiceItem.objects.select_for_update().get(pk=draft.code)
    file = file_of(item) or ItemFile(item=item, held_from=item.valid_from)
    if file.version != version:
        raise Refused("edited_meanwhile", by=file.saved_by)
    if state_of(item, today) is ItemState.ENDED:
        raise Refused("item_over")
    _judge(draft)
    test, before = _test(draft), said_by(item)
    after = {name: getattr(draft, name) for name in REVISABLE}
    if (after, test, draft.valid_to) == (before, file.test, item.valid_to):
        raise Refused("item_unchanged")
    if draft.valid_to != item.valid_to:
        _judge_last_day(item, draft.valid_to, today)
    was = _all(item, {"valid_to": item.valid_to}, file.test)
    PastVersion.objects.create(
        item=item,
        number=file.version,
        held_from=file.held_from,
        # What had not begun yet was never in force.
        replaced_on=max(today, file.held_from),
        said=before,
        test=file.test,
    )
    file.version, file.held_from = version + 1, max(today, item.valid_from)
    file.saved_by, file.test = actor.login, test
    file.save()
    for name, value in after.items():
        setattr(item, name, value)
    item.valid_to = draft.valid_to
    item.save()
    became = _all(item, {"valid_to": item.valid_to}, test)
    act = Act("item.revise", "service_items", item.code, before=was, after=became)
    _log(actor, held, at, act)
    # Its name stands on the pages of everything that was bought under it.
    bump(["directory", "all"])
    return item


@transaction.atomic
def end_item(*, actor: Actor, at: datetime, code: str, valid_to: date, reason: str) -> ServiceItem:
    """Set the last day on which an item may be bought: today or later. The reason is recorded."""
    held = _permitted(actor)
    item = ServiceItem.objects.select_for_update().get(pk=code)
    today = local_day(at)
    if state_of(item, today) is ItemState.ENDED:
        raise Refused("item_over")
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    _judge_last_day(item, valid_to, today)
    before, item.valid_to = item.valid_to, valid_to
    item.save(update_fields=["valid_to"])
    act = Act(
        "item.end",
        "service_items",
        code,
        before={"valid_to": before},
        after={"valid_to": valid_to},
        reason=reason,
    )
    _log(actor, held, at, act)
    bump(["directory", "city"])
    return item


def _permitted(actor: Actor) -> Held:
    """The directory is the whole city's: whoever supervises anywhere may write in it."""
    held = actor.acting(Permission.DIRECTORY_PUBLISH)
    if held is None:
        raise Refused("not_permitted", permission=Permission.DIRECTORY_PUBLISH.value)
    return held


def _judge(draft: ItemDraft) -> None:
    for refused in faults(draft):
        raise refused
    if draft.parent_code is None:
        return
    if draft.parent_code in below(draft.code):
        raise Refused("item_own_parent", field="parent_code")
    if not ServiceItem.objects.filter(pk=draft.parent_code).exists():
        raise Refused("item_unknown_parent", field="parent_code")


def _judge_last_day(item: ServiceItem, valid_to: date | None, today: date) -> None:
    first = max(today, item.valid_from)
    if valid_to is not None and valid_to < first:
        raise Refused("item_end_too_early", field="valid_to", first=written_day(first))


def _with_source(refused: Refused) -> Refused:
    ground = refused.values.get("ground")
    if ground is None:
        return refused
    source = ground.source_zh if in_chinese() else ground.source
    return Refused(refused.code, field=refused.field, words=refused.values["words"], source=source)


def _test(draft: ItemDraft) -> dict[str, dict[str, str]]:
    return {
        name: {"choice": answer.choice, "reason": answer.reason}
        for name, answer in draft.test.items()
    }


def _all(item: ServiceItem, days: dict[str, date | None], test: object) -> dict[str, object]:
    return {**said_by(item), **days, "test": test}


def _log(actor: Actor, held: Held, at: datetime, act: Act) -> None:
    role = held.role.value
    if held.instead_of:
        role = f"{role} instead of {held.instead_of}"
    record(actor=actor.login, role=role, at=at, acts=[act])
