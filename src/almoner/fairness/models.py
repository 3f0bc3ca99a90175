"""The newest computation of the fair scores, and what it found.

Only the newest is kept. Ids are texts without references: a computation outlives the rows it read.
Scores and severities are in points of 100.
"""

from django.db import models

from almoner.fields import ID_LENGTH


class FairRun(models.Model):
    """One computation over the evaluations that were reported by its day.

    `problem` says why there is no fair score at all ("no_ratings", "not_fitted", "not_converged"),
    or is empty; `reason` is then what the method names as its obstacle. `dropped` are terms that
    the ratings could not carry: [term, the method's ground, what that is about]. `components` are
    groups that no chain of common judges connects, the largest first: {"contracts": number,
    "agencies": [uscc]}; only the first is fitted. `links` are [contract, agency, ratings]:
    evaluations that would connect the others with it. `left_out` are ratings without a place on a
    scale. `low` is where the axis of the scores' pictures begins. `digest` tells what it rests on.
    """

    at = models.DateTimeField()
    as_of = models.DateField()
    problem = models.CharField(max_length=20)
    reason = models.TextField()
    ratings = models.BigIntegerField()
    left_out = models.BigIntegerField()
    dropped = models.JSONField()
    components = models.JSONField()
    links = models.JSONField()
    variance = models.JSONField(help_text="by term, in points squared")
    low = models.FloatField(default=0.0)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "fair_runs"


class FairScore(models.Model):
    """A contract in one year, and where it may stand among the `among` of its year and group.

    `value` to `grade` are empty where nothing was fitted for it: its `component` is not the first,
    or the run has a problem. `same` is the chance that another agency gives `grade`, empty where
    the differences between agencies could not be estimated.
    """

    run = models.ForeignKey(FairRun, models.CASCADE, related_name="scores")
    contract_id = models.CharField(max_length=ID_LENGTH)
    year = models.IntegerField()
    component = models.IntegerField(help_text="place in the run's components, from 0")
    ratings = models.BigIntegerField()
    raw = models.FloatField()
    adjusted = models.FloatField(null=True)
    value = models.FloatField(null=True)
    se = models.FloatField(null=True)
    best = models.IntegerField(null=True)
    worst = models.IntegerField(null=True)
    among = models.IntegerField(null=True)
    grade = models.CharField(max_length=20, null=True)
    same = models.FloatField(null=True)
    same_low = models.FloatField(null=True)
    same_high = models.FloatField(null=True)

    class Meta:
        db_table = "fair_scores"
        constraints = [models.UniqueConstraint(fields=["contract_id", "year"], name="fair_score")]


class AgencySeverity(models.Model):
    """How many points harsher than the average agency; `value` is empty where it was not fitted."""

    run = models.ForeignKey(FairRun, models.CASCADE, related_name="agencies")
    agency_uscc = models.CharField(max_length=ID_LENGTH)
    component = models.IntegerField()
    contracts = models.BigIntegerField()
    ratings = models.BigIntegerField()
    raters = models.BigIntegerField()
    value = models.FloatField(null=True)
    se = models.FloatField(null=True)

    class Meta:
        db_table = "agency_severities"
        constraints = [models.UniqueConstraint(fields=["agency_uscc"], name="agency_severity")]


class RaterSeverity(models.Model):
    """A rater's severity, that of the agency included, and how far the scores jump about.

    `ratio` is the residual mean square relative to that of all ratings. About a person: only the
    desk shows it.
    """

    run = models.ForeignKey(FairRun, models.CASCADE, related_name="raters")
    agency_uscc = models.CharField(max_length=ID_LENGTH)
    rater_id = models.CharField(max_length=ID_LENGTH)
    ratings = models.BigIntegerField()
    value = models.FloatField()
    se = models.FloatField()
    ratio = models.FloatField()

    class Meta:
        db_table = "rater_severities"
        constraints = [
            models.UniqueConstraint(fields=["agency_uscc", "rater_id"], name="rater_severity")
        ]


class SurveyResult(models.Model):
    """The share of users who answered "overall" with 4 or 5 in a wave; shares are from 0 to 1.

    `answered` and all shares are empty where fewer people answered than may be shown. `low` to
    `outer_high` are empty where the provider chose whom to ask, or (`problem`) the numbers of the
    wave do not make a sample.
    """

    run = models.ForeignKey(FairRun, models.CASCADE, related_name="surveys")
    contract_id = models.CharField(max_length=ID_LENGTH)
    wave_id = models.CharField(max_length=ID_LENGTH, unique=True)
    drawn_on = models.DateField()
    drawn_by = models.CharField(max_length=20)
    frame = models.BigIntegerField()
    drawn = models.BigIntegerField(null=True)
    answered = models.BigIntegerField(null=True)
    problem = models.BooleanField(default=False)
    share = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    silent_low = models.FloatField(null=True)
    silent_high = models.FloatField(null=True)
    outer_low = models.FloatField(null=True)
    outer_high = models.FloatField(null=True)
    effective = models.FloatField(null=True, help_text="empty also for a full census")

    class Meta:
        db_table = "survey_results"
        indexes = [models.Index(fields=["contract_id"], name="survey_result_contract")]


class OutcomeChange(models.Model):
    """Change of the users of a contract on an instrument, first to last measurement.

    `pairs` and all figures are empty where fewer people were measured twice than may be shown;
    `started` also where it would tell how few were lost.
    """

    run = models.ForeignKey(FairRun, models.CASCADE, related_name="changes")
    contract_id = models.CharField(max_length=ID_LENGTH)
    instrument = models.CharField(max_length=ID_LENGTH)
    pairs = models.BigIntegerField(null=True)
    started = models.BigIntegerField(null=True)
    mean = models.FloatField(null=True, help_text="in points of the instrument")
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    standardised = models.FloatField(null=True)
    standardised_low = models.FloatField(null=True)
    standardised_high = models.FloatField(null=True)
    differs = models.BooleanField(null=True, help_text="those lost had begun elsewhere")

    class Meta:
        db_table = "outcome_changes"
        constraints = [
            models.UniqueConstraint(fields=["contract_id", "instrument"], name="outcome_change")
        ]
