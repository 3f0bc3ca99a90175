"""A PostgreSQL of our own for as long as a command runs: `python tools/postgres.py -- COMMAND...`.

The cluster lives in a temporary folder, listens on the loopback only and is gone afterwards.
COMMAND finds it in DATABASE_URL; its exit code is ours.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

NAME = "almoner"
START_SECONDS = 30.0
# Speed for safety: this data is thrown away, so a power cut may cost it.
THROWAWAY = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def binaries() -> Path:
    """The folder of the newest server: Debian's (outside PATH) first, then whatever PATH has."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    servers = [folder for folder in folders if (folder / "initdb").exists()]
    if servers:
        return max(servers, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    if found is None:
        raise SystemExit("No PostgreSQL server here. To get one: sh tools/system-packages.sh")
    return Path(found).resolve().parent


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server with an empty database; yield its DATABASE_URL; stop it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="almoner-postgres-"))
    try:
        identity = _unprivileged(folder)
        data, log = folder / "data", folder / "log"
        options = f"-U {NAME} --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync".split()
        _initialise([binaries() / "initdb", "-D", data, *options], folder, identity)
        port = _free_port()
        settings = [f"--{name}={value}" for name, value in THROWAWAY.items()]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C reaches us, and we stop the server in good order.
            server = subprocess.Popen(
                [binaries() / "postgres", "-D", data, "-p", str(port), *settings],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **identity,
            )
        try:
            address = f"postgres://{NAME}@127.0.0.1:{port}"
            _wait(f"{address}/postgres", server, log)
            yield f"{address}/{NAME}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Whom the server runs as: PostgreSQL refuses root, so root lends the folder to another."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(command: list[str | Path], folder: Path, identity: dict[str, Any]) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **identity)
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not make a cluster in {folder}:\n{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(maintenance: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(maintenance, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT: clients are cut off); immediate (SIGQUIT) if that takes too long."""
    for order in (signal.SIGINT, signal.SIGQUIT):
        server.send_signal(order)
        try:
            server.wait(timeout=15)
            return
        except subprocess.TimeoutExpired:
            continue
    server.kill()
    server.wait()


def main(arguments: list[str]) -> int:
    """Run the command after `--` with DATABASE_URL set; return its exit code, 2 for misuse."""
    if arguments[:1] != ["--"] or len(arguments) < 2:
        print("Usage: python tools/postgres.py -- COMMAND [ARGUMENT ...]", file=sys.stderr)
        return 2
    # A polite kill takes the same way out as Ctrl-C, so that the server is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with cluster() as url:
            return subprocess.run(arguments[1:], env=os.environ | {"DATABASE_URL": url}).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
