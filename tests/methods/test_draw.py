import hashlib
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from almoner.methods.draw import (
    DrawError,
    Frame,
    allocation,
    draw,
    joined,
    plan,
    render,
    ticket,
    verify,
)
from almoner.rules.draw import ticket as ticket_by_rules

CENTRES = b"id,district\nc1,east\nc2,east\nc3,east\nc4,west\nc5,west\n"
TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
IDS = st.lists(
    st.text("abcdefgh|\\,\" '0123456789中", min_size=1, max_size=6).filter(lambda id: id.strip()),
    min_size=1,
    max_size=12,
    unique_by=lambda id: " ".join(id.split()),
)


def a_frame(ids, strata=None):
    if strata is None:
        return Frame.of(["id"], [[id] for id in ids], "id", None)
    return Frame.of(["id", "s"], [list(row) for row in zip(ids, strata, strict=True)], "id", "s")


def test_a_ticket_is_what_any_sha256_tool_says():
    assert ticket("s", "c1", "east") == hashlib.sha256(b"s|east|c1").hexdigest()
    assert ticket("s", "c1") == hashlib.sha256(b"s|c1").hexdigest()


@given(seed=st.text("abc 019", max_size=8), ids=st.lists(st.text("abc019", min_size=1), min_size=1))
def test_without_strata_the_order_is_that_of_a_tenders_panel(seed, ids):
    seed = f"s{seed}s"
    assert ticket(seed, ids[0]) == ticket_by_rules(seed, ids[0])
    ids = sorted(set(ids))
    by_rules = sorted(ids, key=lambda id: ticket_by_rules(seed, id))
    assert [lot.id for lot in draw(a_frame(ids), 1, seed).lots] == by_rules


@given(st.lists(TEXT, min_size=1, max_size=4), st.lists(TEXT, min_size=1, max_size=4))
def test_different_parts_never_give_the_same_text(one, other):
    assume(one != other)
    assert joined(one) != joined(other)


def test_a_separator_inside_a_name_is_no_separator():
    assert ticket("s", "b|c", "a") != ticket("s", "c", "a|b")
    assert ticket("s", "c", "a|b") == hashlib.sha256(rb"s|a\pb|c").hexdigest()


@pytest.mark.parametrize(
    ("sizes", "n", "given"),
    [
        # The quotas 2.5, 1.5 and 1 leave one seat: east and west tie, the name decides.
        ({"west": 15, "east": 25, "sea": 10}, 5, {"east": 3, "west": 1, "sea": 1}),
        ({"a": 53, "b": 24, "c": 23}, 7, {"a": 4, "b": 2, "c": 1}),  # quotas 3.71, 1.68, 1.61
        ({"a": 1, "b": 0}, 1, {"a": 1, "b": 0}),
        ({"a": 2, "b": 3}, 5, {"a": 2, "b": 3}),
    ],
)
def test_strata_are_served_in_proportion_by_largest_remainder(sizes, n, given):
    assert allocation(sizes, n) == given


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 60), min_size=1), st.integers(1, 60))
def test_an_allocation_adds_up_and_is_off_its_quota_by_less_than_one(sizes, n):
    total = sum(sizes.values())
    assume(n <= total)
    given = allocation(sizes, n)
    assert sum(given.values()) == n
    for name, size in sizes.items():
        assert given[name] <= size
        assert abs(given[name] * total - n * size) < total


def test_a_draw_by_hand():
    result = draw(Frame.from_csv(CENTRES, "id", "district"), 3, "seed")
    order = {}
    for district, ids in {"east": ["c1", "c2", "c3"], "west": ["c4", "c5"]}.items():
        order[district] = sorted(
            ids, key=lambda id: hashlib.sha256(f"seed|{district}|{id}".encode()).hexdigest()
        )
    assert result.drawn == [*order["east"][:2], order["west"][0]]
    assert result.replacements("east") == order["east"][2:]
    assert result.replacements("west") == order["west"][1:]


@given(IDS, st.data())
def test_the_order_of_the_rows_is_of_no_matter(ids, data):
    strata = data.draw(st.lists(st.sampled_from("xy"), min_size=len(ids), max_size=len(ids)))
    n = data.draw(st.integers(1, len(ids)))
    other = data.draw(st.permutations(list(zip(ids, strata, strict=True))))
    again = a_frame(*zip(*other, strict=True))
    assert render(draw(a_frame(ids, strata), n, "s")) == render(draw(again, n, "s"))


@given(IDS, st.data())
def test_drawing_more_keeps_those_drawn_and_adds_the_next(ids, data):
    n = data.draw(st.integers(1, len(ids)))
    frame = a_frame(ids)
    few, all_ = draw(frame, n, "s"), draw(frame, len(ids), "s")
    assert few.drawn + few.replacements() == all_.drawn
    assert all_.replacements() == []
    assert sorted(all_.drawn) == sorted(ids)


def test_a_member_who_leaves_does_not_change_the_order_of_the_others():
    all_ = draw(a_frame(["a", "b", "c", "d", "e"]), 5, "s").drawn
    without = draw(a_frame(["a", "b", "d", "e"]), 4, "s").drawn
    assert [id for id in all_ if id != "c"] == without


def test_line_ends_quotation_marks_and_a_byte_order_mark_leave_the_frame_as_it_is():
    plain = Frame.from_csv(CENTRES, "id", "district").digest
    saved = b'\xef\xbb\xbf"id","district"\r\n"c5","west"\r\n' + CENTRES.split(b"\n", 1)[1].replace(
        b"c5,west\n", b""
    ).replace(b"\n", b"\r\n")
    assert Frame.from_csv(saved, "id", "district").digest == plain
    hashed = b"id|district\nc1|east\nc2|east\nc3|east\nc4|west\nc5|west\n"
    assert plain == hashlib.sha256(hashed).hexdigest()


@given(st.integers(0, len(CENTRES) - 1), st.integers(0, 255))
def test_any_other_byte_in_the_frame_is_noticed(place, byte):
    changed = CENTRES[:place] + bytes([byte]) + CENTRES[place + 1 :]
    # A carriage return for a line feed, or two line ends, are the same table.
    assume(b"\r" not in changed and changed.splitlines() != CENTRES.splitlines())
    result = render(draw(Frame.from_csv(CENTRES, "id", "district"), 2, "seed"))
    assert verify(result, CENTRES).seed == "seed"
    with pytest.raises(DrawError):
        verify(result, changed)


@given(st.data())
def test_any_other_byte_in_the_result_is_noticed(data):
    result = render(draw(Frame.from_csv(CENTRES, "id", "district"), 2, "seed"))
    place = data.draw(st.integers(0, len(result) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != result[place]))
    with pytest.raises(DrawError):
        verify(result[:place] + bytes([byte]) + result[place + 1 :], CENTRES)


def test_even_the_seed_of_a_draw_of_one_from_one_is_held():
    result = render(draw(a_frame(["only"]), 1, "seed"))
    with pytest.raises(DrawError, match="lot 1 says"):
        verify(result.replace(b'"seed": "seed"', b'"seed": "seep"'), b"id\nonly\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"n": 3', b'"n": 4', "the result says allocation"),
        (b'"drawn": true', b'"drawn": false', 'lot 1 says .*"drawn": false.*recomputed it is'),
        (b'"seed": "seed"', b'"seed": null', "it is a plan"),
        (b"almoner-draw-1", b"almoner-draw-2", "not drawn by the method"),
        (b'"n": 3', b'"n": true', "of no use"),
        (b'"n": 3', b'"n": 0', "draw at least 1"),
        (b'"strata": "district"', b'"strata": "region"', "its columns are: id, district"),
        (b'"frame_size": 5', b'"frame_size": 6', "says frame_size 6; recomputed it is 5"),
        (b"\n}\n", b"\n}", "in other bytes"),
        (b"{\n", b"[\n", "is no file of"),
    ],
)
def test_what_differs_is_told(old, new, said):
    result = render(draw(Frame.from_csv(CENTRES, "id", "district"), 3, "seed"))
    with pytest.raises(DrawError, match=said):
        verify(result.replace(old, new, 1), CENTRES)


def test_a_shortened_result_is_noticed():
    result = json.loads(render(draw(Frame.from_csv(CENTRES, "id"), 3, "seed")))
    result["order"].pop()
    with pytest.raises(DrawError, match="lists 4 lots; recomputed there are 5"):
        verify(json.dumps(result).encode(), CENTRES)


def test_a_plan_says_all_but_the_lots():
    frame = Frame.from_csv(CENTRES, "id", "district")
    told, done = json.loads(render(plan(frame, 3))), json.loads(render(draw(frame, 3, "seed")))
    assert (told["seed"], told["order"], told["frame_sha256"]) == (None, [], frame.digest)
    assert {**done, "seed": None, "order": []} == told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id\na\na\n", "rows 1 and 2 have the same id"),
        ("id\nＡ1\n A1\n".encode(), "rows 1 and 2 have the same id, 'A1'"),
        (b"id,x\n ,1\n", "row 1 has no id"),
        (b"id\n", "no rows"),
        (b"", "column id once; its columns are: none"),
        (b"code\na\n", "column id once; its columns are: code"),
        (b"id,id\na,b\n", "column id once"),
        (b"id,x\na\n", "row 1 has 1 cells, the header has 2"),
        (b"id\n\xff\n", "not UTF-8"),
        (b'id\n"a\n', "not CSV"),
    ],
)
def test_a_bad_frame_is_refused_with_a_sentence(content, said):
    with pytest.raises(DrawError, match=said):
        Frame.from_csv(content, "id")


@pytest.mark.parametrize(
    ("content", "strata", "said"),
    [
        (b"id,d\na,east\nb,\n", "d", "row 2 has no d"),
        (b"id,d\na,east\nb,east \n", "d", "row 2 spells the d 'east'"),
        (b"id,d\na,east\n", "id", "two columns"),
    ],
)
def test_bad_strata_are_refused_with_a_sentence(content, strata, said):
    with pytest.raises(DrawError, match=said):
        Frame.from_csv(content, "id", strata)


@pytest.mark.parametrize("seed", ["", " ", " 1", "1\n", "1\ud800", "a\x00b"])
def test_a_seed_that_nobody_could_read_out_is_refused(seed):
    with pytest.raises(DrawError, match="one line of text"):
        draw(a_frame(["a"]), 1, seed)


@pytest.mark.parametrize("n", [0, -1, 3])
def test_no_more_than_all_and_no_fewer_than_one_are_drawn(n):
    with pytest.raises(DrawError, match=r"draw at least 1|draw at most 2, which is all"):
        draw(a_frame(["a", "b"]), n, "s")
