"""What must add up after every step, and what must be over when the market is quiet: goods, money, promises."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from tuan.kit.time import Instant
from tuan.simulate import direct, payouts, purses
from tuan.simulate.books import Books
from tuan.simulate.provider import Provider
from tuan.simulate.reading import Seen

HOLDING = ("placed", "gathering", "to_ship")
PAID = ("paid", "gathering", "to_ship", "shipped", "received", "completed")
GONE = ("shipped", "received", "completed")
PATIENCE = timedelta(minutes=2)


def wrong_goods(books: Books, seen: Seen) -> list[str]:
    """Every unit is on the shelf, kept for an order that waits for it, or has left."""
    kept: Counter[UUID] = Counter()
    for id, order in seen.orders.items():
        late = order["state"] == "paid" and not books.orders[id].was_closed
        if order["state"] in HOLDING or late:
            for sku, part in books.orders[id].parts.items():
                kept[sku] += part.left
    wrong = []
    for sku, row in seen.stock.items():
        pools = [pool for (_, one), pool in seen.pools.items() if one == sku]
        held = row["held"] + sum(pool["held"] for pool in pools)
        name = books.name_of(sku)
        if row["on_hand"] != books.received[sku] - books.gone[sku]:
            wrong.append(f"{name}: {row['on_hand']} on hand, {books.received[sku]} came and {books.gone[sku]} left")
        if held != kept[sku]:
            wrong.append(f"{name}: {held} held, but orders wait for {kept[sku]}")
        if row["allotted"] != sum(pool["units"] for pool in pools):
            wrong.append(f"{name}: {row['allotted']} set aside, but campaigns know of {[p['units'] for p in pools]}")
        if row["on_hand"] < row["held"] + row["allotted"] or any(pool["held"] > pool["units"] for pool in pools):
            wrong.append(f"{name} is oversold")
    return wrong


def wrong_money(books: Books, seen: Seen, provider: Provider) -> list[str]:
    """The provider's books, ours and the ledger's say the same, and every cent that stayed is for an order that lives."""
    wrong = list(provider.misuses)
    for number, capture in seen.captures.items():
        money = provider.money.get(number)
        if money is None or (money.attempt, money.amount_minor) != (capture["attempt_id"], capture["amount_minor"]):
            wrong.append(f"{capture['amount_minor']} booked that the provider never took")
    wrong += ["acknowledged money was not booked" for number in books.heard - seen.captures.keys()]
    for id, refund in seen.refunds.items():
        if refund["state"] == "done" and provider.back.get(id, ("", 0))[1] != refund["amount_minor"]:
            wrong.append(f"a refund of {refund['amount_minor']} counts as done, and the provider has not done it")
    wrong += ["the provider gave back what nobody ordered" for id in provider.back.keys() - seen.refunds.keys()]
    captured = sum(capture["amount_minor"] for capture in seen.captures.values())
    back = {
        state: sum(r["amount_minor"] for r in seen.refunds.values() if r["state"] == state) for state in ("due", "done")
    }
    lives = sum(_kept(books, id) for id, order in seen.orders.items() if order["state"] in PAID)
    if captured - back["due"] - back["done"] != lives:
        wrong.append(f"{captured} came, {back} went or goes back, but orders worth {lives} live on it")
    return wrong + _wrong_balances(books, seen, captured, back)


def _kept(books: Books, order: UUID) -> int:
    return books.orders[order].total_minor - books.orders[order].back_minor


def _wrong_balances(books: Books, seen: Seen, captured: int, back: dict[str, int]) -> list[str]:
    completed = [
        share
        for id, order in seen.orders.items()
        if order["state"] == "completed"
        for share in purses.shares_of(books.orders[id])
    ]
    kept, borne, income = (sum(share[place] for share in completed) for place in range(3))
    out, fees = payouts.paid_out(seen)
    direct_minor, by_hand = direct.shares(books, seen)
    expected = {
        "provider:sandbox:clearing": back["done"] + out + direct_minor - captured,
        "provider:by_hand:clearing": by_hand,
        "buyers:prepayment": captured - back["due"] - back["done"] - kept,
        "buyers:refunds_payable": back["due"],
        "platform:income": income + fees,
        "market:discounts": -borne,
    }
    found = {code: seen.balances.get(code, 0) for code in expected}
    found["suppliers"] = sum(balance for code, balance in seen.balances.items() if code.startswith("supplier:"))
    expected["suppliers"] = kept + borne - income - out - fees - direct_minor - by_hand
    return [f"{code} is {found[code]}, not {expected[code]}" for code in expected if found[code] != expected[code]]


def wrong_orders(books: Books, seen: Seen) -> list[str]:
    """Amounts, and points that pay a part, are those of the moment of placing."""
    wrong = []
    for id, order in seen.orders.items():
        agreed = books.orders[id]
        if (order["total_minor"], order["points"]) != (agreed.total_minor, agreed.points):
            wrong.append(
                f"{books.name_of(id)} costs {order['total_minor']} and {order['points']} points, agreed were "
                f"{agreed.total_minor} and {agreed.points}"
            )
        lines = {line["sku_id"]: (line["amount_minor"], line["freight_minor"]) for line in seen.details[id]}
        if lines != (parts := {sku: (part.amount_minor, part.freight_minor) for sku, part in agreed.parts.items()}):
            wrong.append(
                f"{books.name_of(id)}'s lines cost {[*lines.values()]} with their sending, agreed were {[*parts.values()]}"
            )
    return wrong


def not_quiet(books: Books, seen: Seen, since: Instant) -> list[str]:
    """Nothing is left undone once the worker had its way: no fact waits, nothing that was due when it began is left."""
    wrong = [f"{len(seen.waiting)} facts were not delivered"] if seen.waiting else []
    for id, order in seen.orders.items():
        name = books.name_of(id)
        if order["state"] == "paid":
            wrong.append(f"{name} is paid, and nobody cares")
        if order["state"] == "placed" and order["pay_by"] <= since and not seen.pending_on(order["payable_id"]):
            wrong.append(f"{name} outlived its time to pay")
        if order["state"] == "gathering":
            seats = [s for s in seen.seats_of(id) if s["state"] == "taken"]
            if not any(seen.teams[s["team_id"]]["state"] == "gathering" for s in seats):
                wrong.append(f"{name} waits for a team that does not wait")
    for id, team in seen.teams.items():
        if team["state"] == "gathering":
            taken = [s for s in seen.live_seats(id) if s["state"] == "taken"]
            if team["deadline"] + PATIENCE + timedelta(seconds=1) <= since:
                wrong.append(f"{books.name_of(id)} outlived its deadline")
            if len(taken) == team["size"]:
                wrong.append(f"{books.name_of(id)} is full and has not formed")
    if any(refund["state"] == "due" and refund["next_attempt_at"] <= since for refund in seen.refunds.values()):
        wrong.append("a refund that is due was not asked for")
    return wrong


def not_over(books: Books, seen: Seen, provider: Provider) -> list[str]:
    """At the end of the world everything has ended, and every cent is with a seller, the market or its buyer."""
    wrong = [
        f"{books.name_of(id)} is still {order['state']}"
        for id, order in seen.orders.items()
        if order["state"] not in ("completed", "closed", "cancelled")
    ]
    wrong += [
        f"{books.name_of(id)} is still {t['state']}"
        for id, t in seen.teams.items()
        if t["state"] in ("opening", "gathering")
    ]
    stayed = sum(m.amount_minor for m in provider.money.values()) - sum(amount for _, amount in provider.back.values())
    completed = sum(_kept(books, id) for id, order in seen.orders.items() if order["state"] == "completed")
    if stayed != completed:
        wrong.append(f"{stayed} stayed at the provider, completed orders are worth {completed}")
    wrong += [f"{books.name_of(sku)} is still held" for sku, row in seen.stock.items() if row["held"]]
    return wrong
