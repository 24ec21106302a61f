"""What suppliers and operators do about what may be claimed: accounts, withdrawals, consent, and news of transfers."""

from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tuan.platform.gateways.payment import SplitOrder, TransferOrder, TransferState
from tuan.platform.gateways.sandbox import NOBODY
from tuan.simulate import buying, running
from tuan.simulate.actors import Play, some
from tuan.simulate.books import PayoutBook
from tuan.simulate.cast import REASON
from tuan.simulate.payouts import TWO_ABOVE_MINOR, left_of
from tuan.trade import settlement
from tuan.trade.settlement.model import AccountState

TRANSFERS = "trade.settlement.withdrawals"
HOLDERS = ("b1", "b1", NOBODY)
"""Numbers of accounts: one in three is of a payee whom the provider does not know."""


async def add_account(play: Play, rng: Random) -> bool:
    """A supplier names an account; mostly somebody checks it at once."""
    supplier, number, is_checked = rng.choice(play.books.suppliers), rng.choice(HOLDERS), rng.random() < 0.9
    mode = "transfer" if play.books.paid == "transfer" else rng.choice(("split", "split", "transfer"))
    play.title(f"an account of {play.books.name_of(supplier)} for {mode}s{'' if is_checked else ', not checked'}")
    terms = (supplier, "sandbox", mode, "b1", number)
    asked = await play.manage("settlement.add_account", terms, settlement.add_account, *terms)
    if isinstance(asked.answer, UUID):
        play.books.accounts[asked.answer] = PayoutBook(
            len(play.books.accounts) + 1, supplier, number, is_checked, mode == "split"
        )
        if is_checked:
            moved = (asked.answer, AccountState.ACTIVE)
            await play.manage("settlement.move_account", moved, settlement.move_account, *moved, reason=REASON)
    return True


async def withdraw(play: Play, rng: Random) -> bool:
    """A supplier asks for some of it, for all, now and then for too much or too little, or to another's account."""
    accounts = play.books.accounts
    account = some(rng, list(accounts))
    if account is None:
        return await add_account(play, rng)
    supplier = accounts[account].supplier if rng.random() < 0.95 else rng.choice(play.books.suppliers)
    has = max(left_of(play.books, play.seen, supplier), 0)
    amount = rng.choice((has, has, rng.randint(100, max(has, 100)), has + 1, 99))
    play.title(f"{play.books.name_of(supplier)} asks for {amount} of {has} to account {accounts[account].number}")
    asker = play.buyer(rng).id
    calls = 2 if rng.random() < 0.15 else 1
    asks = [
        play.call("settlement.withdraw", settlement.withdraw, supplier, account, amount, asker) for _ in range(calls)
    ]
    if calls > 1:
        await play.at_once(asks)
    else:
        await asks[0]
    return True


async def in_parts(play: Play, rng: Random) -> bool:
    """A supplier asks for as much as one may agree to; what he asks for on one day counts together."""
    has = {supplier: left_of(play.books, play.seen, supplier) for supplier in play.books.suppliers}
    known = [(id, one.supplier) for id, one in play.books.accounts.items() if one.is_checked]
    found = some(rng, [(id, supplier) for id, supplier in known if has[supplier] > TWO_ABOVE_MINOR])
    if found is None:
        return False
    account, supplier = found
    amount = rng.randint(TWO_ABOVE_MINOR // 2 + 1, TWO_ABOVE_MINOR)
    play.title(f"{play.books.name_of(supplier)} asks for {amount}, a part of {has[supplier]}")
    await play.call("settlement.withdraw", settlement.withdraw, supplier, account, amount, play.buyer(rng).id)
    return True


async def approve(play: Play, rng: Random) -> bool:
    """Somebody agrees, now and then to what he asked for himself, or to what is decided already."""
    row = some(rng, play.withdrawals("requested") if rng.random() < 0.9 else play.withdrawals())
    if row is None:
        return False
    who = play.buyer(rng)
    play.title(f"b{who.number} agrees to {play.books.name_of(row['id'])}")
    await play.call("settlement.approve", settlement.approve, row["id"], who.id, reason=REASON)
    return True


async def reject(play: Play, rng: Random) -> bool:
    row = some(rng, play.withdrawals("requested") if rng.random() < 0.8 else play.withdrawals())
    if row is None:
        return False
    play.title(f"{play.books.name_of(row['id'])} is refused")
    await play.call("settlement.reject", settlement.reject, row["id"], reason=REASON)
    return True


async def transfer_told(play: Play, rng: Random) -> bool:
    """The provider's letter about a transfer comes: the first time, late, or once more."""
    row = some(rng, [one for one in play.withdrawals() if one["id"] in play.stage.provider.transfers])
    if row is None:
        return False
    payee, amount = play.stage.provider.transfers[row["id"]]
    order = TransferOrder(play.stage.market, row["id"], payee, "b1", amount, "CNY", "")
    told = [one for one in await play.stage.provider.sandbox.query_transfers([order]) if one.state in ENDED]
    play.title(f"news of {play.books.name_of(row['id'])}: {', '.join(one.state for one in told) or 'none'}")
    await play.call("settlement.apply_transfer_answers", settlement.apply_transfer_answers, told * rng.choice((1, 2)))
    return True


async def split_told(play: Play, rng: Random) -> bool:
    """What became of the parts of a withdrawal is heard of beside the worker's own asking: at once, late, or twice."""
    row = some(rng, [one for one in play.withdrawals() if _asked_for(play, one)])
    if row is None:
        return False
    provider, account = play.stage.provider, play.books.accounts[row["account_id"]]
    told = await provider.told_of([
        SplitOrder(play.stage.market, part["id"], part["transaction"], account.payee, "b1", part["amount_minor"], "CNY", "")
        for part in _asked_for(play, row)
    ])  # fmt: skip
    some_of_it = [one for one in told if rng.random() < 0.7]
    play.title(f"news of {len(some_of_it)} parts of {play.books.name_of(row['id'])}")
    await play.call("settlement.apply_answers", settlement.apply_answers, [], some_of_it * rng.choice((1, 2)))
    return True


def _asked_for(play: Play, withdrawal: Any) -> list[Any]:
    """The parts that the provider was asked for, in the order of their payments."""
    numbers = list(play.stage.provider.money)
    parts = [one for one in play.seen.parts_of(withdrawal["id"]) if one["id"] in play.stage.provider.shares]
    return sorted(parts, key=lambda one: (numbers.index(one["transaction"]), play.books.orders[one["order_id"]].number))


async def close_for_splits(play: Play, rng: Random) -> bool:
    """The provider splits nothing of a payment any more, whatever was drawn from it."""
    payment = some(rng, [one for one in play.stage.provider.money if one not in play.stage.provider.closed])
    if payment is None:
        return False
    play.title("the provider splits nothing of a payment any more")
    play.stage.provider.closed.add(payment)
    return True


async def cash_in(play: Play, rng: Random) -> bool:
    """What somebody has in his hands is kept, settled and asked for; the provider pays while consent still comes in."""
    if not play.orders("shipped", "received"):
        return False
    play.title("goods are kept, and their supplier wants his money")
    play.plot += [
        *[buying.confirm] * 2, partial(running.days, count=8), running.work, add_account, withdraw, approve,
        partial(running.sweep, name=TRANSFERS), approve, withdraw, approve, transfer_told, partial(running.sweep, name=TRANSFERS),
    ]  # fmt: skip
    return True


ENDED = (TransferState.DONE, TransferState.FAILED)
