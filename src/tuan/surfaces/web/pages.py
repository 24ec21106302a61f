"""What surrounds every page, and the page of a refusal: shapes that the templates read."""

import msgspec


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """A language of the market, named in itself, with this same page in it."""

    tag: str
    name: str
    url: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the office: `permission` opens it, and without one any member of staff; `label` is translated when shown."""

    name: str
    label: str
    url: str
    permission: str = ""
    icon: str = "kept"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the layout needs around every page; `origin` makes link previews absolute."""

    market: str
    origin: str
    url: str
    language: str
    languages: list[Language]
    place: str = ""
    is_signed_in: bool = False
    rail: list[Place] = []
    staff: str = ""
    """In the office: the places that this member of staff may open, and his name."""
    is_confirmed: bool = False
    """Whether acts that ask for the second factor would go through now."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be done now."""

    label: str
    url: str


class UnsentPage(msgspec.Struct, frozen=True, kw_only=True):
    """A form that asks for the second factor first: all that was typed, as (name, text), to be sent on with a code."""

    action: str
    fields: list[tuple[str, str]]
    wrong: str = ""


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
