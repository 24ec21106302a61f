"""Paying and its post: attempts, decisions at the provider, and notices that come twice, late, in any order or never."""

from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from tuan.platform.gateways.payment import Charge, ChargeState, Notice
from tuan.simulate.actors import Play, some
from tuan.simulate.provider import MOODS, Money
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt


def _charge(play: Play, attempt: Any) -> Charge:
    return Charge(play.stage.market, attempt["id"], attempt["amount_minor"], attempt["currency"])


async def start(play: Play, rng: Random) -> bool:
    """A buyer goes to the cashier; mostly for what waits to be paid."""
    waiting = [
        o for o in play.orders("placed") if o["pay_by"] > play.time and not play.seen.pending_on(o["payable_id"])
    ]
    order = some(rng, waiting if rng.random() < 0.95 else play.orders("placed", "closed", "paid", "gathering"))
    if order is None:
        return False
    who = order["person_id"] if rng.random() < 0.97 else play.buyer(rng).id
    found = await _start(play, order, who, twice=rng.random() < 0.1)
    if found is not None and rng.random() < 0.6:  # he pays at once
        await _pay(play, rng, found, pay=rng.random() < 0.85)
    return True


async def pay_now(play: Play, rng: Random, *, order: UUID, pay: bool = True) -> bool:
    """This order is paid at once (or tried in vain), and the notice is the next that the post brings."""
    found = await _start(play, play.seen.orders[order], play.seen.orders[order]["person_id"])
    if found is not None:
        await _pay(play, rng, found, pay=pay, is_told=True)
    return True


async def _start(play: Play, order: Any, who: UUID, *, twice: bool = False) -> Any:
    """The attempt that was started, as far as the provider has to know of it; None if there is none for sure."""
    provider = play.stage.provider
    command = StartAttempt(who, play.key(), order["payable_id"], provider.name, provider.merchant, provider.app)
    play.title(f"{play.books.name_of(order['id'])} is about to be paid")
    processes = (0, 1) if twice else (0,)
    calls = [play.ask("payments.start_attempt", payments.start_attempts, command, process=one) for one in processes]
    await play.at_once(calls)
    found = next((asked.answer for asked in play.account.asked if isinstance(asked.answer, UUID)), None)
    payable = play.seen.payables[order["payable_id"]]
    return found and {"id": found, "amount_minor": payable["amount_minor"], "currency": "CNY", "state": "pending"}


async def decide(play: Play, rng: Random) -> bool:
    """At the provider: paid, declined, or thought over. A declined charge may be paid later all the same."""
    attempt = some(
        rng, play.attempts("pending", "pending", "declined") if rng.random() < 0.85 else play.attempts("closed")
    )
    if attempt is None:
        return False
    play.title("a buyer decides at the provider")
    await _pay(play, rng, attempt, pay=rng.random() < 0.8)
    return True


async def pay_after_all(play: Play, rng: Random, *, order: UUID) -> bool:
    """The buyer pays on the attempt that was declined; the notice is the next that the post brings."""
    payable = play.seen.orders[order]["payable_id"]
    attempt = some(rng, [a for a in play.attempts("declined") if a["payable_id"] == payable])
    if attempt is None:
        return False
    play.title(f"{play.books.name_of(order)} is paid after all")
    await _pay(play, rng, attempt, pay=True, is_told=True)
    return True


async def _pay(play: Play, rng: Random, attempt: Any, *, pay: bool, is_told: bool = False) -> None:
    """What the buyer does there, and what the provider then sends; what it does not send we have to ask for."""
    provider, charge = play.stage.provider, _charge(play, attempt)
    await provider.start([charge])
    notice = await provider.decide(charge, pay=pay)
    play.account.notes.append(f"{notice.state} at the provider")
    if is_told or rng.random() < 0.7:
        play.books.bag.append(notice)
    if notice.state is ChargeState.PAID and rng.random() < 0.05:
        play.books.bag.append(provider.pay_again(notice, await play.stage.site.clock(play.stage.market)))
        play.account.notes.append("taken twice")


async def deliver(play: Play, rng: Random, *, newest: bool = False) -> bool:
    """The post brings a notice, any of those on their way; it may bring it twice, now or later, or at both our doors."""
    if not play.books.bag:
        return False
    notice = play.books.bag.pop(-1 if newest else rng.randrange(len(play.books.bag)))
    copies = rng.choice((1, 1, 1, 2, 3))
    if rng.random() < 0.2:
        play.books.bag.append(notice)
    play.title(f"a notice says {notice.state}" + (f", {copies} times" if copies > 1 else ""))
    await _hear(play, [notice] * copies, rng)
    return True


def unheard(play: Play) -> list[Money]:
    """Money that we have not acknowledged and do not ask about ourselves: of it the provider tells until it is heard."""
    return [
        money for number, money in play.stage.provider.money.items()
        if number not in play.seen.captures and play.seen.attempts[money.attempt]["state"] != "pending"
    ]  # fmt: skip


async def tell_again(play: Play, rng: Random) -> bool:
    money = some(rng, unheard(play))
    if money is None:
        return False
    play.title("the provider tells again of money that was not heard of")
    await _hear(play, [money.notice], rng)
    return True


async def lose(play: Play, rng: Random) -> bool:
    """The post loses a notice."""
    if not play.books.bag:
        return False
    play.books.bag.pop(rng.randrange(len(play.books.bag)))
    play.title("a notice is lost")
    return True


async def forge(play: Play, rng: Random) -> bool:
    """A notice that is not what was agreed: never money."""
    attempt = some(rng, play.attempts("pending", "captured", "declined", "closed", "disputed"))
    if attempt is None:
        return False
    provider = play.stage.provider
    now = await play.stage.site.clock(play.stage.market)
    agreed = Notice(provider.name, attempt["id"], ChargeState.PAID, f"forged-{play.key()}", provider.merchant,
                    provider.app, attempt["amount_minor"], attempt["currency"], now)  # fmt: skip
    wrong: dict[str, Any] = rng.choice(
        ({"amount_minor": agreed.amount_minor + 1}, {"currency": "EUR"}, {"merchant": "somebody"}, {"app": "else"})
    )
    play.title(f"a forged notice: {', '.join(wrong)}")
    await _hear(play, [replace(agreed, **wrong)], rng)
    return True


async def mood(play: Play, rng: Random) -> bool:
    """The line to the provider is bad: the next call of ours to it fails, before or after it was done."""
    play.stage.provider.mood = rng.choice(MOODS)
    play.title(f"the provider {play.stage.provider.mood}")
    return True


async def _hear(play: Play, notices: list[Notice], rng: Random) -> None:
    calls = [
        play.ask("orders.apply_notices", orders.apply_notices, notice, process=rng.choice((0, 0, 1)))
        for notice in notices
    ]
    await play.at_once(calls)
