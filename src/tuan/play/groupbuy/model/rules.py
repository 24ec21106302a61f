"""The rules of group buying: commands against the loaded sets, refusals in a straight column. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import Offers
from tuan.goods.supply.model import Stock
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import Addresses
from tuan.play.groupbuy.errors import MayNotLeave
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
    Book,
    Item,
    Order,
    OrderDraft,
    OrderId,
    OrderState,
    Release,
    why_not_at_price,
    why_not_deliver,
)
from tuan.trade.payments.model import PayableId
from tuan.value.promotions.model import CampaignPrice, PricedLine, Reason, campaign_line


@dataclass(frozen=True, slots=True)
class OpenTeam:
    """Start a team on a campaign; it becomes visible when this order is paid."""

    actor: UUID
    key: str
    campaign: UUID
    sku: UUID
    units: int
    address: UUID | None
    quoted_minor: int | None = None


@dataclass(frozen=True, slots=True)
class JoinTeam:
    """A command: who asks for what, with the key that makes asking twice the same as asking once."""

    actor: UUID
    key: str
    team: UUID
    sku: UUID
    units: int
    address: UUID | None
    quoted_minor: int | None = None


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
    # After this point it must succeed.
    team = at.teams.open_team(campaign, command.actor, at.now)
    return _seat(command, team, campaign, at)


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
    # After this point it must succeed.
    return _seat(command, team, campaign, at)


def _why_not_buy(command: OpenTeam | JoinTeam, campaign: Campaign, at: Counter) -> Refusal | None:
    if refusal := (
        at.teams.why_not_buy(campaign, command.actor, command.sku, command.units)
        or at.offers.why_not_sell(command.sku)
        or at.addresses.why_not_use(command.actor, command.address)  # somebody else's address is "not found"
    ):
        return refusal
    price = campaign.prices[command.sku]
    return (
        why_not_deliver([at.offers.get(command.sku)], command.address)
        or why_not_at_price(price.price_minor * command.units, command.quoted_minor)
        or at.stock.why_not_hold(command.sku, command.units, price.allotment_id)
    )


def _seat(command: OpenTeam | JoinTeam, team: Team, campaign: Campaign, at: Counter) -> Seated:
    price = campaign.prices[command.sku]
    hold = at.stock.hold(command.sku, command.units, price.allotment_id)
    item = Item(at.offers.get(command.sku), _priced(command, campaign, at), hold)
    address = at.addresses.get(command.address)
    placed = at.draft.place(command.actor, [item], address, Release.ON_COMMAND, team.pay_by(at.now, campaign))
    (order,) = placed.orders
    at.teams.hold_seat(team, command.actor, order, command.units, at.now)
    return Seated(team.id, order, placed.payable)


def _priced(command: OpenTeam | JoinTeam, campaign: Campaign, at: Counter) -> PricedLine:
    """The one line of a seat at the team's price; nothing is chosen beside it, so nothing can be refused."""
    amount = campaign.prices[command.sku].price_minor * command.units
    team = CampaignPrice(Reason.TEAM_PRICE, amount, campaign.id)
    return campaign_line(command.sku, command.units, at.offers.get(command.sku).price_minor, team)


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
    for seat in teams.taken_seats(team):
        member = book.get(seat.order_id)
        if member is not None and member.state == OrderState.GATHERING:
            book.release(member)


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
