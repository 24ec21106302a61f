"""A buyer's orders, and those that a supplier is to ship."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tuan.goods.catalog.model import SKU
from tuan.kit.refusals import Refusal
from tuan.people.accounts.model import ADDRESS, masked_phone
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AcceptsNoReturn,
    AddressId,
    BoughtIn,
    BundleId,
    Listing,
    Money,
    OrderId,
    PageQuery,
    PayableId,
    ShareCode,
    SkuId,
    SupplierId,
    TeamId,
    Units,
)
from tuan.surfaces.api.v1.aftersales import Foreseen, foreseen
from tuan.surfaces.api.v1.catalog import money
from tuan.surfaces.api.v1.groupbuy import Quoted, quote_of
from tuan.surfaces.storefront.couponing import read_coupons
from tuan.surfaces.storefront.order.routes import cancel_order
from tuan.surfaces.storefront.order.viewing import can_cancel, foresee_cancelling
from tuan.surfaces.storefront.showing import REFUND_STATES
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID, RECEIVED_BY_ITSELF_AFTER, REMARK_MAX, RETURN_WINDOW, PlaceOrder
from tuan.trade.orders.model import OrderState as State
from tuan.trade.payments.model import PAYABLE
from tuan.value.points.model import POINTS_MAX
from tuan.value.promotions.model import RULE

RemarkText = Annotated[str, Meta(max_length=REMARK_MAX, pattern=NO_NUL, examples=["请放门卫"])]

OrderState = Literal[
    "placed",
    "deposited",
    "paid",
    "gathering",
    "to_ship",
    "shipped",
    "received",
    "completed",
    "cancelled",
    "closed",
    "forfeited",
]


class NewLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many units of a SKU."""

    sku: SkuId
    units: Units = 1


class Remark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the buyer says to a supplier about what he sends."""

    supplier: SupplierId
    text: RemarkText


class NewSets(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many sets of a bundle, at its price."""

    bundle: BundleId
    sets: Units = 1


class NewOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Buying alone. Goods of several suppliers become one order each, under one payable."""

    lines: Annotated[list[NewLine], Meta(max_length=50)] = []
    sets: Annotated[list[NewSets], Meta(description="Bought beside the lines, or alone.", max_length=50)] = []
    address: AddressId | None = None
    quoted_minor: Quoted | None = None
    coupons: Annotated[
        str,
        Meta(description="Coupons in the order chosen, commas between.", max_length=400, pattern=NO_NUL, examples=[""]),
    ] = ""
    points: Annotated[
        int, Meta(description="So many of the caller's points pay a part.", ge=0, le=POINTS_MAX, examples=[0])
    ] = 0
    remarks: Annotated[list[Remark], Meta(max_length=50)] = []
    from_cart: Annotated[
        bool, Meta(description="The lines and sets are those of the caller's cart, with its numbers, and leave it.")
    ] = False
    accepts_no_return: AcceptsNoReturn = False
    share: ShareCode | None = None
    channel: BoughtIn = "web"


class Placed(Struct, frozen=True, kw_only=True):
    """The orders that were placed, and what is to be paid for them."""

    orders: list[OrderId]
    payable: PayableId


class OrderQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which orders: in one state, or in all."""

    state: OrderState | None = None


class OrderCard(Struct, frozen=True, kw_only=True):
    """An order in a list."""

    order: OrderId
    state: OrderState
    total: Money
    refunded: Money
    placed_at: datetime


class OrderLine(Struct, frozen=True, kw_only=True):
    """What was bought, as it was frozen when it was placed."""

    sku: SkuId
    title: Annotated[str, Meta(examples=["赣南脐橙 5 斤"])]
    options: Annotated[str, Meta(examples=["5 斤"])]
    units: Annotated[int, Meta(examples=[1])]
    amount: Money
    freight: Annotated[Money, Meta(description="In the amount.")]
    refunded: Money


class Discount(Struct, frozen=True, kw_only=True):
    """What the order costs less than its goods alone, and why."""

    reason: Annotated[str, Meta(examples=["team_price"])]
    amount: Money


class Refund(Struct, frozen=True, kw_only=True):
    """Money that goes back the way it came. `needs_hand`: the provider did not take it, and the operator sees to it."""

    amount: Money
    state: Literal["on_its_way", "arrived", "needs_hand"]
    provider: Annotated[str, Meta(examples=["sandbox"])]
    asked_at: datetime
    arrived_at: datetime | None


class ParcelAddress(Struct, frozen=True, kw_only=True):
    """Where a parcel goes; whole, since it stands on the label."""

    recipient: Annotated[str, Meta(examples=["王小明"])]
    phone: Annotated[str, Meta(examples=["13012345678"])]
    region: Annotated[str, Meta(examples=["浙江省 杭州市 西湖区"])]
    street: Annotated[str, Meta(examples=["灵隐路 2 号"])]


class Order(Struct, frozen=True, kw_only=True):
    """One order of the caller, with the time of each state it went through, what can be done with it, and what came back.

    `balance` is paid after a deposit; `later` is what of the price is owed with it and no part of `total` yet.

    `received_by` and `completed_by`: when it moves on by itself. The number in the address is masked. `end_reason` is empty
    until it ended.
    """

    order: OrderId
    payable: PayableId
    balance: PayableId | None
    later: Money
    team: TeamId | None
    state: OrderState
    total: Money
    refunded: Money
    lines: list[OrderLine]
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    carrier: Annotated[str, Meta(examples=["顺丰"])] | None
    tracking: Annotated[str, Meta(examples=["SF1029384756"])] | None
    address: ParcelAddress | None
    remark: RemarkText
    discounts: list[Discount]
    end_reason: Annotated[str, Meta(examples=["changed_mind"])]
    can_cancel: bool
    can_confirm_receipt: bool
    received_by: datetime | None
    completed_by: datetime | None
    refunds: list[Refund]


class Cancellation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an order is not wanted any more."""

    reason: Literal["unsaid", "changed_mind", "wrong_order", "too_slow"] = "unsaid"
    back_minor: Annotated[
        int,
        Meta(description="Of a deposit, what was shown that comes back; another sum is refused.", ge=0, examples=[0]),
    ] = 0


class OrderToShip(Struct, frozen=True, kw_only=True):
    """An order that waits for its parcel."""

    order: OrderId
    released_at: datetime
    total: Money
    address: ParcelAddress | None
    remark: RemarkText
    declares: Annotated[bool, Meta(description="It is from abroad, and declared to customs for somebody.")]
    lines: list[OrderLine]


class Shipment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parcel that was handed to a carrier."""

    carrier: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL, examples=["顺丰"])]
    tracking: Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL, examples=["SF1029384756"])]


@operation("POST", "/orders", scope="orders.write", status=201)
async def place_order(visit: Visit, data: NewOrder, key: str) -> Placed | Refusal:
    """Buy alone: stock is held until the payable is paid or its time is over."""
    items = tuple((read_id(SKU, line.sku), line.units) for line in data.lines)
    sets = tuple((read_id(RULE, one.bundle), one.sets) for one in data.sets)
    address = read_id(ADDRESS, data.address) if data.address else None
    remarks = tuple((read_id(SUPPLIER, one.supplier), one.text) for one in data.remarks)
    command = PlaceOrder(visit.person, key, items, address, quote_of(data.quoted_minor), read_coupons(data.coupons), data.points,
                         remarks, data.from_cart, data.accepts_no_return, sets, data.share, data.channel)  # fmt: skip
    outcome = await visit.submit(orders.place_orders, command)
    if isinstance(outcome, Refusal):
        return outcome
    return Placed(orders=[ORDER_ID.show(order) for order in outcome.orders], payable=PAYABLE.show(outcome.payable))


@operation("GET", "/orders", scope="orders.read")
async def list_orders(visit: Visit, query: OrderQuery) -> Listing[OrderCard]:
    """The caller's orders, newest first."""
    states = (query.state,) if query.state else ()
    async with visit.reading() as work:
        found = await orders.orders_of(work, visit.person, states=states, after=query.after, size=query.size)
    items = [
        OrderCard(
            order=ORDER_ID.show(row["id"]), state=row["state"], total=money(visit, row["total_minor"]),
            refunded=money(visit, row["refunded_minor"]), placed_at=row["placed_at"],
        )
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("GET", "/orders/{order}", scope="orders.read")
async def show_order(visit: Visit, order: OrderId) -> Order:
    """One of the caller's orders."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        row = await orders.access_order(work, found, visit.person)
        lines = (await orders.lines_of(work, [found]))[found]
        allocations = await orders.allocations_of(work, found)
        refunds = (await payments.refunds_of(work, [found])).get(found, [])
        seat = (await groupbuy.teams_of_orders(work, [found])).get(found)
        team = await groupbuy.access_team(work, seat["team_id"]) if seat else None
    return Order(
        order=order, payable=PAYABLE.show(row["payable_id"]), later=money(visit, row["later_minor"]),
        balance=PAYABLE.show(row["balance_id"]) if row["balance_id"] else None, team=TEAM_ID.show(team["id"]) if team else None,
        state=row["state"], total=money(visit, row["total_minor"]), refunded=money(visit, row["refunded_minor"]),
        lines=_lines(visit, lines), placed_at=row["placed_at"], pay_by=row["pay_by"], paid_at=row["paid_at"],
        shipped_at=row["shipped_at"], received_at=row["received_at"], ended_at=row["ended_at"],
        carrier=row["carrier"], tracking=row["tracking"], address=_masked(row["address"]),
        remark=row["remark"],
        discounts=[Discount(reason=one["reason"], amount=money(visit, one["amount_minor"])) for one in allocations],
        end_reason=row["end_reason"] or "", can_cancel=can_cancel(row, team),
        can_confirm_receipt=row["state"] == State.SHIPPED,
        received_by=row["shipped_at"] + RECEIVED_BY_ITSELF_AFTER if row["state"] == State.SHIPPED else None,
        completed_by=row["received_at"] + RETURN_WINDOW if row["state"] == State.RECEIVED else None,
        refunds=[_refund(visit, one) for one in refunds],
    )  # fmt: skip


@operation("POST", "/orders/{order}/cancellation", scope="orders.write", status=204)
async def cancel(visit: Visit, order: OrderId, data: Cancellation, key: str) -> Refusal | None:
    """Cancel an order that has not been shipped: unpaid it is closed, in a team its seat is left, paid it is given back."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | None:
        return await cancel_order(work, found, visit.person, data.reason, data.back_minor)

    return await once(visit, "web.cancel_order", key, f"{order} {data.reason} {data.back_minor}", act)


@operation("POST", "/orders/{order}/cancellation/preview", scope="orders.read", is_single=True)
async def preview_cancellation(visit: Visit, order: OrderId) -> Foreseen | Refusal:
    """What cancelling would give back, with what comes of coupons and points; nothing is done."""
    found = read_id(ORDER_ID, order)
    async with visit.reading() as work:
        row = await orders.access_order(work, found, visit.person)
        seat = (await groupbuy.teams_of_orders(work, [found])).get(found)
        team = await groupbuy.access_team(work, seat["team_id"]) if seat else None
        if not can_cancel(row, team):
            return orders.NotNow(state=row["state"])
        return foreseen(visit, await foresee_cancelling(work, row))


@operation("POST", "/orders/{order}/receipt", scope="orders.write", status=204)
async def confirm_receipt(visit: Visit, order: OrderId, key: str) -> Refusal | None:
    """The goods have arrived."""
    found = read_id(ORDER_ID, order)

    async def act(work: Work) -> Refusal | None:
        return await orders.confirm_receipt(work, found, visit.person)

    return await once(visit, "web.confirm_receipt", key, order, act)


@operation("GET", "/supplier/orders", scope="shipments.read")
async def list_orders_to_ship(visit: Visit, query: PageQuery) -> Listing[OrderToShip]:
    """The supplier's orders that wait for a parcel, oldest first, with the whole address."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = await orders.to_ship(work, visit.supplier, after=query.after, size=query.size)
        lines = await orders.lines_of(work, [row["id"] for row in found.items])
    items = [
        OrderToShip(
            order=ORDER_ID.show(row["id"]), released_at=row["released_at"], total=money(visit, row["total_minor"]),
            address=ParcelAddress(**row["address"]) if row["address"] else None, lines=_lines(visit, lines[row["id"]]), remark=row["remark"],
            declares=row["declares"],
        )
        for row in found.items
    ]  # fmt: skip
    return Listing(items, found.next_key)


@operation("POST", "/supplier/orders/{order}/shipment", scope="shipments.write", status=204)
async def ship(visit: Visit, order: OrderId, data: Shipment, key: str) -> Refusal | None:
    """One of the supplier's orders was handed to a carrier."""
    found, supplier = read_id(ORDER_ID, order), visit.supplier
    carrier, tracking = data.carrier.strip(), data.tracking.strip()

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await orders.ship(work, found, supplier, carrier=carrier, tracking=tracking)

    return await once(visit, "web.ship", key, f"{order} {carrier} {tracking}", act)


def _masked(address: dict[str, str] | None) -> ParcelAddress | None:
    return None if address is None else ParcelAddress(**{**address, "phone": masked_phone(address["phone"])})


def _refund(visit: Visit, row: Any) -> Refund:
    return Refund(
        amount=money(visit, row["amount_minor"]), state=REFUND_STATES[row["state"]],  # type: ignore[arg-type]
        provider=row["provider"], asked_at=row["asked_at"], arrived_at=row["done_at"],
    )  # fmt: skip


def _lines(visit: Visit, rows: list[Any]) -> list[OrderLine]:
    return [
        OrderLine(
            sku=SKU.show(row["sku_id"]), title=row["title"], options=row["options"], units=row["units"],
            amount=money(visit, row["amount_minor"]), refunded=money(visit, row["refunded_minor"]),
            freight=money(visit, row["freight_minor"]),
        )
        for row in rows
    ]  # fmt: skip


HANDLERS = (
    place_order, list_orders, show_order, cancel, preview_cancellation, confirm_receipt, list_orders_to_ship, ship,
)  # fmt: skip
