"""Points on the faces: the wallet, the one tap a day, the office that gives and takes, and the same for programs."""

from dataclasses import replace
from datetime import timedelta

from tests.faces.browser import form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_trade_places import come_in, send
from tests.given import goods as given
from tests.given import points as wallets
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import granted
from tuan.people.accounts.model import ADDRESS, PERSON
from tuan.play import loyalty
from tuan.trade import aftersales
from tuan.trade.orders.model import ORDER_ID
from tuan.value import points
from tuan.value.points import Balance

REASON = {"reason": "because of the test"}
RULES = {
    "earn_points": "2", "earn_per": "1.00", "earn_order_max": "500", "event_day_max": "30", "valid_days": "100",
    "hundred": "0.50", "spend_percent": "30", "spend_min": "20", "owes": "no",
}  # fmt: skip


async def test_the_wallet_says_what_there_is_and_why(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place, replace(wallets.TERMS, valid_days=20))
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    assert "No points yet" in await visitor.read("/me/points")
    await wallets.grant(place, who.id, 120)
    await given.pay(place, who, granted(await given.place_order(place, who, of)))
    page = await visitor.read("/me/points")
    assert "From the market" in page and "Promised for an order" in page and "/orders/ord_" in page
    seen = await visitor.asking_for("application/json").json("/me/points")
    assert (seen["spendable"], seen["pending"], seen["worth"]["amount_minor"]) == (120, 19, 120)
    assert [(e["words"], e["change"]) for e in seen["entries"]] == [
        ("Promised for an order", 19),
        ("From the market", 120),
    ]
    assert "120" in await visitor.read("/me")
    assert "Points that end soon" in page


async def test_one_tap_a_day(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    visitor = await visitors(who)
    assert (await visitor.get("/me/check-in")).status_code == 410
    assert await place.do(loyalty.set_ladder, [5, 10], reason="test") is None
    assert "One tap a day" in await visitor.read("/me/check-in")
    for key in ("one", "two"):
        answer = await visitor.post("/me/check-in", key=key)
        assert (answer.status_code, answer.headers["location"]) == (303, "/me/check-in")
    assert "Done for today" in await visitor.read("/me/check-in")
    assert (await wallets.balance(place, who.id)).spendable == 5
    assert "Checked in" in await visitor.read("/me/points")


async def test_the_office_sets_the_rules_and_the_ladder(place: Place, visitors: Visitors) -> None:
    browser = await come_in(place, visitors)
    answer = await send(browser, "/office/points", "/office/points/rules", **RULES, **REASON)
    assert answer.status_code == 303, answer.text[:400]
    async with place.work() as work:
        terms = await points.load_terms(work)
    assert (terms.earn_points, terms.earn_per_minor, terms.hundred_minor, terms.spend_permyriad, terms.owes_reversed) == (
        2, 100, 50, 3000, False
    )  # fmt: skip
    answer = await send(browser, "/office/points", "/office/points/ladder", rewards="5, 5 30", **REASON)
    assert answer.status_code == 303 and await place.do(loyalty.ladder) == [5, 5, 30]
    page = await browser.read("/office/points")
    assert 'value="0.50"' in page and 'value="5 5 30"' in page
    for name, value in (("spend_percent", "101"), ("earn_per", "x"), ("owes", "maybe"), ("valid_days", "0")):
        answer = await send(browser, "/office/points", "/office/points/rules", **{**RULES, name: value}, **REASON)
        assert answer.status_code == 422, name
    answer = await send(browser, "/office/points", "/office/points/ladder", rewards="5 x", **REASON)
    assert answer.status_code == 422


async def test_the_office_gives_and_takes_with_a_reason(place: Place, visitors: Visitors) -> None:
    who, browser = await given.buyer(place), await come_in(place, visitors)
    url = f"/office/points/{PERSON.show(who.id)}"
    assert url in await browser.read(f"/office/people/{PERSON.show(who.id)}")
    assert (await send(browser, url, f"{url}/grants", units="100", **REASON)).status_code == 303
    assert (await send(browser, url, f"{url}/deductions", units="30", **REASON)).status_code == 303
    assert await wallets.balance(place, who.id) == Balance(70, 0, 0, 0)
    page = await browser.read(url)
    assert "Taken by the market" in page and REASON["reason"] in page
    answer = await send(browser, url, f"{url}/deductions", units="71", **REASON)
    assert answer.status_code == 409 and "Only 70 points" in answer.text
    assert (await send(browser, url, f"{url}/grants", units="5", reason="")).status_code == 422
    care = await come_in(place, visitors, "care")
    assert "/grants" not in await care.read(url)
    assert (await care.post(f"{url}/grants", key="k", units="5", **REASON)).status_code == 403
    assert await wallets.balance(place, who.id) == Balance(70, 0, 0, 0)
    await place.quiet()
    assert await place.breaches() == {}


async def test_programs_read_the_wallet_and_check_in(place: Place, programs: Programs) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    program = await programs(who.id)
    assert (await refused(program.check_in())).code == "loyalty.no_check_in"
    assert (await refused(program.show_check_in())).code == "loyalty.no_check_in"
    assert await place.do(loyalty.set_ladder, [5, 10], reason="test") is None
    assert (await program.show_check_in()).is_done is False
    done = await program.check_in()
    assert (done.streak, done.is_done, done.given, done.rewards) == (1, True, 5, [5, 10])
    has = await program.show_points()
    assert (has.spendable, has.held, has.pending, has.debt) == (5, 0, 0, 0)
    (entry,) = (await program.list_points_entries()).items
    assert (entry.kind, entry.units, entry.order) == ("earn", 5, None)


async def test_points_pay_at_the_checkout(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    visitor = await visitors(who)
    url = f"/checkout?mode=alone&sku={SKU.show(of.sku)}"
    assert "could pay" not in await visitor.read(url), "there are none yet"
    await wallets.grant(place, who.id, 700)
    assert "700 points could pay" in await visitor.read(url)
    page = await visitor.asking_for("application/json").json(f"{url}&points=700")
    assert (page["total"]["amount_minor"], page["points"], page["points_choice"]["is_chosen"]) == (1290, 700, True)
    answer = await visitor.send(form_to(await visitor.read(f"{url}&points=700"), "/orders"))
    assert answer.status_code == 303, answer.text[:400]
    assert (await wallets.balance(place, who.id)) == Balance(0, 700, 0, 0)
    for said in ("x", "-1", "9" * 11):
        assert (await visitor.get(f"{url}&points={said}")).status_code == 422
    await place.later(timedelta(minutes=16))
    assert await place.breaches() == {}


async def test_more_points_than_may_pay_are_refused_on_the_form(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 1500)
    visitor = await visitors(who)
    url = f"/checkout?mode=alone&sku={SKU.show(of.sku)}&points=995"
    form = form_to(await visitor.read(url), "/orders")
    answer = await visitor.send(form, points="996")
    assert answer.status_code == 409 and "at most 995 points" in answer.text
    assert await place.do(points.deduct, who.id, 1000, reason="test") is None
    answer = await visitor.send(form)
    assert answer.status_code == 409 and "Only 500 points" in answer.text
    assert (await wallets.balance(place, who.id)).held == 0


async def test_what_points_pay_whole_is_paid_when_it_is_placed(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place, wallets.whole())
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 1990)
    visitor = await visitors(who)
    page = await visitor.read(f"/checkout?mode=alone&sku={SKU.show(of.sku)}&points=1990")
    answer = await visitor.send(form_to(page, "/orders"))
    assert answer.status_code == 303
    paid = await visitor.read(answer.headers["location"])
    assert "Your goods are being packed" in paid and "How would you like to pay?" not in paid
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_program_pays_by_points(place: Place, programs: Programs) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 700)
    program = await programs(who.id)
    lines = [{"sku": SKU.show(of.sku), "units": 1}]
    placed = await program.place_order(lines=lines, address=ADDRESS.show(who.address), points=700, quoted_minor=1290)
    assert (await program.show_order(placed.orders[0])).total.amount_minor == 1290
    assert (await refused(program.place_order(lines=lines, points=10))).code == "orders.address_missing"
    again = program.place_order(lines=lines, address=ADDRESS.show(who.address), points=700)
    assert (await refused(again)).code == "points.short"


async def test_cancelling_says_what_comes_of_points_before_it_is_confirmed(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place, replace(wallets.TERMS, earn_points=10))
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 700)
    spent, earned = (
        granted(await wallets.place_order(place, who, of, 700)),
        granted(await given.place_order(place, who, of)),
    )
    for placed in (spent, earned):
        await given.pay(place, who, placed)
    visitor = await visitors(who)
    page = await visitor.read(f"/orders/{ORDER_ID.show(spent.orders[0])}")
    assert "700 points you spent come back." in page and "129 points it earned are taken back." in page
    assert "would owe" not in page
    assert await place.do(points.follow, [points.Bought(earned.orders[0], who.id, 1990, 0, is_kept=True)]) == 1
    assert await place.do(points.deduct, who.id, 150, reason="test") is None
    page = await visitor.read(f"/orders/{ORDER_ID.show(earned.orders[0])}")
    assert "49 points it earned are taken back." in page and "You have spent 150 points it earned" in page
    assert await place.do(aftersales.cancel, earned.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(0, 0, 129, 150)
    assert await place.do(aftersales.cancel, spent.orders[0], who.id, reason="test") is None
    await place.quiet()
    assert await wallets.balance(place, who.id) == Balance(550, 0, 0, 0)
    assert await place.breaches() == {}


async def test_asking_for_a_part_back_says_what_comes_of_points(place: Place, visitors: Visitors) -> None:
    await wallets.terms(place)
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 1000)
    placed = granted(await wallets.place_order(place, who, of, 1000, units=2))
    await given.pay(place, who, placed)
    url = f"/orders/{ORDER_ID.show(placed.orders[0])}/cases/new?kind=cancel&why=changed_mind&units_1=1"
    page = await (await visitors(who)).read(url)
    assert "500 points you spent come back." in page and "14 points it earned are taken back." in page


async def test_before_a_part_of_what_cost_nothing_is_given_back_it_says_how_many_points_return(
    place: Place, visitors: Visitors
) -> None:
    await wallets.terms(place, wallets.whole())
    of, who = await given.goods(place), await given.buyer(place)
    await wallets.grant(place, who.id, 3980)
    (order,) = granted(await wallets.place_order(place, who, of, 3980, units=2)).orders
    visitor = await visitors(who)
    page = await visitor.read(f"/orders/{ORDER_ID.show(order)}/cases/new?kind=cancel&why=changed_mind&units_1=1")
    assert "1990 points" in page or "1,990 points" in page, page[-3000:]
