"""Queries whose SQL is written once.

Django takes several times longer to write a query than SQLite to answer it. A page that must be
made in milliseconds keeps the SQL of its queries and only sends other arguments with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

Row = TypeVar("Row")
Argument = str | int | Sequence[str] | Sequence[int]


@dataclass(frozen=True)
class _Plan:
    """SQL with named parameters, those that are always the same, and how rows are made.

    Parameters are named because Django takes longer to turn unnamed ones into SQLite's than SQLite
    to find a row. The arguments are called a0, a1, ...
    """

    sql: str
    fixed: dict[str, Any]
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
        parameters = plan.fixed | {f"a{place}": one for place, one in enumerate(_flat(given))}
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
    names = [
        f"a{stand_ins[value]}" if value in stand_ins else f"f{place}"
        for place, value in enumerate(parameters)
    ]
    if len(set(names) & {f"a{place}" for place in stand_ins.values()}) < len(stand_ins):
        raise ValueError("a prepared query must use each of its arguments as it is")
    columns = [column for column, _, _ in compiler.select]
    return _Plan(
        sql=sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names),
        fixed={
            name: value for name, value in zip(names, parameters, strict=True) if name[0] == "f"
        },
        converters=compiler.get_converters(columns),
        make=_maker(compiler) if queryset._iterable_class is ModelIterable else tuple,
    )


def _converted(
    rows: Sequence[Sequence[Any]], converters: dict[int, Any], database: Any
) -> Sequence[Sequence[Any]]:
    """The rows as Python knows them, column by column: most columns need no converter."""
    if not converters:
        return rows
    known = [list(row) for row in rows]
    for place, (functions, expression) in converters.items():
        for function in functions:
            for row in known:
                row[place] = function(row[place], expression, database)
    return known


def _maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes a model instance of a row, with its annotations."""
    make = _instance_maker(compiler.klass_info, compiler.select, compiler.using)
    annotations = (compiler.annotation_col_map or {}).items()

    def annotated(row: Sequence[Any]) -> Any:
        instance = make(row)
        for name, place in annotations:
            setattr(instance, name, row[place])
        return instance

    return annotated


def _instance_maker(
    found: dict[str, Any], select: Sequence[Any], using: str
) -> Callable[[Sequence[Any]], Any]:
    """What makes an instance and those that it refers to, as Django's own ModelIterable does.

    But it sends no signals about them, to which nobody here listens: they take most of the time.
    """
    model = found["model"]
    first, after = found["select_fields"][0], found["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:after]]
    key = first + names.index(model._meta.pk.attname)
    related = [
        (_instance_maker(other, select, using), other["local_setter"], other["remote_setter"])
        for other in found.get("related_klass_infos", ())
    ]

    def make(row: Sequence[Any]) -> Any:
        if row[key] is None:
            return None
        instance = model.__new__(model)
        vars(instance).update(zip(names, row[first:after], strict=True))
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, using
        for make_other, refer, refer_back in related:
            other = make_other(row)
            refer(instance, other)
            if other is not None:
                refer_back(other, instance)
        return instance

    return make
