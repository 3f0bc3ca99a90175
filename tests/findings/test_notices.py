"""Findings on notices: each on both sides of its limit, empty, and unknown."""

import pytest
from tests.findings.small import found

DONE = {"end_kind": "completed", "ends_on": "2026-02-28"}  # 31 days before 31 March


@pytest.mark.parametrize(
    ("contract", "days"),
    [
        (DONE, 31),
        ({**DONE, "ends_on": "2026-03-01"}, None),
        ({**DONE, "ends_on": "2026-12-31", "ended_on": "2026-02-28"}, 31),
        ({**DONE, "ended_on": "2026-03-01"}, None),
        ({**DONE, "end_kind": "terminated_by_both"}, None),
        ({**DONE, "end_kind": ""}, None),
    ],
)
def test_n01(contract: dict[str, object], days: int | None) -> None:
    seen = found("N01", contracts=[contract], service_items=[{}])
    assert [one.value for one in seen] == ([] if days is None else [days])


def test_n01_takes_the_notice_of_this_contract_at_any_time() -> None:
    tables = {"contracts": [DONE], "service_items": [{}]}
    notice = {"kind": "acceptance_result", "subject_id": "C1"}
    twice = [notice, {**notice, "published_at": "2026-03-31T00:00:00Z"}]
    assert found("N01", **tables, notices=twice) == []
    for other in ({**notice, "kind": "contract"}, {**notice, "subject_id": "C2"}):
        assert len(found("N01", **tables, notices=[other])) == 1
    assert found("N01", contracts=[DONE], service_items=[{"kind": "auxiliary"}]) == []
    assert found("N01", contracts=[DONE]) == []
    assert found("N01") == []


@pytest.mark.parametrize(
    ("announced", "published_at", "value", "variant"),
    [
        ("2025-05-03", "2025-06-02T00:00:00+08:00", None, None),
        ("2025-05-03", "2025-06-01T23:59:59+08:00", 29, None),
        ("2025-05-04", "2025-06-02T23:59:59+08:00", 29, None),
        ("2025-06-02", "2025-06-01T16:00:00Z", 0, None),
        ("2025-06-04", "2025-06-02T09:00:00+08:00", -2, "later"),
    ],
)
def test_n02(announced: str, published_at: str, value: int | None, variant: str | None) -> None:
    for method in ("open", "single_source"):
        row = {
            "intention_published_on": announced,
            "published_at": published_at,
            "method": method,
        }
        seen = found("N02", tenders=[row])
        expected = [] if value is None else [(value, 30, variant)]
        assert [(one.value, one.limit, one.variant) for one in seen] == expected


def test_n02_never_announced() -> None:
    seen = found("N02", tenders=[{}])
    assert [(one.value, one.limit, one.variant) for one in seen] == [(None, 30, "never")]
    assert found("N02") == []
