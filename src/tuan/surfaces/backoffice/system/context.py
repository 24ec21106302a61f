"""What the place of the system shows."""

from datetime import datetime

import msgspec


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """Who has facts to hear: how many wait (parked ones among them), and since when."""

    name: str
    waiting: int
    parked: int
    oldest: datetime | None
    tries: int


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of call to the outside."""

    name: str
    waiting: int
    stuck: int
    oldest: datetime | None
    tries: int


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    consumer: str
    fact: str
    name: str
    told_at: datetime | None
    tries: int
    is_parked: bool
    key: str


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """An invariant; `breaches` is empty where it holds."""

    name: str
    text: str
    breaches: list[str]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: str


class SystemPage(msgspec.Struct, frozen=True, kw_only=True):
    versions: list[Version]
    consumers: list[Consumer]
    intents: list[Intent]
    facts: list[Fact]
    next_url: str | None
    laws: list[Law] | None
    """None until somebody asks: every invariant reads the whole market."""
    can_retry: bool
