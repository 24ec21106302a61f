"""A market's own domain for links: it leads to the market's host and shows nothing itself; links are shown at it."""

from typing import Any, NoReturn

import asyncpg
import pytest
from litestar import Litestar

from tests.faces.browser import JSON, Browser, form_to
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_links import by_hand, counted
from tests.given import goods as given
from tests.given import office
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT
from tuan.people import sharing, staff
from tuan.surfaces.storefront.links.drawing import code_svg
from tuan.surfaces.web.app import App
from tuan.surfaces.web.posters import Poster, Posters


async def at_domain(app: Litestar, place: Place, visitors: Visitors) -> tuple[str, Browser]:
    """The market's own domain, and somebody who comes there."""
    domain = await share.own_domain(place)
    news(app, place)
    return domain, await by_hand(visitors, host=domain)


def news(app: Litestar, place: Place) -> None:
    """What the live hub would tell (nothing listens in a test)."""
    assert isinstance(app, App)
    app.front.markets.heard(place.market, [sharing.HOST_TOPIC])


@pytest.mark.parametrize("path", ["", "/card", "/code.svg", "/poster.png", "/packet"])
async def test_a_link_is_led_on_with_its_query_and_nothing_is_set(
    app: Litestar, place: Place, visitors: Visitors, path: str
) -> None:
    _, visitor = await at_domain(app, place, visitors)
    url = f"/s/4t7k2m9x0p{path}?lang=es&x=%2F%0A&y=%C3%B1"
    for answer in (await visitor.get(url), await visitor.http.head(url)):
        assert (answer.status_code, answer.content) == (302, b"")
        assert answer.headers["location"] == f"http://{place.host}{url}"
        assert answer.headers["cache-control"] == "no-store" and "set-cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "url",
    ["/", "/me", "/office", "/api/v1/products", "/s/", "/s/4t7k2m9x0p/", "/s/4t7k2m9x0p/x", "/s/4t7k2m9x0p/packet/x", "/p/1?x=1",
     "/s/a%0d%0ab", "/s/a%2f..%2f", "/s/@evil.test", "/sitemap.xml", "/robots.txt", "/sandbox/statements/2026-11-22", "/hooks/wechat"],
)  # fmt: skip
async def test_anything_else_is_led_to_the_front_page(
    app: Litestar, place: Place, visitors: Visitors, url: str
) -> None:
    _, visitor = await at_domain(app, place, visitors)
    answer = await visitor.get(url)
    assert (answer.status_code, answer.headers["location"]) == (302, f"http://{place.host}/")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_nothing_is_sent_there(app: Litestar, place: Place, visitors: Visitors, method: str) -> None:
    _, visitor = await at_domain(app, place, visitors)
    for url in ("/s/4t7k2m9x0p/packet", "/sign-in/code", "/office/sign-in", "/hooks/wechat", "/"):
        answer = await visitor.http.request(method, url, data={"phone": "13800000000"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), url
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("host", "port"),
    [("{}:8000", ":8000"), ("{}:443", ":443"), ("{}:x", ""), ("{}:80@evil.test", ""), ("{}:", ""), ("{}:٣", "")],
)
async def test_the_way_on_is_the_markets_own(
    app: Litestar, place: Place, visitors: Visitors, host: str, port: str
) -> None:
    """The port that one came by, where it is a number; of what else a Host header says, nothing."""
    domain, visitor = await at_domain(app, place, visitors)
    said = host.format(domain.upper()).encode()
    answer = await visitor.http.get("/s/4t7k2m9x0p", headers=[(b"host", said)])
    assert answer.headers["location"] == f"http://{place.host}{port}/s/4t7k2m9x0p"


async def test_what_is_remembered_asks_the_database_nothing(
    app: Litestar, place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, visitor = await at_domain(app, place, visitors)
    await visitor.get("/s/4t7k2m9x0p")

    def asked(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a connection was taken")

    monkeypatch.setattr(asyncpg.Pool, "acquire", asked)
    visitor.http.cookies.set("tuan", "x" * 43)
    for url in ("/s/4t7k2m9x0p", "/office", "/"):
        assert (await visitor.get(url)).status_code == 302
    with pytest.raises(AssertionError, match="a connection was taken"):  # the control: the market's host does ask
        await (await by_hand(visitors)).get("/s/4t7k2m9x0p")


async def test_who_comes_by_the_domain_is_counted_once_at_the_host(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    code = await share.link(place, owner, of)
    _, visitor = await at_domain(app, place, visitors)
    led = await visitor.get(f"/s/{code}")
    assert await counted(app, place, code) == (0, 0, 0)
    opened = await visitor.get(led.headers["location"])
    assert (
        opened.headers["location"] == f"/p/{PRODUCT.show(of.product)}" and "tuan-share" in opened.headers["set-cookie"]
    )
    assert await counted(app, place, code) == (1, 1, 0)
    assert (await (await by_hand(visitors)).get(f"/s/{code}")).status_code == 303, "and the host opens it as before"


async def test_a_domain_that_was_given_up_leads_nowhere(app: Litestar, place: Place, visitors: Visitors) -> None:
    _, visitor = await at_domain(app, place, visitors)
    assert (await visitor.get("/s/4t7k2m9x0p")).status_code == 302
    assert await place.do(sharing.set_link_host, "", reason="test") is None
    news(app, place)
    assert (await visitor.get("/s/4t7k2m9x0p")).status_code == 404


# ── where links are shown ──
async def test_every_page_shows_links_at_the_domain(
    app: Litestar, place: Place, visitors: Visitors, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    what = PRODUCT.show(of.product)
    domain, _ = await at_domain(app, place, visitors)
    program = await by_hand(visitors, owner, accept=JSON)
    made = (await program.post("/share", what=what)).json()
    assert made["url"] == f"http://{domain}/s/{made['code']}"
    sheet = await program.json(f"/share/{made['code']}")
    assert sheet["url"] == made["url"]
    drawn = await program.get(sheet["qr_url"])
    assert drawn.content == code_svg(made["url"])
    posters: list[Poster] = []

    async def kept(_: Posters, poster: Poster) -> tuple[str, bytes]:
        posters.append(poster)
        return "tag", b"png"

    monkeypatch.setattr(Posters, "get", kept)
    assert (await program.get(sheet["poster_url"])).content == b"png"
    assert posters[0].url == f"http://{domain}{sheet['poster_url'].removesuffix('/poster.png')}"
    card = (await program.post("/me/cards", what=what)).json()["code"]
    assert (await program.json(f"/me/cards/{card}"))["address"] == f"{domain}/s/{card}"
    asked = await (await programs(owner.id)).make_link(what=what)
    assert (asked.url, asked.qr_url) == (made["url"], f"{made['url']}/code.svg")


# ── the office ──
async def test_an_owner_sets_the_domain_and_gives_it_up(app: Litestar, place: Place, clerks: Clerks) -> None:
    domain, clerk = f"go.{place.host}", await clerks()
    page = await clerk.read("/office/links/domain")
    assert "CNAME" in page and domain not in page
    answer = await clerk.send(form_to(page, "/office/links/domain"), link_host=domain.upper(), reason="shorter")
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/links/domain")
    news(app, place)
    assert f"{domain}. CNAME {place.host}." in await clerk.read("/office/links")
    page = await clerk.read("/office/links/domain")
    answer = await clerk.send(form_to(page, "/office/links/domain"), link_host="", reason="not ours any more")
    assert answer.status_code == 303 and domain not in await clerk.read("/office/links")


async def test_a_links_page_in_the_office_shows_the_domain(
    app: Litestar, place: Place, visitors: Visitors, clerks: Clerks
) -> None:
    _, found = await share.shops_link(place)
    domain, _ = await at_domain(app, place, visitors)
    assert f'href="http://{domain}/s/{found.code}"' in await (await clerks()).read(f"/office/links/{found.code}")


async def test_what_cannot_be_the_domain_is_refused_and_says_so(place: Place, clerks: Clerks) -> None:
    clerk = await clerks()
    form = form_to(await clerk.read("/office/links/domain"), "/office/links/domain")
    wrong = {"127.0.0.1": 422, "https://go.example": 422, "localhost": 422, "x" * 3000: 422, place.host: 409}
    for name, status in wrong.items():
        answer = await clerk.send(form, link_host=name, reason="test")
        assert answer.status_code == status and "Links stand where they stood." in answer.text, name
    assert (await clerk.send(form, link_host=f"go.{place.host}", reason="")).status_code == 422


async def test_who_may_not_set_it_sees_it_only(place: Place, clerks: Clerks) -> None:
    await place.do(staff.set_role, "links", ["links.see", "links.make", "links.stop"], reason="test")
    clerk = await clerks("links")
    page = await clerk.read("/office/links/domain")
    assert "Links stand at" in page and "link_host" not in page
    answer = await clerk.post("/office/links/domain", key="k", link_host="go.example.com", reason="test")
    assert answer.status_code == 403


async def test_a_program_reads_the_domain(place: Place, programs: Programs) -> None:
    program = await programs((await office.clerk(place)).person, "links.read")
    assert ((await program.show_link_domain()).domain, (await program.show_link_domain()).host) == (None, place.host)
    domain = await share.own_domain(place)
    assert (await program.show_link_domain()).domain == domain
