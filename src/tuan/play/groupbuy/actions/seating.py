"""Seats: opening and joining teams, paying, leaving, and what time ends."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import Offers
from tuan.kit.refusals import NotFound, Refusal
from tuan.people import accounts, sharing
from tuan.platform import audit, idempotency
from tuan.platform.sweeps import ONLY_HAND, Hand
from tuan.platform.work import Work
from tuan.play.groupbuy import model, store
from tuan.play.groupbuy.model import (
    Campaign,
    CampaignId,
    Counter,
    JoinTeam,
    OpenTeam,
    Seat,
    Seated,
    TeamId,
    Teams,
)
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import NO_PURSE, ORDER_ID, Book, OrderDraft
from tuan.value import promotions
from tuan.value.promotions.model import NO_RULES, Coupons, Quote, Rules, Stacking, Suggestion

CANDIDATE_TEAMS_MAX = 5
"""How many other open teams of a campaign a late payment may choose from."""


async def seat_buyers(work: Work, commands: Sequence[OpenTeam | JoinTeam]) -> list[Seated | Refusal]:
    """Open teams and join teams: one lane for both, because both draw on the same stock and would only take turns at it.

    The global lock order: keys, buyers, limits, campaigns, teams, then stock. One outcome per command, in their order;
    what had an effect is remembered under its key.
    """
    claims = await idempotency.claim(work, "groupbuy.seat_buyer", commands, restore=model.decode_seated)
    fresh: list[OpenTeam | JoinTeam] = [command for _, command in claims.fresh]
    opens = [(c.campaign, c.actor) for c in fresh if isinstance(c, OpenTeam)]
    joins = [(c.team, c.actor) for c in fresh if isinstance(c, JoinTeam)]
    counter = await _counter(work, fresh, await store.load_for_seating(work, opens, joins))
    outcomes = [model.seat_buyer(command, counter) for command in fresh]
    await _save_counter(work, counter)
    return await idempotency.remember(work, claims, outcomes, store=model.encode_seated)


async def _counter(work: Work, commands: Sequence[OpenTeam | JoinTeam], teams: Teams) -> Counter:
    """Load the rest of what placing decides against; the clock is read last, when every lock is held."""
    skus = {command.sku for command in commands}
    offers = await catalog.load_offers(work, skus)
    addresses = await accounts.load_addresses(work, [c.address for c in commands], [c.actor for c in commands])
    recommenders = await sharing.load_recommenders(work, commands, addresses.bound)
    allotments = {price.allotment_id for c in teams.campaigns.values() for s, price in c.prices.items() if s in skus}
    rewarded = {s for c in teams.campaigns.values() if Stacking.REWARD in c.stacks_with for s in c.prices if s in skus}
    rules = await promotions.load_rules(work, rewarded) if rewarded else NO_RULES
    stock = await supply.load_stock(work, skus, allotments)
    purse = await orders.load_purse(work, commands) if any(c.coupons or c.points for c in commands) else NO_PURSE
    now = await work.read_clock()
    draft = OrderDraft(now, work.market.currency, recommenders)
    return Counter(teams, offers, stock, addresses, draft, now, rules, purse)


async def _save_counter(work: Work, counter: Counter) -> None:
    await supply.save_stock(work, counter.stock)
    await orders.save_draft(work, counter.draft)
    await store.save_teams(work, counter.teams)
    if counter.purse is not NO_PURSE:
        await orders.save_purse(work, counter.purse)


async def quote_seat(work: Work, command: OpenTeam | JoinTeam, *, region: str | None = None) -> Quote | Refusal:
    """What this seat would cost now, and why, or what it would be refused for. Nothing is held and nothing changed.

    region: where it would be sent to. Whether the seat, the address and the stock are there is left to placing, as in
    `orders.quote`.
    """
    found = await _looked_at(work, command)
    if found is None:
        return NotFound()
    campaign, offers, rules = found
    if refusal := offers.why_not_sell(command.sku):
        return refusal
    purse = await orders.peek_purse(work, command)
    return model.quote_seat(command, campaign, offers.get(command.sku), rules, purse, region, work.now)


async def weigh_coupons(work: Work, command: OpenTeam | JoinTeam) -> tuple[Suggestion, Coupons] | None:
    """Which of the buyer's coupons would leave least to pay for this seat; None where none goes with its price."""
    found = await _looked_at(work, command)
    if found is None or Stacking.COUPON not in found[0].stacks_with:
        return None
    campaign, offers, rules = found
    basket = model.basket_of(command, campaign, offers.get(command.sku), rules)
    return await orders.weigh_coupons(work, command.actor, basket)


async def _looked_at(work: Work, command: OpenTeam | JoinTeam) -> tuple[Campaign, Offers, Rules] | None:
    """The terms of a seat without a lock: its campaign, what it sells, the rewards that go with it."""
    if isinstance(command, OpenTeam):
        named: UUID | None = command.campaign
    else:
        named = (await store.campaigns_of(work, [command.team])).get(command.team)
    campaign = (await store.load_campaigns(work, [named])).get(CampaignId(named)) if named else None
    if campaign is None or command.sku not in campaign.prices:
        return None
    rewarded = Stacking.REWARD in campaign.stacks_with
    rules = await promotions.load_rules(work, [command.sku]) if rewarded else NO_RULES
    return campaign, await catalog.load_offers(work, [command.sku]), rules


async def take_seats(work: Work, paid: Collection[UUID]) -> None:
    """Orders of ours were paid: seats are taken, and the last seat forms its team in this transaction.

    A payment can cross the deadline on its way: then the campaign's late-payment policy decides
    (another open team, a new team led by the payer, or everything back).
    """
    rows = await work.fetch(store.SEATS_OF_ORDERS_SQL, list(set(paid)))
    if not rows:
        return
    newest = {row["order_id"]: row for row in rows}
    late = {order: row for order, row in newest.items() if _comes_late(row)}
    opening = {row["campaign_id"] for row in late.values()}
    candidates = await work.fetch(store.OPEN_TEAMS_OF_SQL, list(opening), work.now, CANDIDATE_TEAMS_MAX)
    places = {r["team_id"] for r in newest.values()} | {c["id"] for c in candidates}
    teams = await store.load_teams(work, places, late=late.values())
    lost = {r["order_id"] for r in newest.values() if not teams.holds_seat(r["team_id"], r["order_id"])} | late.keys()
    members = {
        seat.order_id
        for team in teams.teams.values()
        for seat in teams.seats[team.id].values()
        # Whoever waits in a team that may fill up now goes to shipping with it; a lost order may fill any of them.
        if (seat.is_live and team.taken + team.held + len(lost) >= team.size) or seat.order_id in newest
    }
    book = await orders.load_book(work, members, with_stock=bool(lost))
    cases = []
    for row in newest.values():
        seat = teams.seats[row["team_id"]][row["order_id"]]
        order = book.get(row["order_id"])
        if order is not None and (case := model.take_seat(order, seat, teams, book)):
            cases.append(case)
    await _save_ended(work, teams, book, cases)


def _comes_late(row: Any) -> bool:
    """Its seat or its goods were let go, or it was paid past its team's time: it may need a new home, or go back."""
    over = row["deadline"] is not None and row["paid_at"] is not None and row["paid_at"] > row["deadline"]
    return over or row["state"] != "held" or not row["holds_stock"]


async def release_seats(work: Work, closed: Collection[UUID]) -> None:
    """Orders of ours ended unpaid: their seats are free for somebody else, unless they were paid after all."""
    rows = [r for r in await work.fetch(store.SEATS_OF_ORDERS_SQL, list(set(closed))) if r["state"] == "held"]
    if not rows:
        return
    teams = await store.load_teams(work, {row["team_id"] for row in rows})
    book = await orders.load_book(work, {row["order_id"] for row in rows}, with_stock=False)
    for row in rows:
        seat, order = teams.seats[row["team_id"]][row["order_id"]], book.get(row["order_id"])
        if order is not None and order.state == "closed" and seat.state == "held":
            teams.release_seat(teams.teams[seat.team_id], seat, book.now)
    await store.save_teams(work, teams)


async def lapse_due(work: Work, *, limit: int, hand: Hand = ONLY_HAND) -> int:
    """End the teams whose time is over; how many. Payments captured in time count first (paid_at bounded by attempt and
    receipt, ≤ deadline + grace), and a team waits for those whose outcome the provider has not told yet."""
    due = await work.fetch(store.DUE_TEAMS_SQL, work.now - model.CAPTURE_GRACE, limit, hand.of, hand.number)
    if not due:
        return 0
    teams = await store.load_teams(work, [row["id"] for row in due])
    live: list[Seat] = [seat for seats in teams.seats.values() for seat in seats.values() if seat.is_live]
    book = await orders.load_book(work, [seat.order_id for seat in live], with_stock=True)
    pending = await payments.last_asked(work, book.till.payables)
    ready = [team for team in teams.teams.values() if not model.why_wait(team, teams, book, pending)]
    cases = [case for team in ready for case in model.end_team(team, teams, book)]
    await _save_ended(work, teams, book, cases)
    return len(ready)


async def leave_team(work: Work, team: UUID, person: UUID) -> Refusal | None:
    """A member goes before the team has formed: a paid one gets everything back, an unpaid one's order is closed."""
    for row in await work.fetch(store.HELD_BY_SQL, team, person):
        return await orders.cancel_unpaid(work, row["order_id"], person, reason="left_team")
    if team not in await store.campaigns_of(work, [team]):
        return NotFound()
    teams, book = await _load_with_waiting(work, team, person)
    outcome = model.leave_team(person, teams.teams[TeamId(team)], teams, book)
    if isinstance(outcome, Refusal):
        return outcome
    await _save_ended(work, teams, book, outcome)
    return None


async def remove_member(work: Work, order: UUID, supplier: UUID, *, reason: str) -> Refusal | None:
    """The supplier gives a waiting member's order back whole, and the seat is free again. Audited.

    Here and not in aftersales, because the team takes part: it must not count a member who was given back.
    """
    rows = await work.fetch(store.SEATS_OF_ORDERS_SQL, [order])
    if not rows:
        return NotFound()
    team = rows[-1]["team_id"]
    teams, book = await _load_with_waiting(work, team, rows[-1]["person_id"], order)
    found, seat = book.get(order), teams.seats[team].get(order)
    if found is None or seat is None or found.supplier_id != supplier:
        return NotFound()
    if refusal := model.why_not_remove(seat, found):
        return refusal
    cases = model.remove_member(seat, teams.teams[team], teams, book, reason)
    await _save_ended(work, teams, book, cases)
    await audit.record(work, "groupbuy.remove_member", ORDER_ID.show(order), reason=reason,
                       before={"state": "gathering"}, after={"state": "cancelled"})  # fmt: skip
    return None


async def _load_with_waiting(work: Work, team: UUID, person: UUID, *named: UUID) -> tuple[Teams, Book]:
    """A team with the orders that end if this person's going ends it: his own, and those that still wait to be paid.

    named: orders that are asked about, wherever their seats have gone.
    """
    teams = await store.load_teams(work, [team])
    seats = teams.seats[TeamId(team)].values()
    mine = {s.order_id for s in seats if s.is_live and s.person_id == person}
    held = {s.order_id for s in teams.held_seats(teams.teams[TeamId(team)])}
    return teams, await orders.load_book(work, {*mine, *held, *named}, with_stock=True)


async def _save_ended(work: Work, teams: Teams, book: Book, cases: Sequence[aftersales.model.Case]) -> None:
    lowered = aftersales.lower_prices(book, teams.lowered) if teams.lowered else None
    await orders.save_book(work, book)
    await aftersales.save_cases(work, cases)
    if lowered is not None:
        await aftersales.save_asked(work, lowered)
    await store.save_teams(work, teams)
