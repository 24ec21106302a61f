"""What the place of imports shows."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.tables import Choice, TablePage, Tone


class ImportsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All imports, the form that uploads one (with what this member may bring), and what can be taken along."""

    table: TablePage
    choices: list[Choice]
    columns: list[tuple[str, str]]
    """By what is brought, the names of its columns."""
    exports: list[tuple[str, str]]
    """(label, address) of the table that an import of goods reads."""
    most_mib: int
    key: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file: why it is left out, or what it changes; `said` is how it begins."""

    number: int
    said: str
    words: str
    is_done: bool = False


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    value: str


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    """One import: how far it is, its lines, and what may be done with it now."""

    url: str
    name: str
    what: str
    state: str
    tone: Tone
    is_moving: bool
    """The worker is at it: the page asks again by itself."""
    why: str
    sums: list[Sum]
    done: int
    of: int
    made_by: str
    made_at: datetime
    confirmed_by: str
    ended_at: datetime | None
    refused: list[Line]
    refused_url: str
    refused_next_url: str | None
    changes: list[Line]
    changes_next_url: str | None
    may_confirm: bool
    needs_confirming: bool
    """The second factor would be asked for."""
    confirm_key: str
    drop_key: str
