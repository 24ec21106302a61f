"""What leagues tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("leagues.season_closed.v1")
class SeasonClosed(Fact, frozen=True):
    """Its ranks are final: who rises, stays and falls a reader looks up."""

    season: UUID
