"""Why something cannot enter the directory, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "item_text_missing": _("Write this down: nothing enters the directory half described."),
    "item_ends_before_it_begins": _(
        "The last day lies before the first. Choose a later last day, or leave it empty."
    ),
    "item_test_incomplete": _("Choose an answer and give its reason."),
    "item_not_for_buying": _(
        "This answer speaks against buying. An authority should provide it itself; "
        "if the answer is a slip, correct it."
    ),
    "item_refused_kind": _(
        "What is answered with yes may not be bought. Source: %(source)s. "
        "If the answer is a slip, correct it."
    ),
    "item_enforces": _(
        "This reads as law enforcement, which may not be bought: “%(words)s”. Source: %(source)s. "
        "Take these words out; if they mean something else, say it in other words."
    ),
    "item_exists": _(
        "The directory has an item with this code. Revise that one, or choose another code."
    ),
    "item_unknown_parent": _("The directory has no such item. Choose one from the list, or none."),
    "item_own_parent": _("An item cannot stand below itself. Choose another one, or none."),
    "item_backdated": _(
        "An item cannot become valid before today, %(today)s: "
        "what was bought earlier is judged by the directory of its day."
    ),
    "item_over": _("This item has ended. Publish a new one under another code."),
    "item_end_too_early": _(
        "The last day may not lie before today, nor before the item becomes valid. "
        "Choose %(first)s or later."
    ),
    "item_unchanged": _("Nothing was changed, so there is no new version."),
}
