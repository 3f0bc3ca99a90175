"""The day of the tests of contract pages."""

from pathlib import Path
from typing import Any

import pytest
from tests.contracts.parts import NOW

from almoner.web import clock


@pytest.fixture
def tenth_of_december(db: None, settings: Any, tmp_path: Path) -> None:
    """The clock shows the day of the award; printed contracts are kept in `tmp_path`."""
    settings.DATA_DIR = tmp_path
    clock.start_demonstration(actor="t", at=NOW, day=NOW.date())
