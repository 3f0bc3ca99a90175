import string
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.workload import WorkloadError, WorkloadFault, evaluate, names_unknown, total

DIRECT = {
    "8 case/staff * 5 session/case * 6 hour/session * 14 staff": "3,360",
    "42 session/staff * 5 hour/session * 14 staff": "2,940",
    "42 session/staff * 9 hour/session * 14 staff": "5,292",
    "4 hour/report/staff * 14 staff * 48 report": "2,688",
    "2 hour/household/staff * 240 household * 14 staff": "6,720",
    "0.4 hour/week/staff * 48 week * 14 staff": "268.8",
}
VOLUNTEERS = "0.005 * population person * 1 hour/person"
INDIRECT = {"72 hour/staff * 14 staff": "1,008", "X hour": "X", VOLUNTEERS: "0.005 population"}


@pytest.mark.parametrize(("formula", "shown"), [*DIRECT.items(), *INDIRECT.items()])
def test_each_term_of_the_agreement(formula, shown):
    assert str(evaluate(formula)) == shown


def test_direct_and_whole_total_of_the_agreement():
    direct = total(map(evaluate, DIRECT))
    assert (str(direct), direct.hours) == ("21,268.8", Fraction("21268.8"))
    whole = total(map(evaluate, [*DIRECT, *INDIRECT]))
    assert str(whole) == "22,276.8 + X + 0.005 population"
    assert (whole.hours, whole.unknowns) == (None, ("X", "population"))
    assert (str(total([])), total([]).hours) == ("0", 0)


@pytest.mark.parametrize(("population", "hours"), [(3_000, 15), (90_000, 450)])
def test_population_and_unknowns_can_be_supplied(population, hours):
    assert evaluate(VOLUNTEERS, {"population": population}).hours == hours
    values = {"population": population, "X": Decimal("0.2")}
    assert total(evaluate(f, values) for f in [*DIRECT, *INDIRECT]).hours == 22_277 + hours


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (
            "6 / 2 hour * hour * 2 hours",
            "6",
        ),  # a number and its name bind first, then left to right
        ("8 hour / 2 / 2", "2"),
        ("2 hour * 3 + 4 hour", "10"),
        ("2 * (3 hour - 1 hours)", "4"),
        ("hour", "1"),
        ("8hour", "8"),
        ("\t 8\u3000hour\n", "8"),
        ("1 hour - 5 hour", "-4"),
        ("10 hour / 3", "10/3"),
        ("0.1 hour + 0.2 hour", "0.3"),
        ("3 classes * 2 hour / class / es * es", None),
        ("3 staffs * 2 hour / staff", "6"),
        ("3 次/人 * 2 人 * 2 hour/次", "12"),
        ("2 X * 1 hour", "2 X"),
        ("X Y * 1 hour * X", "X * X * Y"),
        ("X hour - X hour", "0"),
        ("0 hour - X hour + 3 hour", "3 - X"),
        ("1 hour / 3 * X", "1/3 * X"),
        ("4 hour / X", "4 / X"),
        ("4 hour / X * X", "4"),
        ("3 hour / (X + 1)", "3 / (1 + X)"),
        ("(X + 1) * (Y + 1) * 1 hour", "(1 + X) * (1 + Y)"),
        ("(X + 1) * 1 hour / (X + 1)", "1"),
        ("X * (Y + 2) * 1 hour", "X * Y + 2 X"),
        ("2 * (X + 1) * (Y + 1) * 3 hour", "3 * (1 + Y) * (2 + 2 X)"),
        ("population person * 2 hour/person", "2 population"),
        ("1 hour / population", "1 / population"),
    ],
)
def test_readings_of_the_grammar(formula, shown):
    if shown is None:
        with pytest.raises(WorkloadError, match="classe"):
            evaluate(formula)
    else:
        assert str(evaluate(formula)) == shown


def test_a_formula_that_names_an_unknown_has_no_value_even_where_it_cancels():
    assert evaluate("X hour - X hour + 5 hour").hours is None
    assert evaluate("X hour - X hour + 5 hour", {"X": 7}).hours == 5


@pytest.mark.parametrize(
    ("formula", "code", "message"),
    [
        ("", "ended_early", "ends where a number, a name or"),
        ("8 hour +", "ended_early", "ends where"),
        ("(8 hour", "ended_early", r"one of \+ - \* / \)"),
        ("8 hour)", "unexpected", "character 7, not '\\)'"),
        ("9**9**9", "unexpected", "character 3, not '\\*'"),
        ("9^9 hour", "unexpected", "character 2"),
        ("-5 hour", "unexpected", "character 1, not '-'"),
        ("8 hour * -1", "unexpected", "character 10"),
        ("1.hour", "unexpected", "character 2"),
        (".5 hour", "unexpected", "character 1"),
        ("1,000 hour", "unexpected", "character 2"),
        ("٣ hour", "unexpected", "character 1"),
        ("8 case staff", "unexpected", "character 8, not 'staff'"),
        ("2 X hour", "unexpected", "character 5, not 'hour'"),
        ("2 hour 3", "unexpected", "character 8"),
        ("()", "unexpected", "character 2"),
        ("__import__('os')", "unexpected", "character 11"),
        ("1e5 hour", "unexpected", "character 5"),
        ("8 hour / 0", "division_by_zero", "divided by zero"),
        ("8 hour / (X - X)", "division_by_zero", "divided by zero"),
        ("8 hour + 2", "units_differ", "hour and a pure number"),
        ("8 hour/staff - 2 hour*staff", "units_differ", r"hour/staff and hour\*staff"),
        ("5 session * 2 hour", "units_left_over", "session is left over in the numerator"),
        ("5 hour / staff", "units_left_over", "staff is left over in the denominator"),
        ("5 hour * 2 hour", "units_left_over", "hour is left over in the numerator"),
        ("5 case/staff", "units_left_over", "hour is missing.*case.*numerator.*staff.*denominator"),
        ("X", "units_left_over", "hour is missing in the numerator"),
        ("2 / 1 hour", "units_left_over", "hour is left over in the denominator"),
        ("0 case", "units_left_over", "case"),
    ],
)
def test_what_cannot_be_read_says_why(formula, code, message):
    with pytest.raises(WorkloadError, match=message) as caught:
        evaluate(formula)
    assert caught.value.code == code


def test_details_serve_a_translation():
    with pytest.raises(WorkloadError) as caught:
        evaluate("5 case * session / staff")
    assert caught.value.details == {
        "numerator": "case, session",
        "denominator": "staff",
        "hour": "missing",
    }
    with pytest.raises(WorkloadError) as caught:
        evaluate("8 hour * *")
    assert caught.value.details == {"expected": "factor", "found": "'*'", "position": 10}


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("(" * 10_000 + "1 hour" + ")" * 10_000, WorkloadFault.TOO_LONG),
        ("1 hour + " * 120_000 + "1 hour", WorkloadFault.TOO_LONG),
        ("9" * 10_000_000, WorkloadFault.TOO_LONG),
        ("(" * 1_000, WorkloadFault.TOO_DEEP),
    ],
    ids=["brackets", "megabyte", "digits", "depth"],
)
def test_enormous_text_is_refused_at_once(formula, code):
    with pytest.raises(WorkloadError) as caught:
        evaluate(formula)
    assert caught.value.code == code
    assert len(str(caught.value)) < 100


def test_both_sides_of_the_limits():
    assert evaluate("(" * 50 + "1 hour" + ")" * 50).hours == 1
    with pytest.raises(WorkloadError, match="nested deeper than 50 at character 51"):
        evaluate("(" * 51 + "1 hour" + ")" * 51)
    assert evaluate("1 hour".ljust(1_000)).hours == 1
    with pytest.raises(WorkloadError, match="1,001 characters"):
        evaluate("1 hour".ljust(1_001))
    digits = "9" * 995
    assert evaluate(f"{digits} hour").hours == int(digits)
    assert len(str(evaluate(f"1/{2**3290} * hour"))) > 3290


@pytest.mark.parametrize(
    "formula",
    [
        ("(A+B)" + "*(C+D)*E" * 123)[:990] + "*1 hour",
        "A*(" * 50 + "B" + "+C*D)*E" * 50 + "*1 hour",
        "+".join(f"{chr(65 + n % 26)}{n}" for n in range(190)) + "+X",
        "/".join(["(A+B)"] * 160) + "*1 hour",
    ],
    ids=["factors", "nested", "terms", "divisors"],
)
def test_products_of_sums_do_not_explode(formula):
    try:
        shown = str(evaluate(formula))
    except WorkloadError as error:
        shown = str(error)
    assert len(shown) < 100_000


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"X": 1.5}, "not_exact"),
        ({"X": "1.5"}, "not_exact"),
        ({"X": Decimal("NaN")}, "not_exact"),
        ({"X": Decimal("1E+999999999")}, "not_exact"),
        ({"x": 3}, "no_unknown"),
        ({"hour": 3}, "no_unknown"),
        ({"X": -1}, "out_of_range"),
        ({"X": 10**30 + 1}, "out_of_range"),
        ({"X": 10**5_000}, "out_of_range"),
    ],
)
def test_values_that_cannot_be_supplied(values, reason):
    with pytest.raises(WorkloadError) as caught:
        evaluate("X hour", values)
    assert caught.value.code == "value_refused"
    assert caught.value.details["reason"] == reason


def test_supplied_values_at_their_limits():
    assert evaluate("X hour", {"X": 10**30}).hours == 10**30
    with pytest.raises(WorkloadError, match="divided by zero"):
        evaluate("1 hour / X", {"X": 0})
    with pytest.raises(WorkloadError, match="1,000 digits"):
        evaluate("X*" * 490 + "1 hour", {"X": 10**30})
    with pytest.raises(WorkloadError, match="1,000 digits"):
        evaluate("1 hour" + "/X" * 490 + "/Y", {"X": 2**99})


def test_names_that_can_be_supplied():
    assert [
        names_unknown(name) for name in ("population", "X", "perCase", "case", "populations")
    ] == [
        True,
        True,
        True,
        False,
        False,
    ]


PIECES = [*"+-*/() ", "8", "0", "0.5", "hour", "hours", "case", "X", "Y", "population", "1 hour"]


@given(st.text(max_size=1_100) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_or_refused_with_a_workload_error(formula):
    try:
        assert str(evaluate(formula))
    except WorkloadError as error:
        assert str(error)


@given(st.text(string.printable), st.decimals())
def test_any_value_is_taken_or_refused_with_a_workload_error(name, value):
    try:
        evaluate("X hour", {name: value})
    except WorkloadError as error:
        assert error.code == "value_refused"


numbers = st.decimals(0, 1000, places=2).map(lambda number: f"{number:f}")
pure = st.recursive(
    numbers | st.sampled_from(["X", "Y", "population", "2 X"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=8,
)


@given(pure, st.fixed_dictionaries({n: st.integers(1, 99) for n in ("X", "Y", "population")}))
def test_what_is_shown_reads_back_as_the_same_value(inner, values):
    try:
        symbolic = evaluate(f"{inner} * 1 hour")
        direct = evaluate(f"{inner} * 1 hour", values).hours
        shown = str(symbolic).replace(",", "").replace("(-", "(0 - ")
        again = evaluate(f"(0 + {shown}) * 1 hour".replace("+ -", "- "), values).hours
    except WorkloadError as error:
        assert error.code == WorkloadFault.DIVISION_BY_ZERO
    else:
        assert again == direct
