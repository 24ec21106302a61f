"""Reports to an authority: of which days there can be one."""

from datetime import date, timedelta
from typing import NewType
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import Refusal
from tuan.people.compliance.errors import PeriodInvalid

ReportId = NewType("ReportId", UUID)
REPORT: ids.IdKind[ReportId] = ids.IdKind("report")

LONGEST = timedelta(days=366)


def why_not_report(from_day: date, until_day: date, today: date) -> Refusal | None:
    """Days that have been, or are; both ends belong to it."""
    return None if from_day <= until_day <= today and until_day - from_day < LONGEST else PeriodInvalid()
