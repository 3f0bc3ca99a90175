"""The charts of the public lists, from the figures beside them."""

from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from almoner.disclosure.queries_parties import YearOfMoney
from almoner.disclosure.queries_places import PlaceRow
from almoner.parties.models import Organisation
from almoner.rules.money import round_half_away
from almoner.web.charts import Tile, bars, tiles
from almoner.web.format import named, yuan_short


def place_tiles(rows: Sequence[PlaceRow], chart_id: str) -> SafeString:
    """Places side by side, shaded by the money a year of their contracts in force."""
    cells = [
        Tile(
            label=named(row.area),
            value=yuan_short(row.summary.yearly_fen) if row.summary.in_force else "–",
            level=row.level,
            url=reverse("place", args=[row.area.code]),
            note=_contracts(row.summary.in_force),
        )
        for row in rows
    ]
    return tiles(
        cells,
        chart_id=chart_id,
        title=_("Money a year of the contracts in force, by place"),
        desc=_("The darker a tile, the more money a year its contracts are worth."),
    )


def _contracts(number: int) -> str:
    if not number:
        return _("no contract in force")
    return ngettext("%(n)d contract", "%(n)d contracts", number) % {"n": number}


def yearly_money(years: Sequence[YearOfMoney], body: Organisation) -> SafeString | str:
    """A provider's money by calendar year; nothing where there is none."""
    if not years:
        return ""
    return bars(
        [(str(year.year), round_half_away(Fraction(year.fen, 100))) for year in years],
        chart_id="money",
        title=_("Contract money by calendar year: %(name)s") % {"name": named(body)},
        desc=_("Each contract's money is spread evenly over its days."),
        unit=_("yuan"),
    )
