"""Whose customer the viewer is, and what that shop sees of him."""

from datetime import datetime
from typing import Literal

import msgspec


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """That he became a shop's customer, or stopped being it, and why."""

    at: datetime
    words: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop sees, since when. `birthday`: month and day."""

    shows: list[Literal["name", "orders", "phone", "birthday"]]
    birthday: str = ""
    given_at: datetime | None = None


class BelongingPage(msgspec.Struct, frozen=True, kw_only=True):
    """`shop`: the one whose customer he is now, by name, None where he is nobody's. `until`: None for good.
    `asks` is the sentence that he agrees to, of this `version`, `boxes` the words beside what he may tick."""

    shop: str | None
    shop_url: str
    moves: list[Move]
    consent: Consent
    asks: str
    boxes: dict[str, str]
    version: str
    key: str
    since: datetime | None = None
    until: datetime | None = None
    protected_until: datetime | None = None
    errors: dict[str, str] = {}
