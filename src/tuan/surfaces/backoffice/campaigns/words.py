"""States and terms of campaigns and teams in words."""

from collections.abc import Collection

from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.visits import Visit

CAMPAIGN_TONES: dict[str, Tone] = {"running": "leaf", "ended": "stone"}
TEAM_TONES: dict[str, Tone] = {
    "opening": "stone",
    "gathering": "amber",
    "formed": "leaf",
    "lapsed": "ripe",
    "void": "stone",
}


def campaign_state(visit: Visit, state: str) -> str:
    words = {"running": visit.gettext("Running"), "ended": visit.gettext("Ended")}
    return words[state]


def team_state(visit: Visit, state: str) -> str:
    words = {
        "opening": visit.gettext("Its opener pays"),
        "gathering": visit.gettext("Gathering"),
        "formed": visit.gettext("Formed"),
        "lapsed": visit.gettext("Lapsed"),
        "void": visit.gettext("Never paid for"),
    }
    return words[state]


def seat_state(visit: Visit, state: str) -> str:
    words = {
        "held": visit.gettext("Held until it is paid"),
        "taken": visit.gettext("Paid"),
        "released": visit.gettext("Not paid in time"),
        "left": visit.gettext("Has left"),
        "lapsed": visit.gettext("Given back"),
    }
    return words[state]


def audience_words(visit: Visit, audience: str) -> str:
    words = {"all": visit.gettext("Everybody"), "newcomers": visit.gettext("Only who has never bought")}
    return words[audience]


def stacking_words(visit: Visit, classes: Collection[str]) -> str:
    """What goes with the team's price, by name."""
    words = {
        "points": visit.gettext("points"),
        "coupon": visit.gettext("coupons"),
        "reward": visit.gettext("threshold rewards"),
    }
    return " · ".join(word for kind, word in words.items() if kind in classes) or visit.gettext("nothing")


def late_words(visit: Visit, policy: str) -> str:
    words = {
        "another_team": visit.gettext("Another open team, else back"),
        "new_team": visit.gettext("A new team of his own"),
        "refund": visit.gettext("Back at once"),
    }
    return words[policy]
