"""Who is a member of an organisation, and what his organisation's grade gives him this month."""

from tuan.value.membership.actions import (
    accept,
    invite,
    join,
    leave,
    mark_granted,
    record_month,
    renew_code,
    set_grades,
)
from tuan.value.membership.errors import AlreadyMember, GradesInvalid, ListInvalid, NotMember
from tuan.value.membership.queries import (
    Counts,
    code_of,
    counts,
    grades_of,
    look_at_list,
    memberships_of,
    months_of,
    organisation_by,
    to_grant,
)

__all__ = [
    "AlreadyMember",
    "Counts",
    "GradesInvalid",
    "ListInvalid",
    "NotMember",
    "accept",
    "code_of",
    "counts",
    "grades_of",
    "invite",
    "join",
    "leave",
    "look_at_list",
    "mark_granted",
    "memberships_of",
    "months_of",
    "organisation_by",
    "record_month",
    "renew_code",
    "set_grades",
    "to_grant",
]
