"""Reports to an authority: of which days there can be one, and what its files are."""

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import Refusal
from tuan.people.compliance.errors import PeriodInvalid

ReportId = NewType("ReportId", UUID)
REPORT: ids.IdKind[ReportId] = ids.IdKind("report")

LONGEST = timedelta(days=366)

FILES = {
    "about.csv": "the market, the law that counts, the days, when it was made, and what each file is",
    "rules.csv": "every rule that plans and offers are asked for, with its article",
    "sign_offs.csv": "who answered for what, as what, for how long, the document by its SHA-256",
    "metrics.csv": "each day as the law counts it; pay is what was promised on it, in minor units",
    "acts.csv": "what staff did about the law, and why",
    "audit.csv": "how the chain of the whole audit stands",
}
"""What compliance itself can tell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that somebody above can tell: what it is, and its rows with their heads, read while they are written."""

    says: str
    rows: AsyncIterable[Sequence[str]]


def why_not_report(from_day: date, until_day: date, today: date) -> Refusal | None:
    """Days that have been, or are; both ends belong to it."""
    return None if from_day <= until_day <= today and until_day - from_day < LONGEST else PeriodInvalid()
