"""Links, and whose customer somebody is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit.hosts import is_host_name
from tuan.kit.time import Instant

Code = NewType("Code", str)

KINDS = ("product", "team", "shop", "home", "coupon")
"""What a link may open; the face knows the page of each. `home` has no object; a coupon is a packet that whoever comes may take."""
NO_OBJECT = UUID(int=0)
"""What stands for the object of `home`."""
CHANNELS = ("web", "wechat_h5", "wechat_mp", "poster", "word", "parcel")
"""Where somebody may share something."""
PAGE = "page"
"""The channel of the one link that nobody shares: who looks at a shop's page came by it, and brought himself. It binds nobody,
and recommends nothing to who is somebody's customer."""
SCENE_LETTERS_MAX = 32
"""What a mini-program passes on with a code is no longer than this (WeChat, getUnlimitedQRCode: scene)."""
LINKS_PER_DAY_MAX = 500
LINK_DAYS_MAX = 366
"""So long a link with an end is good at most; one that is to be good for longer has none."""
"""One person's new links; asking for the same one again is no new link."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a link opens: one of KINDS and the object's id."""

    kind: str
    object_id: UUID


@dataclass(frozen=True, slots=True)
class Link:
    """A code and what it stands for. shop: whose customers come through it; None for the market's own links."""

    code: Code
    target: Target
    sharer_id: UUID | None
    shop_id: UUID | None
    shop_owner_id: UUID | None
    channel: str
    campaign: str
    expires_at: Instant | None

    def is_open(self, now: Instant) -> bool:
        return self.expires_at is None or now < self.expires_at


class BindRule(StrEnum):
    """Which visit through a shop's link makes somebody its customer."""

    FIRST = "first"
    """The first; another shop's only once that has run out."""
    LATEST = "latest"
    """The latest, but none within the protection of the one before."""
    REGISTRATION = "registration"
    """Only the one that brought him to the market."""


class Why(StrEnum):
    """Why a binding began or ended; there is no word for somebody else having wished it."""

    LINK = "link"
    LEFT = "left"
    EXPIRED = "expired"
    """Its time ran out, as the rule of its day had said."""
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class BindTerms:
    """The market's rule. valid_days: None for ever. protected_days: how long nobody else's link changes it."""

    rule: BindRule = BindRule.FIRST
    valid_days: int | None = 365
    protected_days: int = 30


@dataclass(frozen=True, slots=True)
class Binding:
    """Whose customer a person is, from when, and until when if nothing renews it."""

    person_id: UUID
    shop_id: UUID
    since: Instant
    protected_until: Instant
    until: Instant | None

    def is_live(self, now: Instant) -> bool:
        return self.until is None or now < self.until


class How(StrEnum):
    """By what an order is somebody's."""

    LINK = "link"
    """This visit's link was the shop's."""
    BINDING = "binding"
    """The buyer is its customer."""
    VISIT = "visit"
    """He came by a link that is no shop's: that it brought him is counted, and nobody is paid."""


HOWS = tuple(How)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who recommended: the shop, the link of this visit if there was one, and how. Decided once, when an order is placed."""

    shop_id: UUID | None
    code: Code | None
    how: How


def is_link_host(name: str) -> bool:
    """Whether links may stand at this name, in lower case: a domain, and none that means the machine that asks (RFC 6761)."""
    return is_host_name(name) and not name.endswith(".localhost")
