"""Drawing lots: in an order that anybody can work out again."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.draw import ticket


def test_the_ticket_is_the_hash_of_seed_bar_id() -> None:
    # printf 'seed|E7' | sha256sum
    expected = "4a109da3ac2f0f0cb49384c66e9e0cef3ad31304f1c8231af2dc414b171730c8"
    assert ticket("seed", "E7") == expected


@given(st.text(max_size=20), st.text(max_size=6))
def test_a_line_of_anybody_gives_the_same_ticket(seed: str, id: str) -> None:
    assert bytes.fromhex(ticket(seed, id)) == hashlib.sha256(f"{seed}|{id}".encode()).digest()


def test_each_place_falls_to_everybody_about_as_often() -> None:
    pool = ["E1", "E2", "E3", "E4", "E5"]
    first = [min(pool, key=lambda id: ticket(str(seed), id)) for seed in range(2_000)]
    assert all(330 < first.count(id) < 470 for id in pool)
