"""From a paid line to a shop's claim: promised, settled, matured; and back again by what goes back."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.people.compliance.model import Channel
from tuan.platform.work import Work
from tuan.play.distribution import facts, model, queries, store
from tuan.play.distribution.model import Commission, CommissionState, Leg, Lowering, Purses, Sign, Sold, Why
from tuan.trade import settlement
from tuan.trade.settlement.model import Cut, PayeeKind, Promisable
from tuan.value import ledger
from tuan.value.ledger.model import Postings, shop_debt, shop_payable, shop_pending, supplier_payable


async def accrue(work: Work, orders: Collection[UUID]) -> None:
    """These orders were paid: promise shops their part of each line that they recommended, by the plans that stood when it
    was placed. Asked again it changes nothing.

    Orders that nobody recommended cost one read for all of them. The global lock order: plans with a budget, then orders.
    """
    found = await store.recommended(work, orders)
    if not found:
        return
    placed = found.values()
    versions = await store.load_versions(work, min(placed), max(placed), to_promise=True)
    if not versions:
        return
    versions = await queries.with_signatures(work, versions)
    lines = await settlement.lines_to_promise(work, found)
    rows = [
        row for row in await work.fetch(store.SOLD_SQL, list(found)) if (row["order_id"], row["line_number"]) in lines
    ]
    signs = await _signs(work, rows)
    flags = {(sign.order_id, sign.shop_id): sign.why for sign in signs}
    made, withheld = [], []
    for row in rows:
        sold = _sold(row, lines[row["order_id"], row["line_number"]], flags)
        promised, kept_back = model.commissions_of(sold, versions, work.now)
        made += promised
        withheld += kept_back
    cuts = [(c.order_id, c.line_number, Cut(c.id, c.kind, shop_pending(c.shop_id), c.amount_minor)) for c in made]
    refusal = await settlement.promise_cuts(work, cuts)
    assert not isinstance(refusal, Refusal), (
        refusal
    )  # its lines are locked, and no more is asked than they have room for
    early = [one for one in made if one.kept_minor < one.amount_minor]  # something went back before this was heard of
    lowered = [Lowering(new_uuid(), one.id, one.amount_minor - one.kept_minor, 0, "refund", work.now) for one in early]
    await store.add_commissions(work, made, withheld, lowered)
    _tell_held(work, made)
    await _hold_legs(work, {leg for sign in signs for leg in sign.legs})


def _sold(row: Any, line: Promisable, flags: dict[tuple[UUID, UUID], Why]) -> Sold:
    order, sellers = row["order_id"], store.sellers_of(row)
    return Sold(
        order, row["line_number"], row["buyer_id"], row["placed_at"], row["sku_id"], row["product_id"], row["category_id"],
        frozenset(row["campaigns"]), row["units"], line.goods_minor, line.back_minor, line.room_minor, sellers,
        {one.shop_id: flags[order, one.shop_id] for one in sellers.values() if (order, one.shop_id) in flags},
        model.CHANNEL_OF[row["channel"] or "web"], Channel(row["bought_in"] or Channel.WEB),
    )  # fmt: skip


async def _signs(work: Work, rows: Sequence[Any]) -> list[Sign]:
    """What speaks against a real sale."""
    asked = {(row["order_id"], one): row["buyer_id"] for row in rows for one in store.sellers_of(row).values()}
    return await store.signs_of(work, [(order, one, buyer) for (order, one), buyer in asked.items()]) if asked else []


async def _hold_legs(work: Work, legs: Collection[Leg]) -> None:
    """Of a ring the legs before the last one are looked at too, where they are still pending."""
    if not legs:
        return
    changed = await store.lock_legs(work, legs)
    for one in changed:
        model.hold(one, Why.RING)
    await store.save_commissions(work, changed)
    _tell_held(work, changed)


def _tell_held(work: Work, made: Sequence[Commission]) -> None:
    for one in made:
        if one.state == CommissionState.HELD and one.held_for is not None:
            work.tell(facts.CommissionHeld(commission=one.id, order=one.order_id, why=one.held_for))


async def follow_orders(work: Work, orders: Collection[UUID]) -> None:
    """Something became of these orders: their commissions fall with what went back, and lie with their shops, pending, once
    the lines were settled. Asked again it changes nothing."""
    found = await store.lock_commissions(work, set(orders))
    if not found:
        return
    of = {one.order_id for one in found}
    settled, suppliers = await store.settled(work, of), await store.suppliers_of(work, of)
    lines = await settlement.kept_lines(work, of)
    landing = [one for one in found if one.landed_minor is None and one.order_id in settled]
    landed = await ledger.amounts_about(work, [one.kind for one in landing], [one.id for one in landing])
    times = await store.hold_times(work, landing) if landing else {}
    purses, asset, postings = await purses_of(work, found, suppliers.values()), work.market.currency, Postings()
    lowered: list[Lowering] = []
    before = {one.id: one.kept_minor for one in found}
    for one in found:
        line, supplier = lines[one.order_id, one.line_number], suppliers[one.order_id]
        left = min(model.left_of(one.amount_minor, line.goods_minor, line.goods_back_minor), one.kept_minor)
        if fell := model.lower(one, left, "refund", supplier, asset, purses, postings, work.now):
            lowered.append(fell)
        if one.landed_minor is None and one.order_id in settled:
            matures_at = settled[one.order_id]["received_at"] + times[one.plan_id, one.version]
            model.land(one, landed.get(one.id, 0), matures_at, supplier, asset, postings)
    await save(work, found, lowered, before, postings, set(suppliers.values()))


async def purses_of(work: Work, found: Collection[Commission], suppliers: Collection[UUID]) -> Purses:
    """What their shops may claim, locked with every account that is going to be moved beside it."""
    asset, shops = work.market.currency, {one.shop_id for one in found}
    codes = [code for shop in shops for code in (shop_payable(shop), shop_debt(shop), shop_pending(shop))]
    balances = await ledger.lock_balances(work, [*codes, *map(supplier_payable, set(suppliers))], asset)
    return Purses({shop: balances.get(shop_payable(shop), 0) for shop in shops})


async def save(
    work: Work,
    changed: Sequence[Commission],
    lowered: Sequence[Lowering],
    before: dict[Any, int],
    postings: Postings,
    suppliers: Collection[UUID],
) -> None:
    """Write what became of commissions, what their plans may promise anew, and what moved."""
    await store.save_commissions(work, changed, lowered)
    await store.add_promised(work, ((one, one.kept_minor - before[one.id]) for one in changed))
    if postings.transfers:
        await settlement.repay(work, postings, PayeeKind.SUPPLIER, suppliers)
        await ledger.save_postings(work, postings)


async def mature_due(work: Work, *, limit: int) -> int:
    """What was kept through its time is the shop's to claim, unless something of its order is asked back. How many.

    What a shop owes is repaid from it first. A commission that is held waits for whoever looks at it.
    """
    due = await store.lock_due(work, limit)
    if not due:
        return 0
    postings = Postings()
    for one in due:
        model.mature(one, work.market.currency, postings, work.now)
        work.tell(facts.CommissionMatured(commission=one.id, order=one.order_id, amount_minor=one.kept_minor))
    await store.save_commissions(work, due)
    await settlement.repay(work, postings, PayeeKind.SHOP, {one.shop_id for one in due})
    await ledger.save_postings(work, postings)
    return len(due)
