"""Clients that ask for one page as fast as they are answered, in a process of their own.

`python -m benchmarks.clients PORT PATH CONNECTIONS SECONDS` prints the requests answered. The
connections are kept alive; any answer but 200 ends the run.
"""

import asyncio
import json
import re
import sys
import time
from functools import partial

_HEAD = re.compile(rb"HTTP/1\.1 200 .*?\r\ncontent-length: *(\d+).*?\r\n\r\n", re.DOTALL | re.I)


class Client(asyncio.Protocol):
    """One connection: asks, reads the whole answer, asks again until its time is up."""

    answered = 0

    def __init__(self, path: str, until: float, done: "asyncio.Future[None]") -> None:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html", "", ""]
        self._request = "\r\n".join(lines).encode()
        self._until, self._done = until, done
        self._head, self._left = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._left -= len(data)
        else:
            self._head += data
            found = _HEAD.match(self._head)
            if not found:
                if b"\r\n\r\n" in self._head:
                    self._end(RuntimeError(self._head[:200]))
                return
            self._left = found.end() + int(found[1]) - len(self._head)
        if self._left == 0:
            self._next()

    def _next(self) -> None:
        self._head = b""
        Client.answered += 1
        if time.monotonic() < self._until:
            self._transport.write(self._request)
        else:
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error) if error else self._done.set_result(None)
        self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))


async def ask(port: int, path: str, connections: int, seconds: float) -> None:
    """Keep that many connections busy for that long."""
    loop = asyncio.get_running_loop()
    until = time.monotonic() + seconds
    ends: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(partial(Client, path, until, end), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*ends), seconds + 60)


if __name__ == "__main__":
    began = time.monotonic()
    asyncio.run(ask(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
    print(json.dumps({"answered": Client.answered, "seconds": time.monotonic() - began}))
