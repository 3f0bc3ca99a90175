"""Places: the real streets of one city, with invented populations."""

import csv
from dataclasses import dataclass
from importlib.resources import files

from almoner.demo.base import Row, Scale, rng

CITY = "4401"
DEMO_DISTRICT = "440103"  # 22 streets
# Nothing is bought in these: 171 of the city's 176 streets have a centre, 20 of the district's 22.
WITHOUT_CENTRE = {
    "district": {"440103021", "440103022"},
    "city": {"440104022", "440111113", "440112101", "440113104", "440118106"},
}
# Residents that the documents name: the same money for 3,000 and for 90,000 people.
FIXED_POPULATION = {"440103001": 3_000, "440103018": 90_000}
UNKNOWN_POPULATION = {"440103009", "440103014"}
INVENTED = "演示虚构 / invented for demonstration"


@dataclass(frozen=True)
class Street:
    """A sub-district or town. population = residents, None where unknown."""

    code: str
    name_zh: str
    name_en: str
    district: str
    population: int | None
    has_centre: bool


@dataclass(frozen=True)
class Places:
    """The districts (code to Chinese name) and streets that a scale covers."""

    scale: Scale
    districts: dict[str, str]
    streets: tuple[Street, ...]
    english: dict[str, str]

    def rows(self) -> list[Row]:
        """The rows of AREAS: city, districts, streets."""
        city = {"code": CITY, "name_zh": "广州市", "level": "city"}
        districts = [
            {"code": code, "name_zh": name, "level": "district", "parent_code": CITY}
            for code, name in self.districts.items()
        ]
        for row in (city, *districts):
            row["name_en"] = self.english[row["code"]]
        streets = [
            {
                "code": s.code,
                "name_zh": s.name_zh,
                "name_en": s.name_en,
                "level": "street",
                "parent_code": s.district,
                "population": s.population,
                "population_source": None if s.population is None else INVENTED,
            }
            for s in self.streets
        ]
        return [city, *districts, *streets]


def _read(name: str) -> list[dict[str, str]]:
    text = files("almoner.demo").joinpath(name).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _population(seed: int, code: str) -> int | None:
    if code in UNKNOWN_POPULATION:
        return None
    drawn = round(rng(seed, "population", code).triangular(18_000, 160_000, 60_000), -2)
    return FIXED_POPULATION.get(code, int(drawn))


def places(scale: Scale, seed: int) -> Places:
    """The places of a scale. Reservoirs and forest farms of the list are no communities."""
    english = {row["code"]: row["name_en"] for row in _read("pinyin.csv")}
    rows = [
        row
        for row in _read("guangzhou_streets.csv")
        if row["kind"] in ("street", "town")
        and (scale == "city" or row["district_code"] == DEMO_DISTRICT)
    ]
    streets = tuple(
        Street(
            code=row["street_code"],
            name_zh=row["street"],
            name_en=english[row["street_code"]],
            district=row["district_code"],
            population=_population(seed, row["street_code"]),
            has_centre=row["street_code"] not in WITHOUT_CENTRE[scale],
        )
        for row in rows
    )
    districts = {row["district_code"]: row["district"] for row in rows}
    return Places(scale, districts, streets, english)
