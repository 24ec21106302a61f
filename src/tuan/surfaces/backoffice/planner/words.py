"""What the planner's words are called; looked up when they are shown."""

from collections.abc import Mapping

from tuan.voice.planning.model import Terms, What

KINDS: Mapping[str, str] = {"campaign": "A campaign of teams", "plan": "A commission plan of shops"}
GRAPHS: Mapping[str, str] = {
    "watts_strogatz": "Small town (Watts–Strogatz)",
    "kleinberg": "Square with far friends (Kleinberg)",
    "own": "This market's own people",
}
PROFILES: Mapping[str, str] = {"CN": "China", "EU": "European Union", "US": "United States"}
FIGURES: Mapping[str, str] = {
    "formed": "Teams that form",
    "joined": "Seats or units bought",
    "captured": "Captured",
    "refunded": "Given back",
    "kept": "Kept",
    "discount": "Left out against the single price",
    "leader_off": "Off for leaders",
    "first": "Commissions of the selling shops",
    "second": "Commissions of who invited them",
    "cost": "Cost in all",
    "success": "Share that forms",
    "top": "Share of the ten shops that earn most",
    "gini": "Gini coefficient of commissions",
    "retail": "Bought by people without a shop",
}
FIELDS: Mapping[str, str] = {
    "people": "People",
    "friends": "Friends of each",
    "opened": "Teams opened, or links shared",
    "size": "Team size",
    "price": "Price",
    "single": "Single price",
    "off": "Off for the leader",
    "appeal": "Appeal in percent",
    "passed_on": "How often an invitation is passed on",
    "shops": "Of a hundred people, so many have a shop",
    "rate": "Selling shop, percent",
    "second": "Who invited it, percent",
    "hold_days": "Days until it is paid out",
    "runs": "Runs",
    "seed": "Seed",
}
OF_TEAMS = frozenset({"size", "single", "off"})
OF_RATES = frozenset({"price", "rate", "second"})


def is_said(terms: Terms, field: str) -> bool:
    """Whether this field of the form meant anything: no team size for shops, no rates where a plan has its own."""
    return not ((field in OF_TEAMS and terms.what is What.PLAN) or (field in OF_RATES and terms.plan is not None))


RULES: Mapping[str, str] = {
    "rate_too_high": "More is paid on a line than the law's profile allows.",
    "level_not_signed": "A second level needs a signature.",
    "hold_too_short": "It is paid out before goods can come back.",
}
