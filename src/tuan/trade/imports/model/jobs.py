"""An import as people see it: what it brings, how far it is, and why a whole file was not taken."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.trade.imports.errors import FileUnfit, NothingToDo, NotWaiting

ImportId = NewType("ImportId", UUID)
IMPORT: ids.IdKind[ImportId] = ids.IdKind("imp")

NAME_MAX = 60
BYTES_MAX = 8 * 2**20
WAITING_MAX = 10
"""Files of a market that wait to be read or brought in; each is up to eight megabytes."""


class What(StrEnum):
    """GOODS: prices, stock and new SKUs. STOCK: counts of SKUs that are there. ORDERS: past invoices."""

    GOODS = "goods"
    STOCK = "stock"
    ORDERS = "orders"


class JobState(StrEnum):
    UPLOADED = "uploaded"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"


S = JobState
JOB = states.table(
    {
        S.UPLOADED: {S.CHECKED, S.REFUSED},
        S.CHECKED: {S.RUNNING, S.DROPPED},
        S.RUNNING: {S.DONE},
        S.DONE: (),
        S.REFUSED: (),
        S.DROPPED: (),
    },
    start=S.UPLOADED,
)
"""UPLOADED and RUNNING are the worker's to move on, CHECKED is a person's."""

WHOLE_FILE = ("unreadable", "too_large", "columns")
"""Why a whole file was not taken."""


@dataclass(slots=True)
class Counts:
    """Lines of a file; each is in exactly one of the four."""

    waiting: int = 0
    unchanged: int = 0
    refused: int = 0
    done: int = 0

    @property
    def lines(self) -> int:
        return self.waiting + self.unchanged + self.refused + self.done


def why_not_take(content: bytes) -> Refusal | None:
    """Something, and not too much of it; what it is, the worker finds out."""
    return None if 0 < len(content) <= BYTES_MAX else FileUnfit(most_mib=BYTES_MAX >> 20)


def why_not_confirm(state: str, waiting: int) -> Refusal | None:
    if not JOB.allows(state, S.RUNNING):
        return NotWaiting()
    return None if waiting else NothingToDo()


def why_not_drop(state: str) -> Refusal | None:
    return None if JOB.allows(state, S.DROPPED) else NotWaiting()
