"""Every way a small world of group buying can go, to a bounded depth: the invariants hold after each step.

Three people, teams of two or three, and all interleavings of opening, joining, paying, hearing of the payment, expiring,
leaving, lapsing and the passing of time, for each late-payment policy.
"""

from collections import Counter
from typing import Any

import pytest

from tests.given.small_world import World
from tuan.play.groupbuy.model import LATE_POLICIES, SeatState, TeamState
from tuan.trade.orders.model import OrderState

HOLDING = (OrderState.PLACED, OrderState.GATHERING, OrderState.TO_SHIP)
GIVEN_BACK = (SeatState.LEFT, SeatState.LAPSED)


def breaches(world: World) -> list[str]:
    """What is wrong in this situation; the same sentences that `tuan check` asks a database."""
    orders = {order.id: order for order in world.orders}
    wrong = []
    holding = sum(line.units for o in world.orders if o.holds_stock for line in o.lines)
    if world.stock.held != holding or world.stock.free < 0:
        wrong.append(f"stock holds {world.stock.held}, orders hold {holding}")
    if any(order.holds_stock != (order.state in HOLDING) for order in world.orders if order.state != OrderState.PAID):
        wrong.append("an order that waits holds no goods, or one that ended holds some")
    for team in world.teams:
        seats = [seat for seat in world.seats if seat.team_id == team.id]
        count = Counter(seat.state for seat in seats)
        live = [seat.person_id for seat in seats if seat.is_live]
        if (team.held, team.taken) != (count[SeatState.HELD], count[SeatState.TAKEN]) or team.free < 0:
            wrong.append(f"team counts {team.held}+{team.taken} of {team.size}, seats are {dict(count)}")
        if len(live) != len(set(live)):
            wrong.append("somebody sits twice in a team")
        if team.state in (TeamState.LAPSED, TeamState.VOID) and live:
            wrong.append(f"somebody still sits in a {team.state} team")
        if team.state == TeamState.FORMED:
            enough = world.campaign.promise_min if team.formed_by_promise else team.size
            if count[SeatState.TAKEN] < (enough or 0):
                wrong.append("a team formed with too few")
            members = [orders[s.order_id] for s in seats if s.state == SeatState.TAKEN]
            if any(m.state != OrderState.TO_SHIP for m in members):
                wrong.append(f"members of a formed team are {[m.state for m in members]}")
    wrong += [w for seat in world.seats for w in seat_breaches(seat, orders[seat.order_id])]
    wrong += money_breaches(world)
    for limit in world.limits:
        units = sum(s.units for s in world.seats if s.person_id == limit.person_id and s.is_live)
        if limit.units != units or units > (world.campaign.units_per_person_max or units):
            wrong.append(f"a limit counts {limit.units}, seats {units}")
    return wrong


def seat_breaches(seat: Any, order: Any) -> list[str]:
    if seat.state == SeatState.TAKEN and order.state not in (OrderState.GATHERING, OrderState.TO_SHIP):
        return [f"a taken seat of an order that is {order.state}"]
    if seat.state in GIVEN_BACK and (order.state != OrderState.CANCELLED or order.refunded_minor != order.total_minor):
        return [f"a seat that {seat.state} was not given back"]
    return []


def money_breaches(world: World) -> list[str]:
    """No captured cent without an order on its way, none given back twice."""
    wrong = []
    for number, order in enumerate(world.orders):
        captured = sum(c.applied_minor for c in world.captures if c.payable_id == order.payable_id)
        refunded = sum(c.refunded_minor for c in world.captures if c.payable_id == order.payable_id)
        paid = order.state not in (OrderState.PLACED, OrderState.CLOSED)
        back = order.total_minor if order.state == OrderState.CANCELLED else 0
        if captured != (order.total_minor if paid else 0) or refunded != back or order.refunded_minor != back:
            wrong.append(f"an order that is {order.state} has {captured} captured and {refunded} given back")
        if order.state == OrderState.PAID and number not in world.told:
            wrong.append("a paid order that nobody will hear of")
    return wrong


def walk(world: World, depth: int) -> tuple[int, Counter[str]]:
    """Visit every situation within so many steps once; (situations, how often each end of a team was seen)."""
    seen = {world.mark()}
    frontier: list[tuple[World, tuple[Any, ...]]] = [(world, ())]
    ends: Counter[str] = Counter()
    for _ in range(depth):
        reached = []
        for here, path in frontier:
            for verb, args in here.steps():
                there = here.copy()
                if not getattr(there, verb)(*args):
                    continue
                way = (*path, (verb, *args))
                assert breaches(there) == [], way
                if (mark := there.mark()) not in seen:
                    seen.add(mark)
                    reached.append((there, way))
        frontier = reached
    for here, way in frontier:
        ends.update(ended(here, way))
    return len(seen), ends


def ended(world: World, way: tuple[Any, ...]) -> list[str]:
    """The states of the teams once nothing is left to do; everything must have come to its end."""
    states: list[str] = []
    for sweeps_first in (False, True):
        last = world.copy()
        last.settle(sweeps_first=sweeps_first)
        assert breaches(last) == [], (way, sweeps_first)
        assert not last.told, way
        assert {o.state for o in last.orders} <= {OrderState.TO_SHIP, OrderState.CLOSED, OrderState.CANCELLED}, way
        assert {t.state for t in last.teams} <= {TeamState.FORMED, TeamState.LAPSED, TeamState.VOID}, way
        states += [team.state for team in last.teams]
    return states


def opened(world: World) -> World:
    """The world with its first team gathering; the ways into it are walked by themselves."""
    assert world.place(0, None) and world.pay(0) and world.hear(0)
    return world


def test_every_way_to_a_first_team_keeps_the_invariants() -> None:
    situations, ends = walk(World.of(units=2, people=2, size=2), 6)
    assert situations > 100
    assert ends.keys() == {"formed", "lapsed", "void"}


@pytest.mark.parametrize("policy", LATE_POLICIES)
def test_every_way_of_a_team_of_two_keeps_the_invariants(policy: str) -> None:
    """Three people and stock for two: late payments meet full teams, free seats, other teams and empty shelves."""
    situations, ends = walk(opened(World.of(units=2, size=2, late_policy=policy)), 5)
    assert situations > 200
    assert ends.keys() >= {"formed", "lapsed"}


@pytest.mark.parametrize(
    "terms",
    [{"promise_min": 1}, {"units_per_person_max": 1}, {"may_leave": False}],
    ids=["promise", "limited", "may_not_leave"],
)
def test_every_way_of_a_team_of_three_keeps_the_invariants(terms: dict[str, Any]) -> None:
    situations, ends = walk(opened(World.of(units=3, size=3, **terms)), 5)
    assert situations > 200
    assert ends.keys() >= {"formed"} if "promise_min" in terms else ends["lapsed"] > 0


@pytest.mark.nightly
@pytest.mark.parametrize("policy", LATE_POLICIES)
@pytest.mark.parametrize("size", [2, 3])
def test_every_longer_way_keeps_the_invariants(size: int, policy: str) -> None:
    situations, _ = walk(opened(World.of(units=3, size=size, late_policy=policy)), 7)
    assert situations > 1000


def test_the_walk_finds_a_rule_that_is_broken() -> None:
    """The negative control: a world that forgets to free a seat is caught within four steps."""

    class Forgetful(World):
        def hear_end(self, number: int) -> bool:
            kept = [seat.state for seat in self.seats]
            done = super().hear_end(number)
            for seat, state in zip(self.seats, kept, strict=True):
                seat.state = state
            return done

    with pytest.raises(AssertionError):
        walk(Forgetful.of(units=2, people=2, size=2), 4)
