"""What the viewer has agreed to, since when and in which words; and what he said before."""

from datetime import datetime
from typing import Literal

import msgspec

Purpose = Literal["shop_customer", "organisation_member"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What he agrees to now. `about` is whom, by its public id. `shows`: what he ticked, in the words beside the boxes."""

    purpose: Purpose
    about: str
    name: str
    words: str
    shows: list[str]
    at: datetime
    key: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """That he agreed, or did no more, and when."""

    words: str
    shows: list[str]
    at: datetime


class ConsentsPage(msgspec.Struct, frozen=True, kw_only=True):
    standing: list[Standing]
    said: list[Said]
    next_url: str | None = None
