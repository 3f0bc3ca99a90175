"""Drawing lots: in an order that anybody can work out again."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.draw import drawn, ticket

ids = st.lists(st.text(min_size=1, max_size=6), max_size=12)


def test_the_ticket_is_the_hash_of_seed_bar_id() -> None:
    # printf 'seed|E7' | sha256sum
    expected = "4a109da3ac2f0f0cb49384c66e9e0cef3ad31304f1c8231af2dc414b171730c8"
    assert ticket("seed", "E7") == expected


@given(st.text(max_size=20), ids)
def test_a_few_lines_of_anybody_give_the_same_order(seed: str, pool: list[str]) -> None:
    tickets = {id: hashlib.sha256(f"{seed}|{id}".encode()).digest() for id in pool}
    assert drawn(seed, pool) == sorted(tickets, key=tickets.__getitem__)


@given(st.text(max_size=20), ids, st.randoms())
def test_how_the_pool_is_listed_does_not_matter(seed: str, pool: list[str], chance: object) -> None:
    shuffled = list(pool)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert drawn(seed, shuffled) == drawn(seed, pool)


@given(st.text(max_size=20), ids.filter(len))
def test_who_drops_out_moves_nobody_else(seed: str, pool: list[str]) -> None:
    order = drawn(seed, pool)
    assert drawn(seed, order[1:]) == order[1:]


def test_each_place_falls_to_everybody_about_as_often() -> None:
    pool = ["E1", "E2", "E3", "E4", "E5"]
    first = [drawn(str(seed), pool)[0] for seed in range(2_000)]
    assert all(330 < first.count(id) < 470 for id in pool)
