"""One order as the office sees it, and the slips that go into parcels."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuan.kit.money import Money
from tuan.kit.refusals import NotFound, Refused
from tuan.people import accounts, parties
from tuan.people.accounts.model import masked_name
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.orders.context import Line, Moment, MoneyMove, OrderPage, Slip, SlipsPage
from tuan.surfaces.storefront import couponing
from tuan.surfaces.storefront.showing import provider_name
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID, OrderState, number_of

S = OrderState
GIVEN_BACK_FROM = frozenset((S.DEPOSITED, S.PAID, S.GATHERING, S.TO_SHIP, S.SHIPPED, S.RECEIVED))


async def order_page(work: Work, visit: Visit, order: UUID) -> OrderPage:
    """Raises Refused(NotFound)."""
    row = await orders.access_any_order(work, order)
    lines = (await orders.lines_of(work, [order]))[order]
    supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
    refunds = (await payments.refunds_of(work, [order])).get(order, [])
    tries = await payments.attempts_of(work, orders.payables_of(row))
    captures = await payments.captures_of(work, orders.payables_of(row))
    acts = await audit.about(work, ORDER_ID.show(order))
    names = await accounts.names(work, {row["person_id"], *(act["actor_id"] for act in acts)})
    address = row["address"] or {}
    may_ship = visit.may("orders.ship")
    can_give_back = visit.may("refunds.give") and row["state"] in GIVEN_BACK_FROM
    return OrderPage(
        order=ORDER_ID.show(order),
        number=number_of(order),
        url=saying.order_url(order),
        state=row["state"],
        state_words=saying.order_states(visit)[row["state"]],
        tone=saying.ORDER_TONES.get(row["state"], "stone"),
        buyer=masked_name(names.get(row["person_id"], "")),
        buyer_url=saying.person_url(row["person_id"]) if visit.may("people.see") else "",
        supplier=supplier["name"],
        recipient=masked_name(address.get("recipient", "")) if address else "",
        region=address.get("region", ""),
        carrier=row["carrier"] or "",
        tracking=row["tracking"] or "",
        lines=[_line(visit, line) for line in lines],
        discounts=[_discount(visit, one) for one in await orders.allocations_of(work, order)],
        total=saying.money(visit, row["total_minor"]),
        refunded=saying.money(visit, row["refunded_minor"]),
        timeline=_timeline(visit, row, refunds),
        moves=_moves(visit, tries, captures, refunds),
        acts=saying.acts(acts, names),
        can_ship=may_ship and row["state"] == S.TO_SHIP,
        can_print=may_ship and bool(address) and row["state"] in (S.TO_SHIP, S.SHIPPED),
        refund_url=f"/office/refunds/new?order={ORDER_ID.show(order)}" if can_give_back else "",
        key=visit.fresh_key(),
    )


def _line(visit: Visit, line: Any) -> Line:
    back = line["refunded_minor"]
    return Line(
        title=line["title"],
        options=line["options"],
        units=line["units"],
        amount=saying.money(visit, line["amount_minor"]),
        back=saying.money(visit, back) if back else None,
    )


def _discount(visit: Visit, row: Any) -> Line:
    """A discount that the lines have already taken into account; `options` says who bears it."""
    bearers = {
        "supplier": visit.gettext("borne by the supplier"),
        "shop": visit.gettext("borne by the shop"),
        "market": visit.gettext("borne by the market"),
        "organisation": visit.gettext("borne by the organisation"),
    }
    return Line(
        title=couponing.reason_of(visit, row["reason"]),
        options=bearers[row["bearer"]],
        units=1,
        amount=saying.money(visit, -row["amount_minor"]),
    )


def _timeline(visit: Visit, row: Any, refunds: Iterable[Any]) -> list[Moment]:
    """What happened, newest first."""
    ended = {
        S.COMPLETED: visit.gettext("Done: the time to return it is over"),
        S.CLOSED: visit.gettext("Closed, nothing was paid"),
        S.CANCELLED: visit.gettext("Given back"),
    }
    reasons = saying.refund_reasons(visit)
    why = row["end_reason"] or ""
    moments = [
        (visit.gettext("Order placed"), row["placed_at"], ""),
        (visit.gettext("Paid"), row["paid_at"], ""),
        (visit.gettext("May be shipped"), row["released_at"], ""),
        (visit.gettext("Shipped"), row["shipped_at"], f"{row['carrier'] or ''} {row['tracking'] or ''}".strip()),
        (visit.gettext("Received"), row["received_at"], ""),
        (ended.get(row["state"], ""), row["ended_at"], reasons.get(why, why)),
    ]
    moments += [(visit.gettext("Refund asked for"), one["asked_at"], "") for one in refunds]
    moments += [(visit.gettext("Refund arrived"), one["done_at"], "") for one in refunds]
    happened = [Moment(words=words, at=at, detail=detail) for words, at, detail in moments if at is not None]
    return sorted(reversed(happened), key=lambda moment: moment.at, reverse=True)


def _moves(visit: Visit, tries: Iterable[Any], captures: Iterable[Any], refunds: Iterable[Any]) -> list[MoneyMove]:
    """The money of its checkout, in the order of time; a checkout may have paid more than this one order."""
    attempts, backs = saying.attempt_states(visit), saying.refund_states(visit)
    reasons = saying.refund_reasons(visit)
    moves = [
        MoneyMove(
            words=attempts[one["state"]],
            tone=saying.ATTEMPT_TONES.get(one["state"], "stone"),
            amount=saying.money(visit, one["amount_minor"]),
            way=provider_name(visit, one["provider"]),
            at=one["started_at"],
        )
        for one in tries
        if one["state"] != "captured"
    ]
    moves += [
        MoneyMove(
            words=visit.gettext("Money came"),
            tone="leaf",
            amount=saying.money(visit, one["amount_minor"]),
            way=provider_name(visit, one["provider"]),
            at=one["paid_at"],
            detail=one["transaction"],
        )
        for one in captures
    ]
    moves += [
        MoneyMove(
            words=visit.gettext("Refund: %(state)s") % {"state": backs[one["state"]]},
            tone=saying.REFUND_TONES[one["state"]],
            amount=saying.money(visit, -one["amount_minor"]),
            way=provider_name(visit, one["provider"]),
            at=one["asked_at"],
            detail=reasons.get(one["reason"], one["reason"]),
        )
        for one in refunds
    ]
    return sorted(moves, key=lambda move: move.at)


async def slips_page(work: Work, wanted: list[UUID]) -> SlipsPage:
    """Raises Refused(NotFound) for an order that is not there, or that goes nowhere."""
    slips = []
    lines = await orders.lines_of(work, wanted)
    for order in wanted:
        row = await orders.access_any_order(work, order)
        if not row["address"]:
            if len(wanted) == 1:
                raise Refused(NotFound())
            continue
        supplier = (await parties.supplier_cards(work, [row["supplier_id"]]))[row["supplier_id"]]
        address = row["address"]
        slips.append(
            Slip(
                number=number_of(order),
                supplier=supplier["name"],
                name=address["recipient"],
                phone=address["phone"],
                region=address["region"],
                street=address["street"],
                placed_at=row["placed_at"],
                lines=[_line_of_slip(line, row["currency"]) for line in lines[order]],
            )
        )
    return SlipsPage(slips=slips)


def _line_of_slip(line: Any, currency: str) -> Line:
    return Line(
        title=line["title"],
        options=line["options"],
        units=line["units"],
        amount=Money(line["amount_minor"], currency),
    )
