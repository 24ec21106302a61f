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
    """A text of the catalogs (`msgid`) under a word of them (`label`); `source` is the article that asks for it."""

    label: str
    msgid: str
    source: str


ADVERTISEMENT = "Advertisement"
PAID_LINK = "Paid link"
SHARER_EARNS = "Whoever shared this may earn a commission if you buy."
POSTER_EARNS = "The sharer may earn a commission"
SHOP_EARNS = "This shop earns a commission on what you buy here. You pay the same."
REVIEWS_CHECKED = "Only who bought and kept the goods here can review them."

TEXTS = {
    Kind.SHARE_PAGE: SHARER_EARNS,
    Kind.POSTER: POSTER_EARNS,
    Kind.SHOP: SHOP_EARNS,
    Kind.ADVERTISEMENT: ADVERTISEMENT,
    Kind.REVIEWS: REVIEWS_CHECKED,
}
LABELS = {"CN": ADVERTISEMENT, "EU": ADVERTISEMENT, "US": PAID_LINK}
"""What stands before it in that place, so that it is seen for what it is before it is read."""
BY_RECOMMENDATION = "互联网广告管理办法 art. 9"
"""Whoever tells of goods with a way to buy them marks it as 广告."""
SOURCES = {
    "CN": {
        Kind.SHARE_PAGE: BY_RECOMMENDATION,
        Kind.POSTER: BY_RECOMMENDATION,
        Kind.SHOP: BY_RECOMMENDATION,
        Kind.ADVERTISEMENT: "电子商务法 art. 40",
        Kind.REVIEWS: "电子商务法 art. 39",
    },
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
    return Disclosure(LABELS[profile.code], TEXTS[kind], SOURCES[profile.code].get(kind, HOUSE))
