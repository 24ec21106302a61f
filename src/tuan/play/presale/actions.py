"""The verbs of presales."""

from collections.abc import Sequence
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts, sharing
from tuan.platform import audit, idempotency
from tuan.platform.work import Work
from tuan.play.presale import facts, model, store
from tuan.play.presale.errors import NotAsShown, NothingOwed, OfferClash
from tuan.play.presale.model import OFFER_ID, Booked, BookGoods, Booking, Desk, NewOffer, OfferId
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.aftersales.model import Case
from tuan.trade.orders.model import ORDER_ID, Book, Order, OrderDraft, OrderState
from tuan.value import ledger
from tuan.value.ledger.model import BUYERS_COMPENSATION, BY_HAND, Postings, provider_clearing

"""The way that money goes which no provider of ours was asked to send."""


async def book_goods(work: Work, commands: Sequence[BookGoods]) -> list[Booked | Refusal]:
    """Pay a deposit now and the balance later. One outcome per command, in their order; what had an effect is remembered.

    The global lock order: keys, offers, stock.
    """
    claims = await idempotency.claim(work, "presale.book", commands, restore=model.decode_booked)
    fresh: list[BookGoods] = [command for _, command in claims.fresh]
    skus = {command.sku for command in fresh}
    offers = await store.load_offers(work, {command.offer for command in fresh}, to_book=True)
    goods = await catalog.load_offers(work, skus)
    addresses = await accounts.load_addresses(work, [c.address for c in fresh], [c.actor for c in fresh])
    recommenders = await sharing.load_recommenders(work, fresh, addresses.bound)
    stock = await supply.load_stock(work, skus)
    draft = OrderDraft(await work.read_clock(), work.market.currency, recommenders)
    desk = Desk(offers, goods, stock, addresses, draft, [])
    outcomes = [model.book_goods(command, desk) for command in fresh]
    await supply.save_stock(work, stock)
    await orders.save_draft(work, desk.draft)
    await store.add_bookings(work, desk.bookings)
    return await idempotency.remember(work, claims, outcomes, store=model.encode_booked)


async def launch_offer(work: Work, new: NewOffer, *, reason: str) -> OfferId | Refusal:
    """Take deposits for a product; one presale of it runs at a time, and a running one never changes. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    skus = (await catalog.skus_of(work, [new.product])).get(new.product, ())
    known = {row["id"] for row in skus if row["tax_permyriad"] is None}  # what comes from abroad is bought alone
    if refusal := model.why_not_launch(new, known, work.now):
        return refusal
    offer = OFFER_ID.new()
    if not await store.add_offer(work, offer, new):
        return OfferClash()
    await audit.record(work, "presale.launch_offer", OFFER_ID.show(offer), reason=reason, before={},
                       after={"kind": new.kind, "deposits": [p.deposit_minor for p in new.prices.values()]})  # fmt: skip
    return offer


async def end_offer(work: Work, offer: UUID, *, reason: str) -> Refusal | None:
    """Take no more deposits; who has paid one keeps his terms. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    if not await store.end_offer(work, offer):
        return NotFound()
    await audit.record(work, "presale.end_offer", OFFER_ID.show(offer), reason=reason, before={"state": "running"},
                       after={"state": "ended"})  # fmt: skip
    return None


async def lapse_due(work: Work, *, limit: int) -> int:
    """End the orders whose balance did not come in its time. How many bookings are done with.

    A payment under way is waited for: the provider is asked, and what he took in time counts. A balance that comes after
    this goes back by itself, because its payable is void. A deposit may be heard of late too: while its order waits for it,
    nothing is done with.
    """
    due = await store.due(work, limit)
    if not due:
        return 0
    book = await orders.load_book(work, due, with_stock=True)
    bookings = await store.load_bookings(work, due)
    pending = await payments.pending_among(work, book.till.payables)
    known = [order for order in book.orders.values() if order.state != OrderState.PLACED]
    done = [order for order in known if order.balance_id not in pending]
    unpaid = [order for order in done if order.state == OrderState.DEPOSITED]
    await _end(work, book, [(order, bookings[order.id]) for order in unpaid], "balance_unpaid")
    await store.close(work, [order.id for order in done])
    return len(done)


async def give_up(work: Work, order: UUID, person: UUID, *, reason: str, shown_back_minor: int) -> Refusal | None:
    """The buyer steps back before he has paid the balance: what his deposit's kind says comes back, the rest is kept.

    shown_back_minor: what the page said would come back; anything else is refused.
    """
    book = await orders.load_book(work, [order], with_stock=True)
    found, booking = book.get(order), (await store.load_bookings(work, [order])).get(order)
    if found is None or booking is None or found.person_id != person:
        return NotFound()
    if refusal := model.why_not_give_up(found) or await payments.why_not_close(work, book.till.payables):
        return refusal
    if shown_back_minor != booking.back_minor:
        return NotAsShown(now_minor=booking.back_minor, shown_minor=shown_back_minor)
    await _end(work, book, [(found, booking)], reason)
    await store.close(work, [order])
    return None


async def _end(work: Work, book: Book, ended: Sequence[tuple[Order, Booking]], reason: str) -> None:
    """Without its balance an order ends as its deposit's kind says; what is kept is shared out with it."""
    cases: list[Case] = []
    forfeited: list[Order] = []
    for order, booking in ended:
        if not booking.lost_minor:
            cases.append(aftersales.give_back(book, order, reason))
        else:
            book.forfeit(order, booking.back_minor, reason)
            forfeited.append(order)
            if booking.back_minor:
                cases.append(aftersales.given_in_part(book, order, booking.back_minor, reason))
        work.tell(facts.BalanceLapsed(order=order.id, kept_minor=booking.lost_minor))
    claims = await settlement.share_out(work, book, forfeited)
    await settlement.save_claims(work, claims)
    await orders.save_book(work, book)
    await aftersales.save_cases(work, cases)


async def fail(work: Work, order: UUID, supplier: UUID, *, reason: str) -> Refusal | None:
    """The supplier does not deliver: all that was paid goes back, and of earnest money as much again is owed. Audited.

    The second half cannot go the way the first came, since a provider gives back no more than it took: the supplier is
    charged with it at once, and it is owed to the buyer until somebody has paid it (`settle_owed`).
    """
    book = await orders.load_book(work, [order], with_stock=True)
    found, booking = book.get(order), (await store.load_bookings(work, [order])).get(order)
    if found is None or booking is None or found.supplier_id != supplier:
        return NotFound()
    if refusal := model.why_not_fail(found) or await payments.why_not_close(work, book.till.payables):
        return refusal
    before, owed = found.state, booking.kept_minor
    cases = [aftersales.give_back(book, found, reason)]
    if owed:
        await settlement.charge_for_buyer(work, book.postings, supplier, owed, order, reason=reason)
        await store.owe(work, order, owed, book.now)
    await orders.save_book(work, book)
    await aftersales.save_cases(work, cases)
    await store.close(work, [order])
    work.tell(facts.SellerFailed(order=order, owed_minor=owed))
    await audit.record(work, "presale.fail", ORDER_ID.show(order), reason=reason, before={"state": before},
                       after={"state": found.state, "owed_minor": owed})  # fmt: skip
    return None


async def settle_owed(work: Work, order: UUID, reference: str, *, reason: str) -> Refusal | None:
    """Say that what is owed to this order's buyer was paid to him, and by what it can be found again. Audited."""
    if refusal := audit.why_not_reason(reason):
        return refusal
    owed = await store.lock_owed(work, order)
    if not owed or not reference.strip():
        return NothingOwed()
    await store.settle_owed(work, order, reference.strip()[:200])
    postings = Postings()
    postings.post(
        "compensation_paid", BUYERS_COMPENSATION, provider_clearing(BY_HAND), work.market.currency, owed, order
    )
    await ledger.save_postings(work, postings)
    await audit.record(work, "presale.settle_owed", ORDER_ID.show(order), reason=reason, before={"owed_minor": owed},
                       after={"owed_minor": 0, "reference": reference.strip()[:200]})  # fmt: skip
    return None
