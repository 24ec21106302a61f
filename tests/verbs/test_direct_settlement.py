"""A market whose one supplier's own accounts take the money: his share is with him when a line is settled, and comes back from there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given import commissions as sold
from tests.given import goods as given
from tests.given import promotions as promo
from tests.given import settling
from tests.given.houses import Place
from tests.verbs.test_late_returns import told
from tests.verbs.test_settlement import balances
from tuan.goods import catalog
from tuan.goods.catalog.errors import OneSeller
from tuan.goods.catalog.model import ShelfState
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.people import parties
from tuan.platform import audit
from tuan.platform.gateways.payment import TransferState
from tuan.platform.lists import Wanted
from tuan.trade import orders, settlement
from tuan.trade.settlement import queries as settlement_queries
from tuan.trade.settlement.errors import MoneyOpen, PaidDirect, SeveralSuppliers

SHARE, FEE = 3980 - 79, 79
CLEARING = "provider:sandbox:clearing"


async def alone(place: Place, *, price_minor: int = 1990) -> given.Goods:
    """Goods of the market's only supplier, whose own accounts take the money."""
    of = await given.goods(place, units=20, price_minor=price_minor)
    await settling.paid_directly(place, of)
    return of


async def settled(place: Place, of: given.Goods, units: int = 2) -> tuple[given.Buyer, UUID]:
    who = await sold.neighbour(place)
    order = await settling.received(place, of, who, units)
    await place.later(settling.KEPT)
    assert await given.state_of(place, order) == "completed"
    return who, order


async def transfers(place: Place, kind: str) -> list[Any]:
    async with place.work() as work:
        return await work.fetch(
            "SELECT from_code, to_code, amount, about FROM ledger.transfers WHERE market_id = $1 AND kind = $2 ORDER BY id",
            kind,
        )


async def test_his_share_is_with_him_when_a_line_is_settled(place: Place) -> None:
    of = await alone(place)
    _, order = await settled(place, of)
    found = await balances(place)
    assert found == {CLEARING: -FEE, "platform:income": FEE}, "what he holds for the market, and nothing of his own"
    (one,) = await transfers(place, "direct")
    assert tuple(one) == (f"supplier:{of.supplier}:payable", CLEARING, SHARE, order)
    assert await place.breaches() == {}


async def test_his_statement_says_of_each_line_that_he_has_it(place: Place) -> None:
    of = await given.goods(place, units=20, price_minor=1990)
    await settled(place, of)
    account, owner, manager = (
        await settling.account_of(place, of.supplier),
        await given.buyer(place),
        await given.buyer(place),
    )
    withdrawal = granted(await place.do(settlement.withdraw, of.supplier, account, SHARE, owner.id))
    assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    await place.later(timedelta(minutes=1))
    await settling.paid_directly(place, of)
    await settled(place, of)
    sums, rows = await told(place, of)
    assert [(row["kind"], row["is_direct"]) for row in rows] == [("kept", True), ("kept", False)]
    assert (sums.share, sums.direct, sums.paid, sums.total) == (2 * SHARE, SHARE, SHARE, 2 * SHARE)
    assert await place.breaches() == {}


async def test_what_he_has_is_not_withdrawn(place: Place) -> None:
    of = await alone(place)
    await settled(place, of)
    account, owner = await settling.account_of(place, of.supplier), await given.buyer(place)
    before = await place.snapshot()
    assert await place.do(settlement.withdraw, of.supplier, account, 1000, owner.id) == PaidDirect()
    assert await place.snapshot() == before


async def test_a_late_return_is_paid_by_his_own_account(place: Place) -> None:
    of = await alone(place)
    who, order = await settled(place, of)
    await sold.give_back(place, of, who, order, 1)
    found = await balances(place)
    assert found == {CLEARING: 1990 - 3980 + SHARE - 1990, "platform:income": FEE}, "no debt, and the fee stays"
    (back,) = await transfers(place, "direct_back")
    assert tuple(back)[:3] == (CLEARING, f"supplier:{of.supplier}:payable", 1990)
    sums, rows = await told(place, of)
    assert [(row["kind"], row["share_minor"], row["is_direct"]) for row in rows] == [
        ("returned", -1990, True), ("kept", SHARE, True)
    ]  # fmt: skip
    assert (sums.total, sums.returned) == (SHARE - 1990, 1990)
    assert await place.breaches() == {}


async def test_it_is_paid_by_his_own_account_after_the_market_pays_out_again(place: Place) -> None:
    of = await alone(place)
    who, order = await settled(place, of)
    assert await place.do(settlement.set_merchant, None, reason="several again") is None
    await settled(place, of)
    await sold.give_back(place, of, who, order, 1)
    assert (await balances(place))[f"supplier:{of.supplier}:payable"] == SHARE, "what is claimed since is not touched"
    assert await place.breaches() == {}


async def test_what_was_paid_out_and_comes_back_later_is_repaid_by_the_next_line(place: Place) -> None:
    of = await given.goods(place, units=20, price_minor=1990)
    who, order = await settled(place, of)
    withdrawal = await settling.agreed(place, of, SHARE)
    await place.later(timedelta(minutes=1))
    assert (await place.do(settlement.access_withdrawal, withdrawal))["state"] == "paid"
    await settling.paid_directly(place, of)
    await sold.give_back(place, of, who, order, 1)
    assert (await balances(place))[f"supplier:{of.supplier}:debt"] == -1990
    _, later = await settled(place, of)
    assert f"supplier:{of.supplier}:debt" not in await balances(place)
    assert [(row["amount"], row["about"]) for row in await transfers(place, "direct")] == [(SHARE - 1990, later)]
    assert await place.breaches() == {}


async def test_what_the_market_bears_is_set_off(place: Place) -> None:
    of, who = await alone(place), await given.buyer(place)
    placed = granted(await promo.buy(place, who, of, [await promo.coupon(place, who, off_minor=1000)]))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(settling.KEPT)
    fee = 1990 * 2 // 100
    assert await balances(place) == {CLEARING: 1000 - fee, "platform:income": fee, "market:discounts": -1000}
    assert await place.breaches() == {}


async def test_an_order_that_no_provider_was_paid_for_is_set_off_by_hand(place: Place) -> None:
    of, who = await alone(place, price_minor=1000), await given.buyer(place)
    placed = granted(await promo.buy(place, who, of, [await promo.coupon(place, who, off_minor=1000)]))
    await place.quiet()
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(settling.KEPT)
    (one,) = await transfers(place, "direct")
    assert tuple(one)[1:] == ("provider:by_hand:clearing", 980, order)
    assert await place.breaches() == {}


async def test_payments_to_his_own_account_are_not_split_to_him_later(place: Place) -> None:
    of = await alone(place)
    await settled(place, of)
    assert await place.do(settlement.set_merchant, None, reason="several again") is None
    await settled(place, of, 1)
    account, owner = await settling.account_of(place, of.supplier, mode="split"), await given.buyer(place)
    granted(await place.do(settlement.withdraw, of.supplier, account, 1951, owner.id))
    async with place.work() as work:
        parts = await work.fetch(
            "SELECT s.amount_minor, c.is_direct FROM settlement.splits s JOIN settlement.claims c ON c.market_id = $1 "
            "AND c.order_id = s.order_id WHERE s.market_id = $1"
        )
    assert [tuple(one) for one in parts] == [(1951, False)]
    assert await place.breaches() == {}


# ── who may have such a market ──
async def test_not_while_another_has_goods_for_sale(place: Place) -> None:
    one, other = await given.goods(place), await given.goods(place)
    before = await place.snapshot()
    assert await place.do(settlement.set_merchant, one.supplier, reason="test") == SeveralSuppliers(others=1)
    assert await place.snapshot() == before
    assert await place.do(catalog.take_off, other.product, reason="leaves") is None
    await settling.paid_directly(place, one)
    assert await place.do(parties.merchant) == one.supplier


async def test_not_while_another_has_an_order_a_balance_or_a_debt(place: Place) -> None:
    one, other, who = await given.goods(place), await given.goods(place), await given.buyer(place)
    await settling.received(place, other, who)
    assert await place.do(catalog.take_off, other.product, reason="leaves") is None
    several = SeveralSuppliers(others=1)
    assert await place.do(settlement.set_merchant, one.supplier, reason="test") == several, "his order is open"
    await place.later(settling.KEPT)
    assert await place.do(settlement.set_merchant, one.supplier, reason="test") == several, "he has a balance"
    assert await place.do(settlement.charge, other.supplier, 1951, reason="test") is None
    assert await place.do(settlement.charge, other.supplier, 1, reason="test") is None
    assert await place.do(settlement.set_merchant, one.supplier, reason="test") == several, "he owes"


async def test_not_while_his_own_money_is_open_either_way(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of))
    assert await place.do(settlement.set_merchant, of.supplier, reason="test") == MoneyOpen(), "an order is open"
    await place.later(timedelta(hours=1))
    await settling.paid_directly(place, of)
    await settling.received(place, of, who)
    before = await place.snapshot()
    assert await place.do(settlement.set_merchant, None, reason="test") == MoneyOpen(), "its money is with him"
    assert await place.snapshot() == before
    await place.later(settling.KEPT)
    assert await place.do(settlement.set_merchant, None, reason="test") is None
    await settled(place, of, 1)
    assert await place.do(settlement.set_merchant, of.supplier, reason="test") == MoneyOpen(), "he has a balance"
    await settling.asked_for(place, of, 1951)
    assert await place.do(settlement.set_merchant, of.supplier, reason="test") == MoneyOpen(), "it is on its way out"


async def test_twice_is_once_and_each_change_is_audited(place: Place) -> None:
    of = await alone(place)
    before = await place.snapshot()
    await settling.paid_directly(place, of)
    assert await place.snapshot() == before
    assert await place.do(settlement.set_merchant, None, reason="test") is None
    async with place.work() as work:
        acts = await audit.about(work, "rules")
    assert [act["action"] for act in acts] == ["settlement.set_merchant"] * 2


async def test_nobody_else_puts_goods_on_the_shelf(place: Place) -> None:
    one, other = await given.goods(place), await given.goods(place)
    assert await place.do(catalog.pause, other.supplier, reason="a licence ran out") == 1
    await settling.paid_directly(place, one)
    before = await place.snapshot()
    assert await place.do(catalog.shelve, [other.product], ShelfState.LISTED, reason="test") == OneSeller()
    async with place.work() as work:
        category = (await catalog.categories(work))[0]["id"]
        new = catalog.NewProduct(other.supplier, category, "x", "y", ["goods/navel-orange.svg"], [("1 kg", 100)])
        assert await catalog.list_products(work, [new]) == OneSeller()
    assert await place.do(catalog.resume, other.supplier, reason="renewed") == 0
    assert await place.snapshot() == before
    assert await place.do(catalog.shelve, [one.product], ShelfState.LISTED, reason="test") is None
    assert await place.do(settlement.set_merchant, None, reason="test") is None
    assert await place.do(catalog.resume, other.supplier, reason="renewed") == 1


async def test_a_withdrawal_that_a_bank_sends_back_is_set_off(place: Place) -> None:
    of = await settling.earned(place)
    withdrawal = await settling.agreed(place, of, 1951)
    await place.later(timedelta(minutes=1))
    await settling.paid_directly(place, of)
    await settling.answered(place, withdrawal, TransferState.FAILED)
    (row,) = (await place.do(settlement.withdrawals, Wanted(), payee=of.supplier)).items
    assert row["state"] == "returned"
    (one,) = await transfers(place, "direct")
    assert (one["to_code"], one["amount"]) == ("provider:by_hand:clearing", 1951)
    assert await place.breaches() == {}


async def test_what_was_paid_once_too_often_says_nothing_of_who_has_the_money(place: Place) -> None:
    """The second payment comes by another provider and after the first, and all of it goes back there."""
    of = await alone(place)
    order = await settling.received(place, of, await sold.neighbour(place), 2)
    other, second = new_uuid(), new_uuid()
    async with place.work() as work:
        await work.execute(PAID_AGAIN_SQL, other, second)
        assert await settlement_queries.taken_by(work, [order]) == {order: "sandbox"}


PAID_AGAIN_SQL = """
    WITH again AS (
        INSERT INTO payments.attempts (market_id, id, payable_id, provider, merchant, app, amount_minor, currency, state, started_at, trace)
        SELECT market_id, $2, payable_id, 'stripe', merchant, app, amount_minor, currency, 'captured', started_at, trace
        FROM payments.attempts WHERE market_id = $1 RETURNING payable_id
    )
    INSERT INTO payments.captures (market_id, id, payable_id, attempt_id, provider, transaction, amount_minor, applied_minor, refunded_minor, paid_at, received_at)
    SELECT c.market_id, $3, c.payable_id, $2, 'stripe', 'again', c.amount_minor, 0, c.amount_minor, c.paid_at + interval '1 minute', c.received_at
    FROM payments.captures c JOIN again USING (payable_id) WHERE c.market_id = $1
"""
