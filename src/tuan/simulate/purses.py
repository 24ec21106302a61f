"""The auditor's own reckoning of coupons, points, carts and check-ins: how each of them stands, and by whose act it changed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tuan.simulate.books import Account, Books, OrderBook, Part
from tuan.simulate.means import EARN_PER_MINOR, LADDER, kept_of
from tuan.simulate.reading import Seen

UNITS_MAX = 999
LIVE = ("paid", "gathering", "to_ship", "shipped", "received", "completed")


# ── lawful answers ──
def may_fill(books: Books, seen: Seen, command: Any) -> set[str]:
    """Into a cart goes what is for sale, in such numbers."""
    person, sku, units = command
    there = seen.carts.get((person, sku), 0)
    after = there + units if units > 0 else 0
    return _may_keep(books, sku, after)


def may_change(books: Books, seen: Seen, command: Any) -> set[str]:
    person, sku, units = command
    return _may_keep(books, sku, units) if (person, sku) in seen.carts else {"not_found"}


def _may_keep(books: Books, sku: UUID, units: int) -> set[str]:
    found = set() if books.wares[sku].is_listed else {"catalog.product_off"}
    return (found | (set() if 1 <= units <= UNITS_MAX else {"carts.units_invalid"})) or {""}


def always(_books: Books, _seen: Seen, _command: Any) -> set[str]:
    return {""}


LAWS = {
    "carts.put_in_cart": may_fill,
    "carts.set_units": may_change,
    "carts.take_out": always,
    "loyalty.check_in": always,
}


# ── moves ──
def wrong_carts(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Lines that are otherwise than who filled the cart, or checked it out, has left them."""
    wrong = []
    for where in before.carts.keys() | after.carts.keys():
        may_be, units = {before.carts.get(where, 0)}, after.carts.get(where, 0)
        for asked in account.asked:
            if (left := _left_by(asked, where, before.carts.get(where, 0), books)) is not None:
                may_be = {left} if asked.is_known else may_be | {left}
        if units not in may_be:
            wrong.append(f"{books.name_of(where[0])}'s cart has {units} of {books.name_of(where[1])}, not {may_be}")
    return wrong


def _left_by(asked: Any, where: tuple[UUID, UUID], there: int, books: Books) -> int | None:
    """How many units this act leaves there; None if it leaves them as they were."""
    command = asked.command
    if asked.code:
        return None
    if asked.verb.startswith("carts.") and command[:2] == where:
        units = command[2] if len(command) > 2 else 0  # what is taken out is named without a number
        return units + (there if asked.verb == "carts.put_in_cart" else 0)
    if asked.verb != "orders.place" or not command.from_cart or command.actor != where[0]:
        return None
    is_new = books.effects.get((asked.verb, command.actor, command.key)) is None
    return 0 if is_new and any(sku == where[1] for sku, _ in command.items) else None


def wrong_check_ins(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Days that nobody came on, rows of days that were counted wrong, and other points than the ladder's."""
    wrong = []
    asked = {one.command[0] for one in account.asked if one.verb == "loyalty.check_in" and not one.code}
    for (person, day), row in after.check_ins.items():
        if (person, day) in before.check_ins:
            continue
        name = books.name_of(person)
        last = before.check_ins.get((person, day.fromordinal(day.toordinal() - 1)))
        streak = last["streak"] + 1 if last else 1
        if person not in asked:
            wrong.append(f"{name} was counted on {day} and never came")
        if (row["streak"], row["points"]) != (streak, LADDER[(streak - 1) % len(LADDER)]):
            wrong.append(f"{name}'s day {streak} in a row is {row['streak']} and gave {row['points']}")
    return wrong


def wrong_coupons(books: Books, seen: Seen) -> list[str]:
    """Each is free, or kept by one checkout: held until it is paid, then used as long as goods are left that it took from."""
    checkouts: dict[UUID, dict[UUID, list[str]]] = {}
    for id, order in seen.orders.items():
        book = books.orders[id]
        if order["state"] == "closed" or (order["state"] == "paid" and book.was_closed):
            continue
        for part in book.parts.values():
            for coupon in part.coupons if part.left else ():
                checkouts.setdefault(coupon, {}).setdefault(order["payable_id"], []).append(order["state"])
    wrong, had = [], Counter((row["template_id"], row["person_id"]) for row in seen.coupons.values())
    for id, row in seen.coupons.items():
        users = checkouts.get(id, {})
        states = [state for some in users.values() for state in some]
        expected = "free" if not states else "held" if "placed" in states else "used"
        name = f"coupon{books.coupons[id]}"
        if row["state"] != expected or len(users) > 1:
            wrong.append(f"{name} is {row['state']}, and {len(users)} checkouts have it as {states}")
    for (template, person), count in had.items():
        if count > books.kinds[template].per_person:
            wrong.append(f"{books.name_of(person)} has had {count} coupons of kind {books.kinds[template].number}")
    return wrong


# ── sums ──
def shares_of(book: OrderBook) -> Iterator[tuple[int, int, int]]:
    """Of each line: what the buyer kept paid, what others bear of it, and the market's fee, which stays when a line comes back later."""
    for part in book.parts.values():
        fee = fee_of(part) if part.fee_minor is None else part.fee_minor
        yield part.amount_minor - part.back_minor, borne_of(part), fee


def borne_of(part: Part) -> int:
    done, of = (part.back_goods, part.goods_minor) if part.goods_minor else (part.back_units, part.units)
    return kept_of(part.borne_minor, done, of)


def fee_of(part: Part) -> int:
    """2 % of what is kept of the goods and what others bear of them; nothing of the sending."""
    return (part.goods_minor - part.back_goods + borne_of(part)) * 2 // 100


def wrong_points(books: Books, seen: Seen) -> list[str]:
    """When all facts are delivered: what each buyer may spend and what is promised him, by what he bought and when he came."""
    pending: Counter[UUID] = Counter()
    active: Counter[UUID] = Counter()
    held: Counter[UUID] = Counter()
    for (person, _), row in seen.check_ins.items():
        active[person] += row["points"]
    for id, order in seen.orders.items():
        book = books.orders[id]
        person, total, back = order["person_id"], book.total_minor, book.back_minor
        if order["state"] in LIVE:
            earned = total // EARN_PER_MINOR
            (active if order["state"] == "completed" else pending)[person] += earned - (earned * back // (total or 1))
            done, of = book.measure
            active[person] -= book.points - book.points * done // of
        elif order["state"] == "placed":
            held[person] += book.points
    wrong = []
    for who in books.people:
        found = seen.balances.get(f"person:{who.id}:points", 0), seen.balances.get(f"person:{who.id}:points:pending", 0)
        lapsed = sum(lot["lapsed"] for lot in seen.lots.values() if lot["person_id"] == who.id)
        should, has = active[who.id] + seen.debts[who.id] - lapsed, seen.points_of(who.id, seen.now)
        if found != (should, pending[who.id]):
            wrong.append(f"{books.name_of(who.id)} has {found} points, not {(should, pending[who.id])}")
        if has != should - held[who.id]:
            wrong.append(f"{books.name_of(who.id)} may spend {has}, not {should - held[who.id]}")
    return wrong
