"""What group buying tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("groupbuy.team_formed.v1")
class TeamFormed(Fact, frozen=True):
    team: UUID


@fact("groupbuy.team_lapsed.v1")
class TeamLapsed(Fact, frozen=True):
    team: UUID
