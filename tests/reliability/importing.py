"""An import in a process of its own: `python -m tests.reliability.importing make|apply`."""

import sys
from datetime import UTC, datetime

import django

NOW = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)
ROWS = 1_500


def make() -> None:
    """A centre with staff, and an import that waits to be applied."""
    from tests.delivery.log_cast import actor, centre, worker
    from tests.delivery.month_files import row, workbook

    from almoner.delivery.operations.imports import upload

    there = centre()
    staff = [worker(f"W-1{number:02}", there.on.provider).id for number in range(10)]
    rows = [
        row(
            worker=staff[number % 10],
            day=f"2026-06-{1 + number // 10 % 28:02}",
            time=f"{number // 280 + 8:02}:00",
        )
        for number in range(ROWS)
    ]
    data = workbook(*rows)
    upload(actor=actor("boss"), at=NOW, contract_id="C-1", file_name="june.xlsx", data=data)


def apply() -> None:
    """Apply it; a line tells when the work begins."""
    from tests.delivery.log_cast import actor

    from almoner.delivery.models import ImportBatch
    from almoner.delivery.operations import imports

    boss, batch = actor("boss"), ImportBatch.objects.get()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    imports.apply(actor=boss, at=NOW, batch_id=batch.id)


if __name__ == "__main__":
    django.setup()
    {"make": make, "apply": apply}[sys.argv[1]]()
