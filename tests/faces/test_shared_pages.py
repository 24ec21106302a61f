"""Pages for nobody: the same for a crowd, made once, never older than a second, and never anything of one visitor in them."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, get
from litestar.di import NamedDependency

from tests.faces.browser import JSON, Browser
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT
from tuan.people import accounts
from tuan.platform import database
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.web import fragments, visits
from tuan.surfaces.web.app import App
from tuan.surfaces.web.fragments import Key, Page, SharedPages
from tuan.surfaces.web.policies import PUBLIC, SIGNED_IN, PolicyMissing
from tuan.surfaces.web.shared import shared
from tuan.surfaces.web.visits import Visit

Clock = Callable[[float], None]
HEARD_WITHIN_SECONDS = 5.0


@pytest.fixture
def pass_seconds(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The cache's clock stands still until it is moved."""
    at = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(fragments, "time", SimpleNamespace(monotonic=lambda: at.now))

    def move(seconds: float) -> None:
        at.now += seconds

    return move


@pytest.fixture
async def shop(place: Place) -> Any:
    """A product with a running campaign and a team of three with one seat taken; the pages that show them."""
    of = await given.campaign(place, await given.goods(place), size=3)
    leader = await given.buyer(place)
    seated = await given.paid_team(place, leader, of)
    team = f"/t/{TEAM_ID.show(seated.team)}"
    pages = ["/", f"/p/{PRODUCT.show(of.product)}", team, f"{team}?block=seats"]
    return SimpleNamespace(of=of, leader=leader, team=seated.team, team_page=team, pages=pages)


async def test_what_caches_of_others_keep_is_nobodys_and_of_one_language(shop: Any, visitors: Visitors) -> None:
    """Also in the language that somebody asks for, which his cookie remembers."""
    kept = []
    for url in ("/robots.txt", "/sitemap.xml", f"{shop.team_page}/code.svg", "/manifest.webmanifest"):
        visitor = await visitors()
        first, asked = await visitor.get(url), await visitor.get(f"{url}?lang=es")
        is_public = first.headers["cache-control"].startswith("public")
        assert is_public or "Accept-Language" in first.headers["vary"], url
        assert ("set-cookie" in asked.headers) != is_public, url
        if is_public:
            kept.append(url)
            assert first.content == (await visitor.get(url, **{"Accept-Language": "es"})).content, url
    assert len(kept) == 3


@pytest.fixture
async def made(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[None]]:
    """One entry for each transaction that a page was read in."""
    count: list[None] = []
    before = visits.open_work

    def counted(*args: Any, **kwargs: Any) -> Any:
        count.append(None)
        return before(*args, **kwargs)

    monkeypatch.setattr(visits, "open_work", counted)
    yield count


async def page(visitor: Browser, url: str, **headers: str) -> httpx.Response:
    block = {"hx-request": "true"} if "block=" in url else {}
    answer = await visitor.get(url, **block, **headers)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer


async def test_a_page_for_nobody_has_nothing_of_a_visitor(visitors: Visitors, shop: Any) -> None:
    """The list of shared pages is the app's own: each says by its ETag that it is one."""
    fresh, has_cookie, buyer = await visitors(), await visitors(), await visitors(shop.leader)
    await has_cookie.find_token()
    assert has_cookie.http.cookies["tuan"]
    for url in shop.pages:
        one, other = await page(fresh, url), await page(has_cookie, url)
        assert one.headers["etag"] == other.headers["etag"] and one.content == other.content
        for answer in (one, other):
            assert "set-cookie" not in answer.headers and "x-csrf-token" not in answer.headers
            assert (
                "_csrf_token" not in answer.text
                and 'method="post"' not in answer.text
                and 'name="key"' not in answer.text
            )
        assert "etag" not in (await page(buyer, url)).headers


async def test_every_shared_route_is_tried_above(app: Litestar, shop: Any) -> None:
    assert isinstance(app, App)
    paths = {
        path
        for handler in app.routes
        for h in getattr(handler, "route_handlers", ())
        for path in h.paths
        if getattr(h.fn, "is_shared", False)
    }
    asked = {re.sub(r"\{\w+:\w+\}", "[^/?]+", path) for path in paths}
    assert all(any(re.fullmatch(pattern, url.partition("?")[0]) for url in shop.pages) for pattern in asked), asked
    assert len(asked) >= 3


async def test_a_crowd_costs_one_page(visitors: Visitors, shop: Any, made: list[None], pass_seconds: Clock) -> None:
    crowd = [await visitors() for _ in range(20)]
    for url in shop.pages:
        made.clear()
        answers = await asyncio.gather(*(page(who, url) for who in crowd))
        assert len({answer.content for answer in answers}) == 1
        assert len(made) == 1, url
        assert len({answer.headers["x-trace-id"] for answer in answers}) == len(crowd), "each answer is a request's own"
    pass_seconds(fragments.KEPT_SECONDS)
    made.clear()
    await page(crowd[0], "/")
    assert len(made) == 1


async def test_a_seat_is_shown_within_a_second_without_a_wakeup(
    place: Place, visitors: Visitors, shop: Any, pass_seconds: Clock
) -> None:
    visitor = await visitors()
    before = [await page(visitor, url) for url in shop.pages]
    await given.paid_join(place, await given.buyer(place), shop.team, shop.of)
    pass_seconds(fragments.KEPT_SECONDS - 0.001)
    assert [await page(visitor, url) for url in shop.pages][2].content == before[2].content, "it is still kept"
    pass_seconds(0.001)
    after = [await page(visitor, url) for url in shop.pages]
    assert "2 seats left" in before[2].text and "1 seat left" in after[2].text
    for old, new in zip(before[1:], after[1:], strict=True):
        assert old.content != new.content and old.headers["etag"] != new.headers["etag"]


async def test_whoever_is_woken_sees_the_seat(place: Place, visitors: Visitors, shop: Any, pass_seconds: Clock) -> None:
    """The cache's clock stands still, so that only the database's own wake-up can make the page new."""
    visitor = await visitors()
    hub = place.house.hub
    listening = asyncio.create_task(hub.listen(place.house.settings.app_url))
    changes = hub.changes(place.market, f"team:{shop.team.hex}")
    try:
        assert await anext(changes) is False
        await _hears(place, listening)
        assert "2 seats left" in (await page(visitor, shop.team_page)).text
        pass_seconds(0.01)
        await given.paid_join(place, await given.buyer(place), shop.team, shop.of)
        async with asyncio.timeout(HEARD_WITHIN_SECONDS):
            while "1 seat left" not in (await page(visitor, shop.team_page)).text:
                assert await anext(changes) is True
    finally:
        await changes.aclose()
        listening.cancel()


async def _hears(place: Place, listening: asyncio.Task[None]) -> None:
    """Until the hub's connection listens: a topic of nobody's comes through."""
    probe = place.house.hub.changes(place.market, "probe")
    assert await anext(probe) is False
    heard = asyncio.ensure_future(anext(probe))
    async with asyncio.timeout(HEARD_WITHIN_SECONDS):
        while not heard.done():
            assert not listening.done()
            async with place.work() as work:
                work.notify("probe")
            await asyncio.wait([heard], timeout=0.05)
    await probe.aclose()


async def test_nobody_gets_what_somebody_sees(place: Place, visitors: Visitors, shop: Any, pass_seconds: Clock) -> None:
    """Asked for all at once and again: a member's page says that it is his, and no other page does."""
    async with place.work() as work:
        person = await accounts.admit(work, "+8613912345678", name="鑫canary", locale="en")
        address = await accounts.add_address(work, person, given.HOME)
    member = given.Buyer(person, address)
    await given.paid_join(place, member, shop.team, shop.of)
    signed_in, nobody = await visitors(member), [await visitors() for _ in range(5)]
    marks = (">you<", "Leave this team", "Invite a friend", "canary", "912345678")
    for url in (*shop.pages[2:], *shop.pages):
        for _ in range(2):
            own, *others = await asyncio.gather(page(signed_in, url), *(page(who, url) for who in nobody))
            assert {other.content for other in others} == {others[0].content}
            assert not [mark for mark in marks if mark in others[0].text], url
            assert "etag" not in own.headers
            assert (">you<" in own.text) == (url in shop.pages[2:])
            pass_seconds(2.0)


async def test_a_browser_that_has_the_page_is_sent_nothing(visitors: Visitors, shop: Any) -> None:
    visitor = await visitors()
    for url in shop.pages:
        first = await page(visitor, url)
        again = await visitor.get(
            url, **{"if-none-match": first.headers["etag"]} | ({"hx-request": "1"} if "block" in url else {})
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        for name in ("content-security-policy", "x-content-type-options", "cache-control", "vary"):
            assert again.headers[name] == first.headers[name]
        assert first.headers["cache-control"] == "private, no-cache"
        assert {"Accept", "Accept-Encoding", "Accept-Language", "Cookie", "HX-Request"} <= set(
            first.headers["vary"].split(", ")
        )


async def test_a_page_is_compressed_for_those_who_can_read_it(visitors: Visitors, shop: Any) -> None:
    visitor = await visitors()
    for _ in range(2):  # made, then kept
        plain = await page(visitor, "/", **{"accept-encoding": "identity"})
        request = visitor.http.build_request("GET", "/", headers={"accept-encoding": "br, gzip"})
        answer = await visitor.http.send(request, stream=True)
        raw = b"".join([part async for part in answer.aiter_raw()])
        await answer.aclose()
        assert answer.headers["content-encoding"] == "gzip" and int(answer.headers["content-length"]) == len(raw)
        assert len(raw) < len(plain.content) // 2 and gzip.decompress(raw) == plain.content


async def test_each_language_address_and_wish_has_its_own(place: Place, visitors: Visitors, shop: Any) -> None:
    english, spanish = await visitors(), await visitors(language="es")
    program = await visitors(accept=JSON)
    texts = [
        (await page(english, shop.team_page)).text,
        (await page(spanish, shop.team_page)).text,
        (await page(english, f"{shop.team_page}?block=seats")).text,
        (await page(english, shop.team_page, **{"host": f"{place.host}:8443"})).text,
        (await page(program, shop.team_page)).text,
    ]
    assert len(set(texts)) == len(texts)
    assert f"http://{place.host}:8443/t/" in texts[3] and ":8443" not in texts[0]
    chosen = await page(english, f"{shop.team_page}?lang=es")
    assert "lang=es" in chosen.headers["set-cookie"] and chosen.text == texts[1]
    assert (await english.get("/t/team_" + "0" * 26)).status_code == 404


async def test_what_turns_out_to_be_personal_is_not_kept(app: Litestar, place: Place) -> None:
    """A slip in a handler or a template costs speed and nothing else."""
    assert isinstance(app, App)

    @get("/slip", opt=PUBLIC)
    @shared
    async def slip(visit: NamedDependency[Visit]) -> Response[Any]:
        await asyncio.sleep(0.01)
        return visit.html(visit.csrf_token() + visit.client)

    slipping = App(app.front, [slip])
    both = [Browser(slipping, place.host) for _ in range(2)]
    both[0].http.cookies.set("tuan", "a" * 43)
    answers = [answer for _ in range(2) for answer in await asyncio.gather(*(one.get("/slip") for one in both))]
    for one, other in (answers[:2], answers[2:]):
        assert one.status_code == other.status_code == 200
        assert one.text != other.text and "etag" not in one.headers and "etag" not in other.headers
        assert "set-cookie" not in one.headers
    assert "set-cookie" in answers[1].headers
    for one in both:
        await one.http.aclose()


async def test_only_public_pages_may_be_shared(app: Litestar) -> None:
    assert isinstance(app, App)

    @get("/mine", opt=SIGNED_IN)
    @shared
    async def mine(visit: NamedDependency[Visit]) -> Response[Any]:
        return visit.html(str(visit.person))

    with pytest.raises(PolicyMissing, match="not everybody may see it"):
        App(app.front, [mine])


# ── the cache alone ──
KEY = Key(1, "en", "http://m.test/t/x", "")


class Maker:
    """Makes numbered pages, each when it is let."""

    def __init__(self) -> None:
        self.count = 0
        self.let = asyncio.Event()

    async def __call__(self) -> Page:
        self.count += 1
        mine = self.count
        await self.let.wait()
        return Page(f"page {mine}".encode(), "/t")


async def test_a_wakeup_makes_a_page_old_that_is_being_made(pass_seconds: Clock) -> None:
    pages, make = SharedPages(), Maker()
    early = asyncio.ensure_future(pages.get(KEY, {"team:a"}, make))
    await asyncio.sleep(0)
    pass_seconds(0.1)
    pages.heard(1, ["team:b"])
    pages.heard(2, ["team:a"])
    beside = asyncio.ensure_future(pages.get(KEY, {"team:a"}, make))
    await asyncio.sleep(0)
    pages.heard(1, ["team:a"])
    pass_seconds(0.1)
    late = asyncio.ensure_future(pages.get(KEY, {"team:a"}, make))
    await asyncio.sleep(0)
    make.let.set()
    found = [(await one).body for one in (early, beside, late)]  # type: ignore[union-attr]
    assert found == [b"page 1", b"page 1", b"page 2"]
    kept = pages.find(KEY)
    assert kept is not None and kept.body == b"page 2", "the old one did not take its place"
    pages.heard(1, ["*"])
    assert pages.find(KEY) is None


async def test_a_mistake_is_everybodys_and_is_not_kept() -> None:
    pages = SharedPages()
    let = asyncio.Event()

    async def fail() -> Page:
        await let.wait()
        raise database.LOST_CONNECTION[0]()

    waiting = [asyncio.ensure_future(pages.get(KEY, set(), fail)) for _ in range(3)]
    await asyncio.sleep(0)
    let.set()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in outcomes] == [database.LOST_CONNECTION[0]] * 3
    make = Maker()
    make.let.set()
    assert (await pages.get(KEY, set(), make)).body == b"page 1"  # type: ignore[union-attr]


async def test_whoever_leaves_does_not_take_the_page_with_him() -> None:
    pages, make = SharedPages(), Maker()
    first, second = [asyncio.ensure_future(pages.get(KEY, set(), make)) for _ in range(2)]
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    third = asyncio.ensure_future(pages.get(KEY, set(), make))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    assert await third is None, "he makes his own"
    assert make.count == 1 and pages.find(KEY) is None


async def test_memory_is_bounded() -> None:
    pages = SharedPages(bytes_max=2000)

    async def big() -> Page:
        return Page(b"x" * 400, "/")

    keys = [KEY._replace(address=str(number)) for number in range(5)]
    for key in keys:
        await pages.get(key, set(), big)
    assert [pages.find(key) is not None for key in keys] == [False, False, False, True, True]
