"""Where nothing of ours is ever posted to: REFERENCE 2a's set for SSRF, and what a resolver can do to us."""

from uuid import UUID

import httpx
import pytest

from tests.given.receivers import PUBLIC, Names, Receiver, poster
from tuan.kit.ids import new_uuid
from tuan.kit.time import utc
from tuan.platform.gateways.posting import ANSWER_SECONDS_MAX, Answer, Post, Poster

ENDPOINT = UUID(int=7)

INSIDE = (
    "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0.0.0.0", "0",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
    "198.18.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::7f00:1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]",
    "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]",
)  # fmt: skip
"""Addresses in which nobody of the outside lives, in every spelling that some reader of addresses takes."""
ODD = (
    "http://news.example.com/", "ftp://news.example.com/", "file:///etc/passwd", "//news.example.com/", "news.example.com",
    "https://user@news.example.com/", "https://user:pass@news.example.com/", "https://news.example.com@127.0.0.1/",
    "https://127.0.0.1#@news.example.com/", "https://news.example.com\\@127.0.0.1/", "https://news.example.com/#x",
    "https://news.example.com:0/", "https://news.example.com:99999/", "https://news.example.com:x/", "https:///x", "https://",
    "https://news.example.com/ x", "https://news.example.com/\r\nX: y", "https://新闻.example.com/", "https://[::1/",
    "https://NEWS.example.com/", "https://-news.example.com/", "https://news.example.com/" + "x" * 500,
    "gopher://127.0.0.1:6379/", "https://１２７.0.0.1/", "https://news.example。com/",
)  # fmt: skip
"""Addresses that can be read in two ways, or that are none."""


def post_to(url: str) -> Post:
    return Post(1, ENDPOINT, (1,), url, f"evt_{new_uuid().hex}", utc(2026, 1, 1), "{}")


async def sent(one: Poster, url: str) -> Answer:
    (answer,) = await one.post([post_to(url)])
    return answer


@pytest.mark.parametrize("host", INSIDE)
async def test_an_address_inside_is_neither_kept_nor_posted_to(host: str) -> None:
    receiver = Receiver()
    strict, url = poster(receiver), f"https://{host}/x"
    assert strict.why_not_post(url)
    assert not (await sent(strict, url)).is_taken
    assert receiver.came == []


@pytest.mark.parametrize("url", ODD)
async def test_an_address_that_can_be_read_in_two_ways_is_neither_kept_nor_posted_to(url: str) -> None:
    receiver = Receiver()
    strict = poster(receiver)
    assert strict.why_not_post(url)
    assert (await sent(strict, url)).said.startswith("not sent: ")
    assert receiver.came == []


@pytest.mark.parametrize("host", [host.strip("[]") for host in INSIDE if host[-1] in "]" or host.count(".") == 3])
async def test_a_name_that_leads_inside_is_not_posted_to(host: str) -> None:
    """Also where only one of its addresses does: the next connection might take that one."""
    receiver = Receiver()
    plain = host.replace("%25", "%")
    for answer in ([plain], [PUBLIC, plain]):
        strict = poster(receiver, Names({"inside.example.com": [answer]}))
        assert strict.why_not_post("https://inside.example.com/") is None, "the name alone says nothing"
        assert (await sent(strict, "https://inside.example.com/")).said == "not sent: not a public address"
    assert receiver.came == []


async def test_a_name_that_is_bound_anew_gains_nothing() -> None:
    """DNS rebinding: public when it is looked at, inside when it is connected to. It is asked once a try, and pinned."""
    receiver = Receiver()
    names = Names({"rebind.example.com": [[PUBLIC], ["127.0.0.1"]]})
    strict = poster(receiver, names)
    assert (await sent(strict, "https://rebind.example.com:8443/x?y=1")).said == "204"
    assert names.asked == ["rebind.example.com"]
    (came,) = receiver.came
    assert str(came.url) == f"https://{PUBLIC}:8443/x?y=1", "connected to the address that was looked at"
    assert came.headers["host"] == "rebind.example.com:8443"
    assert came.extensions["sni_hostname"] == "rebind.example.com", "whose certificate is asked for"
    assert (await sent(strict, "https://rebind.example.com:8443/x")).said == "not sent: not a public address"
    assert len(receiver.came) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_inside_is_not_followed(status: int) -> None:
    receiver = Receiver([status])
    answer = await sent(poster(receiver), "https://news.example.com/")
    assert (answer.said, answer.is_taken) == (str(status), False)
    assert len(receiver.came) == 1


async def test_whatever_a_stranger_does_is_an_answer() -> None:
    for trouble, said in (
        (httpx.ConnectError("no"), "ConnectError"),
        (httpx.ReadTimeout("slow"), "ReadTimeout"),
        (TimeoutError(), "no answer in time"),
        (ValueError("x"), "ValueError"),
        (500, "500"),
        (429, "429"),
    ):
        answer = await sent(poster(Receiver([trouble])), "https://news.example.com/")
        assert (answer.said, answer.is_taken) == (said, False)
    assert (await sent(poster(Receiver(), Names({"x.test": [[]]})), "https://x.test/")).said == "not sent: no address"
    assert ANSWER_SECONDS_MAX < 20


async def test_in_development_this_very_machine_may_listen_and_nothing_else_inside() -> None:
    loose = poster(Receiver(), is_strict=False)
    for url in ("http://127.0.0.1:9000/x", "http://[::1]:9000/x", "http://news.example.com/"):
        assert loose.why_not_post(url) is None
        assert (await sent(loose, url)).is_taken
    for host in ("10.0.0.1", "169.254.169.254", "192.168.1.1", "[::ffff:a9fe:a9fe]", "100.64.0.1"):
        assert loose.why_not_post(f"http://{host}/")
