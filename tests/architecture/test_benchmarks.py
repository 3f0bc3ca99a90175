"""The benchmarks measure what they say, and their table tells it."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from benchmarks.clients import Client, ask
from benchmarks.materials import _multiply
from benchmarks.report import Line, text


@pytest.mark.parametrize(
    ("value", "at_most", "word"),
    [
        (0.6, False, "reached"),
        (0.61, False, "reached"),
        (0.5999, False, "not reached"),
        (0.6, True, "reached"),
        (0.6001, True, "not reached"),
    ],
)
def test_the_table_tells_whether_the_target_is_reached(
    value: float, at_most: bool, word: str
) -> None:
    told = text(Line("this", value, 0.6, "so", at_most))
    assert (" not reached " in told) == (word == "not reached")
    assert f" {word} " in told


@pytest.mark.parametrize("rows", [1, 3, 4, 10])
def test_rows_are_repeated_with_ids_of_their_own(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "service_records.csv"
    path.write_text("id,minutes\nA,5\nB,6\nC,7\n")
    _multiply(path, rows)
    made = pl.read_csv(path, infer_schema=False)
    assert made.columns == ["id", "minutes"]
    assert made["id"].n_unique() == made.height == rows
    assert made["minutes"].to_list() == ([*"567"] * 4)[:rows]


async def _asked(answers: list[bytes], connections: int) -> tuple[int, int]:
    """Requests that a server saw and answers that the clients counted, while these went round."""
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        while (await reader.readuntil(b"\r\n\r\n")).startswith(b"GET /here HTTP/1.1\r\n"):
            seen += 1
            for byte in answers[seen % len(answers)]:  # in the smallest pieces
                writer.write(bytes([byte]))
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    before = Client.answered
    try:
        await ask(server.sockets[0].getsockname()[1], "/here", connections, 0.1)
    finally:
        server.close()
    return seen, Client.answered - before


def _ask(answers: list[bytes], connections: int) -> tuple[int, int]:
    """In a thread of its own: a browser that is open holds the event loop of the tests' thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_asked(answers, connections))).result()


def test_clients_count_whole_answers() -> None:
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nvary: Cookie\r\n\r\n12345",
    ]
    seen, counted = _ask(answers, 3)
    assert seen == counted >= 3


def test_an_error_page_is_no_answer() -> None:
    error = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(RuntimeError, match="500"):
        _ask([error], 1)


def test_the_empty_view_stands_beside_the_pages() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "answer = Client(headers={'host': '127.0.0.1'}).get('/en/empty/')\n"
        "assert (answer.status_code, answer.content) == (200, b''), answer\n"
        "assert 'content-security-policy' in {name.lower() for name in answer.headers}\n"
        "from django.core.cache import cache\n"
        "cache.set('kept', 1); assert cache.get('kept') is None\n"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.uncached"}
    subprocess.run([sys.executable, "-c", program], env=env, check=True, timeout=60)


def test_an_unknown_part_is_misuse() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nothing"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "speed|memory|pages" in done.stderr
