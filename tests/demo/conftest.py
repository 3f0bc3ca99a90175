"""One district-scale demonstration package for all tests of this folder."""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from almoner.citypackage import SCHEMA
from almoner.demo import Manifest, generate


class Package(NamedTuple):
    """A package on disk, its manifest, and what the generator said on the way."""

    folder: Path
    manifest: Manifest
    told: list[tuple[str, float]]

    def table(self, name: str) -> pl.DataFrame:
        """A table with dates and whole numbers read as such, numbers as decimals."""
        kinds = {
            "integer": pl.Int64(),
            "date": pl.Date(),
            "number": pl.Decimal(18, 4),
            "boolean": pl.Boolean(),
        }
        columns = SCHEMA.tables[name].columns
        return pl.read_csv(
            self.folder / f"{name}.csv",
            schema_overrides={c.name: kinds.get(c.type, pl.String()) for c in columns},
        ).with_columns(
            pl.col(c.name).str.to_datetime("%+", time_zone="UTC", time_unit="us")
            for c in columns
            if c.type == "datetime"
        )


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The district with seed 1."""
    folder = tmp_path_factory.mktemp("demo") / "district"
    told: list[tuple[str, float]] = []
    manifest = generate(folder, "district", on_progress=lambda *step: told.append(step))
    return Package(folder, manifest, told)
