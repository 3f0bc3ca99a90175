"""The commands as their users run them: processes, exit codes, what they print."""

import json
import runpy
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from tests.citypackage.small import tables, write_small
from tests.reliability.processes import environment, run, start

from almoner import settings
from almoner.cli import main


@pytest.fixture(scope="module")
def loaded(once_a_run: Callable[[str, Callable[[Path], None]], Path]) -> dict[str, str]:
    """An environment whose embedded database, with its folder, was made by the load itself.

    DATABASE_URL is empty there, which is as if it were not set.
    """
    return environment(once_a_run("loaded", _load) / "new" / "data") | {"DATABASE_URL": ""}


def _load(folder: Path) -> None:
    data = folder / "new" / "data"
    with tempfile.TemporaryDirectory() as package:
        write_small(Path(package))
        url = f"sqlite:///{data}/almoner.sqlite3"
        done = run("load", package, env=environment(folder, url))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "service_records" in done.stdout and "3 added" in done.stdout


def test_a_load_makes_the_database_and_verify_finds_it_whole(loaded: dict[str, str]) -> None:
    verified = run("verify", env=loaded)
    assert verified.returncode == 0
    assert verified.stdout.splitlines() == [
        "audit chain: whole",
        "append-only triggers: whole",
        "ledger: whole",
        "monthly rollups: whole",
        "signed contracts: whole",
        "sessions: whole",
        "attachments: whole",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_an_answer_for_which_there_is_no_room_is_told_in_a_sentence(
    loaded: dict[str, str],
) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("verify", env=loaded, stdout=full)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (
        2,
        "almoner verify: no room to write: No space left on device\n",
    )


def test_export_writes_what_was_loaded_and_refuses_to_overwrite(
    loaded: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "city.zip"
    assert run("export", target, env=loaded).returncode == 0
    assert spoken(capsys, "check", str(target))[0] == 0
    first = target.read_bytes()
    code, _, said = spoken(capsys, "export", str(target))
    assert code == 2 and "already" in said
    assert target.read_bytes() == first


def test_a_faulty_package_is_listed_and_nothing_is_loaded(
    loaded: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = tables()
    contents["instalments"][0]["amount_fen"] = "12.5"
    write_small(tmp_path / "faulty", contents)
    done = run("load", tmp_path / "faulty", env=loaded)
    assert done.returncode == 1
    assert "instalments.csv" in done.stdout and "12.5" in done.stdout
    assert "Nothing was loaded." in done.stdout
    code, listed, _ = spoken(capsys, "check", str(tmp_path / "faulty"), "--format", "jsonl")
    assert code == 1
    fault = json.loads(listed)
    assert list(fault) == ["file", "row", "column", "value", "fault"]
    assert (fault["file"], fault["row"], fault["column"], fault["value"]) == (
        "instalments.csv",
        1,
        "amount_fen",
        "12.5",
    )


def test_one_changed_byte_in_the_audit_trail_is_found(
    loaded: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(loaded["ALMONER_DATA_DIR"], tmp_path / "data")
    env = environment(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "almoner.sqlite3") as database:
        for trigger in ("audit_events_update", "audit_events_delete"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit_events SET actor = replace(actor, 'c', 'k')")
    verified = run("verify", env=env)
    assert verified.returncode == 1
    assert "audit event 1 was changed after it was written" in verified.stdout
    assert "the trigger audit_events_update is missing" in verified.stdout


def spoken(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code and what a command says that ends before it meets any data."""
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("load",),
        ("load", "nowhere"),
        ("check", "nowhere"),
        ("workload",),
        ("demo", "--scale", "village"),
    ],
)
def test_misuse_ends_with_2_and_a_sentence(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, said = spoken(capsys, *arguments)
    assert code == 2 and said.strip()


@pytest.mark.parametrize(
    "command",
    ["check", "load", "export", "verify", "serve", "migrate", "demo", "workload", "digest"],
)
def test_every_command_helps_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = spoken(capsys, command, "--help")
    assert code == 0
    assert "example" in said and f"almoner {command}" in said


def test_a_digest_of_nothing_is_no_fault(loaded: dict[str, str]) -> None:
    done = run("digest", env=loaded)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "set_to", "said"),
    [
        (("findings", "--database", "foo://a:s3cret@host/name"), {}, "(DATABASE_URL) begins with"),
        (("verify",), {"DATABASE_URL": "a:s3cret@host/name"}, "(DATABASE_URL) has no scheme"),
        (
            ("migrate",),
            {"DATABASE_URL": "postgres://almoner:s3cret@127.0.0.1:1/none"},
            "cannot be reached (DATABASE_URL): ",
        ),
        (("digest",), {"DATABASE_URL": "postgres://host"}, "cannot be reached (DATABASE_URL): "),
        (
            ("verify",),
            {"DATABASE_URL": f"sqlite:///{__file__}"},
            "cannot be reached (DATABASE_URL): file is not a",
        ),
        (("verify",), {"ALMONER_DATA_DIR": "/dev/null"}, "ALMONER_DATA_DIR cannot be used"),
    ],
)
def test_a_setting_with_which_nothing_can_be_done_is_said_kindly(
    arguments: tuple[str, ...], set_to: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = run(*arguments, env=environment(tmp_path) | set_to)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("DATABASE_URL", "foo://almoner:s3cret@host/name", "begins with foo:// and names none"),
        ("DATABASE_URL", "almoner:s3cret@host/name", "has no scheme and names none"),
        ("DATABASE_URL", "mysql://almoner:s3cret@host/name", "begins with mysql:// and names none"),
        ("DATABASE_URL", "postgres://almoner:s3cret/@host/name", "begins with postgres:// and n"),
        ("ALMONER_MAX_FILE_MB", "abc", "'abc'"),
        ("ALMONER_SIGN_IN_TRIES", "", "''"),
        ("ALMONER_SIGN_IN_TRIES_BY_ADDRESS", "-1", "'-1'"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    name: str, given: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMONER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, given)
    with pytest.raises(ImproperlyConfigured) as refused:
        runpy.run_path(settings.__file__)
    (sentence,) = str(refused.value).splitlines()
    assert name in sentence and said in sentence and "s3cret" not in sentence


def test_a_data_folder_may_have_any_name(loaded: dict[str, str], tmp_path: Path) -> None:
    data = shutil.copytree(loaded["ALMONER_DATA_DIR"], tmp_path / "a#b%20c?mode=rw 数据")
    done = run("findings", "--database", "--only", "P02", env=environment(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {data.name}
    assert (data / "findings").is_dir()


def test_an_export_that_cannot_be_written_is_misuse(loaded: dict[str, str]) -> None:
    done = run("export", "/dev/null/city", env=loaded)
    assert (done.returncode, done.stdout) == (2, "")
    assert "/dev/null/city cannot be written" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_cannot_be_is_misuse(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = spoken(capsys, "serve", "--port", port)
    assert code == 2 and port in said


def test_a_database_that_is_up_to_date_is_migrated_in_silence(loaded: dict[str, str]) -> None:
    done = run("migrate", env=loaded)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The database is up to date.\n"


def test_a_demonstration_never_mixes_with_data(loaded: dict[str, str]) -> None:
    done = run("demo", "--no-serve", env=loaded)
    assert done.returncode == 2 and "ALMONER_DATA_DIR" in done.stderr
