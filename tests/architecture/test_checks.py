"""The run of all checks: everything in its order, nothing after a failure, both databases."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = ("ruff", "mypy", "lint-imports", "python", "pytest")
LINT = [
    "ruff format --check .",
    "ruff check .",
    "mypy",
    "lint-imports",
    "python -m django makemigrations --check --dry-run",
    "python tools/messages.py --check",
    "python tools/states.py --check",
    "python tools/how_we_count.py --check",
]
PYTEST = "pytest -n 2 --dist worksteal --timeout 180 -m not slow"
ON_POSTGRESQL = f"{PYTEST} and not browser and not one_database --database-only"
TESTS = [PYTEST, f"python tools/postgres.py -- {ON_POSTGRESQL}"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose programs only note that they were called, and fail where FAIL names them."""
    (tmp_path / "tools").mkdir()
    shutil.copy("tools/checks.sh", tmp_path / "tools")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        path = programs / name
        path.write_text(
            f'#!/bin/sh\ncall="{name}${{*:+ $*}}"\necho "$call" >>"{tmp_path}/calls"\n'
            f'echo "${{DATABASE_URL:-none}}" >>"{tmp_path}/databases"\n[ "$call" != "$FAIL" ]\n'
        )
        path.chmod(0o755)
    return tmp_path


def run(checkout: Path, *arguments: str, fail: str = "nothing") -> tuple[int, list[str]]:
    """Run the checks from elsewhere; give the exit code and what was called."""
    done = subprocess.run(
        ["sh", checkout / "tools" / "checks.sh", *arguments],
        cwd="/",
        env={**os.environ, "FAIL": fail, "DATABASE_URL": "postgres://production"},
        capture_output=True,
    )
    return done.returncode, (checkout / "calls").read_text().splitlines()


def test_everything_runs_in_order(checkout: Path) -> None:
    assert run(checkout) == (0, [*LINT, *TESTS])


def test_lint_leaves_out_the_tests(checkout: Path) -> None:
    assert run(checkout, "lint") == (0, LINT)


@pytest.mark.parametrize("fail", [*LINT, *TESTS])
def test_the_first_failure_ends_the_run(checkout: Path, fail: str) -> None:
    calls = [*LINT, *TESTS]
    code, called = run(checkout, fail=fail)
    assert code != 0
    assert called == calls[: calls.index(fail) + 1]


def test_no_check_meets_the_database_of_the_environment(checkout: Path) -> None:
    run(checkout)
    assert set((checkout / "databases").read_text().split()) == {"none"}


def test_only_tests_that_touch_a_database_run_on_the_second_one(tmp_path: Path) -> None:
    (tmp_path / "test_probe.py").write_text(
        "import pytest\nfrom django.test import TestCase\n"
        "def test_plain(tmp_path): pass\n"
        "def test_fixture(db): pass\n"
        "def test_indirect(admin_client): pass\n"
        "def test_server(live_server): pass\n"
        "@pytest.mark.django_db\ndef test_marked(): pass\n"
        "class Case(TestCase):\n    def test_case(self): pass\n"
    )
    options = [
        "-q",
        "--collect-only",
        "--database-only",
        "-p",
        "tests.conftest",
        "-c",
        "pyproject.toml",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        # Options for the run around this one, such as -n 2 or -v, would change what is printed.
        env={name: given for name, given in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        text=True,
    )
    names = {line.rsplit("::", 1)[1] for line in done.stdout.splitlines() if "::" in line}
    assert names == {"test_fixture", "test_indirect", "test_server", "test_marked", "test_case"}


def test_the_runner_needs_no_input_and_works_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "main" / ".ci").mkdir(parents=True)
    (tmp_path / "shared" / "reference").mkdir(parents=True)
    shutil.copy(".ci/run", tmp_path / "main" / ".ci")
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\npwd\necho "$*"\necho "$ALMONER_REFERENCE"\ncat\nexit 3\n')
    make.chmod(0o755)
    done = subprocess.run(
        [tmp_path / "main" / ".ci" / "run"],
        cwd="/",
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 3
    assert done.stdout.split() == [
        str(tmp_path / "main"),
        "test",
        str(tmp_path / "shared" / "reference"),
    ]
