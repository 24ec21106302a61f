"""The auditor's own reckoning of a seller who is paid directly: who may be it and when, and what he holds of the buyers' money."""

from typing import Any
from uuid import UUID

from tuan.simulate import payouts
from tuan.simulate.books import Account, Books
from tuan.simulate.purses import shares_of
from tuan.simulate.reading import Seen

OVER = ("completed", "closed", "cancelled")


def shares(books: Books, seen: Seen) -> tuple[int, int]:
    """What is with the seller whom buyers paid directly: (of orders that they paid for, of those that cost them nothing)."""
    found = [0, 0]
    for id, order in seen.orders.items():
        if books.orders[id].is_direct:
            found[_is_free(seen, order)] += _share_of(books, id)
    return found[0] - books.repaid_minor + books.repaid_by_hand, found[1] - books.repaid_by_hand


def _share_of(books: Books, order: UUID) -> int:
    return sum(kept + borne - fee for kept, borne, fee in shares_of(books.orders[order]))


def _is_free(seen: Seen, order: Any) -> bool:
    """Nobody's account has taken anything for it."""
    return bool(seen.payables[order["payable_id"]]["amount_minor"] == 0)


# ── what is shared out ──
def keep_shared(books: Books, before: Seen, after: Seen) -> list[str]:
    """Orders whose money was shared out in this step, and to whom it went; what of it paid a debt is as the ledger says, within what
    the seller owed then."""
    fresh = [id for id, one in after.orders.items() if one["state"] == "completed" and not books.orders[id].shared_at]
    for id in fresh:
        books.orders[id].shared_at = after.now
        books.orders[id].is_direct = after.orders[id]["supplier_id"] == after.merchant
    came = [(_share_of(books, id), _is_free(after, after.orders[id])) for id in fresh if books.orders[id].is_direct]
    if not came:
        return []
    all_of_it, free, merchant = (
        sum(one for one, _ in came),
        sum(one for one, is_free in came if is_free),
        after.merchant,
    )
    assert merchant is not None
    code, left = f"supplier:{merchant}:", payouts.left_of(books, after, merchant)
    has = after.balances.get(f"{code}payable", 0) + after.balances.get(f"{code}debt", 0)
    owed = sorted((-before.balances.get(f"{code}debt", 0), max(-left, 0)))
    repaid, by_hand = has - left, shares(books, after)[1] - after.balances.get("provider:by_hand:clearing", 0)
    least, most = (min(one, all_of_it) for one in owed)
    if not least <= repaid <= most:
        return [f"{repaid} of {all_of_it} that went directly to their seller paid his debt of {owed[1]}"]
    books.repaid_minor += repaid
    if not max(0, repaid - (all_of_it - free)) <= by_hand <= min(free, repaid):
        return [f"{by_hand} of {free} that nobody paid for was not set off by hand, and {repaid} paid a debt"]
    books.repaid_by_hand += by_hand
    return []


# ── who it is ──
def may_be(books: Books, seen: Seen, command: Any) -> set[str]:
    """The only one who sells, while nothing of his is on its way and he has no balance; and nobody again when no order is open."""
    (supplier,) = command
    subject = supplier or seen.merchant
    if supplier == seen.merchant or subject is None:
        return {""}
    if others_than(books, seen, supplier):
        return {"settlement.several_suppliers"}
    return {"settlement.money_open"} if _is_busy(books, seen, subject, supplier) else {""}


def others_than(books: Books, seen: Seen, supplier: UUID | None) -> int:
    """How many others sell something or have money here."""
    others = [one for one in books.suppliers if supplier and one != supplier]
    sells = {ware.supplier for ware in books.wares.values() if ware.is_listed}
    return sum(
        one in sells or payouts.left_of(books, seen, one) < 0 or _is_busy(books, seen, one, supplier) for one in others
    )


def _is_busy(books: Books, seen: Seen, one: UUID, merchant: UUID | None) -> bool:
    """Whether an order of his is open; and, before somebody is paid directly, whether he has a balance."""
    if any(order["supplier_id"] == one and order["state"] not in OVER for order in seen.orders.values()):
        return True
    has = payouts.left_of(books, seen, one) > 0 or payouts.taken_of(seen, one, ("requested", "due")) > 0
    return merchant is not None and has


def may_list(_books: Books, seen: Seen, command: Any) -> set[str]:
    return {"catalog.one_seller"} if seen.merchant not in (None, command[0]) else {""}


LAWS = {"settlement.set_merchant": may_be, "catalog.list_products": may_list}


def wrong_merchant(account: Account, books: Books, before: Seen, after: Seen) -> list[str]:
    """Somebody who takes the buyers' money without having been asked to, or who does not although it was acknowledged."""
    asked = [one for one in account.asked if one.verb == "settlement.set_merchant"]
    may_now = {before.merchant}
    wrong = []
    for one in asked:
        if not one.code:
            may_now = {one.command[0]} if one.is_known else may_now | {one.command[0]}
        elif one.code == "settlement.several_suppliers":
            others = others_than(books, before, one.command[0])
            wrong += (
                []
                if one.answer.data == {"others": others}
                else [f"{one.answer!r} was answered, and there are {others}"]
            )
    if after.merchant not in may_now:
        wrong.append(f"{after.merchant and books.name_of(after.merchant)} takes the money, and nobody asked for that")
    return wrong
