"""Queries whose SQL is written once.

Django takes several times longer to write a query than SQLite to answer it. A page that must be
made in milliseconds keeps the SQL of its queries and only sends other arguments with it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, get_related_populators

Row = TypeVar("Row")
Argument = str | int | Sequence[str] | Sequence[int]


@dataclass(frozen=True)
class _Plan:
    """SQL, the place of each parameter among the arguments (or itself), and how rows are made."""

    sql: str
    parameters: tuple[tuple[int | None, Any], ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]
    make: Callable[[Sequence[Any]], Any]


class Prepared(Generic[Row]):
    """A query by its arguments: texts, 64-bit whole numbers, or lists of either for `in`.

    `build` gets the arguments and returns a queryset of models (related ones too, no prefetching)
    or of values_list; it must use the arguments as they are, and nothing that changes from call to
    call. Calling returns the list of rows.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self._build = build
        self._plans: dict[tuple[Any, ...], _Plan] = {}

    def __call__(self, *arguments: Argument) -> list[Row]:
        given = [one if isinstance(one, str | int) else _padded(one) for one in arguments]
        if [] in given:
            return []
        database = connections[DEFAULT_DB_ALIAS]
        shape = (database.vendor, *(len(one) for one in given if isinstance(one, list)))
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._plans[shape] = _plan(self._build, given)
        flat = _flat(given)
        parameters = [fixed if at is None else flat[at] for at, fixed in plan.parameters]
        with database.cursor() as cursor:
            cursor.execute(plan.sql, parameters)
            rows = cursor.fetchall()
        return [plan.make(row) for row in _converted(rows, plan.converters, database)]


def _padded(values: Sequence[str] | Sequence[int]) -> list[Any]:
    """The values, the last one repeated up to a power of two: lists of few lengths, few plans."""
    missing = (1 << (len(values) - 1).bit_length()) - len(values)
    return [*values, *(list(values[-1:]) * missing)]


def _flat(arguments: Sequence[Argument]) -> list[str | int]:
    flat: list[str | int] = []
    for one in arguments:
        flat.extend([one] if isinstance(one, str | int) else one)
    return flat


def _plan(build: Callable[..., "QuerySet[Any, Any]"], arguments: Sequence[Argument]) -> _Plan:
    """Has Django write the SQL for stand-ins, and finds again where each of them went."""
    stand_ins: dict[str | int, int] = {}

    def stand_in(value: str | int) -> str | int:
        place = len(stand_ins)
        made = f"\ufdd0{place}" if isinstance(value, str) else -(2**62) + place
        stand_ins[made] = place
        return made

    queryset = build(
        *(
            stand_in(one) if isinstance(one, str | int) else [stand_in(item) for item in one]
            for one in arguments
        )
    )
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    places = tuple((stand_ins.get(value), value) for value in parameters)
    if {at for at, _ in places if at is not None} != set(stand_ins.values()):
        raise ValueError("a prepared query must use each of its arguments as it is")
    columns = [column for column, _, _ in compiler.select]
    make = _instance_maker(compiler) if queryset._iterable_class is ModelIterable else tuple
    return _Plan(sql, places, compiler.get_converters(columns), make)


def _converted(
    rows: Sequence[Any], converters: dict[int, Any], database: Any
) -> Iterable[Sequence[Any]]:
    """The rows as Python knows them, column by column: most columns need no converter."""
    if not (rows and converters):
        return rows
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, (functions, expression) in converters.items():
        for function in functions:
            columns[place] = [function(value, expression, database) for value in columns[place]]
    return zip(*columns, strict=True)


def _instance_maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes a model instance of a row, as Django's own ModelIterable does.

    But it sends no signals about it, to which nobody here listens: they take most of the time.
    """
    found, annotations = compiler.klass_info, compiler.annotation_col_map
    first, after = found["select_fields"][0], found["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:after]]
    # The stubs are of a later Django, which takes one argument more.
    populators = get_related_populators(found, compiler.select, compiler.using)  # type: ignore[call-arg]

    model = found["model"]

    def make(row: Sequence[Any]) -> Any:
        instance = model.__new__(model)
        vars(instance).update(zip(names, row[first:after], strict=True))
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, compiler.using
        for populator in populators:
            populator.populate(row, instance)
        for name, place in (annotations or {}).items():
            setattr(instance, name, row[place])
        return instance

    return make
