"""Every indicator: its title, the fields that it needs, its settings with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Indicator:
    """One red flag. A setting without a default (None) is a fence that follows from the data."""

    title: str
    needs: tuple[str, ...]
    settings: Mapping[str, float | None] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    methods: frozenset[str] = frozenset()
    chooses_methods: bool = False


BIDS, TENDERERS, STATUS = "bids.details", "bids.details.tenderers.id", "bids.details.status"
AMOUNTS = ("bids.details.value.amount", "bids.details.value.currency")
WINNERS = ("awards.status", "awards.suppliers.id")

_CARDINAL = {
    "R003": Indicator(
        "Short submission period",
        ("tender.tenderPeriod.startDate", "tender.tenderPeriod.endDate"),
        {"threshold": 15},
        whole=("threshold",),
        chooses_methods=True,
    ),
    "R018": Indicator(
        "Single bid received",
        ("tender.procurementMethod", f"tender.numberOfTenderers or {TENDERERS}"),
        methods=frozenset({"open", "selective"}),
        chooses_methods=True,
    ),
    "R024": Indicator(
        "Price close to winning bid",
        (STATUS, TENDERERS, *AMOUNTS, *WINNERS),
        {"threshold": None},
    ),
    "R025": Indicator(
        "Excessive unsuccessful bids",
        (STATUS, TENDERERS, *WINNERS),
        {"percentile": 75, "threshold": None},
        whole=("percentile",),
    ),
    "R028": Indicator("Identical bid prices", (STATUS, TENDERERS, *AMOUNTS)),
    "R030": Indicator(
        "Late bid won",
        ("tender.tenderPeriod.endDate", STATUS, "bids.details.date", TENDERERS, *WINNERS),
    ),
    "R035": Indicator(
        "All except winning bid disqualified",
        (STATUS, TENDERERS, *WINNERS),
        {"threshold": 1},
        whole=("threshold",),
    ),
    "R036": Indicator("Lowest bid disqualified", (STATUS, *AMOUNTS, "awards.status")),
    "R038": Indicator(
        "Excessive disqualified bids",
        (STATUS, f"{TENDERERS}, buyer.id or tender.procuringEntity.id"),
        {"threshold": None, "minimum_submitted_bids": 2, "minimum_contracting_processes": 2},
        whole=("minimum_submitted_bids", "minimum_contracting_processes"),
    ),
    "R048": Indicator(
        "Heterogeneous supplier",
        (*WINNERS, "awards.items.classification.id"),
        {"digits": 2, "threshold": None, "minimum_contracting_processes": 20},
        whole=("digits", "threshold", "minimum_contracting_processes"),
    ),
    "R058": Indicator(
        "Heavily discounted bid",
        (STATUS, TENDERERS, *AMOUNTS, *WINNERS),
        {"threshold": None},
    ),
}

_BUYER, _MARKET = "buyer.id", ("awards.status", "awards.suppliers.id", "awards.value")
_CLASS = "awards.items.classification.id or tender.items.classification.id"

_GUIDE = {
    "R001": Indicator("Planning documents not available", ("planning.documents.documentType",)),
    "R002": Indicator(
        "Manipulation of procurement thresholds",
        ("tender.value.amount", "tender.value.currency", "the setting threshold"),
        {"threshold": None, "margin": 0.05},
    ),
    "R017": Indicator(
        "Unreasonably low or high line item",
        ("awards.items.unit.value", "awards.items.classification.id"),
        {"minimum_items": 10},
        whole=("minimum_items",),
    ),
    "R019": Indicator(
        "Low number of bidders for item and procuring entity",
        (
            "tender.procurementMethod",
            "tender.procuringEntity.id or buyer.id",
            "tender.items.classification.id",
            f"tender.numberOfTenderers or {TENDERERS}",
        ),
        {"digits": 2, "minimum_contracting_processes": 5, "minimum_entities": 4},
        whole=("digits", "minimum_contracting_processes", "minimum_entities"),
    ),
    "R021": Indicator(
        "High use of discretionary evaluation criteria",
        ("tender.awardCriteria", _BUYER),
        {"threshold": None, "minimum_contracting_processes": 5},
        whole=("minimum_contracting_processes",),
    ),
    "R040": Indicator(
        "High share of a buyer's contracts",
        (_BUYER, *WINNERS),
        {"threshold": 0.5, "minimum_awards": 10},
        whole=("minimum_awards",),
    ),
    "R050": Indicator(
        "High market share",
        (*_MARKET, _CLASS),
        {"digits": 2, "threshold": 0.5, "minimum_suppliers": 3},
        whole=("digits", "minimum_suppliers"),
    ),
    "R051": Indicator(
        "High market concentration",
        (*_MARKET, _CLASS),
        {"digits": 2, "threshold": 0.25, "minimum_suppliers": 3},
        whole=("digits", "minimum_suppliers"),
    ),
    "R064": Indicator("Contract has modifications", ("contracts.amendments",)),
    "R068": Indicator(
        "Contract transactions exceed contract amount",
        (
            "contracts.value",
            "contracts.implementation.transactions or contracts.implementation.finalValue",
        ),
    ),
    "R073": Indicator(
        "Discrepancies between work completed and contract specifications",
        ("contracts.status", "contracts.implementation.documents.documentType"),
    ),
}

CARDINAL = tuple(_CARDINAL)
GUIDE = tuple(_GUIDE)
CATALOGUE: Mapping[str, Indicator] = MappingProxyType(dict(sorted({**_CARDINAL, **_GUIDE}.items())))
