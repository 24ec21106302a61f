"""What the office shows of those who work in it."""

from datetime import datetime

import msgspec

from tuan.surfaces.backoffice.staff.drawing import QrCode


class MemberCard(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff in the list."""

    person: str
    name: str
    url: str
    roles: list[str]
    is_active: bool
    has_first_password: bool
    admitted_at: datetime


class RoleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A role and what it allows; the owner's cannot be changed."""

    name: str
    url: str
    permissions: list[str]
    members_count: int
    is_fixed: bool


class StaffPage(msgspec.Struct, frozen=True, kw_only=True):
    """Members and roles. `may_edit`: forms are shown."""

    members: list[MemberCard]
    roles: list[RoleCard]
    may_edit: bool


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """One member: what he has, and what could be given to him."""

    member: MemberCard
    phone: str
    permissions: list[str]
    other_roles: list[str]
    may_edit: bool


class RolePage(msgspec.Struct, frozen=True, kw_only=True):
    """A role's permissions, all there are by place, each (words, field of the form, whether it is allowed)."""

    name: str
    places: list[tuple[str, list[tuple[str, str, bool]]]]


class EnrolmentPage(msgspec.Struct, frozen=True, kw_only=True):
    """How a new member gets in; shown once. `code` is the address of his key, for the camera of a telephone."""

    name: str
    phone: str
    password: str
    key: str
    uri: str
    code: QrCode
