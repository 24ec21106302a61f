"""What the words that a pass unlocks, a level or a season gives are called, and where a course is read."""

from collections.abc import Iterable
from uuid import UUID

from tuan.people.training.model import COURSE_ID
from tuan.surfaces.web.visits import Visit

COURSES = "/desk/shop/courses"


def course_url(course: UUID) -> str:
    return f"{COURSES}/{COURSE_ID.show(course)}"


def right_words(visit: Visit, rights: Iterable[str]) -> list[str]:
    """Rights in the visitor's language; one that nobody has named yet as it is."""
    known = {
        "open_shop": visit.gettext("Open a shop"),
        "level_2": visit.gettext("Level 2"),
        "level_3": visit.gettext("Level 3"),
        "presale": visit.gettext("Sell in presales"),
        "live": visit.gettext("Sell live"),
        "fresh_goods": visit.gettext("Sell fresh goods"),
    }
    return [known.get(right, right) for right in rights]


def benefit_names(visit: Visit) -> dict[str, str]:
    return {
        "badge": visit.gettext("A badge on the shop's page"),
        "showcase": visit.gettext("Shown on the market's showcase"),
        "early_goods": visit.gettext("New goods a day early"),
        "presale": visit.gettext("Sell in presales"),
        "support_first": visit.gettext("Answered first"),
        "materials_first": visit.gettext("Pictures and texts first"),
        "more_picks": visit.gettext("Room for more picks"),
    }


def benefit_words(visit: Visit, benefits: Iterable[str]) -> list[str]:
    """Benefits in the visitor's language."""
    names = benefit_names(visit)
    return [names.get(word, word) for word in benefits]
