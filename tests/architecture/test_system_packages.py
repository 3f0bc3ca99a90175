"""What the checks need from the system: silence when it is there, one command when it is not."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SCRIPT = Path("tools/system-packages.sh").read_text("utf-8")
COMMAND = "  sudo apt-get install -y --no-install-recommends "


@pytest.fixture
def system() -> Iterator[Path]:
    """A system with nothing on it but what the script itself is written in."""
    # pytest's own folder is closed to everybody but us, and the script runs as nobody.
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "bin").mkdir()
        for tool in ("id", "tr"):
            (root / "bin" / tool).symlink_to(str(shutil.which(tool)))
        yield root


def have(system: Path, *programs: str) -> None:
    for name in programs:
        path = system / (name if "/" in name else f"bin/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\necho NotoSansCJK.ttc\n")
        path.chmod(0o755)


def run(system: Path, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the script on that system; as nobody where we are root, so that it may change nothing."""
    if user is None and os.geteuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
    environment = {"PATH": str(system / "bin"), "ALMONER_LOOK_IN": str(system)}
    command = ["/bin/sh", "-c", SCRIPT]
    return subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, user=user
    )


def test_a_bare_system_gets_the_one_command(system: Path) -> None:
    done = run(system)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"{COMMAND}postgresql chromium-headless-shell fontconfig fonts-noto-cjk"
        " libpangoft2-1.0-0 libharfbuzz-subset0 openjdk-17-jre-headless"
    )


POSTGRES = "usr/lib/postgresql/15/bin/"
PANGO = ("usr/lib/a-machine/libpangoft2-1.0.so.0", "usr/lib/a-machine/libharfbuzz-subset.so.0")


@pytest.mark.parametrize("server", ["initdb postgres", f"{POSTGRES}initdb {POSTGRES}postgres"])
@pytest.mark.parametrize(
    "browser", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
)
def test_a_whole_system_is_met_with_silence(system: Path, server: str, browser: str) -> None:
    have(system, *server.split(), browser, "fc-list", "java", *PANGO)
    done = run(system)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_only_what_is_missing_is_asked_for(system: Path) -> None:
    have(system, "initdb", "pg_ctl", "chromium", "fc-list", "java", *PANGO)
    assert run(system).stderr.splitlines()[-1] == f"{COMMAND}postgresql"


def test_a_font_tool_that_knows_no_chinese_font_is_not_enough(system: Path) -> None:
    have(system, "initdb", "postgres", "chromium", "fc-list", "java", *PANGO)
    (system / "bin" / "fc-list").write_text("#!/bin/sh\n")
    assert run(system).stderr.splitlines()[-1] == f"{COMMAND}fonts-noto-cjk"


def test_pdfs_want_their_libraries(system: Path) -> None:
    have(system, "initdb", "postgres", "chromium", "fc-list", "java", PANGO[1])
    assert run(system).stderr.splitlines()[-1] == f"{COMMAND}libpangoft2-1.0-0"


def test_spark_wants_java(system: Path) -> None:
    have(system, "initdb", "postgres", "chromium", "fc-list", *PANGO)
    assert run(system).stderr.splitlines()[-1] == f"{COMMAND}openjdk-17-jre-headless"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs")
class TestRoot:
    def apt_get(self, system: Path, body: str) -> None:
        have(system, "initdb", "postgres", "fc-list", "java", "apt-get", *PANGO)
        (system / "bin" / "apt-get").write_text(f"#!/bin/sh\n{body}\n")
        for tool in ("cat", "chmod", "mktemp", "rm", "tail"):
            (system / "bin" / tool).symlink_to(str(shutil.which(tool)))

    def test_root_installs_what_is_missing_and_says_so_in_one_line(self, system: Path) -> None:
        browser = system / "bin" / "chromium-headless-shell"
        self.apt_get(
            system,
            f'echo "$@" >>{system}/calls; if [ "$1" = install ]; then '
            f"echo >{browser}; chmod +x {browser}; fi",
        )
        done = run(system, user=0)
        assert (done.returncode, done.stderr) == (0, "")
        assert (
            done.stdout.count("\n") == 1
            and "Installing chromium-headless-shell from" in done.stdout
        )
        assert (system / "calls").read_text().splitlines() == [
            "update",
            "install -y --no-install-recommends chromium-headless-shell",
        ]

    def test_a_failed_installation_shows_why(self, system: Path) -> None:
        self.apt_get(system, "echo Temporary failure resolving >&2; exit 100")
        done = run(system, user=0)
        assert done.returncode == 2
        assert "Temporary failure resolving" in done.stderr

    def test_an_installation_without_effect_is_noticed(self, system: Path) -> None:
        self.apt_get(system, "exit 0")
        done = run(system, user=0)
        assert done.returncode == 2
        assert done.stderr.strip() == (
            "Still missing after the installation: chromium-headless-shell"
        )
