"""What an organisation sees: how many, which grade, what it bore. Never who, and never what was bought."""

from datetime import date
from typing import Literal

import msgspec

from tuan.kit.money import Money


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month of the statement. least_members: of the grade that was reached; None for none."""

    month: date
    members: int
    least_members: int | None
    used: int
    borne: Money


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A grade in words: from so many members on, what it gives."""

    least_members: int
    gives: str


class OrganisationPage(msgspec.Struct, frozen=True, kw_only=True):
    """members: who agreed to be counted; active: those of them who did something here since the month before began."""

    name: str
    invited: int
    members: int
    active: int
    gone: int
    code: str
    join_url: str
    grades: list[Level]
    borne: Money
    """In all, as it stands on the organisation's account in the ledger."""
    months: list[Month]
    csv_url: str


class ListedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list that invites nobody, and why not."""

    number: int
    said: str
    why_not: str
    code: str


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Members by a list: numbers, then what would become of each, then what became of them. `stage` says which of them."""

    name: str
    url: str
    back_url: str
    key: str
    stage: Literal["ask", "look", "done"] = "ask"
    phones: str = ""
    error: str = ""
    lines_max: int
    asks_reason: bool
    invited: int = 0
    known: int = 0
    refused: list[ListedLine] = []
