"""Sentences of this stage's reason codes."""

from almoner.tenders.reasons_award import AWARD
from almoner.tenders.reasons_drafting import DRAFTING

TEXTS = {**DRAFTING, **AWARD}
