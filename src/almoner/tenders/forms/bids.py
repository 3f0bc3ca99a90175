"""The form of a bid, and of leaving one out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.fields import plain
from almoner.files.forms import FileField
from almoner.parties.models import Worker
from almoner.web.fields import reason_field

SHARE = "share-"
MOST_YUAN = Decimal("999999999999.99")
MOST = Decimal(10**9)
_NUMBER = {"invalid": _("Enter a number such as 21268.8")}


def _number(label: Any, most: Decimal, places: int, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        decimal_places=places,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=_NUMBER,
        **options,
    )


class BidForm(forms.Form):
    """An offer, whole or in part: what is missing stops it only when it is submitted."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    price = _number(
        _("Price of the whole contract in yuan"),
        MOST_YUAN,
        2,
        help_text=_("At most the ceiling. The lowest valid price gets all the points for price."),
    )
    direct_hours = _number(
        _("Direct hours a year"),
        MOST,
        2,
        help_text=_(
            "Hours given to users, all workers together. More than is asked for earns no points."
        ),
    )
    staff = _number(_("Full-time workers"), MOST, 2)
    proposal = FileField(label=_("Proposal"), required=False)

    def __init__(self, *args: Any, workers: Sequence[Worker], **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.workers = workers
        for worker in workers:
            field = _number(_("Share of %(worker)s") % {"worker": worker.pk}, Decimal(1), 2)
            field.widget.attrs["class"] = "short"
            self.fields[f"{SHARE}{worker.pk}"] = field

    @property
    def rows(self) -> list[tuple[Worker, forms.BoundField]]:
        """Each worker with the field of the share."""
        return [(worker, self[f"{SHARE}{worker.pk}"]) for worker in self.workers]

    @property
    def main(self) -> list[forms.BoundField]:
        """The fields above the workers."""
        return [self[name] for name in ("price", "direct_hours", "staff", "proposal")]

    @property
    def content(self) -> dict[str, Any]:
        """What a valid form says, as the platform keeps it."""
        said = self.cleaned_data
        price = said["price"]
        shares = {worker.pk: said[f"{SHARE}{worker.pk}"] for worker in self.workers}
        return {
            "price_fen": None if price is None else int(price * 100),
            "direct_hours": _text(said["direct_hours"]),
            "staff": _text(said["staff"]),
            "workers": {id: plain(share) for id, share in shares.items() if share},
        }


def initial_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form that shows what was kept."""
    fen = content.get("price_fen")
    workers = dict(content.get("workers") or {})
    return {
        "price": None if fen is None else plain(Decimal(fen) / 100),
        "direct_hours": content.get("direct_hours"),
        "staff": content.get("staff"),
    } | {f"{SHARE}{worker}": share for worker, share in workers.items()}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


class DisqualifyForm(forms.Form):
    reason = reason_field(hint=_("It is public, and its bidder can complain about it."))
