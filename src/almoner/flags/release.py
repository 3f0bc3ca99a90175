"""What is read of an OCDS release: the fields that an indicator needs, and no other.

`Release` carries what Cardinal's indicators need, `FullRelease` what those of the guide need
besides; the fewer fields, the quicker the reading. A line that has every field of the type it
should have is decoded straight into these; `almoner.flags.decoding` repairs any other.
"""

from typing import Annotated

import msgspec

# More is no money, and sums of it could be more than a number can hold; less is an error of
# arithmetic, and shares of it could.
MOST, LEAST = 1e18, 1e-6
Amount = Annotated[float, msgspec.Meta(ge=-MOST, le=MOST)]


class Part(msgspec.Struct, gc=False, omit_defaults=True, rename="camel"):
    """A part of a release; what is absent, null or of another type is None, never zero."""


class Reference(Part):
    """A reference to an organization; also a classification, of which only the id counts."""

    id: str | None = None


class Value(Part):
    amount: Amount | None = None
    currency: str | None = None


class Period(Part):
    start_date: str | None = None
    end_date: str | None = None


class Bid(Part):
    id: str | None = None
    status: str | None = None
    date: str | None = None
    tenderers: tuple[Reference, ...] | None = None
    value: Value | None = None
    related_lots: tuple[str, ...] | None = None


class Bids(Part):
    details: tuple[Bid, ...] | None = None


class Item(Part):
    id: str | None = None
    classification: Reference | None = None


class Award(Part):
    id: str | None = None
    status: str | None = None
    suppliers: tuple[Reference, ...] | None = None
    items: tuple[Item, ...] | None = None
    related_lots: tuple[str, ...] | None = None


class Tender(Part):
    status: str | None = None
    procurement_method: str | None = None
    procurement_method_details: str | None = None
    procuring_entity: Reference | None = None
    tender_period: Period | None = None
    number_of_tenderers: int | None = None


class Release(Part):
    """A release, or the compiled release of a contracting process."""

    ocid: str | None = None
    id: str | None = None
    date: str | None = None
    buyer: Reference | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: tuple[Award, ...] | None = None
    # What a line holds instead where it is a package of releases or records, or a record.
    releases: tuple[msgspec.Raw, ...] | None = None
    records: tuple[msgspec.Raw, ...] | None = None
    compiled_release: msgspec.Raw | None = None
    # Where a release is that a record only links to.
    url: str | None = None


class Document(Part):
    id: str | None = None
    document_type: str | None = None


class Planning(Part):
    documents: tuple[Document, ...] | None = None


class Unit(Part):
    name: str | None = None
    value: Value | None = None


class Classification(Reference):
    scheme: str | None = None


class FullItem(Item):
    classification: Classification | None = None
    unit: Unit | None = None


class FullAward(Award):
    date: str | None = None
    value: Value | None = None
    items: tuple[FullItem, ...] | None = None


class FullTender(Tender):
    title: str | None = None
    value: Value | None = None
    award_criteria: str | None = None
    items: tuple[FullItem, ...] | None = None


class Amendment(Part):
    id: str | None = None
    date: str | None = None
    description: str | None = None
    rationale: str | None = None


class Transaction(Part):
    id: str | None = None
    value: Value | None = None


class Implementation(Part):
    documents: tuple[Document, ...] | None = None
    transactions: tuple[Transaction, ...] | None = None
    final_value: Value | None = None


class Contract(Part):
    id: str | None = None
    award_id: str | None = msgspec.field(default=None, name="awardID")
    status: str | None = None
    value: Value | None = None
    documents: tuple[Document, ...] | None = None
    amendments: tuple[Amendment, ...] | None = None
    implementation: Implementation | None = None


class FullRelease(Release):
    """A release with what the indicators of the guide need besides."""

    planning: Planning | None = None
    tender: FullTender | None = None
    awards: tuple[FullAward, ...] | None = None
    contracts: tuple[Contract, ...] | None = None
