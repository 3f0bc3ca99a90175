"""Laws: order and packing of releases do not matter, and no JSON can break the count."""

import gzip
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.flags import Settings, flags
from almoner.flags.catalogue import CARDINAL, CATALOGUE
from almoner.flags.output import cardinal_json, evidence_lines

ALL = Settings(
    codes=tuple(CATALOGUE),
    limits={
        ("R002", "threshold"): 3.0,
        ("R025", "threshold"): 0.4,
        ("R038", "threshold"): 0.4,
        ("R048", "minimum_contracting_processes"): 1,
        ("R058", "threshold"): 0.5,
        ("R017", "minimum_items"): 2,
        ("R040", "minimum_awards"): 1,
        ("R050", "minimum_suppliers"): 1,
        ("R051", "minimum_suppliers"): 1,
    },
)
IDS = st.sampled_from("ABC")
REFERENCE = st.fixed_dictionaries({"id": IDS})
DATES = st.sampled_from(
    ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+08:00", "2020-02-01T00:00:00Z", "2020"]
)
MONEY = st.fixed_dictionaries(
    {"amount": st.sampled_from([0, 1, 2, 2.5, 4]), "currency": st.sampled_from(["CNY", "USD"])}
)
BID = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["valid", "disqualified", "withdrawn", "pending"]),
        "tenderers": st.lists(REFERENCE, max_size=2),
    },
    optional={"value": MONEY, "date": DATES, "id": IDS, "relatedLots": st.lists(IDS, max_size=2)},
)
ITEM = st.fixed_dictionaries(
    {"classification": st.fixed_dictionaries({"id": st.sampled_from(["85311", "80490"])})},
    optional={"id": IDS, "unit": st.fixed_dictionaries({"value": MONEY})},
)
AWARD = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["active", "active", "cancelled", "pending"]),
        "suppliers": st.lists(REFERENCE, max_size=2),
    },
    optional={"items": st.lists(ITEM, max_size=2), "value": MONEY, "id": IDS},
)
CONTRACT = st.fixed_dictionaries(
    {"value": MONEY, "status": st.sampled_from(["active", "terminated"])},
    optional={"id": IDS, "amendments": st.lists(REFERENCE, max_size=2)},
)
TENDER = st.fixed_dictionaries(
    {},
    optional={
        "procurementMethod": st.sampled_from(["open", "direct"]),
        "tenderPeriod": st.fixed_dictionaries({"startDate": DATES, "endDate": DATES}),
        "status": st.sampled_from(["complete", "cancelled"]),
        "procuringEntity": REFERENCE,
        "value": MONEY,
        "items": st.lists(ITEM, max_size=2),
        "awardCriteria": st.sampled_from(["priceOnly", "ratedCriteria"]),
    },
)
RELEASE = st.fixed_dictionaries(
    {"ocid": st.sampled_from("12345678")},
    optional={
        "date": DATES,
        "id": IDS,
        "buyer": REFERENCE,
        "tender": TENDER,
        "bids": st.fixed_dictionaries({"details": st.lists(BID, max_size=4)}),
        "awards": st.lists(AWARD, max_size=2),
        "contracts": st.lists(CONTRACT, max_size=2),
    },
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["active", "valid", "open"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ocid",
                    "tender",
                    "bids",
                    "details",
                    "awards",
                    "status",
                    "suppliers",
                    "id",
                    "value",
                    "amount",
                    "currency",
                    "items",
                    "releases",
                    "records",
                    "compiledRelease",
                    "contracts",
                    "tenderPeriod",
                    "endDate",
                    "date",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)

# A release with a value of any kind in one of its fields.
FIELDS = (
    ["ocid", "buyer/id", "releases", "records", "compiledRelease", "bids", "bids/details"]
    + [f"tender/{one}" for one in ("status", "procurementMethod", "numberOfTenderers")]
    + ["tender/tenderPeriod/endDate", "awards/0", "awards/0/status", "awards/0/suppliers/0/id"]
    + ["awards/0/items/0/classification/id", "bids/details/0", "bids/details/0/tenderers/0/id"]
    + [f"bids/details/0/{one}" for one in ("status", "date", "tenderers/0", "relatedLots")]
    + [f"bids/details/0/value{one}" for one in ("", "/amount", "/currency")]
)
VALUE = (
    st.sampled_from([None, True, False, 1, -0.0, 1.5, 1e30, 10**30, "1", "true", "1.5", "", "[x"])
    | st.sampled_from([{}, [], [None], ["x"], [1.5], {"id": 1.5}, {"id": "\0"}, [[]], "NaN"])
    | st.text(max_size=3)
)


def changed(release, field, value):
    """The release with another value in that field, where it has such a field's parent."""
    *parents, last = (int(part) if part.isdigit() else part for part in field.split("/"))
    whole = inner = json.loads(json.dumps(release))
    for part in parents:
        if isinstance(inner, list) and part >= len(inner):
            return whole
        inner = inner[part] if isinstance(inner, list) else inner.setdefault(part, {})
    if isinstance(inner, dict) or last < len(inner):
        inner[last] = value
    return whole


STRANGE = st.builds(changed, RELEASE, st.sampled_from(FIELDS), VALUE)
CARDINALS = replace(ALL, codes=CARDINAL)


def answer(path, *lines, settings=ALL):
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    found = flags(path, settings, evidence=True)
    return cardinal_json(found) + b"".join(evidence_lines(found))


@given(releases=st.lists(RELEASE, max_size=8), data=st.data())
@settings(max_examples=20)
def test_neither_order_nor_packing_changes_the_answer(tmp_path_factory, releases, data):
    path = tmp_path_factory.mktemp("flags") / "releases.jsonl"
    expected = answer(path, *releases)
    assert answer(path, *data.draw(st.permutations(releases))) == expected
    assert answer(path, {"releases": releases}) == expected
    records = [{"ocid": one["ocid"], "compiledRelease": one} for one in releases]
    assert answer(path, {"records": records}) == expected


@given(lines=st.lists(JSON | st.dictionaries(st.text(max_size=6), JSON), max_size=4))
@settings(max_examples=30)
def test_no_json_breaks_the_count(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("flags") / "releases.jsonl"
    for line in answer(path, *lines).splitlines():
        assert b"null" not in line or b'"id"' in line
        json.loads(line)


@given(lines=st.lists(RELEASE | STRANGE, max_size=5))
@settings(max_examples=40)
def test_a_file_read_at_once_says_what_the_prepared_one_does(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("flags")
    expected = answer(folder / "releases.jsonl.gz", *lines, settings=CARDINALS)
    assert answer(folder / "releases.jsonl", *lines, settings=CARDINALS) == expected


@given(content=st.binary(max_size=200))
@settings(max_examples=30)
def test_no_bytes_break_the_count(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("flags") / "releases.jsonl"
    path.write_bytes(b"{}\n" + content)
    flags(path, ALL)
