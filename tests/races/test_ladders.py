"""The last member who brings a ladder to its next step against the close of the team.

Run twice: as it is, and as its own control with the guards taken off, which must fail.
"""

from datetime import timedelta

import pytest

from tests.given import goods as given
from tests.given.races import BOOK, Rivals, meet_after_loading, unguarded
from tests.races.test_ending import TEAMS
from tuan.kit.refusals import granted
from tuan.play import groupbuy
from tuan.play.groupbuy.model.words import CAPTURE_GRACE, PENDING_PATIENCE
from tuan.trade import orders, payments

OFF_MINOR = 100


async def step_against_close(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[int]]]:
    """(members, what came back to each of three) of each team whose third member's payment met its close.

    The team forms from two members on; the third brings everybody a hundred back.
    """
    one, other = rivals.one, rivals.other
    of = await given.campaign(one, await given.goods(one), size=3, promise_min=2, ladder=((3, OFF_MINOR),),
                              pay_seconds=3600, late_policy="refund")  # fmt: skip
    teams, notices = [], []
    for shift in (-1, 0) * 3:
        leader, member, payer = await given.buyers(one, 3)
        team = await given.paid_team(one, leader, of)
        second = await given.paid_join(one, member, team.team, of)
        last = granted(await given.join_team(one, payer, team.team, of))
        over = (await given.team_of(one, team.team))["deadline"] + CAPTURE_GRACE
        attempt = await given.begin_paying(one, payer, last)
        notices.append(await given.paid_notice(one, attempt, paid_at=over + timedelta(milliseconds=shift)))
        teams.append((team, second, last))
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
    found = []
    for seats in teams:
        async with one.work() as work:
            rows = await orders.sums_of(work, [seat.order for seat in seats])
        back = {row["id"]: row["refunded_minor"] for row in rows}
        found.append(((await given.team_of(one, seats[0].team))["taken"], [back[seat.order] for seat in seats]))
    return found


async def everybody_paid_the_step(rivals: Rivals, teams: list[tuple[int, list[int]]]) -> None:
    """Two members and nothing back but the late one's own money, or three and the difference for each."""
    assert all(team in [(2, [0, 0, 990]), (3, [OFF_MINOR] * 3)] for team in teams), teams
    assert await rivals.one.breaches() == {}


async def test_everybody_pays_the_same_step_when_the_last_member_meets_the_close(
    rivals: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everybody_paid_the_step(rivals, await step_against_close(rivals, monkeypatch))


async def test_control_without_lock_somebody_pays_another_step(rivals: Rivals, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError), monkeypatch.context() as patch:
        unguarded(patch, *TEAMS, *BOOK)
        await everybody_paid_the_step(rivals, await step_against_close(rivals, monkeypatch))
