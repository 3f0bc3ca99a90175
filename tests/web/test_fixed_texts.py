"""A fixed text of a template is looked up once a language, and never in the wrong one."""

import pytest
from django.template import engines
from django.utils import translation

TEXTS = (
    ('{% translate "Payments" %}', "Payments", "付款"),
    ('{% translate "Payments" as name %}<{{ name }}>', "<Payments>", "<付款>"),
    ("{% translate word %}", "Payments", "付款"),
)


@pytest.mark.parametrize(("source", "english", "chinese"), TEXTS)
def test_in_each_language(source: str, english: str, chinese: str) -> None:
    template = engines["django"].from_string(source)
    for language, text in (("en", english), ("zh-hans", chinese)) * 2:
        with translation.override(language):
            assert template.render({"word": "Payments"}) == text


def test_only_fixed_texts_are_kept() -> None:
    template = engines["django"].from_string("{% translate word %}")
    assert template.render({"word": "Payments"}) != template.render({"word": "Places"})
