"""Findings of the users' voice: surveys and complaints."""

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import below, ratio


@finding("V01")
def sample_chosen_by_interested_party(city: City) -> ir.Table:
    """The provider drew the users who were asked about it."""
    return city["survey_waves"].filter(ibis._.drawn_by == "provider").select("id")


@finding("V02")
def too_few_answers(city: City) -> ir.Table:
    """Fewer people answered than the limit's share of those drawn; a person counts once."""
    limit = city.limit("V02", "share")
    answers = city["survey_responses"].group_by("wave_id")
    answers = answers.aggregate(people=ibis._.respondent_id.nunique())
    waves = city["survey_waves"].filter(ibis._.drawn > 0).select("id", "drawn")
    waves = waves.left_join(answers, waves.id == answers.wave_id)
    waves = waves.select("id", "drawn", answered=waves.people.fill_null(0))
    return waves.filter(below(waves.answered, waves.drawn, limit)).mutate(
        value=ratio(waves.answered, waves.drawn), limit=float(limit)
    )


@finding("V03")
def complaint_unanswered(city: City) -> ir.Table:
    """Answered after the day it was due, or not yet though that day has passed."""
    complaints = city["complaints"]
    days = complaints.answered_on.fill_null(city.today) - complaints.due_on
    return complaints.filter(days > 0).select(
        "id",
        "due_on",
        "answered_on",
        value=days,
        variant=ibis.cases((complaints.answered_on.isnull(), "open")),
    )
