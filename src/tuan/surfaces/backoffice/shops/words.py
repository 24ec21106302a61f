"""States and rules of shops in the words of the office."""

from typing import Any

from tuan.surfaces.backoffice.saying import Chip
from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.visits import Visit

APPLICATION_TONES: dict[str, Tone] = {"waiting": "amber", "opened": "leaf"}
SHOP_TONES: dict[str, Tone] = {"open": "leaf", "suspended": "ripe"}


def application_states(visit: Visit) -> dict[str, str]:
    return {
        "waiting": visit.gettext("Waits for an answer"),
        "opened": visit.gettext("Has become a shop"),
        "refused": visit.gettext("Not let in"),
        "withdrawn": visit.gettext("Taken back"),
    }


def shop_states(visit: Visit) -> dict[str, str]:
    return {"open": visit.gettext("Open"), "suspended": visit.gettext("Suspended")}


def openings(visit: Visit) -> dict[str, str]:
    return {
        "approval": visit.gettext("When the market has looked at it"),
        "itself": visit.gettext("At once"),
        "tasks": visit.gettext("By itself, after tasks that cost nothing"),
    }


def bind_rules(visit: Visit) -> dict[str, str]:
    return {
        "first": visit.gettext("The first shop whose link he came by"),
        "latest": visit.gettext("The latest one, but nobody’s within the protection of another"),
        "registration": visit.gettext("Only the one that brought him to the market"),
    }


def kept_back_by(visit: Visit, row: Any) -> str:
    """Who keeps goods back from shops."""
    said = (
        (row["by_market"], visit.gettext("The market")),
        (row["by_supplier"], visit.gettext("Its supplier")),
    )
    return " · ".join(words for is_said, words in said if is_said)


def places(visit: Visit, here: str) -> list[Chip]:
    """The pages of this place."""
    pages = (
        ("shops", visit.gettext("Shops")),
        ("applications", visit.gettext("Applications")),
        ("materials", visit.gettext("Materials")),
        ("pool", visit.gettext("Kept back from shops")),
        ("rules", visit.gettext("Rules")),
    )
    return [
        Chip(label=label, url="/office/shops" if name == "shops" else f"/office/shops/{name}", is_chosen=name == here)
        for name, label in pages
    ]
