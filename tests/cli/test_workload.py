import argparse
import json

import pytest

from almoner.cli import workload

HEADER = "contract_id,id,group,type,category,formula,hours\n"
TERMS = HEADER + (
    "C1,T1,direct,case_work,,8 case/staff * 5 session/case * 6 hour/session * 14 staff,3360\n"
    "C1,T2,direct,group_work,,42 session/staff * 5 hour/session * 14 staff,2940\n"
    "C1,T3,direct,group_work,,42 session/staff * 9 hour/session * 14 staff,5292\n"
    "C1,T4,direct,community_work,,4 hour/report/staff * 14 staff * 48 report,2688\n"
    "C1,T5,direct,home_visit,,2 hour/household/staff * 240 household * 14 staff,6720\n"
    "C1,T6,direct,activity,,0.4 hour/week/staff * 48 week * 14 staff,268.8\n"
    "C1,T7,indirect,training,,72 hour/staff * 14 staff,1008\n"
    "C1,T8,indirect,case_enquiry,,X hour,\n"
    "C1,T9,indirect,volunteer,,0.005 * population person * 1 hour/person,\n"
)


@pytest.fixture
def call(capsys):
    def run(*arguments):
        parser = argparse.ArgumentParser(prog="almoner")
        workload.add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["workload", *map(str, arguments)])
        code = parsed.run(parsed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def terms(tmp_path):
    def write(content):
        path = tmp_path / "terms.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_formula(call):
    formula = "8 case/staff * 5 session/case * 6 hour/session * 14 staff"
    assert call("--formula", formula) == (0, "3,360 hours\n", "")


def test_a_formula_with_unknowns_supplied_or_not(call):
    formula = "0.005 * population person * 1 hour/person"
    code, out, _ = call("--formula", formula)
    assert (code, out.splitlines()[0]) == (0, "0.005 population hours")
    assert "--set population=NUMBER" in out
    assert call("--formula", formula, "--set", "population=90000")[1] == "450 hours\n"


def test_a_formula_as_json(call):
    code, out, _ = call("--formula", "2 X * 1 hour + 3 hour", "--format", "json")
    assert code == 0
    assert json.loads(out) == {
        "formula": "2 X * 1 hour + 3 hour",
        "expression": "3 + 2 X",
        "hours": None,
        "unknowns": ["X"],
    }
    out = call("--formula", "X hour", "--set", "X=1234.5", "--format", "json")[1]
    assert json.loads(out)["hours"] == "1234.5"


def test_an_unreadable_formula_is_a_fault(call):
    code, out, err = call("--formula", "5 session * 2 hour")
    assert (code, out) == (1, "")
    assert "session is left over in the numerator" in err


@pytest.mark.parametrize("bad", ["X", "X=", "=3", "x=3", "X=1e9", "X=-1", "X=٣", "X=" + "9" * 31])
def test_a_value_that_cannot_be_set_is_misuse(call, bad):
    code, _, err = call("--formula", "X hour", "--set", bad)
    assert code == 2
    assert "population=3000" in err


def test_a_value_set_twice_is_misuse(call):
    assert call("--formula", "X hour", "--set", "X=1", "--set", "X=2")[0] == 2


@pytest.mark.parametrize("arguments", [[], ["--formula", "1 hour", "--terms", "a.csv"]])
def test_either_a_formula_or_a_file_is_needed(call, arguments):
    with pytest.raises(SystemExit) as exit_:
        call(*arguments)
    assert exit_.value.code == 2


def test_the_terms_of_a_contract(call, terms):
    code, out, err = call("--terms", terms(TERMS))
    assert (code, err) == (0, "")
    lines = [line.split(maxsplit=1) for line in out.splitlines()]
    assert lines[1][1].split()[:2] == ["direct", "3,360"]
    assert dict(lines[-3:]) == {
        "direct": "21,268.8",
        "indirect": "1,008 + X + 0.005 population",
        "total": "22,276.8 + X + 0.005 population",
    }


def test_terms_as_json_with_values_supplied(call, terms):
    path = terms(TERMS)
    options = ["--terms", path, "--format", "json", "--set", "X=20", "--set", "population=3000"]
    code, out, _ = call(*options)
    [contract] = json.loads(out)
    assert code == 0
    assert contract["contract_id"] == "C1"
    assert contract["direct"]["hours"] == "21268.8"
    assert contract["total"] == {"expression": "22,311.8", "hours": "22311.8", "unknowns": []}
    assert [term["hours"] for term in contract["terms"]][5:] == ["268.8", "1008", "20", "15"]
    assert call(*options)[1] == out


def test_contracts_are_summed_apart(call, terms):
    path = terms(HEADER + "B,1,direct,x,,2 hour,\nA,1,direct,x,,1 hour,\nB,2,direct,x,,3 hour,\n")
    contracts = json.loads(call("--terms", path, "--format", "json")[1])
    assert [(c["contract_id"], c["total"]["hours"]) for c in contracts] == [("A", "1"), ("B", "5")]


@pytest.mark.parametrize(
    ("hours", "code"), [("3.05", 0), ("2.95", 0), ("3.0501", 1), ("2.9499", 1), ("", 0)]
)
def test_hours_that_differ_by_more_than_the_limit_are_a_fault(call, terms, hours, code):
    got, out, err = call("--terms", terms(HEADER + f"A,1,direct,x,,3 hour,{hours}\n"))
    assert got == code
    assert ("the formula comes to 3, a difference of 0.0501 (up to 0.05" in err) is bool(code)
    assert "total" in out


def test_faults_of_rows_are_named_and_the_sums_say_what_they_lack(call, terms):
    path = terms(HEADER + "A,1,direct,x,,3 hour,3\nA,2,direct,x,,9**9,\nA,3,other,x,,1 hour,many\n")
    code, out, err = call("--terms", path)
    assert code == 1
    assert "row 2, term 2: the formula cannot be read" in err
    assert "row 3, term 3: group must be direct or indirect, not other; hours must be" in err
    assert "the sums lack 1 formula(s)" in out


def test_optional_columns_may_be_absent_and_a_byte_order_mark_is_accepted(call, terms):
    path = terms("\ufeffid,contract_id,formula,type,group\r\n1,A,3 hour,x,direct\r\n")
    assert call("--terms", path)[0] == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lacks the column contract_id"),
        (b"contract_id,id,group,type\n", "lacks the column formula"),
        (HEADER.replace("hours", "hour"), "no other"),
        (HEADER.replace("hours", "id"), "no other"),
        (HEADER + "A,1,direct\n", "row 1 has 3 cells, the header 7"),
        (HEADER.encode() + "A,1,direct,个案,,1 hour,\n".encode("gbk"), "not UTF-8"),
        (HEADER + 'A,1,direct,x,,"1" hour,\n', "row 1 is not CSV"),
        (HEADER + "A,1,direct,x,,1 hour\0,\n", None),
        (HEADER + "A,1,direct,x,," + "9" * 1_000_000 + ",\n", "row 1 is not CSV"),
        ('"' + "x" * 200_000, "not CSV"),
    ],
    ids=[
        "empty",
        "column",
        "unknown",
        "twice",
        "ragged",
        "gbk",
        "quote",
        "nul",
        "megabyte",
        "header",
    ],
)
def test_a_file_that_is_no_table_of_terms_is_misuse(call, terms, content, message):
    code, out, err = call("--terms", terms(content))
    assert out == "" or message is None
    assert code == (2 if message else code)
    assert (message or "") in err
    assert code


def test_a_missing_file_is_misuse(call, tmp_path):
    code, _, err = call("--terms", tmp_path / "none.csv")
    assert code == 2
    assert "none.csv cannot be opened" in err
    assert call("--terms", tmp_path)[0] == 2


def test_control_characters_never_reach_the_terminal(call, terms):
    code, out, err = call("--terms", terms(HEADER + "\x1b[2J,\x1b[31m,direct,x,,\x1b[0m,\n"))
    assert code == 1
    assert "\x1b" not in out + err


def test_the_help_has_an_example(capsys):
    parser = argparse.ArgumentParser(prog="almoner")
    workload.add_parser(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["workload", "--help"])
    assert 'almoner workload --formula "8 case/staff' in capsys.readouterr().out
