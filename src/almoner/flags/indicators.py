"""Cardinal's indicators, told in turn of some thousand releases after the other."""

from collections.abc import Iterable

from almoner.flags import across, within
from almoner.flags.columns import Columns
from almoner.flags.facts import Facts
from almoner.flags.notes import Notes
from almoner.flags.settings import Settings

INDICATORS = {
    ("R003",): within.short_period,
    ("R018",): within.single_bid,
    ("R024", "R058"): across.differences,
    ("R025",): across.unsuccessful,
    ("R028",): within.identical_prices,
    ("R030",): within.late_bid,
    ("R035",): within.others_disqualified,
    ("R036",): within.lowest_disqualified,
    ("R038",): across.disqualified,
    ("R048",): across.heterogeneous,
}


def noted(parts: Iterable[Columns], settings: Settings, evidence: bool) -> Notes:
    """What the indicators that the settings name note of all parts of a file."""
    notes = Notes(settings, evidence)
    wanted = [note for codes, note in INDICATORS.items() if set(codes) & set(settings.codes)]
    for columns in parts:
        facts = Facts(columns, settings)
        for note in wanted:
            note(facts, notes)
        notes.count(columns)
    return notes
