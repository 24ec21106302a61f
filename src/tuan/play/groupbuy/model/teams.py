"""Teams as a loaded set: campaigns, teams, seats and limits of a batch, and what the batch does to them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from tuan.kit.holds import HoldEndedTwice
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.play.groupbuy.errors import AlreadySeated, NewcomersOnly, PersonLimit
from tuan.play.groupbuy.model.words import (
    SEAT,
    TEAM,
    TEAM_ID,
    Audience,
    Campaign,
    CampaignId,
    Limit,
    Seat,
    SeatState,
    Team,
    TeamId,
    TeamState,
)
from tuan.trade.orders.model import why_not_units


class Teams:
    """Campaigns, teams, seats and limits of a batch, locked; what the batch does to them."""

    def __init__(
        self,
        campaigns: Iterable[Campaign],
        teams: Iterable[Team] = (),
        seats: Iterable[Seat] = (),
        limits: Iterable[Limit] = (),
        old_customers: Iterable[UUID] = (),
    ) -> None:
        self.campaigns = {c.id: c for c in campaigns}
        self.teams = {t.id: t for t in teams}
        self.seats: dict[TeamId, dict[UUID, Seat]] = {t: {} for t in self.teams}
        for seat in seats:
            self.seats[seat.team_id][seat.order_id] = seat
        self.limits = {(x.campaign_id, x.person_id): x for x in limits}
        self.old_customers = set(old_customers)
        self.new_teams: list[Team] = []
        self.new_seats: list[Seat] = []
        self.moved_teams: dict[TeamId, Team] = {}
        self.moved_seats: dict[tuple[TeamId, UUID], Seat] = {}
        self.touched_limits: dict[tuple[CampaignId, UUID], Limit] = {}
        self.uncounted: dict[tuple[CampaignId, UUID], int] = {}
        """Units to add to limits that were not loaded: whoever sat down while the limits of the others were being locked."""
        self.lowered: dict[UUID, int] = {}
        """What goes back of orders because their team reached a step of its ladder, in minor units."""
        self.ended: list[Team] = []
        self._new: set[UUID] = set()
        """Teams and orders whose team or seat is not stored yet: they are inserted as they end up, not updated."""

    # ── why not ──
    def why_not_buy(self, campaign: Campaign, person: UUID, sku: UUID, units: int) -> Refusal | None:
        """Limits per order and person, and newcomers only."""
        if sku not in campaign.prices:
            return NotFound()
        if refusal := why_not_units(units, campaign.units_per_order_max):
            return refusal
        if campaign.audience == Audience.NEWCOMERS and person in self.old_customers:
            return NewcomersOnly()
        if campaign.units_per_person_max is not None:
            left = campaign.units_per_person_max - self.limits[campaign.id, person].units
            if units > left:
                return PersonLimit(left=max(left, 0), most=campaign.units_per_person_max)
        return None

    def why_not_sit(self, team: Team, person: UUID) -> Refusal | None:
        return AlreadySeated() if self._seat_of(team.id, person) else None

    def _seat_of(self, team: TeamId, person: UUID) -> Seat | None:
        return next((s for s in self.seats[team].values() if s.person_id == person and s.is_live), None)

    # ── placing ──
    def open_team(self, campaign: Campaign, leader: UUID, now: Instant) -> Team:
        team = Team(TEAM_ID.new(), campaign.id, leader, TeamState.OPENING, campaign.size, 0, 0, now, None)
        self.teams[team.id] = team
        self.seats[team.id] = {}
        self.new_teams.append(team)
        self._new.add(team.id)
        return team

    def hold_seat(self, team: Team, person: UUID, order: UUID, units: int, now: Instant) -> None:
        assert team.free > 0
        team.held += 1
        self._add_seat(Seat(team.id, order, person, units, SeatState.HELD, now))
        self.old_customers.add(person)
        self._count(team.campaign_id, person, units)
        self._touch(team)

    # ── paying ──
    def take_seat(self, team: Team, seat: Seat, paid_at: Instant) -> None:
        """The order was paid: its held seat is taken. An opener's payment makes the team visible and starts its time."""
        if seat.state != SeatState.HELD:  # a released one is taken again by retake_seat, which asks for a free seat
            raise HoldEndedTwice(f"{seat.order_id} {seat.state}")
        team.held -= 1
        team.taken += 1
        self._move_seat(seat, SeatState.TAKEN, paid_at)
        self._touch(team)
        if team.state == TeamState.OPENING:
            self._start_gathering(team, paid_at)

    def retake_seat(self, team: Team, order: UUID, person: UUID, units: int, *, paid_at: Instant, now: Instant) -> None:
        """A late payment takes a free seat, in its own team or in another; a team it opens has its whole time from now."""
        assert team.free > 0
        team.taken += 1
        if seat := self.seats[team.id].get(order):
            self._move_seat(seat, SeatState.TAKEN, paid_at)
        else:
            self._add_seat(Seat(team.id, order, person, units, SeatState.TAKEN, now, paid_at))
        self._count(team.campaign_id, person, units)
        self._touch(team)
        if team.state == TeamState.OPENING:
            self._start_gathering(team, now)

    def _start_gathering(self, team: Team, since: Instant) -> None:
        campaign = self.campaigns[team.campaign_id]
        self._move_team(team, TeamState.GATHERING)
        team.deadline = since + timedelta(seconds=campaign.team_seconds)

    def form_if_full(self, team: Team, now: Instant) -> bool:
        """The last seat was taken: the team is formed, for good."""
        if team.state == TeamState.GATHERING and team.taken == team.size:
            self._end(team, TeamState.FORMED, now)
            return True
        return False

    # ── leaving and ending ──
    def release_seat(self, team: Team, seat: Seat, now: Instant) -> None:
        """The order ended unpaid; the seat is free for somebody else. An opener who never pays leaves no team."""
        team.held -= 1
        self._move_seat(seat, SeatState.RELEASED, now)
        self._count(team.campaign_id, seat.person_id, -seat.units)
        self._touch(team)
        if team.state == TeamState.OPENING:
            self._end(team, TeamState.VOID, now)

    def leave(self, team: Team, seat: Seat, now: Instant) -> None:
        """A paid member goes before the team has formed; a leading one hands over to the oldest paid member.

        With the last paid member goes the team: nobody is left to wait with.
        """
        team.taken -= 1
        self._move_seat(seat, SeatState.LEFT, now)
        self._count(team.campaign_id, seat.person_id, -seat.units)
        self._touch(team)
        remaining = self.taken_seats(team)
        if not remaining:
            self.lapse(team, now)
        elif team.leader_id == seat.person_id:
            team.leader_id = remaining[0].person_id

    def lapse(self, team: Team, now: Instant) -> list[Seat]:
        """Its time is over: every taken seat is to be given back; they are the answer. Held ones are released."""
        ended = self.taken_seats(team)
        for seat in ended:
            team.taken -= 1
            self._move_seat(seat, SeatState.LAPSED, now)
            self._count(team.campaign_id, seat.person_id, -seat.units)
        for seat in self.held_seats(team):
            team.held -= 1
            self._move_seat(seat, SeatState.RELEASED, now)
            self._count(team.campaign_id, seat.person_id, -seat.units)
        self._end(team, TeamState.LAPSED, now)
        return ended

    def form_by_promise(self, team: Team, now: Instant) -> None:
        """The seller promised to send from so many real buyers on; nobody is invented."""
        team.formed_by_promise = True
        for seat in self.held_seats(team):
            team.held -= 1
            self._move_seat(seat, SeatState.RELEASED, now)
            self._count(team.campaign_id, seat.person_id, -seat.units)
        self._end(team, TeamState.FORMED, now)

    def keeps_promise(self, team: Team) -> bool:
        promise = self.campaigns[team.campaign_id].promise_min
        return promise is not None and team.taken >= promise

    # ── reading ──
    def holds_seat(self, team: TeamId, order: UUID) -> bool:
        """Whether a held seat still waits for this order in a team that is not over."""
        return not self.teams[team].is_over and self.seats[team][order].state == SeatState.HELD

    def taken_seats(self, team: Team) -> list[Seat]:
        """Oldest payment first."""
        taken = [s for s in self.seats[team.id].values() if s.state == SeatState.TAKEN]
        return sorted(taken, key=lambda s: (s.taken_at or s.held_at, s.order_id))

    def held_seats(self, team: Team) -> list[Seat]:
        return [s for s in self.seats[team.id].values() if s.state == SeatState.HELD]

    def open_teams(self, campaign: CampaignId) -> Sequence[Team]:
        """Loaded teams that gather, the one closest to its deadline first."""
        gathering = [t for t in self.teams.values() if t.campaign_id == campaign and t.state == TeamState.GATHERING]
        return sorted(gathering, key=lambda t: (t.deadline or t.opened_at, t.id))

    # ── changes ──
    def _add_seat(self, seat: Seat) -> None:
        self.seats[seat.team_id][seat.order_id] = seat
        self.new_seats.append(seat)
        self._new.add(seat.order_id)

    def _move_seat(self, seat: Seat, after: SeatState, now: Instant) -> None:
        SEAT.check(seat.state, after)
        seat.state = after
        if after == SeatState.TAKEN:
            seat.taken_at = now
        if seat.order_id not in self._new:
            self.moved_seats[seat.team_id, seat.order_id] = seat

    def _move_team(self, team: Team, after: TeamState) -> None:
        TEAM.check(team.state, after)
        team.state = after
        self._touch(team)

    def _end(self, team: Team, after: TeamState, now: Instant) -> None:
        self._move_team(team, after)
        team.ended_at = now
        self.ended.append(team)

    def _touch(self, team: Team) -> None:
        if team.id not in self._new:
            self.moved_teams[team.id] = team

    def _count(self, campaign: CampaignId, person: UUID, units: int) -> None:
        if limit := self.limits.get((campaign, person)):
            limit.units += units
            self.touched_limits[campaign, person] = limit
        elif self.campaigns[campaign].units_per_person_max is not None:
            self.uncounted[campaign, person] = self.uncounted.get((campaign, person), 0) + units
