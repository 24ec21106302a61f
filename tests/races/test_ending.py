"""Races at the end of a team: lapsing against its last payment, leaving against forming, joining while it ends.

Each race is run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.given import goods as given
from tests.given.races import BOOK, Rivals, meet_after_loading, unguarded
from tuan.kit.refusals import Refused, granted
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy import store as teams_store
from tuan.play.groupbuy.errors import MayNotLeave
from tuan.play.groupbuy.model import Teams
from tuan.play.groupbuy.model.words import CAPTURE_GRACE, PENDING_PATIENCE
from tuan.trade import orders, payments

TEAMS = ((teams_store, "LOCK_TEAMS_SQL"), (teams_store, "SAVE_TEAMS"), (teams_store, "MOVE_SEATS"))


async def lapse_against_payment(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """(state of the team, of its orders) for each team whose last payment met the sweep.

    The payments were made in the millisecond in which their teams' time was over, one before it and one after it, and
    are heard of in the moment in which the sweep no longer waits for them.
    """
    one, other = rivals.one, rivals.other
    of = await given.campaign(one, await given.goods(one), pay_seconds=3600, late_policy="refund")
    teams, notices = [], []
    for shift in (-1, 0, 1) * 3:
        leader, payer = await given.buyers(one, 2)
        team = await given.paid_team(one, leader, of)
        last = granted(await given.join_team(one, payer, team.team, of))
        over = (await given.team_of(one, team.team))["deadline"] + CAPTURE_GRACE
        attempt = await given.begin_paying(one, payer, last)
        notices.append(await given.paid_notice(one, attempt, paid_at=over + timedelta(milliseconds=shift)))
        teams.append((team, last))
    await one.move_clock(timedelta(hours=1))
    await one.do(payments.claim_queries, limit=100)  # the provider is asked, and says nothing
    await one.move_clock(PENDING_PATIENCE)
    with monkeypatch.context() as patch:
        meet_after_loading(patch, 1 + len(notices))
        heard = (
            other.house.lanes.submit(orders.apply_notices, other.market, n, shard=i) for i, n in enumerate(notices)
        )
        outcomes = await rivals.race(one.do(groupbuy.lapse_due, limit=100), *heard)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    await one.quiet()
    return [
        ((await given.team_of(one, team.team))["state"], [await given.state_of(one, s.order) for s in (team, last)])
        for team, last in teams
    ]


async def nobody_is_forgotten(rivals: Rivals, teams: list[tuple[str, list[str]]]) -> None:
    """Whoever came first decided for both; paid too late is never in time."""
    late = ("lapsed", ["cancelled"] * 2)
    assert all(team in [("formed", ["to_ship"] * 2), late] for team in teams), teams
    assert teams[2::3] == [late] * 3
    assert await rivals.one.breaches() == {}


async def test_teams_lapse_or_form_when_sweep_and_last_payments_meet(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    await nobody_is_forgotten(rivals, await lapse_against_payment(rivals, monkeypatch))


async def test_control_without_lock_a_payment_is_lost_in_the_sweep(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK)
    with pytest.raises(AssertionError):
        await nobody_is_forgotten(rivals, await lapse_against_payment(rivals, monkeypatch))


async def leave_against_form(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The leader goes while the last seat is being taken: (what he heard, the team, its orders)."""
    one, other = rivals.one, rivals.other
    of = await given.campaign(one, await given.goods(one))
    leader, payer = await given.buyers(one, 2)
    team = await given.paid_team(one, leader, of)
    last = granted(await given.join_team(one, payer, team.team, of))
    await one.one(orders.apply_notices, await given.paid_notice(one, await given.start_paying(one, payer, last)))
    with monkeypatch.context() as patch:
        meet_after_loading(patch)
        heard, _ = await rivals.race(
            one.do(groupbuy.leave_team, team.team, leader.id), other.do(groupbuy.take_seats, [last.order])
        )
    await one.quiet()
    states = [await given.state_of(one, seated.order) for seated in (team, last)]
    return [heard, (await given.team_of(one, team.team))["state"], states]


async def one_came_first(rivals: Rivals, heard: Any, team: str, states: list[str]) -> None:
    if heard is None:  # he left: nobody was left to wait with, and the payer went to a team of his own
        assert team == "lapsed" and states == ["cancelled", "gathering"]
    else:
        assert heard == MayNotLeave(state="formed") and team == "formed" and states == ["to_ship"] * 2
    assert await rivals.one.breaches() == {}


async def test_a_leader_left_or_the_team_formed(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    await one_came_first(rivals, *await leave_against_form(rivals, monkeypatch))


async def test_control_without_lock_a_leader_leaves_a_team_that_forms(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch, *BOOK, *TEAMS)
    with pytest.raises(AssertionError):
        await one_came_first(rivals, *await leave_against_form(rivals, monkeypatch))


async def joined_while_ending(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The last paid member goes; between reading who sits there and locking the team, somebody joins it."""
    one, other = rivals.one, rivals.other
    of = await given.campaign(one, await given.goods(one), size=3, units_per_person_max=1)
    leader, joiner = await given.buyers(one, 2)
    team = await given.paid_team(one, leader, of)
    fetch, joined = Work.fetch, []

    async def slow(work: Work, sql: str, *args: Any) -> list[Any]:
        rows = await fetch(work, sql, *args)
        if sql == teams_store.SEATED_SQL and not joined:
            joined.append(1)
            granted(await given.join_team(other, joiner, team.team, of))
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(Work, "fetch", slow)
        assert await one.do(groupbuy.leave_team, team.team, leader.id) is None
    assert joined
    await one.quiet()
    assert await given.seats_of(one, team.team) == {leader.id: "left", joiner.id: "released"}
    granted(await given.open_team(one, joiner, of))
    return await one.breaches()


async def test_whoever_joined_a_team_that_was_just_ending_gets_his_limit_back(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await joined_while_ending(rivals, monkeypatch) == {}


async def test_control_without_lock_his_limit_stays_used_up(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set that forgets to count for limits it has not loaded."""
    count = Teams._count

    def forgetful(teams: Teams, campaign: Any, person: Any, units: int) -> None:
        if (campaign, person) in teams.limits:
            count(teams, campaign, person, units)

    monkeypatch.setattr(Teams, "_count", forgetful)
    with pytest.raises(Refused):
        await joined_while_ending(rivals, monkeypatch)
