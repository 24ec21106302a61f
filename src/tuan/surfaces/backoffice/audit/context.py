"""What the audit shows."""

import msgspec

from tuan.surfaces.backoffice.tables import TablePage


class ChainState(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of the chain found; `broken` are positions."""

    sealed_count: int
    waiting_count: int
    broken: list[int]


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what and why; with the state of the chain after it was checked."""

    table: TablePage
    chain: ChainState | None = None
