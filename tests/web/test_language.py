"""The reader's language: found anew for each text, or once for a page."""

import pytest
from django.utils.translation import override

from almoner.web import language
from almoner.web.language import gettext, settled


def test_a_text_follows_the_active_language() -> None:
    for code, word in (("en", "Payments"), ("zh-hans", "付款"), ("en", "Payments")):
        with override(code):
            assert (language.active(), gettext("Payments")) == (code, word)


def test_a_settled_language_is_the_one_active_at_the_beginning() -> None:
    with override("zh-hans"), settled():
        assert (language.active(), gettext("Payments")) == ("zh-hans", "付款")
    with override("en"), settled():
        assert (language.active(), gettext("Payments")) == ("en", "Payments")


def test_after_the_block_the_language_is_found_anew() -> None:
    with override("en"):
        with pytest.raises(KeyError), override("zh-hans"), settled():
            raise KeyError
        assert language.active() == "en"


def test_without_any_language_texts_stay_as_they_are() -> None:
    with override(None):
        assert gettext("Payments") == "Payments"
