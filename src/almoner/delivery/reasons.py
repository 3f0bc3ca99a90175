"""Every refusal of the stage in words."""

from almoner.delivery.reasons_sessions import SESSIONS
from almoner.delivery.reasons_tasks import TASKS

TEXTS = {**SESSIONS, **TASKS}
