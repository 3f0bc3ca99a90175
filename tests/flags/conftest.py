import gzip
import json

import pytest

from almoner.flags import Settings, flags


def bid(tenderer, amount=None, status="valid", **fields):
    """A bid; several tenderers, separated by +, are a consortium."""
    made = {"status": status, "tenderers": [{"id": one} for one in tenderer.split("+")], **fields}
    if amount is not None:
        made["value"] = {"amount": amount, "currency": "USD"}
    return made


def process(ocid, *bids, winner=None, **fields):
    """A release with bids, and an active award to the winner."""
    made = {"ocid": ocid, "bids": {"details": list(bids)}, **fields}
    if winner is not None:
        suppliers = [{"id": one} for one in winner.split("+")]
        made["awards"] = [{"id": f"{ocid}-award", "status": "active", "suppliers": suppliers}]
    return made


@pytest.fixture
def write(tmp_path):
    """A file of these lines: bytes as they are, anything else as JSON; packed where .gz."""

    def to_file(*lines, name="releases.jsonl"):
        path = tmp_path / name
        content = b"".join(
            line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
        )
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return to_file


@pytest.fixture
def report(write):
    def of(*lines, codes, name="releases.jsonl", evidence=False, **settings):
        path = write(*lines, name=name)
        return flags(path, Settings(codes=tuple(codes), **settings), evidence=evidence)

    return of


@pytest.fixture
def values(report):
    """What one indicator says of these releases, by group and id."""

    def of(code, *lines, **settings):
        found = report(*lines, codes=[code], **settings).values
        return {
            group: {key: codes[code] for key, codes in ids.items()} for group, ids in found.items()
        }

    return of
