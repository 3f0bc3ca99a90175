"""The ways that lead on from the contract page, as HTML."""

from django.utils.safestring import SafeString, mark_safe

from almoner.contracts.models import Contract
from almoner.disclosure.contract_labels import address
from almoner.web.html import escaped
from almoner.web.language import gettext as _

Links = dict[str, str]


def anchor(page: str, ref: str, text: str) -> str:
    """A link to the page of that name about a body or thing; `text` is HTML."""
    return f'<a href="{escaped(address(page, ref))}">{text}</a>'


def pages_of(contract: Contract) -> Links:
    """The addresses of the contract's other pages: below its own, as contract_urls has them."""
    base = escaped(address("contract", contract.id))
    return {name: f"{base}{name}/" for name in ("payments", "service", "evaluation", "history")}


def more(links: Links) -> str:
    """The contract's other pages."""
    names = (_("Payments"), _("Service"), _("Evaluation"), _("History"))
    items = "".join(
        f'<li><a href="{url}">{name}</a></li>'
        for url, name in zip(links.values(), names, strict=True)
    )
    return (
        '<nav class="card stack noprint" aria-labelledby="h-more">'
        + '<h2 id="h-more">'
        + _("More of this contract")
        + f"</h2><ul>\n{items}</ul></nav>\n"
    )


def documents(contract: Contract) -> SafeString:
    """The contract's text, and its tender."""
    links = anchor("contract-text", contract.id, _("Text, signatures and PDF of the contract"))
    links += "\n"
    if contract.tender_id:
        links += anchor("tender", contract.tender_id, _("The tender, its bids and the award"))
    start = '<nav class="row noprint" aria-label="' + _("Documents") + '">'
    return mark_safe(f"{start}{links}</nav>")  # noqa: S308 - addresses passed escaped
