"""The verbs of group buying; plural where things are scarce; nobody commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.supply.model import ALLOTMENT, AllotmentRow, Stock
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people import accounts
from tuan.platform import audit, idempotency
from tuan.platform.sweeps import ONLY_HAND, Hand
from tuan.platform.work import Work
from tuan.play.groupbuy import model, store
from tuan.play.groupbuy.errors import CampaignClash, CampaignInvalid, SkuOnCampaign
from tuan.play.groupbuy.model import (
    CAMPAIGN_ID,
    CampaignId,
    CampaignState,
    Counter,
    JoinTeam,
    OpenTeam,
    Seat,
    Seated,
    TeamId,
    Teams,
)
from tuan.trade import aftersales, orders, payments
from tuan.trade.orders.model import ORDER_ID, Book, OrderDraft

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
    allotments = {price.allotment_id for c in teams.campaigns.values() for s, price in c.prices.items() if s in skus}
    stock = await supply.load_stock(work, skus, allotments)
    now = await work.read_clock()
    return Counter(teams, offers, stock, addresses, OrderDraft(now, work.market.currency), now)


async def _save_counter(work: Work, counter: Counter) -> None:
    await supply.save_stock(work, counter.stock)
    await orders.save_draft(work, counter.draft)
    await store.save_teams(work, counter.teams)


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
    teams, book = await _load_with_waiting(work, team, rows[-1]["person_id"])
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


async def _load_with_waiting(work: Work, team: UUID, person: UUID) -> tuple[Teams, Book]:
    """A team with the orders that end if this person's going ends it: his own, and those that still wait to be paid."""
    teams = await store.load_teams(work, [team])
    seats = teams.seats[TeamId(team)].values()
    mine = {s.order_id for s in seats if s.is_live and s.person_id == person}
    held = {s.order_id for s in teams.held_seats(teams.teams[TeamId(team)])}
    return teams, await orders.load_book(work, mine | held, with_stock=True)


async def _save_ended(work: Work, teams: Teams, book: Book, cases: Sequence[aftersales.model.Case]) -> None:
    await orders.save_book(work, book)
    await aftersales.save_cases(work, cases)
    await store.save_teams(work, teams)


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """An offer to launch: prices and units set aside (None: from the free stock) per SKU.

    ladder and leader_reward have their columns but no rule yet, so they cannot be given here.
    """

    product: UUID
    prices: Mapping[UUID, int]
    size: int
    starts_at: Instant
    ends_at: Instant
    team_seconds: int
    pay_seconds: int = 900
    allotments: Mapping[UUID, int] | None = None
    units_per_order_max: int = 99
    units_per_person_max: int | None = None
    audience: str = "all"
    late_policy: str = "another_team"
    may_leave: bool = True
    shows_open_teams: bool = True
    promise_min: int | None = None


@dataclass(slots=True)
class _CampaignRow:
    id: CampaignId
    product_id: UUID
    state: str
    size: int
    starts_at: Instant
    ends_at: Instant
    team_seconds: int
    pay_seconds: int
    units_per_order_max: int
    units_per_person_max: int | None
    audience: str
    late_policy: str
    may_leave: bool
    shows_open_teams: bool
    promise_min: int | None
    revises_id: UUID | None


@dataclass(slots=True)
class _PriceRow:
    campaign_id: CampaignId
    sku_id: UUID
    price_minor: int
    allotment_id: UUID | None


async def launch_campaign(
    work: Work, new: NewCampaign, *, reason: str, revises: CampaignId | None = None
) -> CampaignId | Refusal:
    """Start one campaign; see `launch_campaigns`."""
    (outcome,) = await launch_campaigns(work, [new], reason=reason, revises=revises)
    return outcome


async def launch_campaigns(
    work: Work, news: Sequence[NewCampaign], *, reason: str, revises: CampaignId | None = None
) -> list[CampaignId | Refusal]:
    """Start campaigns; a product has one running at a time. Units set aside leave the free stock now. Audited.

    One outcome per campaign, in their order; a refused one changes nothing and holds up no other.
    """
    skus = await catalog.skus_of(work, {new.product for new in news})
    pooled = {sku for new in news for sku in new.allotments or {}}
    stock = await supply.load_stock(work, pooled)
    launched: dict[int, tuple[CampaignId, list[AllotmentRow]]] = {}
    outcomes: list[CampaignId | Refusal] = []
    rows, prices = [], []
    for new in news:
        pools = {sku: AllotmentRow(ALLOTMENT.new(), sku, u, 0, True) for sku, u in (new.allotments or {}).items()}
        known = {row["id"] for row in skus.get(new.product, ())}
        if refusal := _why_not_launch(new, known, work.now) or supply.why_not_allot(stock, pools.values()):
            outcomes.append(refusal)
            continue
        campaign = CAMPAIGN_ID.new()
        launched[len(outcomes)] = (campaign, list(pools.values()))
        outcomes.append(campaign)
        rows.append(_row_of(campaign, new, revises))
        prices += [
            _PriceRow(campaign, sku, price, pools[sku].id if sku in pools else None)
            for sku, price in new.prices.items()
        ]
    stored = await store.insert_campaigns(work, rows, prices)
    for place, (campaign, allotted) in launched.items():
        if campaign in stored:
            await supply.allot(work, stock, allotted)
        else:
            outcomes[place] = CampaignClash()
    await supply.save_stock(work, stock)
    if stored:
        about = CAMPAIGN_ID.show(rows[0].id) if len(rows) == 1 else f"{len(stored)} campaigns"
        await audit.record(work, "groupbuy.launch_campaign", about, reason=reason, before={},
                           after={"sizes": sorted({row.size for row in rows})})  # fmt: skip
    return outcomes


async def retire_sku(work: Work, sku: UUID, *, reason: str) -> Refusal | None:
    """Sell this SKU no more, unless a campaign does or teams gather for it. Audited.

    A campaign that is launched in this very moment sells nothing of it: its orders are refused as of a thing that is off.
    """
    if await work.fetch_value(store.IS_SOLD_SQL, sku):
        return SkuOnCampaign()
    return await catalog.retire_sku(work, sku, reason=reason)


async def why_not_launch(work: Work, new: NewCampaign) -> Refusal | None:
    """What launching it now would be refused for; nothing is changed, and units may still go to somebody else."""
    known = {row["id"] for row in (await catalog.skus_of(work, [new.product]))[new.product]}
    if refusal := _why_not_launch(new, known, work.now):
        return refusal
    if await work.fetch_value(store.IS_RUNNING_SQL, new.product):
        return CampaignClash()
    wanted = new.allotments or {}
    stock = Stock((await supply.stock_of(work, wanted)).values())
    pools = [AllotmentRow(ALLOTMENT.new(), sku, units, 0, True) for sku, units in wanted.items()]
    return supply.why_not_allot(stock, pools)


def _row_of(campaign: CampaignId, new: NewCampaign, revises: CampaignId | None) -> _CampaignRow:
    return _CampaignRow(
        campaign, new.product, CampaignState.RUNNING, new.size, new.starts_at, new.ends_at, new.team_seconds,
        new.pay_seconds, new.units_per_order_max, new.units_per_person_max, new.audience, new.late_policy,
        new.may_leave, new.shows_open_teams, new.promise_min, revises,
    )  # fmt: skip


def _why_not_launch(new: NewCampaign, known_skus: set[UUID], now: Instant) -> Refusal | None:
    """The first field that does not fit, by name; the database holds the same bounds."""
    wrong = {
        "prices": not new.prices
        or not new.prices.keys() <= known_skus
        or not all(1 <= price <= AMOUNT_MINOR_MAX for price in new.prices.values()),
        "allotments": not (new.allotments or {}).keys() <= new.prices.keys(),
        "size": not 2 <= new.size <= model.SIZE_MAX,
        "ends_at": new.ends_at <= max(new.starts_at, now),
        "team_seconds": not 0 < new.team_seconds <= model.TEAM_SECONDS_MAX,
        "pay_seconds": not 0 < new.pay_seconds <= new.team_seconds,
        "units_per_order_max": new.units_per_order_max < 1,
        "units_per_person_max": new.units_per_person_max is not None and new.units_per_person_max < 1,
        "audience": new.audience not in model.AUDIENCES,
        "late_policy": new.late_policy not in model.LATE_POLICIES,
        "promise_min": new.promise_min is not None and not 1 <= new.promise_min < new.size,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return CampaignInvalid(field=field) if field else None


async def end_campaign(work: Work, campaign: UUID, *, reason: str) -> Refusal | None:
    """No new teams from now on; open ones go on to their deadline. What nobody holds of the set-aside units returns."""
    await work.lock("campaigns", store.LOCK_CAMPAIGN_SQL, campaign)
    if not await work.execute(store.END_CAMPAIGN_SQL, campaign):
        return NotFound()
    prices = (await store.load_campaigns(work, [campaign]))[CampaignId(campaign)].prices
    pools = {p.allotment_id for p in prices.values() if p.allotment_id}
    if pools:
        stock = await supply.load_stock(work, prices.keys(), pools)
        for pool in pools:
            stock.end_allotment(pool)
        await supply.save_stock(work, stock)
    await audit.record(work, "groupbuy.end_campaign", CAMPAIGN_ID.show(campaign), reason=reason,
                       before={"state": "running"}, after={"state": "ended"})  # fmt: skip
    return None
