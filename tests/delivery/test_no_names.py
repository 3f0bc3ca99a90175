"""A service record has no place for a name: only keys, numbers, instants and pseudonyms."""

from almoner.citypackage import SCHEMA
from almoner.delivery.models import ServiceRecord


def test_a_service_record_has_no_free_text() -> None:
    assert {field.name for field in ServiceRecord._meta.get_fields()} == {
        "id",
        "term",
        "worker",
        "started_at",
        "minutes",
        "participants",
        "client_id",
        "entered_at",
        "channel",
    }


def test_the_exchange_format_carries_none_either() -> None:
    texts = {c.name for c in SCHEMA.tables["service_records"].columns if c.type == "string"}
    assert texts == {"id", "contract_id", "term_id", "worker_id", "client_id", "channel"}
