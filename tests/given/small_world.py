"""A small world of group buying in memory: a few people, one campaign, every step a real decision of the models.

What a store does (give the rows to a loaded set, keep what the set made) is done here by keeping the rows themselves.
People, teams and orders have numbers in the order they came, so that two ways to one situation are recognised as one.
"""

import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given.models import NOON, addresses_of, attempt_on, campaign_of, offer, offers_of, stored
from tuan.goods.supply.model import AllotmentRow, Stock, StockRow
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.groupbuy.model import (
    CAPTURE_GRACE,
    Campaign,
    Counter,
    JoinTeam,
    Limit,
    OpenTeam,
    Seat,
    SeatState,
    Team,
    Teams,
    TeamState,
    end_team,
    join_team,
    leave_team,
    open_team,
    remove_member,
    take_seat,
    why_not_remove,
)
from tuan.trade.orders.model import Book, Order, OrderDraft, OrderState
from tuan.trade.payments.model import Capture, Payable, Till

PEOPLE = [UUID(int=n) for n in range(1, 5)]
ADDRESSES, HOMES = addresses_of(*PEOPLE)
OFFER = offer(price_minor=1000)
OFFERS = offers_of(OFFER)
DEADLINE = timedelta(seconds=3600)
TICKS = (timedelta(0), DEADLINE, DEADLINE + CAPTURE_GRACE)
"""The moments of this world: in time, past the deadline within its grace, and past that too."""


@dataclass(slots=True)
class World:
    campaign: Campaign
    stock: StockRow
    people: int = 3
    tick: int = 0
    teams: list[Team] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    payables: list[Payable] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    """Orders whose payment was told of and not heard yet, by number."""
    ended: list[int] = field(default_factory=list)
    """Orders whose end was told of and not heard yet: their seats are still held."""

    @classmethod
    def of(cls, *, units: int, people: int = 3, **terms: Any) -> "World":
        campaign = campaign_of(OFFER.sku_id, **terms)
        limited = campaign.units_per_person_max is not None
        limits = [Limit(campaign.id, person, 0) for person in PEOPLE[:people]] if limited else []
        return cls(campaign, StockRow(OFFER.sku_id, units, 0, 0), people, limits=limits)

    @property
    def now(self) -> Instant:
        return NOON + TICKS[self.tick]

    def copy(self) -> "World":
        other = copy.copy(self)
        other.stock = copy.copy(self.stock)
        for name in ("teams", "seats", "limits", "payables", "captures"):
            setattr(other, name, [copy.copy(row) for row in getattr(self, name)])
        other.told, other.ended = list(self.told), list(self.ended)
        other.orders = [copy.copy(order) for order in self.orders]
        for order in other.orders:
            order.lines = [copy.copy(line) for line in order.lines]
        return other

    # ── loading and keeping ──
    def load(self) -> tuple[Teams, Stock, Book]:
        none: list[AllotmentRow] = []
        stock = Stock([self.stock], none)
        teams = Teams([self.campaign], self.teams, self.seats, self.limits)
        return teams, stock, Book(self.orders, [], Till(self.payables, self.captures), stock, self.now)

    def keep(self, teams: Teams, book: Book | None = None, draft: OrderDraft | None = None) -> None:
        self.teams += teams.new_teams
        self.seats += teams.new_seats
        if book is not None:
            self.captures += book.till.new_captures
        if draft is not None:
            orders, payables = stored(draft)
            self.orders += orders
            self.payables += payables

    # ── steps: each says whether it did something ──
    def place(self, person: int, team: int | None) -> bool:
        """Open a team, or join one; refused where the rules refuse."""
        who = PEOPLE[person]
        teams, stock, _ = self.load()
        draft = OrderDraft(self.now, "CNY")
        counter = Counter(teams, OFFERS, stock, ADDRESSES, draft, self.now)
        if team is None:
            outcome: Any = open_team(OpenTeam(who, "k", self.campaign.id, OFFER.sku_id, 1, HOMES[who]), counter)
        else:
            outcome = join_team(JoinTeam(who, "k", self.teams[team].id, OFFER.sku_id, 1, HOMES[who]), counter)
        self.keep(teams, draft=draft)
        return not isinstance(outcome, Refusal)

    def pay(self, number: int) -> bool:
        """The money of this order comes; whoever promised is told, and hears it when `hear` is called."""
        order = self.orders[number]
        if order.state not in (OrderState.PLACED, OrderState.CLOSED):
            return False
        teams, _, book = self.load()
        attempt = attempt_on(book.till.payables[order.payable_id])
        book.till.capture(attempt, attempt.id.hex, attempt.amount_minor, self.now, self.now)
        book.mark_paid(order, self.now)
        self.told.append(number)
        self.keep(teams, book)
        return True

    def hear(self, number: int) -> bool:
        if number not in self.told:
            return False
        self.told.remove(number)
        order = self.orders[number]
        teams, _, book = self.load()
        seat = [s for s in self.seats if s.order_id == order.id][-1]
        take_seat(order, seat, teams, book)
        self.keep(teams, book)
        return True

    def expire(self, number: int) -> bool:
        """The time to pay is over: the order closes, and its seat is free when `hear_end` is called."""
        order = self.orders[number]
        if order.state != OrderState.PLACED:
            return False
        teams, _, book = self.load()
        book.close(order, "unpaid")
        self.ended.append(number)
        self.keep(teams, book)
        return True

    def hear_end(self, number: int) -> bool:
        if number not in self.ended:
            return False
        self.ended.remove(number)
        order = self.orders[number]
        teams, _, book = self.load()
        for seat in self.seats:
            if seat.order_id == order.id and seat.state == SeatState.HELD and order.state == OrderState.CLOSED:
                teams.release_seat(teams.teams[seat.team_id], seat, self.now)
        self.keep(teams, book)
        return True

    def leave(self, person: int, team: int) -> bool:
        teams, _, book = self.load()
        outcome = leave_team(PEOPLE[person], self.teams[team], teams, book)
        self.keep(teams, book)
        return not isinstance(outcome, Refusal)

    def refund(self, number: int) -> bool:
        """The seller gives a member's order back before the team has formed."""
        teams, _, book = self.load()
        order = book.get(self.orders[number].id)
        for seat in self.seats:
            if order is not None and seat.order_id == order.id and why_not_remove(seat, order) is None:
                remove_member(seat, teams.teams[seat.team_id], teams, book, "test")
                self.keep(teams, book)
                return True
        return False

    def lapse(self) -> bool:
        before = [team.state for team in self.teams]
        teams, _, book = self.load()
        for team in list(teams.teams.values()):
            end_team(team, teams, book)
        self.keep(teams, book)
        return before != [team.state for team in self.teams]

    def wait(self) -> bool:
        self.tick += 1
        return True

    def steps(self, teams_max: int = 2, orders_max: int = 4) -> list[tuple[str, tuple[Any, ...]]]:
        """What could be tried next. People are alike, so they come in order: a newcomer is always the next one."""
        come = {order.person_id for order in self.orders}
        people = [p for p in range(self.people) if p == 0 or PEOPLE[p - 1] in come]
        found: list[tuple[str, tuple[Any, ...]]] = []
        if len(self.orders) < orders_max:
            if len(self.teams) < teams_max:
                found += [("place", (person, None)) for person in people]
            found += [("place", (p, t)) for p in people for t in range(len(self.teams))]
        for number, order in enumerate(self.orders):
            if order.state in (OrderState.PLACED, OrderState.CLOSED):
                found.append(("pay", (number,)))
            if order.state == OrderState.PLACED:
                found.append(("expire", (number,)))
            if order.state in (OrderState.PAID, OrderState.GATHERING):
                found.append(("refund", (number,)))
        found += [("hear", (number,)) for number in self.told]
        found += [("hear_end", (number,)) for number in self.ended]
        found += [("leave", (p, t)) for p in people for t in range(len(self.teams)) if PEOPLE[p] in come]
        if self.tick < len(TICKS) - 1:
            found.append(("wait", ()))
        return [*found, ("lapse", ())] if self.tick else found

    def settle(self, *, sweeps_first: bool) -> None:
        """Let everything come to its end: time passes, unpaid orders close, what was told is heard, teams lapse.

        sweeps_first: the sweep that ends teams is faster than what was told.
        """
        for _ in range(3):
            self.tick = len(TICKS) - 1
            if sweeps_first:
                self.lapse()
            for number in range(len(self.orders)):
                self.expire(number)
                self.hear(number)
                self.hear_end(number)
            self.lapse()
            for team in self.teams:
                if team.state == TeamState.GATHERING and team.deadline is not None:
                    team.deadline = NOON  # a new team that a late payment opened runs out as well
            self.lapse()

    def mark(self) -> tuple[Any, ...]:
        """What makes two situations one: numbers and states, no ids and no times but those that decide."""
        team_of = {team.id: n for n, team in enumerate(self.teams)}
        order_of = {order.id: n for n, order in enumerate(self.orders)}
        return (
            self.tick, self.stock.on_hand, self.stock.held, tuple(sorted(self.told)), tuple(sorted(self.ended)),
            tuple((t.state, t.held, t.taken, t.leader_id.int, t.deadline) for t in self.teams),
            tuple((team_of[s.team_id], order_of[s.order_id], s.state) for s in self.seats),
            tuple((o.person_id.int, o.state, o.holds_stock, o.paid_at, o.refunded_minor) for o in self.orders),
            tuple(limit.units for limit in self.limits),
        )  # fmt: skip
