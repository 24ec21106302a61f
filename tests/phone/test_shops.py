"""The life of a small shop on a phone: it opens, shares, a friend buys in a team, and its commission becomes money."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pyotp
from playwright.sync_api import Browser, expect

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import houses, office
from tests.given import shops as shopping
from tests.given.aftersales import ask
from tests.given.houses import Place
from tests.phone.person import DESK, Person, arrive
from tests.phone.product import Product
from tests.phone.test_buying import join_from_a_link
from tests.phone.test_pages import look_through
from tests.phone.test_withdrawals import come_in, look_until
from tuan.goods.catalog.model import PRODUCT
from tuan.launch import stand_on
from tuan.main import open_house, open_relay
from tuan.people import accounts
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.trade import aftersales, orders
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.model import ORDER_ID

HOST = "lane.localhost"
KEPT = timedelta(days=8)
PRICE_MINOR, TEAM_MINOR = 20_000, 9_900
"""A tenth of what is kept is the shop's: 9.90 for each unit in a team."""

PHONE_AGENT = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
"""A browser that says it has no head is shown what programs are shown of a link."""

Act = Callable[[Place], Awaitable[Any]]


@dataclass(frozen=True)
class Lane:
    """A market with goods in teams, a plan that pays a tenth, and shops that open at once; and who works in its office."""

    of: given.Goods
    clerk: office.Clerk

    def code(self) -> str:
        """What the clerk's authenticator shows by the market's clock."""
        return pyotp.TOTP(self.clerk.key).at(int(time.time() + KEPT.total_seconds()))


def behind(product: Product, act: Act, *, later: timedelta | None = None, host: str = HOST) -> Any:
    """What happens away from the phones: done by verbs in this market, after its clock was moved where that is asked."""

    async def run() -> Any:
        with stand_on(product.data, say=lambda _line: None, development=True) as ground:
            houses.know_owner(ground.settings.app_url, ground.url(OWNER))
            owner = await asyncpg.connect(ground.url(OWNER))
            try:
                market = await markets.make(owner, name="Lane", host=host, kind="test", currency="CNY")
                if later:
                    await markets.move_clock(owner, market, later)
            finally:
                await owner.close()
            async with open_house(ground.settings, requests=2, lanes=2) as house, open_relay(house) as relay:
                return await act(Place(house, relay, market, host))

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


async def prepared(place: Place) -> Lane:
    of = await given.campaign(place, await given.goods(place, price_minor=PRICE_MINOR), price_minor=TEAM_MINOR)
    await earning.plan(place)
    await shopping.terms(place)
    return Lane(of, await office.clerk(place))


def open_shop(person: Person, name: str) -> None:
    """It costs nothing, and opens at once in this market."""
    person.sign_in("/shops/new")
    person.page.locator("[name=name]").fill(name)
    person.page.locator("[name=words]").fill("楼下的水果，我都吃过")
    person.tap("form[action='/shops/applications'] button")
    expect(person.page).to_have_url(re.compile("/desk/shop"))


def share(person: Person, path: str) -> str:
    """Two taps from the goods; the path of the link. Its poster is a picture that is there."""
    person.go(path)
    person.tap("form[action='/share'] button")
    text = person.page.locator("#share-text").input_value()
    poster = person.page.locator(".share-poster img")
    poster.scroll_into_view_if_needed()
    person.page.wait_for_function("(image) => image.complete && image.naturalWidth > 700", arg=poster.element_handle())
    found = re.search(r"/s/[0-9a-z]+", text)
    assert found, text
    return found[0]


def order_two_in_a_team(friend: Person) -> tuple[str, UUID]:
    """From the shared page to a paid seat of two units; the team's path, and the order."""
    friend.want("open")
    friend.page.locator(".stepper button").last.tap()
    expect(friend.page.locator(".stepper output")).to_have_text("2")
    friend.fill_in_address()
    friend.place()
    friend.pay()
    friend.tap(".payment-words a.button-ripe")
    expect(friend.page.locator(".seats")).to_be_visible()
    team = friend.path
    order = ORDER_ID.parse(friend.open_order().rsplit("/", 1)[-1])
    assert order is not None
    return team, order


def test_a_shop_opens_shares_earns_and_withdraws(product: Product, browser: Browser) -> None:
    lane: Lane = behind(product, prepared)
    home, goods = f"http://{HOST}:{product.port}", f"/p/{PRODUCT.show(lane.of.product)}"
    keeper, rival, friend, other = (arrive(browser, home, user_agent=PHONE_AGENT) for _ in range(4))
    clerk = arrive(browser, home, viewport=DESK)
    open_shop(keeper, "阿梅的小店")
    link = share(keeper, goods)
    open_shop(rival, "对面的小店")
    rivals_link = share(rival, goods)

    friend.go(link)
    expect(friend.page.locator(".offer h1")).to_be_visible()
    friend.sign_in()
    friend.go(link)
    team, order = order_two_in_a_team(friend)
    join_from_a_link(other, team)
    look_until(keeper, "/desk/shop/money", lambda: "19.80" in keeper.page.locator("main").inner_text())

    async def whose(place: Place) -> Any:
        async with place.work() as work:
            person = await accounts.person_of(work, "+86" + friend.number)
            sql = "SELECT owner_id FROM parties.shops s JOIN sharing.bindings b ON b.market_id = s.market_id AND b.shop_id = s.id WHERE s.market_id = $1 AND b.person_id = $2"
            return await work.fetch_value(sql, person)

    bound = behind(product, whose)
    friend.go(rivals_link)
    assert bound is not None and behind(product, whose) == bound, (
        "a rival's link moves nobody in the days of protection"
    )

    async def sent(place: Place) -> None:
        assert await place.do(orders.ship, order, lane.of.supplier, carrier="SF", tracking="SF1") is None

    behind(product, sent)
    friend.open_order()
    friend.tap("form[action$='/receipt'] button")
    expect(friend.page.locator(".timeline [data-kind=received]")).to_be_visible()

    async def one_came_back(place: Place) -> None:
        async with place.work() as work:
            buyer = given.Buyer(await accounts.person_of(work, "+86" + friend.number), order)
        case = await ask(place, buyer, order, Kind.REFUND_ONLY, "damaged", (1, 1))
        assert await place.do(aftersales.agree, order, case.number, lane.of.supplier) is None
        await place.quiet()

    behind(product, one_came_back)
    keeper.go("/desk/shop/money")
    expect(keeper.page.locator(".orders .order-card").first).to_contain_text("9.90")
    assert "0.00" in keeper.page.locator(".purse-sum").inner_text(), "what is pending cannot be withdrawn"

    async def wait(place: Place) -> None:
        await place.quiet()

    behind(product, wait, later=KEPT)
    purse = keeper.page.locator(".purse-sum")
    look_until(keeper, "/desk/shop/money", lambda: "9.90" in purse.inner_text())
    withdraw(keeper, clerk, lane)
    assert look_through(keeper, ["/desk/shop", "/desk/shop/money"]) == []
    for one in (keeper, rival, friend, other, clerk):
        assert one.complaints == []
        one.context.close()


def withdraw(keeper: Person, clerk: Person, lane: Lane) -> None:
    """An account that is checked, five yuan asked for, agreed to and paid."""
    page, desk = keeper.page, clerk.page
    page.locator("section[aria-labelledby=accounts] summary").tap()
    page.locator("[name=holder]").fill("阿梅")
    page.locator("[name=number]").fill("6222021234567890")
    keeper.tap("form[action='/desk/shop/money/accounts'] button")
    come_in(clerk, lane)
    clerk.go("/office/settlement/accounts")
    desk.locator(".table .table-link, .panel a").first.click()
    moving = desk.locator("form[action$='/state']", has=desk.locator("[value=active]"))
    moving.locator("[name=reason]").fill("statement of the bank seen")
    moving.locator("button").click()
    keeper.go("/desk/shop/money")
    page.locator("[name=amount]").fill("5")
    keeper.tap("form[action='/desk/shop/money/withdrawals'] button")
    expect(page.locator(".purse-sum")).to_contain_text("4.90")
    clerk.go("/office/settlement")
    desk.locator(".table .table-link").first.click()
    agreeing = desk.locator("form[action$='/approval']").first
    agreeing.locator("[name=reason]").fill("as agreed")
    agreeing.locator("button").click()
    paid = page.locator("section[aria-labelledby=outgoing] .order-card-head")
    waits = page.locator(".purse .small")
    look_until(keeper, "/desk/shop/money", lambda: paid.count() == 1 and "5.00" not in "".join(waits.all_inner_texts()))
