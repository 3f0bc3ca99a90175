"""Fair scores: what a contract's ratings would have been from an average judge, and how sure."""

from almoner.methods.fair_scores.model import Dropped, Effects, Estimate, Fit, Ground, fit
from almoner.methods.fair_scores.reml import Convergence
from almoner.methods.fair_scores.scores import FairScore, Severity, fair_scores, severities
from almoner.methods.fair_scores.statistics import (
    Covariate,
    Factor,
    FairScoreError,
    Obstacle,
    Statistics,
    no_chance,
)

__all__ = [
    "Convergence",
    "Covariate",
    "Dropped",
    "Effects",
    "Estimate",
    "Factor",
    "FairScore",
    "FairScoreError",
    "Fit",
    "Ground",
    "Obstacle",
    "Severity",
    "Statistics",
    "fair_scores",
    "fit",
    "no_chance",
    "severities",
]
