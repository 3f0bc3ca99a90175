"""A kind of question explains itself in the reader's language, down to the units of its limits."""

from html import escape

import pytest
from django.test import Client

from almoner.findings.definition import catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RAW_UNITS = ("working_day", "standard_error", "hour/day")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_says_its_rule_its_basis_and_its_limits(client: Client, language: str) -> None:
    for code, entry in catalogue().items():
        page = client.get(f"/{language}/findings/kinds/{code}/").content.decode()
        chinese = language == "zh-hans"
        told = (entry.rule_zh, entry.basis_zh) if chinese else (entry.rule, entry.basis)
        for text in told:
            assert escape(text) in page, code
        shown = page.partition('<dl class="kv">')[2].partition("</dl>")[0]
        assert shown and not any(unit in shown for unit in RAW_UNITS), code
