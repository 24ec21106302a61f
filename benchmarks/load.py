"""Clients that ask over HTTP as fast as they are answered: the other side of `benchmarks.orders`, a process of its own.

    python -m benchmarks.load PLAN.json

The plan names port, clients, seconds, what is asked, who asks, for which goods (or paths of pages) and which teams can be joined. Prints one
JSON object: requests answered, seconds, answers that were not wanted, and latencies in milliseconds. Each client has one
connection and asks again when it was answered. A client's people, keys and teams are its own, so only the goods are
contended.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import uvloop

WARM_SECONDS = 0.5
WANTED = {
    "join": b"HTTP/1.1 201", "empty": b"HTTP/1.1 201", "page": b"HTTP/1.1 200", "get": b"HTTP/1.1 200",
    "link": b"HTTP/1.1 303",
}  # fmt: skip
END_OF_HEAD = b"\r\n\r\n"


class Client(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again until the time is over."""

    def __init__(self, plan: dict[str, Any], number: int, tally: "Tally") -> None:
        self.tally = tally
        mine = {name: plan[name][number :: plan["clients"]] for name in ("shoppers", "teams")}
        asked = {"join": _joins, "empty": _empties, "page": _pages, "link": _visits, "get": _visits}[plan["asks"]]
        first = number % len(plan["goods"])  # so that clients do not walk through the goods in step
        goods = plan["goods"][first:] + plan["goods"][:first]
        if plan["asks"] == "link":  # nobody opens another one's
            goods = plan["goods"][first :: plan["clients"]]
        asking = asked(mine["shoppers"], mine["teams"], goods, f"{plan['run']}-{number}")
        self.wanted = WANTED[plan["asks"]]
        # Written before the clock starts: a client that thinks while it is measured takes what the server needs.
        self.requests = iter(list(islice(asking, plan["requests"])))
        self.transport: Any = None
        self.buffer = b""
        self.asked_at = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.buffer = data if not self.buffer else self.buffer + data
        head, found, body = self.buffer.partition(END_OF_HEAD)
        if not found or len(body) < _length(head):
            return
        self.buffer = b""
        self.tally.note(self.asked_at, head.startswith(self.wanted), head[:40] + body[:300])
        if time.perf_counter() < self.tally.until:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None or self.buffer:
            self.tally.note(self.asked_at, False, b"the connection was lost")
        self.tally.leave()

    def _ask(self) -> None:
        request = next(self.requests, None)
        if request is None:  # never the same key twice: answering from memory is no join
            self.tally.note(0.0, False, b"there were too few requests for so fast a server")
            self.transport.close()
            return
        self.asked_at = time.perf_counter()
        self.transport.write(request)


class Tally:
    """What all clients saw in the time that counts."""

    def __init__(self, clients: int, seconds: float) -> None:
        self.begins = self.until = 0.0
        self.seconds = seconds
        self.milliseconds: list[float] = []
        self.unwanted = 0
        self.example = ""
        self._left = clients
        self.done = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        self.begins = time.perf_counter() + WARM_SECONDS
        self.until = self.begins + self.seconds

    def note(self, asked_at: float, wanted: bool, answer: bytes) -> None:
        now = time.perf_counter()
        if not wanted:
            self.unwanted += 1
            self.example = answer.decode(errors="replace")
        elif self.begins <= now < self.until:
            self.milliseconds.append((now - asked_at) * 1000)

    def leave(self) -> None:
        self._left -= 1
        if not self._left and not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length: ")
    return int(head[at + 16 :].partition(b"\r\n")[0])


def _joins(shoppers: list[Any], teams: list[Any], goods: list[Any], run: str) -> Iterator[bytes]:
    """Opens a team and joins another one, in turn; nobody sits in a team twice. Ends when every seat was asked for."""
    seats = ((who, team) for team in teams for who in shoppers)
    for number, ((who, team), of) in enumerate(zip(seats, cycle(goods), strict=False)):
        wish = {"sku": of["sku"], "units": "1", "address": who["address"], "quoted_minor": of["price"]}
        yield b"POST /teams" + _post(who, {**wish, "key": f"{run}-{number}-o", "campaign": of["campaign"]})
        wish["sku"] = team["sku"]
        yield f"POST /t/{team['id']}/seats".encode() + _post(who, {**wish, "key": f"{run}-{number}-j"})


def _empties(shoppers: list[Any], _teams: list[Any], _goods: list[Any], _run: str) -> Iterator[bytes]:
    """The same visitors, cookies and tokens, and nothing to do."""
    return cycle([b"POST /empty" + _post(who, {}) for who in shoppers])


def _pages(_shoppers: list[Any], _teams: list[Any], paths: list[str], _run: str) -> Iterator[bytes]:
    """Somebody without a cookie, whose browser reads compressed pages."""
    head = "Host: bench.test\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\nAccept-Encoding: gzip\r\n\r\n"
    return cycle([f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths])


def _visits(_shoppers: list[Any], _teams: list[Any], paths: list[str], _run: str) -> Iterator[bytes]:
    """Somebody without a cookie, on a telephone."""
    head = (
        "Host: bench.test\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\n"
        "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1\r\n\r\n"
    )
    return cycle([f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths])


def _post(who: dict[str, str], body: dict[str, str]) -> bytes:
    raw = json.dumps(body).encode()
    head = (
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
        f"Cookie: tuan={who['token']}\r\nX-CSRF-Token: {who['form_token']}\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    tally = Tally(plan["clients"], plan["seconds"])
    clients = [Client(plan, number, tally) for number in range(plan["clients"])]
    tally.begin()
    for client in clients:
        await loop.create_connection(lambda one=client: one, "127.0.0.1", plan["port"])  # type: ignore[misc]
    await tally.done
    return {
        "answered": len(tally.milliseconds),
        "seconds": plan["seconds"],
        "unwanted": tally.unwanted,
        "example": tally.example,
        "milliseconds": tally.milliseconds,
    }


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))))
