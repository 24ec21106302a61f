"""Links in the office: the market's own are made, everybody's are seen and stopped with a reason."""

import csv
import io

from tests.faces.browser import form_to
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_links import by_hand
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import office
from tests.given import promotions as promo
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import granted
from tuan.people import accounts, sharing
from tuan.people.parties.model import SHOP
from tuan.people.sharing import Seen
from tuan.platform import audit
from tuan.play import shops
from tuan.play.groupbuy.model import TEAM_ID
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value.promotions.model import TEMPLATE


async def made_by(place: Place) -> list[str]:
    """The codes of the market's own links."""
    async with place.work() as work:
        return [row["code"] for row in (await sharing.search_links(work, markets_own=True))[0].items]


async def test_a_link_of_the_market_is_made_once_per_form(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of, clerk = await given.goods(place), await clerks()
    page = await clerk.read(f"/office/links/new?what={PRODUCT.show(of.product)}")
    form = form_to(page, "/office/links")
    said = {"what": PRODUCT.show(of.product), "channel": "web", "campaign": "metro", "until": "2099-01-01T00:00"}
    for _ in range(2):
        answer = await clerk.send(form, **said, reason="autumn")
        assert answer.status_code == 303, answer.text[:300]
    (code,) = await made_by(place)
    assert code in await clerk.read("/office/links") and code not in await clerk.read("/office/links?of=people")
    stranger = await by_hand(visitors)
    assert (await stranger.get(f"/s/{code}")).headers["location"] == f"/p/{PRODUCT.show(of.product)}"
    opened = await share.opened(place, code)
    assert opened is not None and opened.sharer_id is None and opened.shop_id is None


async def test_what_cannot_be_a_link_is_none(place: Place, clerks: Clerks) -> None:
    clerk = await clerks()
    form = form_to(await clerk.read("/office/links/new"), "/office/links")
    right = {"what": "home", "channel": "web", "campaign": "", "until": "", "reason": "test"}
    wrong: list[dict[str, str]] = [
        {"what": "https://evil.test"}, {"channel": "fax"}, {"campaign": "x" * 41}, {"until": "2020-01-01T00:00"},
        {"until": "x"}, {"reason": ""},
    ]  # fmt: skip
    for one in wrong:
        assert (await clerk.send(form, **(right | one))).status_code in (404, 422), one
    assert await made_by(place) == []


async def test_a_link_shows_its_days_and_is_stopped_with_a_reason(place: Place, clerks: Clerks) -> None:
    _, found = await share.shops_link(place)
    await place.do(sharing.count_visits, [Seen(found.code, b"1" * 16, False), Seen(found.code, b"", True)])
    clerk = await clerks()
    assert found.code in await clerk.read("/office/links?of=people&channel=web")
    page = await clerk.read(f"/office/links/{found.code}")
    assert "小店" in page and 'data-value="1"' in page
    answer = await clerk.send(form_to(page, f"/office/links/{found.code}/revocation"), reason="leads to spam")
    assert answer.status_code == 303 and await share.opened(place, found.code) is None
    page = await clerk.read(f"/office/links/{found.code}")
    assert "Taken back" in page and "revocation" not in page
    async with place.work() as work:
        await audit.seal(work)
        said = await work.fetch_value(
            "SELECT reason FROM audit.entries WHERE market_id = $1 AND action = 'sharing.revoke_link'"
        )
    assert said == "leads to spam"
    assert (await clerk.get("/office/links/0000000000")).status_code == 404


async def test_a_link_of_somebody_who_was_forgotten_is_not_the_markets_own(place: Place, clerks: Clerks) -> None:
    of, who, clerk = await given.goods(place), await given.buyer(place), await clerks()
    code = await share.link(place, who, of)
    granted(await place.do(accounts.erase_person, who.id, reason="he asked"))
    assert code not in await clerk.read("/office/links?of=market") and await made_by(place) == []
    assert code in await clerk.read("/office/links?of=people")
    page = await clerk.read(f"/office/links/{code}")
    assert "Somebody who was forgotten" in page and "The market's own" not in page


async def test_the_links_of_shops_pages_are_found_by_their_channel(place: Place, clerks: Clerks) -> None:
    at, _ = await shopping.shop(place)
    code, clerk = await place.do(shops.code_of, at), await clerks()
    assert code in await clerk.read("/office/links?of=people&channel=page")
    assert "Its page" in await clerk.read(f"/office/links/{code}")


async def test_each_link_says_what_it_brought_on_the_page_in_the_file_and_to_programs(
    place: Place, clerks: Clerks, programs: Programs
) -> None:
    of, (_, owner), who = await given.goods(place, units=9), await share.shop(place), await earning.neighbour(place)
    code, idle = await share.link(place, owner, of), await share.link(place, owner, await given.goods(place))
    kept = await earning.buy(place, who, of, code, 2)
    await earning.buy(place, who, of, code)
    unpaid = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, None, share=code)
    granted(await place.one(orders.place_orders, unpaid))
    await earning.keep(place, of, who, kept)
    clerk = await clerks()
    rows = {row["Link code"]: row for row in csv.DictReader(io.StringIO(
        (await clerk.get("/office/links/export?of=people&kind=product")).text.removeprefix("\ufeff")
    ))}  # fmt: skip
    told = {one: [rows[one][name] for name in ("Orders", "Paid")] for one in (code, idle)}
    assert told[idle] == ["0", "0"] and told[code][1] in ("1", "2") and int(told[code][0]) == 3
    program = await programs((await office.clerk(place)).person, "links.read")
    counted = {one.code: one for one in (await program.list_market_links(of="people", kind="product")).items}
    assert (counted[code].orders, counted[code].kept.amount_minor) == (3, 2 * of.price_minor)
    assert (counted[idle].orders, counted[idle].kept.amount_minor) == (0, 0)
    assert (await program.list_market_links(of="people", kind="coupon")).items == []
    page = await clerk.read("/office/links?of=people&kind=product")
    assert code in page and "Kept" in page and code not in await clerk.read("/office/links?kind=coupon")


async def test_the_market_links_to_shops_teams_and_coupons_too(place: Place, clerks: Clerks) -> None:
    (shop, _), template = await share.shop(place), await promo.template(place)
    of = await given.campaign(place, await given.goods(place), size=2)
    team = await given.paid_team(place, await given.buyer(place), of)
    clerk = await clerks()
    page = await clerk.read("/office/links/new")
    form = form_to(page, "/office/links")
    assert SHOP.show(shop) in page and TEMPLATE.show(template) in page
    chosen = {"channel": "web", "campaign": "", "until": "", "reason": "test"}
    wishes = (
        {"what": SHOP.show(shop)},
        {"what": TEMPLATE.show(template)},
        {"what": "home", "other": TEAM_ID.show(team.team)},
    )
    for wish in wishes:
        form = form_to(await clerk.read("/office/links/new"), "/office/links")
        assert (await clerk.send(form, **chosen, **wish)).status_code == 303, wish
    async with place.work() as work:
        made = (await sharing.search_links(work, markets_own=True))[0].items
    assert {row["kind"] for row in made} == {"shop", "coupon", "team"}
    answer = await clerk.send(
        form_to(await clerk.read("/office/links/new"), "/office/links"), **chosen, what="home", other="x"
    )
    assert answer.status_code == 404
