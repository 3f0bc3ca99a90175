"""A prepared query answers as Django's own does, and has its SQL written once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext
from tests.disclosure import cast

from almoner.contracts.models import Contract, ContractTerm
from almoner.prepared import Prepared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def contracts() -> None:
    on = cast.stage()
    tender = cast.tender(on)
    for number in range(1, 6):
        contract = cast.contract(on, f"C-{number}", tender=tender if number == 1 else None)
        cast.term(contract, hours=f"{number}.25")


def ids(found: list[Any]) -> list[str]:
    return [row.id for row in found]


def test_models_with_what_is_related_and_annotated() -> None:
    query = Prepared(
        lambda key: (
            Contract.objects.filter(pk=key)
            .select_related("tender", "provider")
            .annotate(number=Count("terms"))
        )
    )
    (first,) = query("C-1")
    (second,) = query("C-2")
    assert (first.id, first.number, first.starts_on) == ("C-1", 1, date(2026, 1, 1))
    assert first.tender and first.tender.opened_at == cast.at("2025-11-25")
    assert first.provider.name_en == "Mingxin Centre"
    assert (second.id, second.tender) == ("C-2", None)
    assert query("none") == []


def test_a_model_is_as_if_django_had_read_it() -> None:
    (found,) = Prepared(lambda key: Contract.objects.filter(pk=key))("C-2")
    usual = Contract.objects.get(pk="C-2")
    assert {**vars(found), "_state": None} == {**vars(usual), "_state": None}
    assert (found._state.adding, found._state.db) == (False, "default")
    found.staff = 7
    found.save(update_fields=["staff"])
    usual.refresh_from_db()
    assert usual.staff == 7


def test_nothing_more_is_asked_for_later(django_assert_num_queries: Any) -> None:
    query = Prepared(lambda key: Contract.objects.filter(pk=key).select_related("provider"))
    with django_assert_num_queries(1):
        assert query("C-1")[0].provider.name_zh


def test_values_come_as_python_knows_them() -> None:
    query = Prepared(
        lambda key: ContractTerm.objects.filter(contract=key).values_list("code", "hours")
    )
    assert query("C-3") == [("case", Decimal("3.25"))]


def test_lists_of_any_length() -> None:
    query = Prepared(lambda keys: Contract.objects.filter(pk__in=keys).order_by("id"))
    for size in range(1, 6):
        wanted = [f"C-{number}" for number in range(1, size + 1)]
        assert ids(query(wanted)) == wanted
    assert ids(query(["C-2", "C-2", "C-1"])) == ["C-1", "C-2"]


def test_an_empty_list_asks_nothing(django_assert_num_queries: Any) -> None:
    query = Prepared(lambda keys: Contract.objects.filter(pk__in=keys))
    with django_assert_num_queries(0):
        assert query([]) == []


def test_the_sql_is_written_once_and_is_djangos() -> None:
    written = []

    def build(key: str) -> "QuerySet[Contract]":
        written.append(key)
        return Contract.objects.filter(pk=key, ends_on__gt=date(2026, 1, 1)).order_by("id")

    query = Prepared(build)
    with CaptureQueriesContext(connection) as asked:
        prepared = [query(f"C-{number}") for number in range(1, 4)]
    with CaptureQueriesContext(connection) as usual:
        own = [list(build(f"C-{number}")) for number in range(1, 4)]
    assert prepared == own
    assert [one["sql"] for one in asked] == [one["sql"] for one in usual]
    assert len(written) == 1 + 3


def test_an_argument_that_is_not_used_as_it_is_is_refused() -> None:
    query = Prepared(lambda key: Contract.objects.filter(pk=key.upper() + "x"))
    with pytest.raises(ValueError, match="each of its arguments"):
        query("c-1")


def test_whole_numbers() -> None:
    pk = ContractTerm.objects.get(contract="C-4").pk
    query = Prepared(lambda pks: ContractTerm.objects.filter(pk__in=pks).values_list("contract_id"))
    assert query([pk]) == [("C-4",)]
