"""The throw-away PostgreSQL: it serves, hands on exit codes, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tools import postgres

COMMAND = [sys.executable, "tools/postgres.py"]
SHOW = """
import os, psycopg
connection = psycopg.connect(os.environ["DATABASE_URL"])
names = ["data_directory", "server_encoding", "lc_collate", "listen_addresses"]
print(*(connection.execute(f"SHOW {name}").fetchone()[0] for name in names), flush=True)
"""


def test_a_command_finds_a_database_and_gives_its_exit_code() -> None:
    program = SHOW + "raise SystemExit(7)"
    done = subprocess.run(
        [*COMMAND, "--", sys.executable, "-c", program], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (7, "")
    folder, *rest = done.stdout.split()
    assert rest == ["UTF8", "C.UTF-8", "127.0.0.1"]
    assert not Path(folder).parent.exists()


def test_a_kill_stops_the_server_too() -> None:
    program = SHOW + "import time; time.sleep(60)"
    running = subprocess.Popen(
        [*COMMAND, "--", sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    data = Path(running.stdout.readline().split()[0])
    server = int((data / "postmaster.pid").read_text().split()[0])
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 130
    running.stdout.close()
    assert not data.exists()
    assert not _alive(server)


def _alive(process: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def test_misuse_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert postgres.main(["echo"]) == 2
    assert "tools/postgres.py -- COMMAND" in capsys.readouterr().err
