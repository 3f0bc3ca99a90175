"""Reads of a contract's pages from other stages: the procedure, opinions, notices, prices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.db.models.functions import Cast

from almoner.contracts.models import Contract
from almoner.contracts.queries import EXACT, is_opened, priced_like
from almoner.delivery.models import MonthlyDelivery
from almoner.delivery.queries.delivered import TermMonth, people_behind
from almoner.disclosure.contract_figures import Range, range_of, years_of
from almoner.disclosure.contract_labels import question_name
from almoner.needs.models import Need
from almoner.notices.models import Notice
from almoner.parties.models import Organisation
from almoner.prepared import Prepared
from almoner.tenders.models import Bid, Tender
from almoner.voice.models import Complaint, DrawnBy, SurveyResponse, SurveyWave

_MONTHS = Prepared(
    lambda contract_id, since, until: (
        MonthlyDelivery.objects.filter(
            term__contract=contract_id, month__gte=since, month__lte=until
        )
        .order_by("month", "term_id")
        .values_list(
            "term_id",
            "month",
            "records",
            "minutes",
            "participants",
            "clients",
            "largest_session",
        )
    )
)


def months_of(contract_id: str, since: str, until: str) -> list[TermMonth]:
    """Every month with records of a contract from one month to another (YYYY-MM), in order."""
    return [
        TermMonth(term, month, sessions, minutes, people, people_behind(clients, largest))
        for term, month, sessions, minutes, people, clients, largest in _MONTHS(
            contract_id, since, until
        )
    ]


def bids_of(tender: Tender | None, now: datetime) -> list[Bid]:
    """The bids with their bidders by price; none before the opening."""
    if tender is None or not is_opened(tender, now):
        return []
    return list(
        Bid.objects.filter(tender=tender).select_related("provider").order_by("price_fen", "id")
    )


def similar_prices(contract: Contract) -> Range | None:
    """Prices an hour, in fen, of the other contracts of the same service item; three at least."""
    prices = [
        other.amount_fen / (other.direct_hours * len(years_of(other.starts_on, other.ends_on)))
        for other in priced_like(contract)
        if other.direct_hours
    ]
    return range_of(prices)


def first_need(contract: Contract, until: date) -> Need | None:
    """The first request for the contract's service in its area by a day, if there was one."""
    return (
        Need.objects.filter(
            area=contract.area_id, service_item=contract.service_item, raised_on__lte=until
        )
        .order_by("raised_on", "id")
        .first()
    )


def complaints_about(contract: Contract) -> list[Complaint]:
    """Complaints about a contract or its tender, by the day on which they came."""
    about = Q(contract=contract)
    if contract.tender_id:
        about |= Q(tender=contract.tender_id)
    return list(Complaint.objects.filter(about).order_by("received_on", "id"))


def notices_about(subject_ids: Collection[str], now: datetime) -> list[Notice]:
    """Notices issued about any of the tenders, contracts, evaluations and complaints."""
    rows = Notice.objects.filter(subject_id__in=subject_ids, published_at__lte=now)
    return list(rows.order_by("published_at", "kind", "id"))


def organisations_named(usccs: Collection[str]) -> dict[str, Organisation]:
    """Bodies by code, for columns that hold a code without a reference."""
    return Organisation.objects.only("uscc", "name_zh", "name_en").in_bulk(list(usccs))


@dataclass(frozen=True)
class Answers:
    """A question of a survey: mean score (1 to 5) of so many; None where too few answered."""

    name: str
    number: int | None
    mean: Fraction | None


@dataclass(frozen=True)
class Survey:
    """A drawn sample and its answers. `answered` of None: some did, but too few to say."""

    wave: SurveyWave
    drawn_by: str
    answered: int | None
    questions: tuple[Answers, ...]


def surveys_of(contract_id: str, minimum: int) -> tuple[Survey, ...]:
    """The satisfaction surveys of a contract; nothing about fewer than `minimum` respondents."""
    waves = SurveyWave.objects.filter(contract=contract_id).order_by("drawn_on", "id")
    responses = SurveyResponse.objects.filter(wave__contract=contract_id)
    answered = dict(
        responses.values_list("wave_id")
        .annotate(number=Count("respondent_id", distinct=True))
        .order_by()
    )
    questions: dict[str, list[Answers]] = {}
    sums = responses.values_list("wave_id", "question").annotate(
        number=Count("id"), sum=Sum(Cast("score", EXACT))
    )
    for wave_id, question, number, total in sums.order_by("wave_id", "question"):
        questions.setdefault(wave_id, []).append(_answers(question, number, total, minimum))
    return tuple(
        Survey(
            wave=wave,
            drawn_by=str(DrawnBy(wave.drawn_by).label),
            answered=_unless_few(answered.get(wave.id, 0), minimum),
            questions=tuple(questions.get(wave.id, ())),
        )
        for wave in waves
    )


def _unless_few(number: int, minimum: int) -> int | None:
    return None if 0 < number < minimum else number


def _answers(question: str, number: int, total: Decimal, minimum: int) -> Answers:
    if number < minimum:
        return Answers(question_name(question), None, None)
    return Answers(question_name(question), number, Fraction(total) / number)
