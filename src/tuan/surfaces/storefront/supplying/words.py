"""What licences and applications are called by people."""

from collections.abc import Mapping
from typing import Literal

from tuan.surfaces.web.visits import Visit

Tone = Literal["leaf", "ripe", "amber", "plum", "stone"]

TONES: Mapping[str, Tone] = {
    "submitted": "amber",
    "in_check": "amber",
    "approved": "leaf",
    "refused": "ripe",
    "expired": "ripe",
    "open": "amber",
}


def kinds(visit: Visit) -> dict[str, str]:
    return {
        "business": visit.gettext("Business licence"),
        "own_produce": visit.gettext("Declaration: I sell what I grow myself"),
        "food": visit.gettext("Food permit"),
        "brand": visit.gettext("Authorisation of a brand"),
        "import": visit.gettext("Customs registration"),
        "other": visit.gettext("Another licence"),
    }


def states(visit: Visit) -> dict[str, str]:
    return {
        "submitted": visit.gettext("Handed in"),
        "in_check": visit.gettext("Being checked"),
        "approved": visit.gettext("Approved"),
        "refused": visit.gettext("Refused"),
        "expired": visit.gettext("Has run out"),
        "renewed": visit.gettext("Replaced by a newer one"),
        "withdrawn": visit.gettext("Withdrawn"),
    }


def proposal_states(visit: Visit) -> dict[str, str]:
    return {
        "open": visit.gettext("Waits for a look"),
        "approved": visit.gettext("Approved"),
        "refused": visit.gettext("Refused"),
        "withdrawn": visit.gettext("Withdrawn"),
    }
