"""Files of ratings for the commands: any CSV or Parquet, its columns as they are written."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from almoner.rules.text import printable

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from almoner.findings.reduce import Scaled


class MisuseError(Exception):
    """The command cannot be carried out as it was given."""


class FaultError(Exception):
    """The file holds something that no model can take; the message says what and where."""


class Ratings:
    """A table of ratings in DuckDB, of text throughout where it comes from CSV."""

    def __init__(self, table: "ir.Table", path: Path) -> None:
        self.table, self.path = table, path

    def check_columns(self, names: list[str]) -> None:
        """MisuseError unless the file has them all."""
        for name in names:
            if name not in self.table.columns:
                there = ", ".join(self.table.columns)
                raise MisuseError(
                    f"{self.path} has no column {printable(name)}; it has {printable(there)}"
                )

    def check_filled(self, names: list[str]) -> None:
        """FaultError where a cell of those columns is empty, or holds nothing but spaces."""
        for name in names:
            self._refuse(name, _empty, "is empty")

    def numbers(self, name: str) -> "Scaled":
        """A column of numbers; FaultError where a cell is none, naming its row."""
        from almoner.findings.reduce import scaled
        from almoner.methods.fair_scores import FairScoreError

        self.check_filled([name])
        if self.table[name].type().is_string():
            self._refuse(name, lambda c: c.try_cast("float64").isnull(), "is no number")
            self.table = self.table.mutate(**{name: self.table[name].cast("float64")})
        if not self.table[name].type().is_numeric():
            kind = self.table[name].type()
            raise FaultError(f"{self.path}, column {name}: holds {kind}, not numbers")
        number = self.table[name].cast("float64")
        self._refuse(name, lambda _: number.isnan() | number.isinf(), "is no finite number")
        try:
            return scaled(self.table, name)
        except FairScoreError as error:
            raise FaultError(f"{self.path}: {error}") from None

    def check_scale(self, name: str, low: float, high: float) -> None:
        """FaultError where a number lies outside a scale, its ends included."""
        number = self.table[name].cast("float64")
        what = f"lies outside the scale from {low:g} to {high:g}"
        self._refuse(name, lambda _: (number < low) | (number > high), what)

    def has_fractions(self, name: str) -> bool:
        """Whether a column holds numbers only, and some that are not whole."""
        column = self.table[name]
        if column.type().is_floating() or column.type().is_decimal():
            return True
        if not column.type().is_string():
            return False
        number = column.try_cast("float64")
        facts = self.table.aggregate(
            texts=number.isnull().sum(), parts=(number != number.floor()).sum()
        )
        found = facts.to_pyarrow().to_pylist()[0]
        return not found["texts"] and bool(found["parts"])

    def repeated(self, but: str | None = None) -> int:
        """Rows that are the same as a row before in every column, or in every one but that."""
        table = self.table.drop(but) if but else self.table
        return int(table.count().to_pyarrow().as_py()) - int(
            table.distinct().count().to_pyarrow().as_py()
        )

    def _refuse(self, name: str, bad: "Callable[[ir.Column], ir.BooleanColumn]", what: str) -> None:
        """FaultError where a row is bad: it names the first one and counts the others."""
        import ibis

        if not self.table.filter(bad(self.table[name])).count().to_pyarrow().as_py():
            return
        numbered = self.table.mutate(row_=ibis.row_number())
        numbered = numbered.filter(bad(numbered[name]))
        rows = numbered.select("row_", value_=numbered[name].cast("string")).order_by("row_")
        first = rows.limit(1).to_pyarrow().to_pylist()[0]
        count = int(numbered.count().to_pyarrow().as_py())
        value = (first["value_"] or "").strip()
        shown = f"{printable(value)} " if value else ""
        more = f" ({count:,} such rows)" if count > 1 else ""
        raise FaultError(
            f"{self.path}, row {first['row_'] + 1}, column {name}: {shown}{what}{more}"
        )


def _empty(column: "ir.Column") -> "ir.BooleanValue":
    if column.type().is_string():
        return column.isnull() | (column.strip() == "")
    return column.isnull()


@contextmanager
def opened(path: Path) -> Iterator[Ratings]:
    """The ratings of a file; MisuseError where it is no CSV in UTF-8 and no Parquet."""
    import duckdb
    import ibis

    from almoner.findings.engines.duckdb_tables import plain

    if not path.is_file():
        raise MisuseError(f"there is no file {path}; give a CSV or Parquet file")
    if path.stat().st_size == 0:
        raise MisuseError(f"{path} is empty; give a CSV or Parquet file with a header")
    database = ibis.duckdb.connect(
        autoinstall_known_extensions=False, autoload_known_extensions=False
    )
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        if parquet:
            table = database.read_parquet(plain(path))
        else:
            table = database.read_csv(
                plain(path), all_varchar=True, header=True, delim=",", quote='"', escape='"'
            )
            table = database.create_table("ratings", table)
        yield Ratings(table, path)
    except duckdb.Error as error:
        # What follows are settings of DuckDB that the command does not have.
        reason = re.split(" (?:The search space|Possible )", " ".join(str(error).split()))[0]
        raise MisuseError(
            f"{path} cannot be read as Parquet, nor as CSV in UTF-8 with commas and as many cells "
            f"in each row as in the header: {printable(reason, 300)}"
        ) from None
    except OSError as error:
        raise MisuseError(f"{path} cannot be read: {error.strerror}") from None
    finally:
        database.disconnect()
