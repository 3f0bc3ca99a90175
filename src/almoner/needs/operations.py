"""Raising, recording, supporting, showing and answering needs.

No wording goes into the audit record: it could name somebody, and nothing can be taken out again.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import acted_as
from almoner.accounts.notify import tell
from almoner.audit.operations import Act, record
from almoner.needs.models import Channel, Need, NeedFile, NeedSupport
from almoner.needs.queries import acting_over
from almoner.needs.residents import PUBLIC, fingerprint, hash_of, new_code
from almoner.parties.models import Organisation, OrganisationKind
from almoner.parties.queries import is_kind
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission
from almoner.web.format import day as written_day
from almoner.web.stamps import bump


@transaction.atomic
def raise_need(
    *, at: datetime, area_code: str, text: str, target_group: str, service_item: str | None
) -> tuple[Need, str]:
    """A need that somebody sent online, and its tracking code, of which only the hash is kept.

    Whoever raises it is its first supporter. Its wording is not public yet.
    """
    _something(text)
    code = new_code()
    need = _create(
        area_id=area_code,
        service_item=service_item,
        channel=Channel.ONLINE,
        raised_on=local_day(at),
        supporters=1,
    )
    NeedFile.objects.create(
        need=need, text=text, target_group=target_group, tracking_hash=hash_of(code)
    )
    _log(PUBLIC, PUBLIC, at, "need.raise", need.id, after=_facts(need))
    for office in Organisation.objects.filter(is_kind(OrganisationKind.PURCHASER), area=area_code):
        tell(
            Permission.NEED_RECORD,
            office.uscc,
            about=need.id,
            what=_("Read and answer what was asked for"),
            url=reverse("desk-need", args=[need.id]),
            at=at,
        )
    return need, code


@transaction.atomic
def record_need(
    *,
    actor: Actor,
    at: datetime,
    area_code: str,
    channel: str,
    raised_on: date,
    supporters: int,
    text: str,
    target_group: str,
    service_item: str | None,
) -> Need:
    """A need from paper, a meeting or a talk, with the number of people behind it.

    Refused outside the actor's area, for a day to come, and for online ones: these come by
    themselves. Its wording is not public yet.
    """
    _something(text)
    held = _serving(actor, area_code)
    if raised_on > local_day(at):
        raise Refused("need_raised_later", field="raised_on")
    if channel == Channel.ONLINE:
        raise Refused("need_not_online", field="channel")
    need = _create(
        area_id=area_code,
        service_item=service_item,
        channel=channel,
        raised_on=raised_on,
        supporters=supporters,
    )
    NeedFile.objects.create(need=need, text=text, target_group=target_group, entered_by=actor.login)
    _log(actor.login, acted_as(held), at, "need.record", need.id, after=_facts(need))
    return need


@transaction.atomic
def support_need(*, at: datetime, need_id: str, browser: str) -> None:
    """One more supporter, once a browser (its secret); what was answered takes no more."""
    need = Need.objects.select_for_update().get(pk=need_id)
    if need.answered_on:
        raise Refused("need_answered", day=written_day(need.answered_on))
    # With the need in it, so that nobody can see which needs one browser supported.
    browser_hash = fingerprint(f"{need_id} {browser}")
    _support, new = NeedSupport.objects.get_or_create(need=need, browser_hash=browser_hash)
    if not new:
        raise Refused("already_supported")
    before = need.supporters
    need.supporters = (before or 0) + 1
    need.save(update_fields=["supporters"])
    counts = {"supporters": before}, {"supporters": need.supporters}
    _log(PUBLIC, PUBLIC, at, "need.support", need_id, *counts)
    _bump()


@transaction.atomic
def show_wording(*, actor: Actor, at: datetime, need_id: str, shown: str) -> None:
    """Make a wording public: as it was sent, or without what would say who somebody is."""
    _something(shown, "shown")
    need, file, held = _own(actor, need_id)
    file.shown, file.shown_at = shown, at
    file.save(update_fields=["shown", "shown_at"])
    changed = {"as_sent": shown == file.text}
    _log(actor.login, acted_as(held), at, "need.show", need.id, after=changed)
    _bump()


@transaction.atomic
def hide_wording(*, actor: Actor, at: datetime, need_id: str) -> None:
    """Keep a wording from the public, or take it back; somebody has looked at it either way."""
    need, file, held = _own(actor, need_id)
    file.shown, file.shown_at = "", at
    file.save(update_fields=["shown", "shown_at"])
    _log(actor.login, acted_as(held), at, "need.hide", need.id)
    _bump()


@transaction.atomic
def answer_need(*, actor: Actor, at: datetime, need_id: str, answer: str) -> Need:
    """Answer a need, once; the answer is public. The second of two gets a refusal."""
    _something(answer, "answer")
    need = Need.objects.select_for_update().get(pk=need_id)
    held = _serving(actor, need.area_id)
    if need.answered_on:
        raise Refused("need_answered", day=written_day(need.answered_on))
    need.answered_on, need.answer = local_day(at), answer
    need.save(update_fields=["answered_on", "answer"])
    after = {"answered_on": need.answered_on, "answer": answer}
    _log(actor.login, acted_as(held), at, "need.answer", need.id, after=after)
    _bump()
    return need


def _create(**facts: Any) -> Need:
    need = Need.objects.create(id=f"N-{secrets.token_hex(4).upper()}", **facts)
    _bump()
    return need


def _own(actor: Actor, need_id: str) -> tuple[Need, NeedFile, Held]:
    """A need with its wording, locked, for somebody who serves its place."""
    need = Need.objects.select_for_update().get(pk=need_id)
    held = _serving(actor, need.area_id)
    file = NeedFile.objects.filter(need=need).first()
    if file is None:
        raise Refused("need_without_wording")
    return need, file, held


def _serving(actor: Actor, area_code: str) -> Held:
    if not actor.may(Permission.NEED_RECORD):
        raise Refused("not_permitted", permission=Permission.NEED_RECORD.value)
    held = acting_over(actor, Permission.NEED_RECORD, area_code)
    if held is None:
        raise Refused("need_not_here", field="area")
    return held


def _something(text: str, field: str = "text") -> None:
    if not text.strip():
        raise Refused("text_missing", field=field)


def _facts(need: Need) -> dict[str, Any]:
    return {
        "area": need.area_id,
        "service_item": need.service_item,
        "channel": need.channel,
        "raised_on": need.raised_on,
        "supporters": need.supporters,
    }


def _log(
    login: str,
    role: str,
    at: datetime,
    kind: str,
    need_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    act = Act(kind, "needs", need_id, before or {}, after or {})
    record(actor=login, role=role, at=at, acts=[act])


def _bump() -> None:
    bump(["needs", "city"])
