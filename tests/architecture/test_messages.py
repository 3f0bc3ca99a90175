"""The catalogue tool on small sources: what it collects, what it keeps, what it complains of."""

import gettext
from pathlib import Path

import pytest
from tools import messages

TEMPLATE = """\
{% load i18n %}
  <h1>{% translate "Contracts" %}</h1>
{# nothing here #}
      <p title="{% translate 'Open' context 'verb' %}">{{ count }} · 12 %</p>
{% if count %}
    {% blocktranslate count n=rows trimmed %}
      {{ n }} row
    {% plural %}
      {{ n }} rows
    {% endblocktranslate %}
  {% endif %}
{{ _("Total")|upper }}
"""
PYTHON = """\
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
LABELS = {"late": _("Paid %(days)d days late")}
def text(n):
    return ngettext("%s person", "%s people", n) + pgettext("month", "May")
"""
CHINESE = {
    "Contracts": "合同",
    "Open": "打开",
    "%(n)s row": "%(n)s 行",
    "Total": "合计",
    "Paid %(days)d days late": "迟付 %(days)d 天",
    "%s person": "%s 人",
    "May": "五月",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "web" / "templates").mkdir(parents=True)
    (tmp_path / "web" / "templates" / "page.html").write_text(TEMPLATE, "utf-8")
    (tmp_path / "web" / "labels.py").write_text(PYTHON, "utf-8")
    return tmp_path


def translate(source: Path, chinese: dict[str, str]) -> None:
    """Write the catalogue as a translator would: fill in the empty strings."""
    messages.update(source)
    path = source / messages.CATALOGUE
    lines = path.read_text("utf-8").splitlines()
    for key, text in chinese.items():
        at = lines.index(f'msgid "{key}"') + 1
        at += lines[at].startswith("msgid_plural")
        lines[at] = lines[at].removesuffix('""') + f'"{text}"'
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_every_message_is_found_with_its_place_and_is_wanted(source: Path) -> None:
    assert messages.faults(source) == [
        f"web/{place}: {key!r}: no Chinese translation"
        for place, key in (
            ("labels.py:2", "Paid %(days)d days late"),
            ("labels.py:4", "%s person"),
            ("labels.py:4", "May"),
            ("templates/page.html:2", "Contracts"),
            ("templates/page.html:4", "Open"),
            ("templates/page.html:6", "%(n)s row"),
            ("templates/page.html:12", "Total"),
        )
    ]


def test_a_whole_catalogue_is_accepted_and_compiles(source: Path) -> None:
    translate(source, CHINESE)
    assert messages.faults(source) == []
    messages.compile_catalogue(source)
    with (source / messages.CATALOGUE).with_suffix(".mo").open("rb") as stream:
        chinese = gettext.GNUTranslations(stream)
    assert chinese.gettext("Contracts") == "合同"
    assert chinese.ngettext("%s person", "%s people", 1) == "%s 人"
    assert chinese.pgettext("month", "May") == "五月"


def test_update_keeps_translations_drops_what_is_unused_and_is_stable(source: Path) -> None:
    translate(source, CHINESE)
    (source / "web" / "labels.py").write_text('title = gettext("Deeds")\n', "utf-8")
    assert [fault.rsplit(": ", 1)[1] for fault in messages.faults(source)] == [
        "no Chinese translation",
        *["no longer in the source; run --update"] * 3,
    ]
    messages.update(source)
    once = (source / messages.CATALOGUE).read_bytes()
    messages.update(source)
    assert (source / messages.CATALOGUE).read_bytes() == once
    assert messages.faults(source) == ["web/labels.py:1: 'Deeds': no Chinese translation"]
    assert "合同" in once.decode() and "五月" not in once.decode()


@pytest.mark.parametrize(
    ("key", "chinese", "complaint"),
    [
        ("Paid %(days)d days late", "迟付", "['%(days)d'] in English, [] in Chinese"),
        ("%(n)s row", "%(m)s 行", "['%(n)s'] in English, ['%(m)s'] in Chinese"),
        ("%s person", "%s 人 %s", "['%s'] in English, ['%s', '%s'] in Chinese"),
        ("Total", "合计 {sum}", "[] in English, ['{sum}'] in Chinese"),
    ],
)
def test_placeholders_must_agree(source: Path, key: str, chinese: str, complaint: str) -> None:
    translate(source, CHINESE | {key: chinese})
    (fault,) = messages.faults(source)
    assert repr(key) in fault and complaint in fault


def test_a_doubtful_translation_is_not_one(source: Path) -> None:
    translate(source, CHINESE)
    path = source / messages.CATALOGUE
    text = path.read_text("utf-8").replace('msgid "Total"', '#, fuzzy\nmsgid "Total"')
    path.write_text(text, "utf-8")
    (fault,) = messages.faults(source)
    assert fault.startswith("web/templates/page.html:12: 'Total'") and "fuzzy" in fault


@pytest.mark.parametrize(
    ("html", "line", "words"),
    [
        ("<p>\n  Paid late</p>", 2, "Paid late"),
        ("<p>购买服务</p>", 1, "购买服务"),
        ('\n\n<img src="a.png" alt="A map">', 3, "A map"),
        ("{% translate 'Fine' %} but this", 1, "but this"),
        ("{% if a %}\n{% endif %}\n<title>Ledger</title>", 3, "Ledger"),
    ],
)
def test_words_outside_translation_tags_are_found(
    tmp_path: Path, html: str, line: int, words: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(html, "utf-8")
    bare = [fault for fault in messages.faults(tmp_path) if "translation tag" in fault]
    assert bare == [f"templates/a.html:{line}: {words!r} is in no translation tag"]


@pytest.mark.parametrize(
    "html",
    [
        '<a class="wide" href="/en/">{{ name }}</a> &middot; 12 % &nbsp; → CNY 3',
        '<a lang="zh-Hans">简体中文</a> <a lang="en">English</a>',
        "{% comment %} words {% endcomment %}{# words #}<!-- words -->",
        '<p {% if a %}class="b"{% endif %} title="{{ name }}">{% translate "Paid" %}</p>',
        "<style>p { color: red }</style>",
    ],
)
def test_what_needs_no_translation_is_left_alone(tmp_path: Path, html: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(html, "utf-8")
    assert [fault for fault in messages.faults(tmp_path) if "translation tag" in fault] == []


def test_a_message_within_an_f_string_is_refused(tmp_path: Path) -> None:
    text = """told = f"<b>{escape(_('late'))}</b>"\n"""
    (tmp_path / "labels.py").write_text(text, "utf-8")
    assert any(
        "labels.py:1: a message within an f-string" in one for one in messages.faults(tmp_path)
    )


def test_no_source_no_message(tmp_path: Path) -> None:
    assert messages.faults(tmp_path) == []
    messages.update(tmp_path)
    assert messages.faults(tmp_path) == []


def test_misuse_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main([]) == 2
    assert "--check | --update" in capsys.readouterr().err
