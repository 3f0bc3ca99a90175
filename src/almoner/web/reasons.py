"""Reason codes in words. Each stage keeps the sentences of its own codes in `reasons.TEXTS`."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.refusal import Refused
from almoner.web.workflow_labels import STATES, STEPS

COMMON: dict[str, str | Promise] = {
    "not_permitted": _(
        "Your roles do not allow this. An administrator can grant you one that does."
    ),
    "wrong_state": _(
        "This cannot be done any more, or not yet: its state is now “%(state)s”. "
        "Somebody else may have been faster. Read it again before you go on."
    ),
    "same_person": _(
        "You took an earlier step of this yourself (%(earlier)s). "
        "Whoever decides may not check himself: a colleague has to do it."
    ),
    "edited_meanwhile": _(
        "%(by)s saved another version while you were writing. Yours is kept in this form: "
        "compare the two, then save again to keep yours."
    ),
    "reason_missing": _("Give a reason. It will be public."),
}


@cache
def texts() -> dict[str, str | Promise]:
    """Every code's sentence."""
    found = dict(COMMON)
    for config in apps.get_app_configs():
        name = f"{config.name}.reasons"
        if config.name.startswith("almoner.") and name != __name__ and find_spec(name):
            found |= import_module(name).TEXTS
    return found


def sentence(refused: Refused) -> str:
    """Why something is refused and what to do, in the active language."""
    values: dict[str, Any] = dict(refused.values)
    if refused.code == "wrong_state":
        values["state"] = STATES.get(f"{values['thing']}.{values['state']}", values["state"])
    if refused.code == "same_person":
        values["earlier"] = STEPS[values["earlier"]]
    return str(texts()[refused.code]) % values
