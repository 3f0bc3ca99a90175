"""Two who sign, or who sign and take the text back, at the same moment, and a killed signature."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from tests.budget.office import faults
from tests.contracts.parts import CLERK, DIRECTOR, NOW, PRICE, SIGNATORY, SIGNATORY2, award
from tests.reliability.processes import run
from tests.reliability.races import together
from tests.reliability.signing import many

from almoner.audit.models import Event
from almoner.contracts.models import Contract, ContractFile, Signature
from almoner.contracts.operations.drafting import draft, reopen
from almoner.contracts.operations.signing import countersign, sign
from almoner.contracts.queries.files import fingerprint, held
from almoner.rules.roles import Actor

OFTEN = [3, pytest.param(1_000, marks=[pytest.mark.slow, pytest.mark.timeout(3_600)])]
KILLS = 12
repeated = pytest.mark.parametrize("times", OFTEN)
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def _signing(
    operation: Callable[..., object], actor: Actor, ids: list[str]
) -> Callable[[int], object]:
    """Signing the contract of each turn; all have the text of the first."""
    shown = fingerprint(ContractFile.objects.get(pk=ids[0]))
    return lambda turn: operation(actor=actor, at=NOW, contract_id=ids[turn], sha256=shown)


def _reopening(ids: list[str]) -> Callable[[int], object]:
    return lambda turn: reopen(actor=CLERK, at=NOW, contract_id=ids[turn], reason="A wrong day")


@repeated
@pytest.mark.django_db(transaction=True)
def test_of_two_signatories_exactly_one_signs(times: int) -> None:
    ids = many(times, "signed")
    came = together(
        times, _signing(countersign, SIGNATORY, ids), _signing(countersign, SIGNATORY2, ids)
    )
    assert [sorted(turn) for turn in came] == [["done", "wrong_state"]] * times
    assert Contract.objects.count() == times
    assert Signature.objects.filter(side="purchaser").count() == times
    assert Event.objects.filter(kind="contract.countersign").count() == times
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_a_text_is_signed_or_taken_back_never_both(times: int) -> None:
    ids = many(times, "signed")
    came = together(times, _signing(countersign, SIGNATORY, ids), _reopening(ids))
    assert [sorted(turn) for turn in came] == [["done", "wrong_state"]] * times
    concluded = {ids[turn] for turn, (by_signatory, _) in enumerate(came) if by_signatory == "done"}
    assert set(Contract.objects.values_list("pk", flat=True)) == concluded
    standing = Signature.objects.filter(void=False).values_list("file", flat=True)
    assert set(standing) == concluded
    assert faults() == []


@repeated
@pytest.mark.django_db(transaction=True)
def test_a_text_taken_back_while_the_provider_signs_has_no_signature(times: int) -> None:
    ids = many(times, "settled")
    came = together(times, _signing(sign, DIRECTOR, ids), _reopening(ids))
    # A text may be taken back before or after the provider's signature; either way it is a draft.
    assert {by_clerk for _by_director, by_clerk in came} == {"done"}
    assert {by_director for by_director, _ in came} <= {"done", "wrong_state"}
    assert not Signature.objects.filter(void=False).exists()
    assert {found.state for found in map(held, ids) if found} == {"draft"}


@repeated
@pytest.mark.django_db(transaction=True)
def test_the_last_money_is_committed_once(times: int) -> None:
    ids = many(2 * times, "signed")
    first, second = ids[::2], ids[1::2]
    shown = fingerprint(ContractFile.objects.get(pk=ids[0]))
    _spend_all_but(times * PRICE)

    def signing_of(own: list[str], actor: Actor) -> Callable[[int], object]:
        return lambda turn: countersign(actor=actor, at=NOW, contract_id=own[turn], sha256=shown)

    came = together(times, signing_of(first, SIGNATORY), signing_of(second, SIGNATORY2))
    done = sum(turn.count("done") for turn in came)
    assert done == times == Contract.objects.count()
    assert sum(turn.count("over_committed") for turn in came) == times


def _spend_all_but(left_fen: int) -> None:
    """Commit elsewhere what is there beyond `left_fen`, from both budgets alike."""
    from almoner.budget.models import EntryKind
    from almoner.budget.operations import Posting, available, post
    from almoner.budget.queries import left

    for id, there in left(["A-1", "A-2"]).items():
        move = Posting(
            EntryKind.COMMIT, "elsewhere", "elsewhere", available(id), there - left_fen // 2, None
        )
        post([move], NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_exactly_one_begins_a_contract() -> None:
    award()
    clerks = [Actor(login, CLERK.held) for login in ("clerk", "clerk2")]

    def begins(actor: Actor) -> Callable[[int], object]:
        return lambda _turn: draft(actor=actor, at=NOW, tender_id="T-1")

    came = together(1, *map(begins, clerks))
    assert sorted(came[0]) == ["done", "wrong_state"]
    assert ContractFile.objects.count() == 1


def _process(*arguments: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.reliability.signing", *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def _counts(env: dict[str, str]) -> list[float]:
    out, _ = _process("count", env=env).communicate(timeout=120)
    counts: list[float] = json.loads(out)
    return counts


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_killed_signature_left_all_or_nothing(database: dict[str, str]) -> None:
    assert _process("prepare", "1000", env=database).wait(300) == 0
    chance, before = random.Random(7), 0.0
    for _ in range(KILLS):
        process = _process("sign", env=database)
        assert process.stdout is not None
        for _line in range(2):
            process.stdout.readline()  # the first took long: it looked every address up
        time.sleep(chance.uniform(0, 0.4))
        process.kill()
        process.communicate()
        counts = _counts(database)
        assert len(set(counts)) == 1, counts
        verified = run("verify", env=database)
        assert verified.returncode == 0, verified.stdout
        assert counts[0] > before
        before = counts[0]
