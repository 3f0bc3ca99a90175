"""Steps 8 and 9 of the walk: sessions and their import; a task beyond the contract."""

import io
from pathlib import Path

from python_calamine import CalamineWorkbook
from tests.delivery.month_files import row, workbook
from tests.journeys.walker import Walker

FIRST_DAY = "2026-09-02"
NEXT_DAY = "2026-09-03"  # whatever the real hour is, the sessions of the first day are over


def log_and_confirm(walk: Walker, contract: str) -> None:
    """Step 8: logged on a phone, confirmed by another, put right without overwriting."""
    walk.set_day(NEXT_DAY)
    walk.be("socialworker")
    walk.use_phone()
    walk.go("desk/sessions/today/")
    first = {"day": FIRST_DAY, "time": "08:00", "minutes": "60", "client_id": "K0001"}
    _log(walk, contract, {"outcome": "client", **first})
    walk.picture("08-log")
    walk.go("desk/sessions/today/")
    _log(
        walk,
        contract,
        {
            "outcome": "not",
            "day": FIRST_DAY,
            "time": "07:00",
            "why_not": "logistics",
            "why_note": "The hall had no power",
        },
    )
    walk.go("desk/sessions/today/")
    walk.choose("term", contract)
    walk.fill({"outcome": "client", **first, "time": "06:00", "client_id": "陈大文"})
    walk.press("Log this session")
    walk.refused()
    walk.use_desktop()
    walk.be("teamleader")
    walk.go("desk/sessions/confirm/")
    walk.picture("08-confirm")
    walk.press_button("everything")
    walk.be("socialworker")
    walk.go("desk/sessions/")
    walk.open_row("K0001")
    walk.press("Correct this line")
    walk.fill({"minutes": "45", "reason": "It was three quarters of an hour"})
    walk.press("Put this line in its place")
    walk.picture("08-corrected")


def be_asked_about_a_long_day(walk: Walker, contract: str) -> None:
    """Step 8: what is logged is judged at once; the supervisor sees it, the public its number."""
    walk.be("socialworker")
    walk.go("desk/sessions/today/")
    walk.choose("term", contract)
    long = {"outcome": "client", "day": FIRST_DAY, "time": "10:00", "client_id": "K0001"}
    walk.fill({**long, "minutes": "601"})
    walk.press("Log this session")
    walk.refused()
    walk.fill({"sure": True})
    walk.press("Log this session")
    walk.done("session.log")
    walk.be("supervisor")
    walk.comes("desk/supervise/", "D02")
    walk.picture("08-supervise")
    walk.be_nobody()
    walk.comes("findings/", "D02")
    walk.sees("hidden")
    walk.be("socialworker")
    walk.go("desk/sessions/")
    walk.open_row("10:00")
    walk.press("Correct this line")
    walk.fill({"minutes": "100", "reason": "It was not the whole day"})
    walk.press("Put this line in its place")
    walk.be("supervisor")
    walk.goes("desk/supervise/", "D02")


def _log(walk: Walker, contract: str, facts: dict[str, str]) -> None:
    walk.choose("term", contract)
    walk.fill(facts)
    walk.press("Log this session")
    walk.done("session.log")
    walk.go("desk/sessions/")
    walk.shows(facts["time"])


def import_a_month(walk: Walker, contract: str, folder: Path) -> None:
    """Step 8: a director imports a month; a faulty row is named; it can be undone once."""
    walk.be("director")
    walk.go("desk/sessions/imports/upload/")
    template = walk.download(contract)
    lists = CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(1).to_python()
    term, worker = str(lists[1][0]), str(lists[1][2])
    sound = {"day": "2026-09-01", "term": term, "worker": worker}
    rows = [row(**sound, time=f"{hour:02}:00") for hour in (9, 11, 14)]
    for name, more in (
        ("faulty.xlsx", [row(**sound, time="16:00", minutes="many")]),
        ("m.xlsx", []),
    ):
        file = folder / name
        file.write_bytes(workbook(*rows, *more))
        walk.go("desk/sessions/imports/upload/")
        walk.fill({"contract": contract, "file": str(file)})
        walk.press("Read the file")
        walk.picture(f"08-import-{name.removesuffix('.xlsx')}")
    walk.press_button()
    walk.press("Undo the whole import")


def ask_for_a_task(walk: Walker, contract: str) -> None:
    """Step 9: the rule answers; one task is swapped for targets, one refused."""
    walk.be("clerk")
    for kind, words in (
        ("enforcement", "Check on people who report"),
        ("administrative", "Leaflets"),
    ):
        walk.go(f"desk/tasks/ask/?contract={contract}")
        walk.fill({"kind": kind, "summary": words, "hours": "80"})
        walk.press("Record the request")
        walk.picture(f"09-{kind}")
    task = walk.id_in_address()
    walk.press("Offer a swap of targets")
    term, *_others = walk.choices("term")
    reason = "Two weeks of leaflets for fewer sessions"
    walk.fill({"term": term, "from_on": NEXT_DAY, "reason": reason})
    walk.press("Propose a change")
    walk.done("change.propose")
    walk.be("director")
    walk.go(f"desk/tasks/{task}/")
    walk.follow("desk/changes/")
    walk.press("Agree to the change")
    walk.done("change.agree")
    walk.picture("09-agreed")
    walk.be_nobody()
    walk.go(f"contracts/{contract}/service/")
    walk.shows("Leaflets")
    walk.picture("09-public")
