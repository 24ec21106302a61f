"""What the words that a pass unlocks, a level or a season gives are called, and where a course is read."""

from collections.abc import Iterable
from uuid import UUID

from tuan.people.training.model import COURSE_ID
from tuan.play.shops.model import MORE_PICKS_MAX, PICKS_MAX
from tuan.surfaces.web.visits import Visit

COURSES = "/desk/shop/courses"


def course_url(course: UUID) -> str:
    return f"{COURSES}/{COURSE_ID.show(course)}"


def right_words(visit: Visit, rights: Iterable[str]) -> list[str]:
    """Rights in the visitor's language; one that nobody has named yet as it is."""
    known = {
        "level_2": visit.gettext("Level 2"),
        "level_3": visit.gettext("Level 3"),
        "fresh_goods": visit.gettext("Sell fresh goods"),
    }
    return [known.get(right, right) for right in rights]


def benefit_names(visit: Visit) -> dict[str, str]:
    return {
        "badge": visit.gettext("A badge on the shop's page"),
        "showcase": visit.gettext("Shown on the market's showcase"),
        "early_goods": visit.gettext("New goods a day early"),
        "support_first": visit.gettext("Answered first"),
        "materials_first": visit.gettext("Pictures and texts first"),
        "more_picks": visit.gettext("Room for more picks"),
    }


def benefit_effects(visit: Visit) -> dict[str, str]:
    """What each benefit does; nothing is promised here that no rule keeps."""
    return {
        "badge": visit.gettext("It stands beside the name of your shop, for everybody to see."),
        "showcase": visit.gettext("Your shop stands among the shops of the market, to which the first page leads."),
        "early_goods": visit.gettext("You may choose new goods a day before shops that have not won it."),
        "support_first": visit.gettext("Where you appeal about a commission, the market reads yours first."),
        "materials_first": visit.gettext("You find the market’s new texts and pictures a day earlier."),
        "more_picks": visit.gettext(
            "Up to %(most)s goods in your shop instead of %(usual)s.", most=MORE_PICKS_MAX, usual=PICKS_MAX
        ),
    }


def benefit_words(visit: Visit, benefits: Iterable[str]) -> list[str]:
    """Benefits in the visitor's language."""
    names = benefit_names(visit)
    return [names.get(word, word) for word in benefits]
