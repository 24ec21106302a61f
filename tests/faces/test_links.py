"""Short links as people and programs open them: the object's page, a share that is remembered, visits counted honestly."""

import re
import secrets
import time
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from tests.faces.browser import JSON, Browser
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import houses
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT
from tuan.people import accounts, sharing
from tuan.people.sharing.model import CODE_BITS, BindTerms, code_of, share_word
from tuan.surfaces.web import links as serving
from tuan.surfaces.web import shares
from tuan.surfaces.web.app import App
from tuan.surfaces.web.links import MISSES_PER_MINUTE_MAX, Links, Visited

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
IN_WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 XWEB/1160 MicroMessenger/8.0.49 NetType/WIFI"
)
FETCHERS = {
    "WeChat": "WeChatShareExtensionNew/8.0.49.33 CFNetwork/1496.0.7 Darwin/23.5.0",
    "Telegram": "TelegramBot (like TwitterBot)",
    "iMessage": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp": "WhatsApp/2.23.20.0",
    "nobody": "",
}


async def counted(app: Litestar, place: Place, code: str) -> tuple[int, int, int]:
    """Visits, visitors and bots of a link, once what waits is written."""
    assert isinstance(app, App)
    await app.front.links.write()
    sql = (
        "SELECT coalesce(sum(visits), 0)::int AS a, coalesce(sum(visitors), 0)::int AS b, coalesce(sum(bots), 0)::int AS c "
        "FROM sharing.visits WHERE market_id = $1 AND code = $2"
    )
    async with place.work() as work:
        row = await work.fetch_one(sql, code)
        assert row is not None
        return row["a"], row["b"], row["c"]


async def by_hand(visitors: Visitors, who: given.Buyer | None = None, *, agent: str = PERSON, **more: Any) -> Browser:
    """A visitor who looks at what is answered."""
    browser = await visitors(who, **more)
    browser.http.headers["user-agent"] = agent
    return browser


@pytest.fixture(autouse=True)
def nobody_has_guessed(app: Litestar) -> None:
    """Every test comes from the same address."""
    assert isinstance(app, App)
    app.front.links._misses.clear()


async def test_a_code_opens_its_objects_page_and_the_visit_knows_its_share(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor = await by_hand(visitors)
    answer = await visitor.get(f"/s/{code}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{PRODUCT.show(of.product)}")
    assert re.search(rf"tuan-share={code}\.[0-9a-f]{{32}}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax",
                     answer.headers["set-cookie"])  # fmt: skip
    assert await visitor.read(f"/s/{code.upper().replace('0', 'o')}/card"), "a code is read as people write it"
    await visitor.get(f"/s/{code}")
    assert await counted(app, place, code) == (2, 1, 0)


async def test_whoever_signs_in_after_coming_through_a_shops_link_is_its_customer(
    place: Place, visitors: Visitors
) -> None:
    of, (at, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor = await by_hand(visitors)
    await visitor.get(f"/s/{code}")
    await visitor.sign_in("+8613700000017")
    async with place.work() as work:
        person = await accounts.admit(work, "+8613700000017", name="", locale="en")
        assert (await sharing.bindings_of(work, [person]))[person].shop_id == at
    assert await place.breaches() == {}


async def test_whoever_is_signed_in_is_bound_at_once_and_a_rivals_link_steals_nobody(
    place: Place, visitors: Visitors
) -> None:
    of, (at, owner), (_, rival) = await given.goods(place), await share.shop(place), await share.shop(place)
    who = await given.buyer(place)
    visitor = await by_hand(visitors, who)
    await visitor.get(f"/s/{await share.link(place, owner, of)}")
    assert await share.customer_of(place, who) == at
    await share.rule(place, BindTerms(protected_days=30))
    await visitor.get(f"/s/{await share.link(place, rival, of)}")
    assert await share.customer_of(place, who) == at


async def test_a_cookie_that_is_not_ours_or_of_another_market_is_no_share(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor = await by_hand(visitors)
    await visitor.get(f"/s/{code}")
    kept = visitor.http.cookies["tuan-share"]
    other_code = await share.link(place, owner, of, channel="poster")
    _, host = await houses.make_market(place.house)
    for cookie, at in (
        (f"{other_code}.{kept[-32:]}", place.host),
        (kept[:-1], place.host),
        ("", place.host),
        (kept, host),
    ):
        assert await _share(app, at, cookie) is None
    assert await _share(app, place.host, kept) == code


async def _share(app: Litestar, host: str, cookie: str) -> str | None:
    """What a visit with this cookie is the share of."""
    assert isinstance(app, App)
    headers = {"host": host, "cookie": f"a=b; tuan-share={cookie}"}
    market = await app.front.markets.of(host)
    assert market is not None
    scope = {"scheme": "http", "path": "/", "query_string": b"", "method": "GET"}
    return shares.share_of(await app._meet(scope, headers, market))


# ── what opens nothing ──
async def test_whatever_opens_nothing_answers_alike(place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    theirs = await share.link(elsewhere, (await share.shop(elsewhere))[1], await given.goods(elsewhere))
    async with place.work() as work:
        end = work.now + timedelta(hours=1)
    expired, revoked = await share.link(place, owner, of, expires_at=end), await share.link(place, owner, of)
    await place.move_clock(timedelta(hours=1))
    await place.do(sharing.revoke_link, revoked, owner.id)
    visitor = await by_hand(visitors, accept=JSON)
    answers = []
    for code in (expired, revoked, theirs, "0" * 10, "x", "https:", "a" * 300):
        answer = await visitor.get(f"/s/{code}")
        answers.append((answer.status_code, {k: v for k, v in answer.json().items() if k != "trace"}))
        assert "set-cookie" not in answer.headers or "tuan-share" not in answer.headers["set-cookie"]
    assert all(one == answers[0] for one in answers)
    assert answers[0][0] == 404 and answers[0][1]["code"] == "web.link_closed"


async def test_a27_a_code_never_leads_away(place: Place, visitors: Visitors) -> None:
    """Whatever is asked besides: on to a page of ours, by the object's own id."""
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor = await by_hand(visitors)
    for query in ("next=//evil.test", "url=https://evil.test", "to=/office", "lang=en"):
        answer = await visitor.get(f"/s/{code}?{query}")
        assert answer.headers["location"] == f"/p/{PRODUCT.show(of.product)}"


async def test_e25_who_guesses_waits_and_learns_nothing_more(app: Litestar, place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code, later = await share.link(place, owner, of), await share.link(place, owner, of, channel="poster")
    guesser = await by_hand(visitors, accept=JSON)
    await guesser.get(f"/s/{code}")
    statuses = [
        (await guesser.get(f"/s/{code_of(secrets.randbits(CODE_BITS))}")).status_code
        for _ in range(MISSES_PER_MINUTE_MAX + 5)
    ]
    assert statuses == [404] * MISSES_PER_MINUTE_MAX + [429] * 5
    right = await guesser.get(f"/s/{later}")
    assert right.status_code == 429 and int(right.headers["retry-after"]) <= 60, "also of one that is right"


async def test_a_revocation_is_seen_within_a_second_without_being_told(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    """This app hears no NOTIFY (nothing listens in a test): it believes nothing for longer than a second."""
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    visitor = await by_hand(visitors)
    assert (await visitor.get(f"/s/{code}")).status_code == 303
    await place.do(sharing.revoke_link, code, owner.id)
    revoked = time.monotonic()
    while (await visitor.get(f"/s/{code}")).status_code == 303:
        assert time.monotonic() < revoked + serving.KEPT_SECONDS + 0.2
    assert (await visitor.get(f"/s/{code}")).status_code == 404


async def test_a_revocation_is_heard_at_once(place: Place) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    links = Links(place.house)
    assert (await links.open(place.market, code, "10.0.0.1")).code == code
    async with place.work() as work:
        assert await sharing.revoke_link(work, code, owner.id) is None
        told = sorted(work.topics)
    links.heard(place.market, told)
    with pytest.raises(Exception, match="link_closed"):
        await links.open(place.market, code, "10.0.0.1")


async def test_too_many_wake_ups_forget_the_whole_market(place: Place) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code, links = await share.link(place, owner, of), Links(place.house)
    await links.open(place.market, code, "10.0.0.1")
    links.heard(place.market, ["*"])
    assert links._kept == {}


# ── counting ──
@pytest.mark.parametrize("agent", FETCHERS.values(), ids=FETCHERS)
async def test_a_fetcher_of_previews_sees_the_object_and_is_counted_apart(
    app: Litestar, place: Place, visitors: Visitors, agent: str
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    of = await given.campaign(place, of, size=2)
    code = await share.link(place, owner, of)
    answer = await (await by_hand(visitors, agent=agent)).get(f"/s/{code}")
    assert answer.status_code == 200 and "tuan-share" not in answer.headers.get("set-cookie", "")
    said = dict(re.findall(r'<meta (?:property|name|itemprop)="([^"]+)" content="([^"]*)"', answer.text))
    async with place.work() as work:
        title = await work.fetch_value(
            "SELECT title FROM catalog.products WHERE market_id = $1 AND id = $2", of.product
        )
    assert said["og:title"].startswith(title) and said["name"] == title
    assert said["og:url"].endswith(f"/s/{code}") and said["og:image"].startswith(f"http://{place.host}/")
    assert said["product:price:currency"] == "CNY" and re.fullmatch(r"\d+\.\d\d", said["product:price:amount"])
    assert "team of 2" in said["og:description"] and "小店" in said["og:description"]
    assert said["og:image:type"] == "image/jpeg" and said["image"] == said["og:image"]
    assert await counted(app, place, code) == (0, 0, 1)


def test_people_are_no_programs() -> None:
    for agent in (PERSON, IN_WECHAT, "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 21) Chrome/120 Mobile Safari/537.36",
                  "Mozilla/5.0 (Linux; Android 14; Telegram-Android/11.0) Chrome/126 Mobile Safari/537.36"):  # fmt: skip
        assert not shares.is_program({"user-agent": agent}), agent
        assert not shares.is_program({"user-agent": agent, "sec-fetch-dest": "document"})
        assert not shares.is_program({"user-agent": agent, "sec-fetch-dest": "empty"}), (
            "our service worker asks for him"
        )
        assert shares.is_program({"user-agent": agent, "sec-fetch-dest": "image"}), "no page is wanted"


async def test_a_picture_on_another_site_binds_nobody(place: Place, visitors: Visitors) -> None:
    of, (_, owner), who = await given.goods(place), await share.shop(place), await given.buyer(place)
    visitor = await by_hand(visitors, who)
    await visitor.get(f"/s/{await share.link(place, owner, of)}", **{"sec-fetch-dest": "image"})
    assert await share.customer_of(place, who) is None


async def test_a_visitor_is_nobody_the_day_after_and_nothing_says_who_he_was(place: Place) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code, links = await share.link(place, owner, of), Links(place.house)
    for _ in range(2):
        links.saw(place.market, Visited(code, "10.0.0.1 browser", is_bot=False))
        await links.write()
        await place.move_clock(timedelta(days=1))
    sql = "SELECT visitor FROM sharing.visitors WHERE market_id = $1 AND code = $2"
    async with place.work() as work:
        hashes = [row["visitor"] for row in await work.fetch(sql, code)]
    assert len(set(hashes)) == 2 and all(len(one) == 16 for one in hashes)


async def test_what_waits_is_written_when_the_process_leaves(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    of, (_, owner) = await given.goods(place), await share.shop(place)
    code, links = await share.link(place, owner, of), Links(place.house)
    task = asyncio.create_task(links.run())
    await asyncio.sleep(0)
    links.saw(place.market, Visited(code, "x", is_bot=False))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with place.work() as work:
        assert [row["visits"] for row in (await sharing.access_link(work, code))[1]] == [1]


async def test_what_the_database_did_not_take_is_tried_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code, links = await share.link(place, owner, of), Links(place.house)

    async def lost(*_: Any) -> None:
        raise ConnectionResetError

    links.saw(place.market, Visited(code, "x", is_bot=False))
    with monkeypatch.context() as patch:
        patch.setattr(links, "_write", lost)
        await links.write()
    await links.write()
    async with place.work() as work:
        assert [row["visits"] for row in (await sharing.access_link(work, code))[1]] == [1]


# ── share words ──
async def test_a_pasted_share_word_opens_a_card_that_leads_on(app: Litestar, place: Place, visitors: Visitors) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of, channel="word")
    visitor = await by_hand(visitors)
    before = await place.snapshot()
    answer = await visitor.http.get("/", params={"q": f"快看 {share_word(code, '脐橙')} 复制打开"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/s/{code}/card")
    card = await visitor.read(f"/s/{code}/card")
    assert f'href="/s/{code}"' in card and "Recommended by 小店" in card
    assert await counted(app, place, code) == (0, 0, 0) and await place.snapshot() == before, "it never acts by itself"
