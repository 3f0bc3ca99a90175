"""Bodies that take part: all invented, and named so that nobody takes them for real ones."""

from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc

from almoner.demo.base import Row, Scale, rng
from almoner.demo.places import CITY, Places

AGENCIES = {"district": 3, "city": 7}
STEMS = "甲乙丙丁戊己庚"
# Names of providers are one character of each line: 81 names.
FIRST = {"和": "He", "善": "Shan", "明": "Ming", "安": "An", "康": "Kang", "信": "Xin", "惠": "Hui"}
FIRST |= {"乐": "Le", "德": "De"}
SECOND = {"风": "feng", "泉": "quan", "桥": "qiao", "林": "lin", "舟": "zhou", "田": "tian"}
SECOND |= {"星": "xing", "竹": "zhu", "石": "shi"}

GOVERNMENT, SOCIAL_ORGANISATION = "11", "52"
CITY_DIVISION = CITY + "00"


@dataclass(frozen=True)
class Organisation:
    """A row of ORGANISATIONS."""

    uscc: str
    name_zh: str
    name_en: str
    kinds: str
    area_code: str
    registered_on: date | None = None
    supervising_uscc: str | None = None


@dataclass(frozen=True)
class Parties:
    """Who is who. The dictionaries go by district code and by street code."""

    city_finance: Organisation
    city_civil: Organisation
    finance: dict[str, Organisation]
    civil: dict[str, Organisation]
    offices: dict[str, Organisation]
    providers: tuple[Organisation, ...]
    agencies: tuple[Organisation, ...]

    def everybody(self) -> list[Organisation]:
        """All organisations, government first."""
        government = [self.city_finance, self.city_civil, *self.finance.values()]
        government += [*self.civil.values(), *self.offices.values()]
        return [*government, *self.providers, *self.agencies]


def invented_uscc(kind: str, division: str, serial: int) -> str:
    """A well-formed Unified Social Credit Code of the range DEM, which no registrar has issued.

    Both check characters are right: that of the organisation code (GB 11714) and the last one
    (GB 32100-2015).
    """
    body = f"DEM{serial:05d}"
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    code = f"{kind}{division}{body}{'0123456789X0'[(11 - total % 11)]}"
    return code + str(uscc.calc_check_digit(code))


def parties(where: Places, seed: int, homes: list[str]) -> Parties:
    """The bodies of a scale; `homes` are the districts in which its providers are registered."""
    serials = iter(range(1, 100_000))

    def government(zh: str, en: str, kinds: str, division: str, area: str) -> Organisation:
        code = invented_uscc(GOVERNMENT, division, next(serials))
        return Organisation(code, f"示例{zh}", f"Sample {en}", kinds, area)

    city_finance = government(
        "广州市财政局", "Guangzhou Finance Bureau", "finance", CITY_DIVISION, CITY
    )
    city_civil = government(
        "广州市民政局",
        "Guangzhou Civil Affairs Bureau",
        "supervisor|registrar",
        CITY_DIVISION,
        CITY,
    )
    finance, civil = {}, {}
    for code, zh in where.districts.items():
        en = where.english[code]
        finance[code] = government(f"{zh}财政局", f"{en} Finance Bureau", "finance", code, code)
        civil[code] = government(
            f"{zh}民政局", f"{en} Civil Affairs Bureau", "supervisor|registrar", code, code
        )
    offices = {}
    for s in where.streets:
        zh = f"{s.name_zh}办事处" if s.name_zh.endswith("街道") else f"{s.name_zh}人民政府"
        en = f"{s.name_en} {'Office' if s.name_en.endswith('Sub-district') else 'Government'}"
        offices[s.code] = government(zh, en, "purchaser", s.district, s.code)
    return Parties(
        city_finance,
        city_civil,
        finance,
        civil,
        offices,
        providers=_providers(homes, seed, civil, serials_from=5_001),
        agencies=_agencies(where.scale, seed, city_civil, serials_from=9_001),
    )


def _providers(
    homes: list[str], seed: int, civil: dict[str, Organisation], serials_from: int
) -> tuple[Organisation, ...]:
    found = []
    for i, district in enumerate(homes):
        first, second = list(FIRST)[i % 9], list(SECOND)[(i + i // 9) % 9]
        day = date(2008, 1, 1) + timedelta(rng(seed, "registered", i).randrange(12 * 365))
        found.append(
            Organisation(
                invented_uscc(SOCIAL_ORGANISATION, district, serials_from + i),
                f"示例{first}{second}社会工作服务中心",
                f"Sample {FIRST[first]}{SECOND[second]} Social Work Service Centre",
                "provider",
                district,
                day,
                civil[district].uscc,
            )
        )
    return tuple(found)


def _agencies(
    scale: Scale, seed: int, civil: Organisation, serials_from: int
) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            invented_uscc(SOCIAL_ORGANISATION, CITY_DIVISION, serials_from + i),
            f"示例评估中心{STEMS[i]}",
            f"Sample Evaluation Centre {chr(ord('A') + i)}",
            "evaluator",
            CITY,
            date(2010, 1, 4) + timedelta(rng(seed, "agency", i).randrange(6 * 365)),
            civil.uscc,
        )
        for i in range(AGENCIES[scale])
    )


def organisation_rows(who: Parties) -> list[Row]:
    """The rows of ORGANISATIONS."""
    return [vars(o) | {"status": "active"} for o in who.everybody()]


def link_rows(who: Parties) -> list[Row]:
    """The rows of ORGANISATION_LINKS: ties on file, none of them between parties to one deal.

    Two providers share a founder; a board member sat on two boards until 2019; an official left
    the city's bureau for an agency.
    """
    a, b, c, d = (who.providers[-k].uscc for k in (1, 2, 3, 4))
    return [
        {
            "uscc": a,
            "other_uscc": b,
            "kind": "founder",
            "from_on": date(2015, 3, 2),
            "note": "同一发起人 / same founder",
        },
        {
            "uscc": c,
            "other_uscc": d,
            "kind": "board_member",
            "from_on": date(2016, 5, 9),
            "to_on": date(2019, 12, 31),
            "note": "已离任 / left the board",
        },
        {
            "uscc": who.city_civil.uscc,
            "other_uscc": who.agencies[0].uscc,
            "kind": "former_official",
            "from_on": date(2018, 9, 3),
            "note": "退休后任职 / joined after retirement",
        },
    ]
