"""The rules of group buying: commands against the loaded sets, refusals in a straight column. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import Offer, Offers
from tuan.goods.supply.model import Stock
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Addresses
from tuan.play.groupbuy.errors import MayNotLeave
from tuan.play.groupbuy.model.ladder import off_at
from tuan.play.groupbuy.model.pricing import JoinTeam, OpenTeam, asks_nothing, price_of, quote_seat
from tuan.play.groupbuy.model.teams import Teams
from tuan.play.groupbuy.model.words import (
    CAPTURE_GRACE,
    PENDING_PATIENCE,
    Campaign,
    CampaignId,
    LatePolicy,
    Seat,
    SeatState,
    Team,
    TeamId,
    TeamState,
)
from tuan.trade.aftersales.model import Case, give_back
from tuan.trade.orders.model import (
    NO_PURSE,
    Book,
    Item,
    Order,
    OrderDraft,
    OrderId,
    OrderState,
    Purse,
    Release,
    hold_means,
    line_of,
    why_not_at_price,
    why_not_deliver,
    why_not_keep,
)
from tuan.trade.payments.model import PayableId
from tuan.value.promotions.model import NO_RULES, Quote, Rules, campaign_line, freight_of_line


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat is held, and an order waits to be paid."""

    team: TeamId
    order: OrderId
    payable: PayableId


@dataclass(slots=True)
class Counter:
    """What a batch of placing commands decides against."""

    teams: Teams
    offers: Offers
    stock: Stock
    addresses: Addresses
    draft: OrderDraft
    now: Instant
    rules: Rules = NO_RULES
    purse: Purse = NO_PURSE
    plain: dict[tuple[UUID, UUID, int, bool, str | None], Quote | Refusal] = field(default_factory=dict)
    """What was quoted with nothing chosen beside it, by (sku, campaign, units, leads, region): a crowd asks for the same."""


def seat_buyer(command: OpenTeam | JoinTeam, at: Counter) -> Seated | Refusal:
    """Whoever opens leads a team of his own; whoever joins sits down in another's."""
    return open_team(command, at) if isinstance(command, OpenTeam) else join_team(command, at)


def open_team(command: OpenTeam, at: Counter) -> Seated | Refusal:
    """Open a team and hold its first seat for the opener."""
    campaign = at.teams.campaigns.get(CampaignId(command.campaign))
    if campaign is None:
        return NotFound()
    if refusal := campaign.why_not_open(at.now) or _why_not_buy(command, campaign, at):
        return refusal
    quoted = _quote(command, campaign, at)
    if isinstance(quoted, Refusal):
        return quoted
    # After this point it must succeed.
    team = at.teams.open_team(campaign, command.actor, at.now)
    return _seat(command, team, campaign, quoted, at)


def join_team(command: JoinTeam, at: Counter) -> Seated | Refusal:
    """Hold a seat and draft an order at the team's price; the seat lives and dies with the order."""
    team = at.teams.teams.get(TeamId(command.team))
    if team is None:
        return NotFound()
    campaign = at.teams.campaigns[team.campaign_id]
    if refusal := (
        at.teams.why_not_sit(team, command.actor) or team.why_not_join(at.now) or _why_not_buy(command, campaign, at)
    ):
        return refusal
    quoted = _quote(command, campaign, at)
    if isinstance(quoted, Refusal):
        return quoted
    # After this point it must succeed.
    return _seat(command, team, campaign, quoted, at)


def _why_not_buy(command: OpenTeam | JoinTeam, campaign: Campaign, at: Counter) -> Refusal | None:
    return (
        at.teams.why_not_buy(campaign, command.actor, command.sku, command.units)
        or at.offers.why_not_sell(command.sku)
        or at.addresses.why_not_use(command.actor, command.address)  # somebody else's address is "not found"
        or why_not_deliver([at.offers.get(command.sku)], command.address)
        or why_not_keep([at.offers.get(command.sku)], command.accepts_no_return)
    )


def _quote(command: OpenTeam | JoinTeam, campaign: Campaign, at: Counter) -> Quote | Refusal:
    """What the seat costs, as it was shown, and whether the goods are there at that price."""
    offer, address = at.offers.get(command.sku), at.addresses.get(command.address)
    region = address.region if address else None
    if asks_nothing(command, campaign):
        what = (command.sku, campaign.id, command.units, isinstance(command, OpenTeam), region)
        if what not in at.plain:
            at.plain[what] = _quote_plainly(command, campaign, offer, region)
        quoted = at.plain[what]
    else:
        quoted = quote_seat(command, campaign, offer, at.rules, at.purse, region, at.now)
    if isinstance(quoted, Refusal):
        return quoted
    pool = campaign.prices[command.sku].allotment_id
    return (
        at.purse.why_not_pay_by(command.points, quoted, command.actor, at.now)
        or why_not_at_price(quoted.total_minor, command.quoted_minor)
        or at.stock.why_not_hold(command.sku, command.units, pool)
        or quoted
    )


def _quote_plainly(
    command: OpenTeam | JoinTeam, campaign: Campaign, offer: Offer, region: str | None
) -> Quote | Refusal:
    """The team's price with nothing chosen beside it, so nothing but the freight can be refused."""
    price, freight = price_of(command, campaign), 0
    if offer.freight is not None:
        sent = freight_of_line(line_of(offer, command.units), offer.freight, region, price.amount_minor)
        if isinstance(sent, Refusal):
            return sent
        freight = sent
    line = campaign_line(command.sku, command.units, offer.price_minor, price, freight)
    return Quote((line,), line.amount_minor)


def _seat(command: OpenTeam | JoinTeam, team: Team, campaign: Campaign, quoted: Quote, at: Counter) -> Seated:
    hold = at.stock.hold(command.sku, command.units, campaign.prices[command.sku].allotment_id)
    item = Item(at.offers.get(command.sku), quoted.lines[0], hold)
    address, pay_by = at.addresses.get(command.address), team.pay_by(at.now, campaign)
    placed = at.draft.place(
        command.actor, [item], address, Release.ON_COMMAND, pay_by, quoted.points_units, share=command.share,
        channel=command.channel,
    )  # fmt: skip
    if command.coupons or command.points:
        hold_means(command.actor, quoted, placed, at.draft, at.purse.coupons, at.purse.wallet)
    (order,) = placed.orders
    at.teams.hold_seat(team, command.actor, order, command.units, at.now)
    return Seated(team.id, order, placed.payable)


def take_seat(order: Order, seat: Seat, teams: Teams, book: Book) -> Case | None:
    """An order of ours was paid: take its seat; the last one forms the team here and now.

    A payment can cross the deadline on its way, or come after its seat was freed: then the campaign's late-payment
    policy decides (another open team, a new team led by the payer, or everything back: the case is the answer).
    """
    if order.state != OrderState.PAID:
        return None  # told twice, or given back in the meantime
    team = teams.teams[seat.team_id]
    if _is_in_time(order, seat, team) and _holds_goods(order, book):
        teams.take_seat(team, seat, order.paid_at or book.now)
        _settle_down(order, team, teams, book)
        return None
    if seat.state == SeatState.HELD:
        teams.release_seat(team, seat, book.now)
    home = _new_home(order, seat, team, teams, book)
    if home is None or not _holds_goods(order, book):
        return give_back(book, order, "late_payment")
    paid_at = order.paid_at or book.now
    teams.retake_seat(home, order.id, order.person_id, seat.units, paid_at=paid_at, now=book.now)
    _settle_down(order, home, teams, book)
    return None


def _is_in_time(order: Order, seat: Seat, team: Team) -> bool:
    if seat.state != SeatState.HELD or team.is_over:
        return False
    return team.deadline is None or (order.paid_at or team.deadline) <= team.deadline + CAPTURE_GRACE


def _holds_goods(order: Order, book: Book) -> bool:
    """Whether its goods are held, holding them again where they were let go."""
    if not order.holds_stock:
        if book.why_not_rehold(order):
            return False
        book.rehold(order)
    return True


def _new_home(order: Order, seat: Seat, team: Team, teams: Teams, book: Book) -> Team | None:
    """The first of: its own team, another open one, a new one; None where the policy or a limit says no."""
    campaign = teams.campaigns[team.campaign_id]
    if not order.holds_stock and book.why_not_rehold(order):
        return None
    if any(teams.why_not_buy(campaign, order.person_id, line.sku_id, seat.units) for line in order.lines):
        return None
    candidates = [team] if campaign.late_policy != LatePolicy.ANOTHER_TEAM else [team, *teams.open_teams(campaign.id)]
    for one in candidates:
        if one.why_not_join(book.now) is None and teams.why_not_sit(one, order.person_id) is None:
            return one
    if campaign.late_policy == LatePolicy.REFUND or campaign.why_not_open(book.now):
        return None
    return teams.open_team(campaign, order.person_id, book.now)


def _settle_down(order: Order, team: Team, teams: Teams, book: Book) -> None:
    """Paid and seated: it gathers, or, if that was the last seat, the whole team goes to shipping."""
    book.gather(order)
    if teams.form_if_full(team, book.now):
        _release_members(team, teams, book)


def _release_members(team: Team, teams: Teams, book: Book) -> None:
    """All that gathered go to shipping; on a ladder what they paid above the step they reached is to be given back."""
    campaign = teams.campaigns[team.campaign_id]
    for seat in teams.taken_seats(team):
        member = book.get(seat.order_id)
        if member is not None and member.state == OrderState.GATHERING:
            book.release(member)
            if off := off_at(campaign.ladder, team.taken) * seat.units:
                teams.lowered[seat.order_id] = off


def why_wait(team: Team, teams: Teams, book: Book, pending: Mapping[UUID, Instant | None]) -> bool:
    """Whether a team at its deadline still waits: a payment for one of its seats is under way, and the provider is asked.

    No attempt starts past the deadline and each is asked about at its `pay_by`. pending: payables with an attempt under way
    and when it was last asked about since then. Whoever is not answered within PENDING_PATIENCE is settled by the
    late-payment policy; it runs from the question where nobody could ask before it was over.
    """
    if team.deadline is None:
        return False
    until = team.deadline + PENDING_PATIENCE
    held = (book.get(seat.order_id) for seat in teams.held_seats(team))
    asked = [pending[order.payable_id] for order in held if order is not None and order.payable_id in pending]
    return any(at is None or book.now < (until if at < until else at + PENDING_PATIENCE) for at in asked)


def end_team(team: Team, teams: Teams, book: Book) -> list[Case]:
    """Its deadline is over: payments made in time count first, then it forms, keeps a promise, or lapses.

    Lapsed means that every taken seat is given back in full; the cases are the answer.
    """
    if team.state != TeamState.GATHERING or team.deadline is None or book.now < team.deadline + CAPTURE_GRACE:
        return []
    for seat in teams.held_seats(team):
        order = book.get(seat.order_id)
        if order is None or order.state != OrderState.PAID or not _is_in_time(order, seat, team):
            continue
        if _holds_goods(order, book):  # one that was closed and paid after all may find them sold
            teams.take_seat(team, seat, order.paid_at or book.now)
            _settle_down(order, team, teams, book)
    if team.state != TeamState.GATHERING:
        return []
    held = teams.held_seats(team)
    if teams.keeps_promise(team):
        teams.form_by_promise(team, book.now)
        _release_members(team, teams, book)
        lapsed: list[Seat] = []
    else:
        lapsed = teams.lapse(team, book.now)
    _close_unpaid(held, book)
    return _give_back_seats(lapsed, book, "team_lapsed")


def leave_team(person: UUID, team: Team, teams: Teams, book: Book) -> list[Case] | Refusal:
    """A paid member leaves before the team has formed, if the campaign allows it, and gets everything back."""
    seat = next((s for s in teams.taken_seats(team) if s.person_id == person), None)
    if seat is None:
        return NotFound()
    if team.state != TeamState.GATHERING or not teams.campaigns[team.campaign_id].may_leave:
        return MayNotLeave(state=team.state)
    return remove_member(seat, team, teams, book, "left_team")


def why_not_remove(seat: Seat, order: Order) -> Refusal | None:
    """Only who waits in a gathering team is given back from here; a formed team's order is aftersales' matter."""
    waits = seat.state == SeatState.TAKEN and order.state == OrderState.GATHERING
    return None if waits else MayNotLeave(state=order.state)


def remove_member(seat: Seat, team: Team, teams: Teams, book: Book, reason: str) -> list[Case]:
    """A paid member goes from a gathering team and gets everything back; with the last one goes the team."""
    held = teams.held_seats(team)
    teams.leave(team, seat, book.now)
    if team.is_over:
        _close_unpaid(held, book)
    return _give_back_seats([seat], book, reason)


def _close_unpaid(held: Iterable[Seat], book: Book) -> None:
    """Orders that still wait to be paid have nothing left to wait for; one that was paid meanwhile is told as late."""
    for seat in held:
        order = book.get(seat.order_id)
        if order is not None and order.state == OrderState.PLACED:
            book.close(order, "team_over")


def _give_back_seats(seats: Iterable[Seat], book: Book, reason: str) -> list[Case]:
    cases = []
    for seat in seats:
        order = book.get(seat.order_id)
        if order is not None and order.state == OrderState.GATHERING:
            cases.append(give_back(book, order, reason))
    return cases


def encode_seated(seated: Seated) -> dict[str, Any]:
    """What is remembered under the command's key."""
    return {"team": str(seated.team), "order": str(seated.order), "payable": str(seated.payable)}


def decode_seated(stored: Any) -> Seated:
    return Seated(TeamId(UUID(stored["team"])), OrderId(UUID(stored["order"])), PayableId(UUID(stored["payable"])))
