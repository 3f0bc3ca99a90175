"""Two who pay, accept or commit at the same moment, and a payment that is killed."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

import pytest
from tests.budget.office import NOW, YUAN, clerk, faults, officer
from tests.disclosure.cast import Stage, commitment, contract, instalment, stage
from tests.reliability.processes import run
from tests.reliability.races import together

from almoner.audit.models import Event
from almoner.budget import operations as budget
from almoner.budget.models import Appropriation, LedgerEntry
from almoner.budget.queries import left
from almoner.contracts.models import Commitment, Instalment
from almoner.contracts.operations import living
from almoner.notices.models import Notice
from almoner.payments import operations
from almoner.payments.models import UserOpinion
from almoner.payments.operations import reconcile_ledger
from almoner.rules.roles import Actor, Held, Role

OFTEN = [3, pytest.param(1_000, marks=[pytest.mark.slow, pytest.mark.timeout(1_800)])]
KILLS = 12
repeated = pytest.mark.parametrize("times", OFTEN)


def _instalments(on: Stage, times: int, accepted_on: date | None) -> None:
    made = contract(on)
    commitment(on, made, times * YUAN)
    Instalment.objects.bulk_create(
        Instalment(
            contract=made,
            seq=seq,
            amount_fen=YUAN,
            due_on=date(2026, 7, 1),
            accepted_on=accepted_on,
        )
        for seq in range(times)
    )
    reconcile_ledger()


@repeated
@pytest.mark.django_db(transaction=True)
def test_of_two_who_pay_the_same_instalment_exactly_one_does(times: int) -> None:
    on = stage()
    _instalments(on, times, date(2026, 6, 1))

    def pays(login: str) -> Callable[[int], None]:
        actor = officer(on, login)
        return lambda seq: operations.pay(
            actor=actor, at=NOW, contract_id="C-1", seq=seq, amount_fen=YUAN
        )

    came = together(times, pays("finance"), pays("finance2"))
    assert [sorted(turn) for turn in came] == [["done", "wrong_state"]] * times
    assert LedgerEntry.objects.filter(kind="pay").count() == times
    assert Event.objects.filter(kind="instalment.pay").count() == times
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_of_two_who_pay_the_same_part_exactly_one_does(times: int) -> None:
    on = stage()
    _instalments(on, times, date(2026, 6, 1))

    def pays(login: str) -> Callable[[int], object]:
        actor = officer(on, login)
        return lambda seq: operations.pay(
            actor=actor, at=NOW, contract_id="C-1", seq=seq, amount_fen=YUAN // 4
        )

    came = together(times, pays("finance"), pays("finance2"))
    assert [sorted(turn) for turn in came] == [["done", "paid_meanwhile"]] * times
    assert set(Instalment.objects.values_list("paid_fen", "paid_on")) == {(YUAN // 4, None)}
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_what_is_accepted_while_the_contract_ends_is_owed_or_lapses(times: int) -> None:
    on = stage()
    signatory = Actor("signatory", (Held(Role.PURCHASER_SIGNATORY, on.purchaser.uscc),))
    for turn in range(times):
        made = contract(on, f"C-{turn}")
        commitment(on, made, YUAN, f"A-{turn}")
        row = instalment(made, 1, date(2026, 7, 1), amount_fen=YUAN)
        UserOpinion.objects.bulk_create(
            UserOpinion(instalment=row, who=who, satisfied="yes", day=date(2026, 6, 1), by="clerk")
            for who in ("U-1", "U-2")
        )
    reconcile_ledger()

    def accepts(turn: int) -> object:
        return operations.accept(
            actor=clerk(on), at=NOW, contract_id=f"C-{turn}", seq=1, amount_fen=YUAN
        )

    def ends(turn: int) -> object:
        return living.terminate(
            actor=signatory,
            at=NOW,
            contract_id=f"C-{turn}",
            kind="terminated_by_both",
            reason="No staff was left",
        )

    came = together(times, accepts, ends)
    assert {tuple(turn) for turn in came} <= {("done", "done"), ("wrong_state", "done")}
    owed = {f"A-{turn}" for turn, (accepted, _) in enumerate(came) if accepted == "done"}
    assert {id for id, fen in left(f"A-{turn}" for turn in range(times)).items() if not fen} == owed
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_the_same_instalment_exactly_one_does(times: int) -> None:
    on = stage()
    _instalments(on, times, None)
    UserOpinion.objects.bulk_create(
        UserOpinion(instalment=row, who=who, satisfied="yes", day=date(2026, 6, 1), by="clerk")
        for row in Instalment.objects.all()
        for who in ("U-1", "U-2")
    )

    def accepts(login: str) -> Callable[[int], object]:
        actor = clerk(on, login)
        return lambda seq: operations.accept(
            actor=actor, at=NOW, contract_id="C-1", seq=seq, amount_fen=YUAN
        )

    came = together(times, accepts("clerk"), accepts("clerk2"))
    assert [sorted(turn) for turn in came] == [["done", "wrong_state"]] * times
    assert LedgerEntry.objects.filter(kind="accept").count() == times
    assert Notice.objects.count() == 1
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_two_last_acceptances_publish_one_result(times: int) -> None:
    on = stage()
    for turn in range(times):
        made = contract(on, f"C-{turn}")
        for seq in (1, 2):
            row = instalment(made, seq, date(2026, 7, 1), amount_fen=YUAN)
            UserOpinion.objects.bulk_create(
                UserOpinion(
                    instalment=row, who=who, satisfied="yes", day=date(2026, 6, 1), by="clerk"
                )
                for who in ("U-1", "U-2")
            )

    def accepts(seq: int) -> Callable[[int], object]:
        return lambda turn: operations.accept(
            actor=clerk(on), at=NOW, contract_id=f"C-{turn}", seq=seq, amount_fen=YUAN
        )

    came = together(times, accepts(1), accepts(2))
    assert came == [["done", "done"]] * times
    assert Notice.objects.count() == times
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_two_contracts_never_commit_the_same_fen(times: int) -> None:
    on = stage()
    both = [contract(on, "C-1"), contract(on, "C-2")]
    rows = Appropriation.objects.bulk_create(
        Appropriation(
            id=f"A-{turn:04}",
            fiscal_year=2026,
            payer=on.finance,
            level="district",
            source="budget",
            amount_fen=100,
        )
        for turn in range(times)
    )
    reconcile_ledger()

    def commits(place: int) -> Callable[[int], None]:
        def commit(turn: int) -> None:
            from django.db import transaction

            with transaction.atomic():
                made = both[place]
                Commitment.objects.create(contract=made, appropriation=rows[turn], amount_fen=60)
                budget.post([budget.commitment(made.id, rows[turn].id, 60, made.signed_on)], NOW)

        return commit

    came = together(times, commits(0), commits(1))
    assert [sorted(turn) for turn in came] == [["done", "over_committed"]] * times
    assert set(left(row.id for row in rows).values()) == {40}
    assert Commitment.objects.count() == times
    assert faults() == []


def _paying(*arguments: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.reliability.paying", *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def _counts(env: dict[str, str]) -> list[int]:
    out, _ = _paying("count", env=env).communicate(timeout=120)
    counts: list[int] = json.loads(out)
    return counts


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_killed_payment_is_whole_or_was_not(database: dict[str, str]) -> None:
    assert _paying("prepare", "5000", env=database).wait(120) == 0
    chance = random.Random(20)
    paid = 0
    for _ in range(KILLS):
        process = _paying("pay", env=database)
        assert process.stdout and process.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))  # the first is paid: the next ones are under way
        process.kill()
        process.communicate()
        assert process.returncode == -9
        counts = _counts(database)
        assert len(set(counts)) == 1, counts
        assert counts[0] >= paid
        paid = counts[0]
        verified = run("verify", env=database)
        assert verified.returncode == 0, verified.stdout
    assert 0 < paid < 5_000
