"""The life of a small shop on a phone: a friend scans its poster and buys in a team, and its commission becomes money, to the cent."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pyotp
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import houses, office
from tests.given import shops as shopping
from tests.given.houses import Place
from tests.phone.person import DESK, Person, arrive
from tests.phone.product import Product
from tests.phone.test_pages import look_through
from tests.phone.test_withdrawals import come_in, look_until
from tuan.goods.catalog.model import PRODUCT
from tuan.launch import stand_on
from tuan.main import open_house, open_relay
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.trade import aftersales, orders
from tuan.trade.orders.model import ORDER_ID

HOST, TWINS = "lane.localhost", "twins.localhost"
KEPT = timedelta(days=8)
PAUSE = timedelta(minutes=1)
"""After one code is sent to a number, and before the next one."""
PRICE_MINOR, TEAM_MINOR = 20_000, 9_999
PROMISED = "9.99"
"""A tenth of what is kept is the shop's, rounded down: of 99.99 in a team, 9.99."""
BACK = (("12.34", "1.24", "8.75"), ("5.67", "0.56", "8.19"))
"""What goes back, what the commission loses by it, and what is left: of 99.99 − 12.34 a tenth of it is 8.75, and of that − 5.67 it is
8.19. It is counted anew each time from all that went back, so what is lost by the cent once is not lost again."""

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


async def everything_done(place: Place) -> None:
    """Every fact is heard, and what is due is done."""
    await place.quiet()


def open_shop(person: Person, name: str) -> None:
    """It costs nothing, and opens at once in this market."""
    person.sign_in("/shops/new")
    person.page.locator("[name=name]").fill(name)
    person.page.locator("[name=words]").fill("楼下的水果，我都吃过")
    person.tap("form[action='/shops/applications'] button")
    expect(person.page).to_have_url(re.compile("/desk/shop"))


def saved_poster(person: Person, goods: str) -> Image.Image:
    """Two taps from the goods to the sheet, where the shopkeeper saves the poster to send it on."""
    person.go(goods)
    person.tap("form[action='/share'] button")
    with person.page.expect_download() as saving:
        person.tap("a[download]")
    with Image.open(saving.value.path()) as poster:
        return poster.convert("L")


def scan(person: Person, poster: Image.Image) -> None:
    """The camera of another phone reads the code among all the rest of the picture, and opens what it says."""
    (code,) = zxingcpp.read_barcodes(poster)
    assert code.text.startswith(person.home + "/s/"), code.text
    person.go(code.text)
    expect(person.page.locator(".offer h1")).to_be_visible()


def check_out(person: Person) -> None:
    """Pay for what was chosen, who one is being asked on the way."""
    person.fill_in_number()
    expect(person.page).to_have_url(re.compile(f"^{person.home}/checkout"))
    person.fill_in_address()
    person.place()
    person.pay()


def order_of(person: Person) -> tuple[str, Any]:
    """The newest order: the path of its page, and its id."""
    path = person.open_order()
    return path, ORDER_ID.parse(path.rsplit("/", 1)[-1])


def whose_customer(person: Person) -> str:
    person.go("/me/shop")
    whose: str = person.page.locator("#whose").inner_text()
    return whose


def customers(keeper: Person) -> int:
    """How many the shop's first page says it has; their names are theirs to show."""
    keeper.go("/desk/shop")
    return int(keeper.page.locator(".shop-figures dd").first.inner_text())


def month_of(keeper: Person, month: str) -> str:
    """The statement of the month in which it was bought, and what it says of the one commission."""
    keeper.go(f"/desk/shop/money?month={month}")
    said: str = keeper.page.locator("section[aria-labelledby=statement] .order-card").inner_text()
    return said


def test_a_poster_brings_a_friend_and_the_shop_what_it_earns_to_the_cent(product: Product, browser: Browser) -> None:
    lane: Lane = behind(product, prepared)
    home, goods = f"http://{HOST}:{product.port}", f"/p/{PRODUCT.show(lane.of.product)}"
    keeper, rival, neighbour, friend = (arrive(browser, home, user_agent=PHONE_AGENT) for _ in range(4))
    clerk = arrive(browser, home, viewport=DESK)
    open_shop(keeper, "阿梅的小店")
    open_shop(rival, "对面的小店")
    posters = [saved_poster(one, goods) for one in (keeper, rival)]
    neighbour.go(goods)
    neighbour.tap(".bar-acts button[value=open]")
    check_out(neighbour)

    scan(friend, posters[0])
    friend.tap(".teams button")
    check_out(friend)
    month = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"
    order, number = order_of(friend)
    expect(friend.page.locator(".timeline [data-kind=team_formed]")).to_be_visible()
    look_until(keeper, "/desk/shop/money", lambda: PROMISED in keeper.page.locator("[data-kind=total]").inner_text())
    expect(keeper.page.locator(".purse-sum")).to_contain_text("0.00")

    scan(friend, posters[1])
    expect_customer_of_the_first(friend, keeper, rival)

    async def sent(place: Place) -> None:
        assert await place.do(orders.ship, number, lane.of.supplier, carrier="SF", tracking="SF1") is None

    behind(product, sent)
    friend.go(order)
    friend.tap("form[action$='/receipt'] button")
    expect(friend.page.locator(".timeline [data-kind=received]")).to_be_visible()
    assert purse(keeper) == "¥0.00", "what is pending cannot be withdrawn"
    behind(product, everything_done, later=KEPT)
    look_until(keeper, "/desk/shop/money", lambda: PROMISED in keeper.page.locator(".purse-sum").inner_text())

    for amount, less, left in BACK:
        part_goes_back(product, lane, friend, order, amount)
        assert purse(keeper) == f"¥{left}"
        said = month_of(keeper, month)
        assert left in said and f"{PROMISED} " in said and less in said
    withdraw(keeper, clerk, lane, BACK[-1][2])
    assert purse(keeper) == "¥0.00"
    assert look_through(keeper, ["/desk/shop", "/desk/shop/money", f"/desk/shop/money?month={month}"]) == []
    for one in (keeper, rival, neighbour, friend, clerk):
        assert one.complaints == []
        one.context.close()


def expect_customer_of_the_first(friend: Person, keeper: Person, rival: Person) -> None:
    """A rival's code was scanned within the days of protection: on three phones it has changed nothing."""
    assert whose_customer(friend) == "阿梅的小店"
    expect(friend.page.locator("section[aria-labelledby=whose] .facts div")).to_have_count(3)
    assert (customers(keeper), customers(rival)) == (1, 0)


def purse(keeper: Person) -> str:
    """What may be withdrawn now, as it is shown."""
    keeper.go("/desk/shop/money")
    told: str = keeper.page.locator(".purse-sum").inner_text()
    return told


def part_goes_back(product: Product, lane: Lane, friend: Person, order: str, amount: str) -> None:
    """Something was damaged: she asks for so much of the price, is shown what comes, and the supplier agrees."""
    page = friend.page
    friend.go(f"{order}/cases/new?kind=refund_only")
    page.locator("[name^=units_]").fill("1")
    page.locator("[name=why]").select_option("damaged")
    page.locator("[name=amount]").fill(amount)
    friend.tap("form[action$='/cases/new'] button")
    expect(page.locator("[data-kind=total] .money")).to_contain_text(amount)
    friend.tap("form[action$='/cases'] button")
    expect(page.locator(".next")).to_have_attribute("data-tone", "ripe")
    number, case = ORDER_ID.parse(order.rsplit("/", 1)[-1]), int(friend.path.rsplit("/", 1)[-1])

    async def agreed(place: Place) -> None:
        assert await place.do(aftersales.agree, number, case, lane.of.supplier) is None
        await place.quiet()

    behind(product, agreed)


def withdraw(keeper: Person, clerk: Person, lane: Lane, amount: str) -> None:
    """An account that is checked, all of it asked for, agreed to and paid."""
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
    page.locator("[name=amount]").fill(amount)
    keeper.tap("form[action='/desk/shop/money/withdrawals'] button")
    expect(page.locator(".purse-sum")).to_contain_text("0.00")
    clerk.go("/office/settlement")
    desk.locator(".table .table-link").first.click()
    agreeing = desk.locator("form[action$='/approval']").first
    agreeing.locator("[name=reason]").fill("as agreed")
    agreeing.locator("button").click()
    paid = page.locator("section[aria-labelledby=outgoing] .order-card-head")
    waits = page.locator(".purse .small")
    look_until(keeper, "/desk/shop/money", lambda: paid.count() == 1 and amount not in "".join(waits.all_inner_texts()))
    expect(paid).to_contain_text(amount)


def test_two_devices_with_one_number_are_one_person(product: Product, browser: Browser) -> None:
    """E24. A shopkeeper who scans her own poster with her other phone earns nothing by it, and a friend whose other phone has
    scanned a rival's is still whose customer she was."""
    lane: Lane = behind(product, prepared, host=TWINS)
    home, goods = f"http://{TWINS}:{product.port}", f"/p/{PRODUCT.show(lane.of.product)}"
    keeper, rival, friend = (arrive(browser, home, user_agent=PHONE_AGENT) for _ in range(3))
    again = [arrive(browser, home, user_agent=PHONE_AGENT, number=one.number) for one in (keeper, friend)]
    open_shop(keeper, "阿梅的小店")
    open_shop(rival, "对面的小店")
    posters = [saved_poster(one, goods) for one in (keeper, rival)]
    buy_from(friend, posters[0])
    behind(product, everything_done, later=PAUSE, host=TWINS)
    buy_from(again[0], posters[0])
    scan(again[1], posters[1])
    again[1].sign_in("/me/shop")
    behind(product, everything_done, host=TWINS)
    for one in (friend, again[1]):
        expect_customer_of_the_first(one, keeper, rival)
    again[0].go("/me/shop")
    expect(again[0].page.locator("#whose")).to_have_count(0)
    keeper.go("/desk/shop/money")
    expect(keeper.page.locator("section[aria-labelledby=statement] .order-card")).to_have_count(1)
    for one in (keeper, rival, friend, *again):
        assert one.complaints == []
        one.context.close()


def buy_from(person: Person, poster: Image.Image) -> None:
    scan(person, poster)
    person.tap(".bar-acts button[value=alone]")
    check_out(person)
