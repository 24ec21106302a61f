"""One order as its buyer sees it: next step, timeline, how the price came about."""

from typing import Any
from uuid import UUID

from tuan.goods import catalog
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.people.accounts.model import masked_phone
from tuan.platform.work import Work
from tuan.play import groupbuy, presale
from tuan.play.groupbuy.model import TEAM_ID, SeatState, TeamState
from tuan.surfaces.storefront import couponing, showing
from tuan.surfaces.storefront.cases.viewing import beside_words, cards_of
from tuan.surfaces.storefront.order.context import Moment, OrderPage
from tuan.surfaces.storefront.order.parcels import parcels_of
from tuan.surfaces.storefront.orders.routes import next_step
from tuan.surfaces.storefront.parts import Address, MoneyLine, Refund
from tuan.surfaces.storefront.presale.context import OwnPresale, agreed
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales, orders, payments
from tuan.trade.aftersales.model import Preview
from tuan.trade.invoices.model import BOUGHT
from tuan.trade.orders.model import ORDER_ID, RECEIVED_BY_ITSELF_AFTER, RETURN_WINDOW, OrderState
from tuan.trade.payments.model import PAYABLE

S = OrderState
NUMBER_LETTERS = 10
"""The end of an order's id is its random part: enough to tell it on the phone."""


async def order_page(work: Work, visit: Visit, order: UUID) -> OrderPage:
    """Raises Refused(NotFound) for somebody else's."""
    row = await orders.access_order(work, order, visit.person)
    lines = (await orders.lines_of(work, [order]))[order]
    offers = await catalog.load_offers(work, {line["sku_id"] for line in lines})
    supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
    refunds = (await payments.refunds_of(work, [order])).get(order, [])
    seat = (await groupbuy.teams_of_orders(work, [order])).get(order)
    team = await groupbuy.access_team(work, seat["team_id"]) if seat else None
    member = await _member(work, seat, order)
    allocations = await orders.allocations_of(work, order)
    step, next_url = next_step(row, team["id"] if team else None)
    shown = ORDER_ID.show(order)
    is_cancellable = can_cancel(row, team)
    lowered = sum(line["lowered_minor"] for line in lines)
    foreseen = await foresee_cancelling(work, row) if is_cancellable else None
    sale = await _own_presale(work, visit, row) if row["balance_id"] else None
    return OrderPage(
        order=shown,
        number=shown[-NUMBER_LETTERS:].upper(),
        url=f"/orders/{shown}",
        state=row["state"],
        supplier_name=supplier["name"],
        placed_at=row["placed_at"],
        next_step=step,
        next_url=next_url,
        deadline=_deadline(row, team),
        received_by=row["shipped_at"] + RECEIVED_BY_ITSELF_AFTER if row["state"] == S.SHIPPED else None,
        completed_by=row["received_at"] + RETURN_WINDOW if row["state"] == S.RECEIVED else None,
        end_reason=row["end_reason"] or "",
        needed=team["size"] - team["taken"] if team and row["state"] == S.GATHERING else None,
        team_url=f"/t/{TEAM_ID.show(team['id'])}" if team else None,
        timeline=_timeline(row, team, member, showing.refunds(visit, refunds), visit),
        lines=showing.goods_lines(visit, lines, {sku: offers.get(sku).product_id for sku in _skus(lines)}),
        price_lines=_price_lines(visit, lines, allocations),
        total=showing.amount(visit, row["total_minor"]),
        address=_address(row["address"]) if row["address"] else None,
        remark=row["remark"],
        parcels=await parcels_of(work, visit, row),
        refunds=showing.refunds(visit, refunds),
        presale=sale,
        lowered=showing.amount(visit, lowered) if lowered else None,
        can_cancel=is_cancellable,
        cancel_key=visit.fresh_key() if is_cancellable else "",
        back=showing.amount(visit, foreseen.total_minor) if foreseen else None,
        beside=beside_words(visit, foreseen.beside) if foreseen else [],
        cases=await cards_of(work, visit, order, shown),
        ask_url=f"/orders/{shown}/cases/new" if row["state"] in (S.TO_SHIP, S.SHIPPED, S.RECEIVED, S.COMPLETED) else "",
        invoice_url=f"/orders/{shown}/invoice" if row["state"] in (*BOUGHT, S.CANCELLED) else "",
        can_receive=row["state"] == S.SHIPPED,
        receive_key=visit.fresh_key() if row["state"] == S.SHIPPED else "",
    )


async def _own_presale(work: Work, visit: Visit, row: Any) -> OwnPresale:
    """What was agreed of it, whether its balance can be paid now, and what went back of one that came too late."""
    booking = (await presale.bookings_of(work, [row["id"]]))[row["id"]]
    is_open = row["state"] == S.DEPOSITED and booking.balance_from <= work.now < booking.balance_until
    captures = await payments.captures_of(work, [row["balance_id"]])
    late = sum(one["amount_minor"] for one in captures if not one["applied_minor"])
    return OwnPresale(
        terms=agreed(visit, booking),
        pay_url=f"/pay/{PAYABLE.show(row['balance_id'])}" if is_open else "",
        waits=row["state"] == S.DEPOSITED and work.now < booking.balance_from,
        owed=showing.amount(visit, booking.owed_minor) if booking.owed_minor else None,
        is_owed_paid=booking.owed_done_at is not None,
        late=showing.amount(visit, late) if late else None,
    )


async def foresee_cancelling(work: Work, row: Any) -> Preview:
    """What cancelling would give back: all of it, but what of a deposit stays with the supplier."""
    kept = (await presale.bookings_of(work, [row["id"]]))[row["id"]].lost_minor if row["state"] == S.DEPOSITED else 0
    return await aftersales.preview_whole(work, row["id"], kept_minor=kept)


def _skus(lines: list[Any]) -> set[UUID]:
    return {line["sku_id"] for line in lines}


async def _member(work: Work, seat: Any | None, order: UUID) -> Any | None:
    """The order's own seat with its times."""
    if seat is None:
        return None
    seats = (await groupbuy.seats_of(work, [seat["team_id"]]))[seat["team_id"]]
    return next((one for one in seats if one["order_id"] == order), None)


def can_cancel(row: Any, team: Any | None) -> bool:
    """Whether its buyer may still give it up, by himself."""
    if row["state"] == S.GATHERING:
        return bool(team and team["may_leave"] and team["state"] == TeamState.GATHERING)
    return row["state"] in (S.PLACED, S.DEPOSITED, S.TO_SHIP)


def _deadline(row: Any, team: Any | None) -> Instant | None:
    if row["state"] == S.PLACED:
        pay_by: Instant = row["pay_by"]
        return pay_by
    return team["deadline"] if team and row["state"] == S.GATHERING else None


def _address(kept: dict[str, str]) -> Address:
    """The copy that the order keeps; it has no id, since the address may be gone."""
    return Address(
        address="", name=kept["recipient"], phone=masked_phone(kept["phone"]), region=kept["region"],
        street=kept["street"],
    )  # fmt: skip


def _price_lines(visit: Visit, lines: list[Any], allocations: list[Any]) -> list[MoneyLine]:
    goods = sum(line["list_price_minor"] * line["units"] for line in lines)
    freight = sum(line["freight_minor"] for line in lines)
    shown = [MoneyLine(label=visit.gettext("Goods"), amount=showing.amount(visit, goods))]
    if freight:
        shown.append(MoneyLine(label=visit.gettext("Freight"), amount=showing.amount(visit, freight), kind="freight"))
    tax = sum(line["tax_minor"] for line in lines)
    later = sum(line["later_minor"] for line in lines)
    less = [
        MoneyLine(
            label=couponing.reason_of(visit, row["reason"]),
            amount=showing.amount(visit, -row["amount_minor"]),
            kind="discount",
            reason=_why_less(visit, lines) if row["reason"] == "team_price" else None,
        )
        for row in allocations
    ]
    unpaid = [MoneyLine(label=visit.gettext("Balance"), amount=showing.amount(visit, -later), kind="discount")]
    within = MoneyLine(label=visit.gettext("Of which import tax, estimated"), amount=showing.amount(visit, tax))
    return shown + less + (unpaid if later else []) + ([within] if tax else [])


def _why_less(visit: Visit, lines: list[Any]) -> str | None:
    """The price of one, in the team and alone, where the order is of one kind of goods."""
    if len(lines) != 1:
        return None
    (line,) = lines
    return visit.gettext(
        "%(price)s instead of %(single)s each",
        price=visit.words.money_text(
            showing.amount(visit, (line["amount_minor"] - line["freight_minor"]) // line["units"])
        ),
        single=visit.words.money_text(showing.amount(visit, line["list_price_minor"])),
    )


def _timeline(row: Any, team: Any | None, member: Any | None, refunds: list[Refund], visit: Visit) -> list[Moment]:
    """What happened, newest first; at one instant, what comes later in an order's life stands higher."""
    left = member is not None and member["state"] == SeatState.LEFT
    moments: list[tuple[str, Any, str]] = [
        ("placed", row["placed_at"], ""),
        ("deposited" if row["later_minor"] else "paid", row["paid_at"], ""),
        ("forfeited", row["ended_at"] if row["state"] == S.FORFEITED else None, ""),
        ("seat_taken", member["taken_at"] if member else None, ""),
        ("team_formed", team["ended_at"] if team and not left and team["state"] == TeamState.FORMED else None, ""),
        ("team_lapsed", team["ended_at"] if team and not left and team["state"] == TeamState.LAPSED else None, ""),
        ("shipped", row["shipped_at"], row["tracking"] or ""),
        ("received", row["received_at"], ""),
        ("completed", row["ended_at"] if row["state"] == S.COMPLETED else None, ""),
        ("closed", row["ended_at"] if row["state"] == S.CLOSED else None, ""),
        ("left_team" if left else "cancelled", row["ended_at"] if row["state"] == S.CANCELLED else None, ""),
    ]
    for refund in refunds:
        sum_and_way = f"{visit.words.money_text(refund.amount)} · {refund.way}"
        moments.append(("refund_started", refund.asked_at, sum_and_way))
        moments.append(("refund_arrived", refund.at if refund.state == "arrived" else None, sum_and_way))
    happened = [(kind, at, detail) for kind, at, detail in moments if at is not None]
    happened.reverse()
    happened.sort(key=lambda moment: moment[1], reverse=True)
    return [Moment(kind=kind, at=at, detail=detail) for kind, at, detail in happened]  # type: ignore[arg-type]
