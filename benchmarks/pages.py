"""Pages against an empty view behind the same middleware on the same server."""

import os
import socket
import sqlite3
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.materials import ALMONER, Environment, installation, run
from benchmarks.report import Line

CONNECTIONS, TURN_SECONDS, TURNS = 8, 1.0, 5
CACHED_TARGET, UNCACHED_TARGET = 0.6, 0.04
EMPTY = "/en/empty/"
_LARGEST = """
    SELECT contracts.id, area_code FROM contracts
    JOIN contract_terms ON contract_terms.contract_id = contracts.id
    JOIN monthly_delivery ON monthly_delivery.term_id = contract_terms.id
    GROUP BY 1, 2 ORDER BY sum(records) DESC LIMIT 1
"""


def measure() -> Iterator[Line]:
    """Home, the contract with most records and its place, from cache and without."""
    for scale in ("district", "city"):
        env = installation(scale)
        with sqlite3.connect(Path(env["ALMONER_DATA_DIR"]) / "almoner.sqlite3") as database:
            contract, area = database.execute(_LARGEST).fetchone()
        page = f"/en/contracts/{contract}/"
        if scale == "district":
            paths = {"home": "/en/", "contract": page, "place": f"/en/places/{area}/"}
            with _served(env, "benchmarks.settings") as server:
                for name, path in paths.items():
                    yield server.line(f"{name} page, cached", path, CACHED_TARGET)
        with _served(env, "benchmarks.uncached") as server:
            yield server.line(f"contract page, {scale}, uncached", page, UNCACHED_TARGET)


class _Server:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int, env: Environment) -> None:
        self._process, self._port, self._env = process, port, env

    def line(self, name: str, path: str, target: float) -> Line:
        """The page and the empty view in turns; the share of the empty view's requests/s."""
        self._turn(path, 0.3)
        self._turn(EMPTY, 0.3)
        empty, page = [], []
        for _ in range(TURNS):
            empty.append(self._turn(EMPTY, TURN_SECONDS))
            page.append(self._turn(path, TURN_SECONDS))
        rates = [statistics.median(rate for rate, _ in turns) for turns in (empty, page)]
        costs = [statistics.median(cost for _, cost in turns) for turns in (empty, page)]
        detail = (
            f"{rates[1]:,.0f} of {rates[0]:,.0f} requests/s; "
            f"{costs[1] * 1e6:,.0f} us of the processor against {costs[0] * 1e6:,.0f}"
        )
        return Line(name, rates[1] / rates[0], target, detail)

    def _turn(self, path: str, seconds: float) -> tuple[float, float]:
        """Requests a second, and seconds of the server's processor a request."""
        before = self._processor_seconds()
        took = run("clients", str(self._port), path, str(CONNECTIONS), str(seconds), env=self._env)
        worked = self._processor_seconds() - before
        return took["answered"] / took["seconds"], worked / took["answered"]

    def _processor_seconds(self) -> float:
        """User and system time of the server and its worker."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if self._process.pid in (int(stat.parent.name), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(env: Environment, settings: str) -> Iterator[_Server]:
    """`almoner serve` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Nobody writes: the watch would only be a second user of the processor at the start.
    env = env | {"ALMONER_WATCH": "off", "PYTHONPATH": str(Path.cwd())}
    env["DJANGO_SETTINGS_MODULE"] = settings
    process = subprocess.Popen([ALMONER, "serve", "--port", str(port)], env=env)
    try:
        _wait(f"http://127.0.0.1:{port}{EMPTY}", process)
        yield _Server(process, port, env)
    finally:
        process.terminate()
        process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit(f"The server did not answer at {address}.")
