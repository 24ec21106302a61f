"""Settlement against the database: kept orders are shared out once, withdrawals end once."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given import settling
from tests.given.aftersales import ask
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.platform.gateways.payment import TransferState
from tuan.platform.lists import Wanted
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.model import Kind
from tuan.trade.orders.model import RETURN_WINDOW, PlaceOrder
from tuan.trade.settlement import store
from tuan.trade.settlement.model import AccountState, Cut, PayeeKind, Rules, Terms
from tuan.value import ledger


async def balances(place: Place) -> dict[str, int]:
    async with place.work() as work:
        return {code: balance for (code, _), balance in (await ledger.balances(work)).items() if balance}


async def test_a_kept_order_is_shared_out_once_its_window_is_over(place: Place) -> None:
    of, who = await given.goods(place, units=5, price_minor=1990), await given.buyer(place)
    order = await settling.received(place, of, who, 2)
    await place.later(timedelta(days=6, hours=23))
    assert await given.state_of(place, order) == "received"
    await place.later(timedelta(hours=1, seconds=1))
    assert await given.state_of(place, order) == "completed"
    assert await place.do(settlement.settle_due, limit=10) == 0
    assert (await balances(place))[f"supplier:{of.supplier}:payable"] == 3980 - 79
    assert await place.breaches() == {}


async def test_what_others_paid_for_goods_that_came_back_is_not_paid_out(place: Place) -> None:
    """A line that cost its buyer nothing, because a coupon of the market took all of it, and two of whose three units came back."""
    of, who = await given.goods(place, units=9, price_minor=1000, skus=2), await given.buyer(place)
    gift = await promo.coupon(place, who, off_minor=3000, include=(of.sku,))
    items = ((of.sku, 3), (of.extra[0], 1))
    command = PlaceOrder(who.id, given.fresh_key(), items, who.address, 1100, (gift,))
    placed = granted(await place.one(orders.place_orders, command))
    await given.pay(place, who, placed)
    (order,) = placed.orders
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="SF1") is None
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 2)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    assert await place.do(orders.confirm_receipt, order, who.id) is None
    await place.later(settling.KEPT)
    found = await balances(place)
    assert found["market:discounts"] == -1000
    assert await place.do(settlement.borne_through, [gift, new_uuid()]) == {gift: 1000}
    assert found[f"supplier:{of.supplier}:payable"] == 2100 - 22 - 20
    assert await place.breaches() == {}


async def test_a_line_that_a_case_holds_is_settled_when_the_case_is_over(place: Place) -> None:
    of, who = await given.goods(place, units=5), await given.buyer(place)
    order, case = await settling.received(place, of, who), new_uuid()
    await place.do(settlement.hold_lines, case, order, [1])
    await place.later(timedelta(days=30))
    assert await given.state_of(place, order) == "received"
    await place.do(settlement.free_lines, case)
    await place.quiet()
    assert await given.state_of(place, order) == "completed"
    assert await place.breaches() == {}


async def test_a_case_opened_while_the_order_is_about_to_be_settled_stops_it(place: Place) -> None:
    of, who = await given.goods(place, units=5), await given.buyer(place)
    order = await settling.received(place, of, who)
    await place.move_clock(settling.KEPT)
    async with place.work() as work:
        due = [row["id"] for row in await work.fetch(store.DUE_SQL, work.now - RETURN_WINDOW, 10, 1, 0)]
    await place.do(settlement.hold_lines, new_uuid(), order, [1])
    assert due == [order]
    await place.quiet()
    assert await given.state_of(place, order) == "received"


async def test_an_order_has_the_terms_that_stood_when_it_was_placed(place: Place) -> None:
    of, who = await given.goods(place, units=5, price_minor=1000), await given.buyer(place)
    await settling.received(place, of, who)
    assert await place.do(settlement.set_terms, of.supplier, Terms(1000, 500), reason="new contract") is None
    await settling.received(place, of, who)
    await place.later(settling.KEPT)
    found = await balances(place)
    assert found["platform:income"] == 20 + 100
    assert found["platform:tax_withheld"] == 45
    assert found[f"supplier:{of.supplier}:payable"] == 980 + 855
    assert await place.breaches() == {}


async def test_a_promised_cut_is_paid_from_what_was_kept(place: Place) -> None:
    of, who = await given.goods(place, units=5, price_minor=1000), await given.buyer(place)
    order = await settling.received(place, of, who)
    shop = f"shop:{new_uuid()}:payable"
    assert await place.do(settlement.promise_cuts, [(order, 1, Cut(new_uuid(), "commission_1", shop, 300))]) is None
    assert isinstance(
        await place.do(settlement.promise_cuts, [(order, 2, Cut(new_uuid(), "commission_1", shop, 1))]), NotFound
    )
    await place.later(settling.KEPT)
    found = await balances(place)
    assert (found[shop], found[f"supplier:{of.supplier}:payable"], found["platform:income"]) == (300, 680, 20)
    assert await place.breaches() == {}


async def test_a_statement_says_where_every_cent_went(place: Place) -> None:
    of = await settling.earned(place, units=3)
    async with place.work() as work:
        until = work.now + timedelta(seconds=1)
        sums = await settlement.statement_sums(work, of.supplier, until - timedelta(days=31), until)
        page = await settlement.statement_lines(work, of.supplier, until - timedelta(days=31), until)
        before = await settlement.statement_sums(
            work, of.supplier, until - timedelta(days=62), until - timedelta(days=31)
        )
    assert (sums.lines, sums.kept, sums.fee, sums.share) == (1, 5970, 119, 5851)
    assert [(row["kept_minor"], row["share_minor"], row["units"]) for row in page.items] == [(5970, 5851, 3)]
    assert before.lines == before.share == 0


# ── withdrawals ──
async def test_a_withdrawal_leaves_the_balance_waits_for_consent_and_is_paid(place: Place) -> None:
    of = await settling.earned(place)
    assert await place.do(settlement.set_rules, Rules(100, 100, 5000), reason="fees") is None
    withdrawal, _ = await settling.asked_for(place, of, 1000)
    async with place.work() as work:
        waiting = await settlement.balance_of(work, of.supplier)
    assert (waiting.payable_minor, waiting.withdrawing_minor) == (951, 1000)
    manager = await given.buyer(place)
    assert await place.do(settlement.approve, withdrawal, manager.id, reason="checked") is None
    await settling.answered(place, withdrawal, TransferState.UNKNOWN)
    async with place.work() as work:
        assert (await settlement.access_withdrawal(work, withdrawal, of.supplier))["state"] == "due"
    for _ in range(2):  # said twice is said once
        await settling.answered(place, withdrawal, TransferState.DONE)
    found = await balances(place)
    assert found[f"supplier:{of.supplier}:payable"] == 951
    assert f"supplier:{of.supplier}:withdrawing" not in found
    assert found["platform:income"] == 39 + 10
    assert found["provider:sandbox:clearing"] == -1990 + 990
    assert await place.breaches() == {}


async def test_what_failed_or_was_refused_is_back_once(place: Place) -> None:
    of = await settling.earned(place)
    manager = await given.buyer(place)
    failed, _ = await settling.asked_for(place, of, 1000)
    assert await place.do(settlement.approve, failed, manager.id, reason="checked") is None
    for _ in range(2):
        await settling.answered(place, failed, TransferState.FAILED)
    await settling.answered(place, failed, TransferState.DONE)  # too late to be true
    refused, _ = await settling.asked_for(place, of, 1951)
    assert await place.do(settlement.reject, refused, reason="wrong account") is None
    assert (await balances(place))[f"supplier:{of.supplier}:payable"] == 1951
    assert await place.breaches() == {}


async def test_above_the_limit_two_persons_agree(place: Place) -> None:
    of = await settling.earned(place)
    assert await place.do(settlement.set_rules, Rules(100, 0, 999), reason="limit") is None
    withdrawal, _ = await settling.asked_for(place, of, 1000)
    first, second = await given.buyers(place, 2)
    for person, state in ((first, "requested"), (second, "due")):
        assert await place.do(settlement.approve, withdrawal, person.id, reason="checked") is None
        async with place.work() as work:
            assert (await settlement.access_withdrawal(work, withdrawal))["state"] == state


async def test_a_debt_is_repaid_by_what_comes_in(place: Place) -> None:
    of, who = await settling.earned(place), await given.buyer(place)
    assert await place.do(settlement.charge, of.supplier, 3000, reason="chargeback") is None
    async with place.work() as work:
        owing = await settlement.balance_of(work, of.supplier)
    assert (owing.payable_minor, owing.debt_minor) == (0, 3000 - 1951)
    await settling.received(place, of, who)
    await place.later(settling.KEPT)
    async with place.work() as work:
        after = await settlement.balance_of(work, of.supplier)
    assert (after.payable_minor, after.debt_minor) == (1951 - 1049, 0)
    assert await place.breaches() == {}


async def test_somebody_elses_account_is_not_found(place: Place) -> None:
    of, other = await settling.earned(place), await given.goods(place)
    account, owner = await settling.account_of(place, other.supplier), await given.buyer(place)
    assert await place.do(settlement.withdraw, of.supplier, account, 1000, owner.id) == NotFound()
    withdrawal, _ = await settling.asked_for(place, of)
    async with place.work() as work:
        with pytest.raises(Refused):
            await settlement.access_withdrawal(work, withdrawal, other.supplier)


async def test_accounts_are_listed_the_newest_first_and_by_their_state(place: Place) -> None:
    first, second = await given.goods(place), await given.goods(place)
    older, newer = (
        await settling.account_of(place, first.supplier),
        await settling.account_of(place, second.supplier, active=False),
    )
    page = await place.do(settlement.payout_accounts, Wanted())
    told = [(row["id"], row["payee_id"], row["kind"], row["state"]) for row in page.items]
    supplier = PayeeKind.SUPPLIER
    assert told == [(newer, second.supplier, supplier, "checking"), (older, first.supplier, supplier, "active")]
    assert [row["holder"] for row in page.items] == ["果园"] * 2
    only = await place.do(settlement.payout_accounts, Wanted(), states=[AccountState.ACTIVE])
    assert [row["id"] for row in only.items] == [older]
    (own,) = await place.do(settlement.accounts_of, first.supplier)
    assert (own["id"], own["number"], own["provider"]) == (older, "6222021234567890", "sandbox")


async def test_what_was_charged_is_read_with_its_reason_and_what_was_owed_of_it(place: Place) -> None:
    of = await settling.earned(place)
    for amount in (1000, 2000):
        assert await place.do(settlement.charge, of.supplier, amount, reason=f"fine of {amount}") is None
    async with place.work() as work:
        until = work.now + timedelta(seconds=1)
        rows = await settlement.charges_of(work, of.supplier, until - timedelta(days=1), until)
        before = await settlement.charges_of(work, of.supplier, until - timedelta(days=2), until - timedelta(days=1))
        found = await settlement.balances_of(work, [of.supplier])
    told = sorted((row["amount_minor"], row["debt_minor"], row["reason"]) for row in rows)
    assert told == [(1000, 0, "fine of 1000"), (2000, 2000 - 951, "fine of 2000")] and before == []
    balance = found[of.supplier]
    assert (balance.payable_minor, balance.withdrawing_minor, balance.debt_minor) == (0, 0, 1049)
    page = await place.do(settlement.statement_lines, of.supplier, until - timedelta(days=1), until)
    lines = [(line["kind"], line["title"], line["options"], line["share_minor"]) for line in page.items]
    assert lines[:2] == [("charged", "", "", -2000), ("charged", "", "", -1000)]


async def test_withdrawals_are_listed_the_newest_first_by_payee_and_state(place: Place) -> None:
    first, second = await settling.earned(place), await settling.earned(place)
    (older, asker), (newer, _) = await settling.asked_for(place, first), await settling.asked_for(place, second, 1500)
    page = await place.do(settlement.withdrawals, Wanted())
    told = [(row["id"], row["payee_id"], row["amount_minor"], row["state"], row["holder"]) for row in page.items]
    assert told == [
        (newer, second.supplier, 1500, "requested", "果园"),
        (older, first.supplier, 1000, "requested", "果园"),
    ]
    assert page.items[1]["requested_by"] == asker
    own = await place.do(settlement.withdrawals, Wanted(), payee=first.supplier)
    assert [row["id"] for row in own.items] == [older]
    assert (await place.do(settlement.withdrawals, Wanted(), states=["paid"])).items == []


async def test_withdrawals_are_listed_by_whoever_paid_them_and_when(place: Place) -> None:
    """From the first moment on and before the last, and what was asked for only or of another provider is not among them."""
    of, manager = await settling.earned(place), await given.buyer(place)
    paid, _ = await settling.asked_for(place, of, 1000)
    assert await place.do(settlement.approve, paid, manager.id, reason="checked") is None
    await settling.answered(place, paid, TransferState.DONE)
    await settling.asked_for(place, of, 500)
    tick = timedelta(microseconds=1)
    async with place.work() as work:
        at = (await settlement.access_withdrawal(work, paid, of.supplier))["ended_at"]

        async def between(since: timedelta, until: timedelta, provider: str = "sandbox") -> list[UUID]:
            return await settlement.paid_between(work, provider, at + since, at + until)

        assert await between(0 * tick, tick) == await between(-tick, tick) == [paid]
        assert await between(tick, 2 * tick) == await between(-tick, 0 * tick) == []
        assert await between(-tick, tick, "wechat") == []
