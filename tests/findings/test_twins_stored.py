"""What a draft is told of the record, and what the findings say of the same rows."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from tests.disclosure.cast import contract, stage
from tests.findings.twins import draft_objects, judged, numbered, seen
from tests.tenders.draft_cast import NOW

from almoner.directory.models import Framework, Indicator, ItemKind
from almoner.rules.tender import Draft
from almoner.tenders.models import TenderFile
from almoner.tenders.queries.drafting import facts_of

pytestmark = pytest.mark.django_db
TEXTS = ("content", "procedure", "fee_basis", "evaluation")


def told(code: str, draft: Draft) -> bool:
    """Whether the check objects to a draft by what the database holds."""
    facts = facts_of(TenderFile(pk="new"), draft, NOW)
    return draft_objects(code, draft, **vars(facts))


def test_bought_twice() -> None:
    """P06: a draft beside a contract, and the contract that it would become."""
    on = stage()
    first, last = date(2026, 9, 1), date(2027, 8, 31)
    draft = Draft(service_item=on.item.code, area=on.street.code, starts_on=first, ends_on=last)
    days = [first - timedelta(1), first, last, last + timedelta(1)]
    long = (date(2026, 1, 1), date(2028, 1, 1))
    spans = [(day, later, None) for day, later in product(days, days) if day <= later]
    cases = [(*span, on.item.code, on.street) for span in spans]
    cases += [(*long, day, on.item.code, on.street) for day in days]
    cases += [(*long, None, "B", on.street), (*long, None, on.item.code, on.district)]
    rows: list[dict[str, object]] = []
    wrong = []
    for n, (starts_on, ends_on, ended_on, item, area) in enumerate(cases):
        facts: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "ended_on": ended_on}
        standing = contract(on, service_item=item, area=area, **facts)
        wrong.append(told("P06", draft))
        standing.delete()
        # A pair of contracts for each case: an item of its own keeps it from the others.
        place = {"service_item": f"{item}{n}", "area_code": area.code}
        rows.append({"id": f"old{n}", **place, **{k: str(v or "") for k, v in facts.items()}})
        place = {"service_item": f"{on.item.code}{n}", "area_code": on.street.code}
        rows.append({"id": f"C{n:03}", **place, "starts_on": str(first), "ends_on": str(last)})
    found = {id for id in seen("P06", contracts=rows) if id.startswith("C")}
    assert found == judged(wrong, "C")
    assert 0 < sum(wrong) < len(wrong)


def test_texts_of_an_item() -> None:
    """P07: each way to leave texts of a public service empty."""
    on = stage()
    rows, wrong = [], []
    for n, (kind, *texts) in enumerate(product(ItemKind, *[("", "written")] * len(TEXTS))):
        written = dict(zip(TEXTS, texts, strict=True))
        for name, value in {"kind": kind, **written}.items():
            setattr(on.item, name, value)
        on.item.save()
        # The form does not ask where the directory says auxiliary.
        public = kind is ItemKind.PUBLIC_SERVICE
        wrong.append(public and told("P07", Draft(service_item=on.item.code)))
        rows.append({"code": f"A{n:03}", "kind": kind.value, **written})
    tenders = numbered([{"service_item": row["code"]} for row in rows], "T")
    assert seen("P07", service_items=rows, tenders=tenders) == judged(wrong, "A")
    assert sum(wrong) == 15


def test_weight_of_output_and_benefit() -> None:
    """C07: leaves are weighed, what they are gathered under is not."""
    cases = list(product(("30", "29.999999999"), ("output", "process"), ("benefit", "decision")))
    indicators, wrong = [], []
    for n, (weight, one, other) in enumerate(cases):
        key = {"code": f"F{n}", "version": "1"}
        framework = Framework.objects.create(**key, name="F", valid_from=date(2025, 1, 1))
        for code, parent, dimension, of in (
            ("G", None, "output", "100"),
            ("G1", "G", one, weight),
            ("G2", "G", other, "30"),
            ("H", None, "decision", "40"),
        ):
            facts = {"dimension": dimension, "weight": of}
            Indicator.objects.create(framework=framework, code=code, parent_code=parent, **facts)
            names = {"framework_id": f"F{n}", "framework_version": "1", "id": code}
            indicators.append({**names, "parent_id": parent or "", **facts})
        wrong.append(told("C07", Draft(framework=(f"F{n}", "1"))))
    pinned = [{"framework_id": f"F{n}", "framework_version": "1"} for n in range(len(cases))]
    found = seen("C07", contracts=numbered(pinned, "C"), indicators=indicators)
    assert found == judged(wrong, "C")
    assert 0 < sum(wrong) < len(wrong)
