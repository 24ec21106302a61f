"""What a page or a poster says to whoever looks at it, because the law of the place asks for it."""

from dataclasses import dataclass
from enum import StrEnum

from tuan.people.compliance.model.words import HOUSE, Profile


class Kind(StrEnum):
    SHARE_PAGE = "share_page"
    """A page that was opened through somebody's link."""
    POSTER = "poster"
    """A picture that somebody passes on; it has one line for it."""
    SHOP = "shop"
    """The page of a shop that is paid for what it recommends."""
    ADVERTISEMENT = "advertisement"
    """A place that somebody paid for."""
    REVIEWS = "reviews"
    """How reviews are checked."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A text of the catalogs (`msgid`) with its arguments; `source` is the article that asks for it."""

    msgid: str
    arguments: dict[str, str]
    source: str


SHARER_EARNS = "Whoever shared this may earn a commission if you buy."
POSTER_EARNS = "The sharer may earn a commission"
SHOP_EARNS = "This shop earns a commission on what you buy here. You pay the same."
ADVERTISEMENT = "Advertisement"
REVIEWS_CHECKED = "Only who bought and kept the goods here can review them."

TEXTS = {
    Kind.SHARE_PAGE: SHARER_EARNS,
    Kind.POSTER: POSTER_EARNS,
    Kind.SHOP: SHOP_EARNS,
    Kind.ADVERTISEMENT: ADVERTISEMENT,
    Kind.REVIEWS: REVIEWS_CHECKED,
}
SOURCES = {
    "CN": {Kind.ADVERTISEMENT: "电子商务法 art. 40", Kind.REVIEWS: "电子商务法 art. 39"},
    "EU": {
        Kind.SHARE_PAGE: "2005/29/EC Annex I 11, 22",
        Kind.POSTER: "2005/29/EC Annex I 11, 22",
        Kind.SHOP: "2005/29/EC Annex I 11, 22",
        Kind.ADVERTISEMENT: "2005/29/EC Annex I 11a",
        Kind.REVIEWS: "2005/29/EC art. 7 (6)",
    },
    "US": dict.fromkeys((Kind.SHARE_PAGE, Kind.POSTER, Kind.SHOP, Kind.ADVERTISEMENT), "16 CFR 255.5"),
}
"""Where no article stands the house says it all the same: whoever is paid to recommend says so everywhere."""


def disclosure(profile: Profile, kind: Kind) -> Disclosure:
    """What has to be said there, to be worded in the language of whoever looks."""
    return Disclosure(TEXTS[kind], {}, SOURCES[profile.code].get(kind, HOUSE))
