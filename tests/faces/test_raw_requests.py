"""Bytes straight into the server's socket, past every client's manners: an answer below 500 or a closed door, and it lives on."""

import asyncio

import pytest

from tests.faces.test_serving import served
from tests.given import goods as given
from tests.given.houses import Place
from tuan.play.groupbuy.model import TEAM_ID

SECONDS_MAX = 2
END = b"connection: close\r\n\r\n"
LINES = (
    b"",
    b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\n",
    b"GET /\xff?\xff=\xff HTTP/1.1\r\n",
    b"GET /%zz?%zz HTTP/1.1\r\n",
    b"GET http://[/ HTTP/1.1\r\n",
    b"GET * HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n",
    b"\xff\xff / HTTP/1.1\r\n",
    b"GET / HTTP/1.1\r\ncookie: \x00\r\n",
    b"GET / HTTP/1.1\r\ncookie: \xff=\xff\r\naccept-language: \xff\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n",
    b"GET / HTTP/1.1\r\n: nameless\r\n",
    b"GET / HTTP/1.1\r\nx: " + b"a" * 100_000 + b"\r\n",
    b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000,
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n",
    b"POST /sign-in HTTP/1.1\r\ncontent-length: -1\r\n",
    b"POST /sign-in HTTP/1.1\r\ncontent-length: \xb2\r\n",
    b"POST /sign-in HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n",
    b"POST /sign-in HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n",
    b"POST /sign-in HTTP/1.1\r\ntransfer-encoding: chunked\r\n" + END + b"zz\r\n",
    b"POST /sign-in HTTP/1.1\r\ntransfer-encoding: chunked\r\n"
    + END
    + b"20000\r\n"
    + b"a" * 0x20000
    + b"\r\n0\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 0\r\n",
    b"GET / HTTP/1.1\r\nx-forwarded-for: " + b"z" * 9_000 + b", \xff\r\n",
    b"POST /sign-in/code HTTP/1.1\r\nx-forwarded-for: " + b"z" * 9_000 + b"\r\ncontent-length: 0\r\n",
)


async def ask(place: Place, port: int, raw: bytes) -> tuple[list[int], bool]:
    """The statuses of the answers to these bytes, and whether the server hung up after them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    line, found, rest = raw.partition(b"HTTP/1.1\r\n")
    whole = line + found + b"host: " + place.host.encode() + b"\r\n" + rest + (b"" if END in rest else END)
    told = b""
    try:
        writer.write(whole if found else raw)
        async with asyncio.timeout(SECONDS_MAX):
            while part := await reader.read(65536):
                told += part
        return statuses_of(told), True
    except ConnectionError:
        return statuses_of(told), True
    except TimeoutError:
        return statuses_of(told), False
    finally:
        writer.close()


def statuses_of(told: bytes) -> list[int]:
    return [int(line.split(b" ")[1]) for line in told.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


async def test_no_bytes_break_the_server(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    async with served(place) as (client, process):
        port = client.base_url.port or 0
        answers = dict(zip(LINES, await asyncio.gather(*(ask(place, port, raw) for raw in LINES)), strict=True))
        assert (await client.get("/health/ready")).text == "ready" and process.poll() is None
    told = [status for statuses, _ in answers.values() for status in statuses]
    with capsys.disabled():
        print(f"\n{len(LINES)} raw requests, answers {sorted(told)}")
    assert [raw[:80] for raw, (statuses, _) in answers.items() if any(status >= 500 for status in statuses)] == []
    assert {200, 400} <= set(told)


async def test_asking_for_the_head_ends(place: Place) -> None:
    """Also of a page with a body, whose length it may tell, and of a live page, which never ends."""
    of = await given.campaign(place, await given.goods(place), size=3)
    opened = await given.paid_team(place, await given.buyer(place), of)
    async with served(place) as (client, _):
        for path in ("/", "/nothing", f"/t/{TEAM_ID.show(opened.team)}/events"):
            line = f"HEAD {path} HTTP/1.1\r\n".encode()
            statuses, has_ended = await ask(place, client.base_url.port or 0, line)
            assert statuses == [404 if path == "/nothing" else 200] and has_ended, path
            assert (await client.head(path)).content == b"" and (await client.get("/health/live")).text == "alive"
