"""What whoever opens a team gets for it, beside a lower price: points, once per team that formed. Pure."""

from collections.abc import Mapping

LEADER_POINTS_MAX = 100_000


def read_reward(stored: Mapping[str, int] | None) -> int:
    """The points of a campaign as it is stored; 0 where it gives none."""
    return stored["points"] if stored else 0
