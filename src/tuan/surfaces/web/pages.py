"""What surrounds every page, and the page of a refusal: shapes that the templates read."""

from typing import Literal

import msgspec


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """A language of the market, named in itself, with this same page in it."""

    tag: str
    name: str
    url: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the layout needs around every page; `origin` makes link previews absolute."""

    market: str
    origin: str
    url: str
    language: str
    languages: list[Language]
    place: Literal["home", "teams", "me", ""] = ""
    is_signed_in: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be done now."""

    label: str
    url: str


class ErrorPage(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal in words: what happened, what is safe, what can be done. `trace` names a mistake of ours."""

    status: int
    code: str
    title: str
    happened: str
    safe: str
    advice: str = ""
    trace: str = ""
    steps: list[Step] = []
