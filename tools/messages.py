"""The Chinese catalogue, kept whole without gettext.

--update rewrites the catalogue from the source: new messages come in empty, unused ones go.
--check exits 1 and lists every message without a sound translation, and every word in a template
that no translation tag holds. --compile writes what Django reads. Message ids are the English text.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "almoner"
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
# Babel's own header carries the time and its version; ours changes only with the messages.
HEADER = r"""msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
_PLAIN, _PLURAL = (1,), (1, 2)
_CONTEXT, _CONTEXT_PLURAL = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": _PLAIN,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), _PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _CONTEXT_PLURAL),
}
# Where none of them is called there is nothing to collect.
CALLS = re.compile(rf"\b({'|'.join(KEYWORDS)})\s*\(")
# Read the same in both languages: names, and each language under its own name.
SAME_IN_BOTH = {"Almoner", "CNY", "English", "简体中文"}
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "label", "placeholder", "title"}
PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[#0\- +]*[\d.]*[sdifrx]|%([sdifrx])|\{(\w*)[^{}]*\}")


def collect(source: Path) -> Catalog:
    """Every message of the Python files and templates under `source`, with its places."""
    catalog = Catalog(locale="zh_Hans", fuzzy=False)
    for path in sorted(source.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            text = path.read_text("utf-8")
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".svg", ".xml"}:
            # Brackets make Babel's tokeniser indifferent to the indentation of the template.
            text = f"({templatize(path.read_text('utf-8'))}\n)"
        else:
            continue
        if not CALLS.search(text):
            continue  # to take it apart would take longer than all else
        place = path.relative_to(source).as_posix()
        found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS)
        for line, message, _comments, context in found:
            catalog.add(message, locations=[(place, line)], context=context)
    return catalog


def load(source: Path) -> Catalog:
    """The catalogue on disk; an empty one where there is none yet."""
    path = source / CATALOGUE
    if not path.exists():
        return Catalog(locale="zh_Hans", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale="zh_Hans", abort_invalid=True)


def update(source: Path) -> None:
    """Rewrite the catalogue: the messages of the source, sorted, with the translations we have."""
    known, fresh = load(source), collect(source)
    for message in _messages(fresh):
        translated = known.get(_key(message), message.context)
        if translated is not None:
            # A message that gained or lost its plural keeps its one Chinese form.
            text = _chinese(translated)
            message.string = (text,) if message.pluralizable else text
            message.flags |= translated.flags & {"fuzzy"}
    body = BytesIO()
    write_po(body, fresh, width=96, omit_header=True, sort_output=True, include_lineno=False)
    path = source / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + body.getvalue().decode().strip() + "\n", "utf-8")


def compile_catalogue(source: Path) -> None:
    """Write the compiled catalogue beside the other (pybabel refuses a plural without number)."""
    with (source / CATALOGUE).with_suffix(".mo").open("wb") as file:
        write_mo(file, load(source))


def faults(source: Path) -> list[str]:
    """What stands between the source and two whole languages, one line each."""
    return [*_catalogue_faults(source), *_in_f_strings(source), *_bare_words(source)]


def _catalogue_faults(source: Path) -> Iterator[str]:
    known, wanted = load(source), collect(source)
    for message in _messages(wanted):
        file, line = message.locations[0]
        where = f"{file}:{line}: {_key(message)!r}"
        translated = known.get(_key(message), message.context)
        if translated is None or not _chinese(translated):
            yield f"{where}: no Chinese translation"
        elif translated.fuzzy:
            yield f"{where}: the Chinese translation is marked fuzzy; confirm it"
        elif translated.pluralizable != message.pluralizable:
            yield f"{where}: plural in one of source and catalogue only; run --update"
        else:
            # Chinese has one form: it stands for the plural, which names the number.
            ours = _placeholders(_english(message)[-1])
            theirs = _placeholders(_chinese(translated))
            if ours != theirs:
                yield f"{where}: placeholders {ours} in English, {theirs} in Chinese"
    for message in [*_messages(known), *known.obsolete.values()]:
        if message.id and wanted.get(_key(message), message.context) is None:
            yield f"{CATALOGUE}: {_key(message)!r}: no longer in the source; run --update"


def _in_f_strings(source: Path) -> Iterator[str]:
    """Messages within an f-string, which Python 3.11 keeps from whoever collects them."""
    for path in sorted(source.rglob("*.py")):
        text = path.read_text("utf-8")
        if not CALLS.search(text):
            continue
        strings = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.JoinedStr)]
        for call in (node for string in strings for node in ast.walk(string)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", None) in KEYWORDS:
                place = f"{path.relative_to(source).as_posix()}:{call.lineno}"
                yield f"{place}: a message within an f-string; give it a line of its own"


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _key(message: Message) -> str:
    return _english(message)[0]


def _english(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _chinese(message: Message) -> str:
    """The one Chinese form; empty where there is none."""
    text = message.string
    return (text if isinstance(text, str) else text[0] if text else "") or ""


def _placeholders(text: str) -> list[str]:
    """The named ones once each and in any order; those without a name as often as they occur."""
    matches = [match for match in PLACEHOLDER.finditer(text) if match[0] != "%%"]
    named = {match[0] for match in matches if match[1] or match[3]}
    return [*sorted(named), *(match[0] for match in matches if not (match[1] or match[3]))]


def _bare_words(source: Path) -> Iterator[str]:
    for path in sorted(source.rglob("*")):
        if "templates" in path.parts and path.suffix in {".html", ".svg"}:
            reader = _Reader()
            reader.feed(_without_tags(path.read_text("utf-8")))
            reader.close()
            for line, words in reader.found:
                yield f"{path.relative_to(source)}:{line}: {words!r} is in no translation tag"


def _without_tags(template: str) -> str:
    """The template's own text; tags, variables and translated blocks leave only their lines."""
    kept, until = [], ""
    for token in Lexer(template).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if token.token_type == TokenType.TEXT and not until:
            kept.append(token.contents)
            continue
        kept.append("\n" * token.contents.count("\n"))
        if token.token_type == TokenType.BLOCK:
            if not until and name in {"blocktranslate", "blocktrans", "comment"}:
                until = f"end{name}"
            elif name == until:
                until = ""
    return "".join(kept)


class _Reader(HTMLParser):
    """Finds what a reader would see or hear: text, and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and value:
                self._note(self.getpos()[0], value)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in {None, "title", "textarea"}:
            for offset, text in enumerate(data.split("\n")):
                self._note(self.getpos()[0] + offset, text)

    def _note(self, line: int, text: str) -> None:
        words = re.findall(r"[^\W\d_]+", text)
        if any(word not in SAME_IN_BOTH for word in words):
            self.found.append((line, text.strip()))


def main(arguments: list[str]) -> int:
    """Exit code 0; 1 when --check finds a fault; 2 for misuse."""
    writers = {"--update": update, "--compile": compile_catalogue}
    if len(arguments) == 1 and arguments[0] in writers:
        writers[arguments[0]](SOURCE)
        return 0
    if arguments != ["--check"]:
        print("Usage: python tools/messages.py --check | --update | --compile", file=sys.stderr)
        return 2
    found = faults(SOURCE)
    for fault in found:
        print(fault)
    count = sum(1 for _ in _messages(load(SOURCE)))
    print(f"{count} messages, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
