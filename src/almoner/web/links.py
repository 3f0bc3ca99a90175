"""Links in the cells of lists."""

from django.urls import reverse
from django.utils.html import format_html


def link(name: str, id: str) -> str:
    """A link to the page, by the name of its address, of the thing with that id."""
    return format_html('<a href="{}">{}</a>', reverse(name, args=[id]), id)
