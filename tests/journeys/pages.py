"""A page as a reader without scripts has it: what is seen, and the forms that can be sent.

Only what HTML itself promises: no scripts run, no styles apply. A page is refused that leaves an
element open or closes one that is not.
"""

from collections.abc import Iterator
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, TreeBuilder

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "template", "datalist"}
FIELDS = {"button", "input", "select", "textarea"}
Entry = tuple[str, str | Path]


class _Reader(HTMLParser):
    """Builds the tree of a page's elements."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.tree.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        last = self.open.pop()
        assert last == tag, f"line {self.getpos()[0]}: </{tag}> within <{last}>"
        self.tree.end(tag)

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


class Page:
    """One page from one address; what is filled in is kept in its elements, as by a browser."""

    def __init__(self, address: str, text: str) -> None:
        self.address = address
        reader = _Reader()
        reader.feed(text)
        reader.close()
        self.root: Element = reader.tree.close()
        (self.body,) = self.root.iter("body")
        (self.main,) = self.root.iter("main")

    @cached_property
    def owners(self) -> dict[Element, Element]:
        """The form that each field is sent with: the one it names, or the one around it."""
        forms = list(self.root.iter("form"))
        around = {one: form for form in forms for one in form.iter() if one.tag in FIELDS}
        by_id = {form.get("id"): form for form in forms}
        fields = (one for one in self.root.iter() if one.tag in FIELDS)
        return around | {one: by_id[one.get("form")] for one in fields if "form" in one.attrib}

    def fields(self, start: str) -> Iterator[Element]:
        """The fields in the page's main part whose name begins so, as far as they are seen."""
        for one in seen(self.main):
            if one.tag in FIELDS and one.get("name", "").startswith(start):
                yield one

    def named(self, name: str) -> list[Element]:
        """The fields of a name."""
        found = [one for one in self.fields(name) if one.get("name") == name]
        assert found, f"{self.address} has no field {name}"
        return found

    def enter(self, name: str, value: str | bool | list[str]) -> None:
        """Fill in a field: a text, a choice, whether a box is ticked, or which boxes are."""
        fields = self.named(name)
        first = next((one for one in fields if one.get("type") != "hidden"), fields[0])
        fixed = {"disabled", "readonly"}.intersection(first.attrib) or first.get("type") == "hidden"
        assert not fixed, f"{name} cannot be changed"
        kind = first.get("type")
        if first.tag == "select":
            values = value if isinstance(value, list) else [str(value)]
            _mark(list(first.iter("option")), "selected", values)
        elif kind in {"radio", "checkbox"}:
            ticked = [one for one in fields if "checked" in one.attrib and kind == "checkbox"]
            before = [value_of(one) for one in ticked]
            _mark(fields, "checked", _ticked(value, before, value_of(first)))
        elif first.tag == "textarea":
            first.text = f"\n{value}"
        else:
            first.set("value", str(value))
        longest = int(first.get("maxlength", len(value_of(first))))
        assert len(value_of(first)) <= longest, f"{name} takes no more than {longest}"

    def request(self, button: Element) -> tuple[str, str, str, list[Entry]]:
        """What pressing a button sends: address, method, encoding, names and values."""
        sends = button.get("type", "submit") == "submit" and "disabled" not in button.attrib
        assert sends, f"{name_of(button)} sends nothing"
        form = self.owners[button]
        fields = [one for one in self.root.iter() if self.owners.get(one) is form]
        sent = [one for one in fields if one is button or not _is_button(one)]
        entries = [entry for one in sent for entry in _entries(one)]
        if "novalidate" not in form.attrib and "formnovalidate" not in button.attrib:
            filled = {name for name, value in entries if value not in {"", Path()}}
            required = {one.get("name", "") for one in fields if "required" in one.attrib}
            assert required <= filled, f"still to be filled in: {required - filled}"
        address = button.get("formaction", form.get("action", "")) or self.address
        method = button.get("formmethod", form.get("method", "get")).lower()
        encoding = button.get("formenctype", form.get("enctype", ""))
        return urljoin(self.address, address), method, encoding, entries


def seen(place: Element) -> Iterator[Element]:
    """An element and those in it, without what no reader sees."""
    yield place
    for one in place:
        if _is_seen(one):
            yield from seen(one)


def words_of(place: Element) -> str:
    """The text that is seen of an element, in one line."""
    return " ".join("".join(_texts(place)).split())


def name_of(button: Element) -> str:
    """What a button or link is called, also to somebody who only hears it."""
    return button.get("aria-label", "") or words_of(button)


def value_of(field: Element) -> str:
    """What stands in a field, or the value of a choice."""
    if field.tag == "select":
        return next(iter(_chosen(field)), "")
    if field.tag == "textarea":
        return (field.text or "").removeprefix("\n")  # the one that HTML lets follow the tag
    if field.tag == "option" and "value" not in field.attrib:
        return words_of(field)
    return field.get("value", "on" if field.get("type") in {"radio", "checkbox"} else "")


def _texts(place: Element) -> Iterator[str]:
    yield place.text or ""
    for one in place:
        if _is_seen(one):
            yield from _texts(one)
        yield one.tail or ""


def _is_seen(one: Element) -> bool:
    return one.tag not in UNSEEN and "hidden" not in one.attrib


def _ticked(value: str | bool | list[str], before: list[str], only: str) -> list[str]:
    """The values of the boxes that are ticked: those of a list, one more, or a box by itself."""
    if isinstance(value, bool):
        return [only] if value else []
    return value if isinstance(value, list) else [*before, value]


def _mark(fields: list[Element], mark: str, values: list[str]) -> None:
    """Mark just the choices of these values."""
    offered = {value_of(one) for one in fields if "disabled" not in one.attrib}
    assert offered.issuperset(values), f"{values} are not all among {offered}"
    for one in fields:
        one.attrib.pop(mark, None)
        if value_of(one) in values:
            one.set(mark, "")


def _chosen(select: Element) -> list[str]:
    """The values of a list that are sent: of a simple one the last chosen, or else the first."""
    options = [one for one in select.iter("option") if "disabled" not in one.attrib]
    chosen = [value_of(one) for one in options if "selected" in one.attrib]
    if "multiple" in select.attrib:
        return chosen
    return chosen[-1:] or [value_of(one) for one in options[:1]]


def _is_button(field: Element) -> bool:
    """Whether a field is sent only where it is what was pressed."""
    return field.tag == "button" or field.get("type") in {"button", "submit", "image", "reset"}


def _entries(field: Element) -> Iterator[Entry]:
    """What a field adds to what is sent."""
    name, kind = field.get("name"), field.get("type")
    if not name or "disabled" in field.attrib:
        return
    if field.tag == "select":
        yield from ((name, value) for value in _chosen(field))
    elif kind == "file":
        yield name, Path(field.get("value", ""))
    elif kind not in {"radio", "checkbox"} or "checked" in field.attrib:
        yield name, value_of(field).replace("\r\n", "\n").replace("\n", "\r\n")
