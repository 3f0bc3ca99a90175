"""Drawing lots so that anybody can check the draw afterwards.

First the frame (the list to draw from) is frozen and its SHA-256 published, together with how many
will be drawn and by which strata. Then comes a seed that nobody could choose: a lottery's numbers
of a later day. Everybody's ticket is SHA-256(seed|stratum|id); in each stratum the smallest tickets
are drawn, and whoever cannot be reached is replaced by the next one in that order.

How it is checked by hand is told in docs/methods/draw.md.
"""

import csv
import hashlib
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

METHOD = "almoner-draw-1"


class DrawError(ValueError):
    """The draw cannot be made, or a file is none: what, where and what to do."""


def joined(parts: Iterable[str]) -> str:
    r"""The parts with | between them; \, | and line ends inside a part are written \\, \p, \n, \r.

    So no two different lists of parts give the same text.
    """
    marks = str.maketrans({"\\": r"\\", "|": r"\p", "\n": r"\n", "\r": r"\r"})
    return "|".join(part.translate(marks) for part in parts)


def ticket(seed: str, id: str, stratum: str | None = None) -> str:
    """SHA-256 of seed|stratum|id, or of seed|id without strata, in UTF-8, as hexadecimal digits."""
    parts = [seed, id] if stratum is None else [seed, stratum, id]
    return hashlib.sha256(joined(parts).encode()).hexdigest()


def allocation(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of `n` each stratum gets, in proportion to its size, by largest remainder.

    Equal remainders: the stratum whose name comes first. No stratum gets more than it holds; an
    empty one gets 0. DrawError where n is below 1 or above the sum of the sizes.
    """
    total = sum(sizes.values())
    if n < 1:
        raise DrawError(f"{n} cannot be drawn; draw at least 1")
    if n > total:
        raise DrawError(f"{n} cannot be drawn from {total}; draw at most {total}, which is all")
    given = {name: n * size // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(n * sizes[name] % total), name))
    for name in by_remainder[: n - sum(given.values())]:
        given[name] += 1
    return given


@dataclass(frozen=True)
class Frame:
    """The list to draw from: each id with its stratum, and the SHA-256 of all that the list says.

    `digest` is that of the header and then the rows, each `joined` and ended by a line feed, the
    rows in the order of their bytes. It depends on every cell, but not on the order of the rows,
    line ends, quotation marks or a byte order mark, which programs change when they save a table.
    """

    members: Mapping[str, str | None]
    id_column: str
    strata_column: str | None
    digest: str

    @classmethod
    def of(
        cls, header: Sequence[str], rows: Sequence[Sequence[str]], id: str, strata: str | None
    ) -> "Frame":
        """A table as a frame; DrawError where an id is empty or stands twice, or a cell is lacking.

        Two ids that differ only in spaces or in Unicode form are one person with two lots: refused.
        """
        if id == strata:
            raise DrawError(f"{id} cannot be both the id and the stratum; name two columns")
        places = [_column(header, name) for name in (id, strata) if name is not None]
        seen: dict[str, int] = {}
        spelt: dict[str, str] = {}
        members: dict[str, str | None] = {}
        for number, row in enumerate(rows, start=1):
            if len(row) != len(header):
                raise DrawError(f"row {number} has {len(row)} cells, the header has {len(header)}")
            for name, place in zip((id, strata), places, strict=False):
                if not row[place].strip():
                    raise DrawError(f"row {number} has no {name}; fill it in, or take the row out")
            key = _alike(row[places[0]])
            if key in seen:
                raise DrawError(
                    f"rows {seen[key]} and {number} have the same {id}, {key!r}: it would have two "
                    "lots; keep one of them"
                )
            seen[key] = number
            stratum = row[places[1]] if strata is not None else None
            if stratum and spelt.setdefault(_alike(stratum), stratum) != stratum:
                raise DrawError(
                    f"row {number} spells the {strata} {_alike(stratum)!r} with other spaces or "
                    "letters than a row before; write it one way"
                )
            members[row[places[0]]] = stratum
        if not members:
            raise DrawError("the frame has no rows: there is nothing to draw from")
        lines = [joined(header), *sorted((joined(row) for row in rows), key=str.encode)]
        content = "".join(f"{line}\n" for line in lines).encode()
        return cls(members, id, strata, hashlib.sha256(content).hexdigest())

    @classmethod
    def from_csv(cls, content: bytes, id: str, strata: str | None = None) -> "Frame":
        """The frame in a CSV file in UTF-8 with a header; DrawError where it cannot be read."""
        try:
            reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
            header, *rows = [row for row in reader if row] or [[]]
        except UnicodeDecodeError:
            raise DrawError("the frame is not UTF-8; save it as CSV UTF-8") from None
        except csv.Error as error:
            raise DrawError(f"the frame is not CSV: {error}") from None
        return cls.of(header, rows, id, strata)

    @property
    def sizes(self) -> dict[str, int]:
        """How many members each stratum has; without strata all of them under the empty name."""
        names = sorted(stratum or "" for stratum in self.members.values())
        return {name: len(list(members)) for name, members in groupby(names)}


def _alike(text: str) -> str:
    """What a reader would take for the same name: Unicode's compatible form, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _column(header: Sequence[str], name: str) -> int:
    if header.count(name) != 1:
        columns = ", ".join(header) or "none"
        raise DrawError(f"the frame must have the column {name} once; its columns are: {columns}")
    return header.index(name)


@dataclass(frozen=True)
class Lot:
    """One member's place in the order of its stratum, counted from 1."""

    stratum: str
    place: int
    drawn: bool
    ticket: str
    id: str


@dataclass(frozen=True)
class Draw:
    """A plan (`seed` None, no lots), or the draw itself: every member in the order of the lots."""

    frame: Frame
    n: int
    seed: str | None
    drawn_by_stratum: Mapping[str, int]
    lots: tuple[Lot, ...]

    @property
    def drawn(self) -> list[str]:
        """The ids that were drawn, by stratum and place."""
        return [lot.id for lot in self.lots if lot.drawn]

    def replacements(self, stratum: str = "") -> list[str]:
        """Who comes next in a stratum when somebody drawn cannot be reached, in this order."""
        return [lot.id for lot in self.lots if lot.stratum == stratum and not lot.drawn]


def plan(frame: Frame, n: int) -> Draw:
    """What is published before the seed is known."""
    return Draw(frame, n, None, allocation(frame.sizes, n), ())


def draw(frame: Frame, n: int, seed: str) -> Draw:
    """The draw of `n` from the frame, in proportion to its strata; DrawError where impossible."""
    if not seed or not seed.isprintable() or seed != seed.strip():
        raise DrawError(
            "the seed must be one line of text without spaces around it, such as the numbers of a "
            "lottery drawn after the frame was published"
        )
    given = allocation(frame.sizes, n)
    order = sorted(
        (stratum or "", ticket(seed, id, stratum), id) for id, stratum in frame.members.items()
    )
    lots = tuple(
        Lot(name, place, place <= given[name], number, id)
        for name, members in groupby(order, key=lambda entry: entry[0])
        for place, (_, number, id) in enumerate(members, start=1)
    )
    return Draw(frame, n, seed, given, lots)


def render(draw: Draw) -> bytes:
    """The plan or the result as JSON, a line for each lot; the same draw gives the same bytes."""
    frame = draw.frame
    head = {
        "method": METHOD,
        "frame_sha256": frame.digest,
        "frame_size": len(frame.members),
        "id": frame.id_column,
        "strata": frame.strata_column,
        "n": draw.n,
        "allocation": [
            {"stratum": name, "size": size, "n": draw.drawn_by_stratum[name]}
            for name, size in frame.sizes.items()
        ],
        "seed": draw.seed,
    }
    lines = [f'"{name}": {_json(value)}' for name, value in head.items()]
    lots = ",\n ".join(_json(vars(lot)) for lot in draw.lots)
    lines.append(f'"order": [\n {lots}\n]' if draw.lots else '"order": []')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def verify(result: bytes, frame: bytes) -> Draw:
    """Recompute a result from its frame; the draw, or DrawError that says what differs.

    Every byte of the result is compared, so that nothing in it can be changed unnoticed. What no
    file can prove is that the frame's SHA-256 was published before the seed was known: compare
    `frame.digest` with the publication.
    """
    try:
        told = json.loads(result)
        n, seed, id, strata = (told[name] for name in ("n", "seed", "id", "strata"))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DrawError("the result is no file of `almoner draw`") from None
    if told.get("method") != METHOD:
        raise DrawError(f"the result was not drawn by the method {METHOD}")
    if type(n) is not int or not isinstance(id, str) or not isinstance(strata, str | None):
        raise DrawError("the result is no file of `almoner draw`: n, id or strata is of no use")
    if not isinstance(seed, str):
        raise DrawError("the result has no seed: it is a plan, and nothing has been drawn yet")
    list_ = Frame.from_csv(frame, id, strata)
    if told.get("frame_sha256") != list_.digest:
        raise DrawError(
            f"the frame is not the one drawn from: its SHA-256 is {list_.digest}, "
            f"the result says {told.get('frame_sha256')}"
        )
    again = draw(list_, n, seed)
    if render(again) != result:
        raise DrawError(_difference(told, json.loads(render(again))))
    return again


def _difference(told: dict[str, object], right: dict[str, object]) -> str:
    for name, value in right.items():
        if name == "order" or told.get(name) == value:
            continue
        return f"the result says {name} {_json(told.get(name))}; recomputed it is {_json(value)}"
    said, order = told.get("order"), right["order"]
    if isinstance(said, list) and isinstance(order, list) and said != order:
        for number, (one, other) in enumerate(zip(said, order, strict=False), start=1):
            if one != other:
                return f"lot {number} says {_json(one)}; recomputed it is {_json(other)}"
        return f"the result lists {len(said)} lots; recomputed there are {len(order)}"
    return "the result says the same, but in other bytes: it was written by something else"
