"""What the office shows of links."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.tables import Choice, TablePage
from tuan.surfaces.backoffice.today.context import Chart


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """Where links stand. own: the market's domain for them, "" where it has none; main: its host; record: by which own leads there."""

    address: str
    own: str
    main: str
    record: str


class DomainPage(msgspec.Struct, frozen=True, kw_only=True):
    """The domain, to be set or given up by whoever may."""

    domain: Domain
    may_set: bool
    key: str


class LinksPage(msgspec.Struct, frozen=True, kw_only=True):
    """Links with how they were visited."""

    table: TablePage
    domain: Domain
    may_make: bool
    may_set_domain: bool


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it was typed."""

    what: str = ""
    channel: str = "web"
    campaign: str = ""
    until: str = ""


class NewLinkPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the market may link to; where it will stand, for how long."""

    typed: Typed
    things: list[Choice]
    channels: list[Choice]
    errors: dict[str, str]
    key: str


class LinkPage(msgspec.Struct, frozen=True, kw_only=True):
    """One link: where it leads, whose it is, its days. sharer, shop: "" where there is none.
    is_forgotten: somebody's, of whom nothing is kept. is_open: it can be stopped."""

    code: str
    url: str
    page_url: str
    title: str
    channel: str
    campaign: str
    sharer: str
    sharer_url: str
    is_forgotten: bool
    shop: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    is_open: bool
    visits: int
    visitors: int
    bots: int
    chart: Chart
    may_stop: bool
    key: str
