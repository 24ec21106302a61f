"""Members, roles and permissions: pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from tuan.kit import states
from tuan.kit.refusals import NotFound, Refusal
from tuan.people.staff.errors import (
    BeyondYours,
    LastOwner,
    NotYourself,
    PasswordsDiffer,
    PasswordWeak,
    RoleInvalid,
    ViewInvalid,
)

PERMISSIONS = frozenset(
    [
        "products.see",
        "products.edit",
        "stock.see",
        "stock.adjust",
        "imports.see",
        "imports.make",
        "imports.confirm",
        "suppliers.see",
        "suppliers.check",
        "campaigns.see",
        "campaigns.launch",
        "promotions.see",
        "promotions.launch",
        "promotions.give",
        "links.see",
        "links.make",
        "links.stop",
        "links.domain",
        "courses.see",
        "courses.edit",
        "leagues.see",
        "leagues.edit",
        "teams.see",
        "orders.see",
        "orders.ship",
        "payments.see",
        "payments.resolve",
        "refunds.see",
        "refunds.give",
        "points.see",
        "points.give",
        "points.rules",
        "settlement.see",
        "settlement.pay",
        "settlement.rules",
        "commissions.see",
        "commissions.decide",
        "commissions.rules",
        "shops.see",
        "shops.admit",
        "shops.grant",
        "shops.rules",
        "organisations.see",
        "organisations.edit",
        "law.see",
        "law.edit",
        "law.sign",
        "law.report",
        "people.see",
        "people.block",
        "people.export",
        "people.erase",
        "staff.see",
        "staff.edit",
        "audit.see",
        "system.see",
        "system.retry",
        "exports.make",
        "insight.see",
        "planner.see",
        "planner.make",
        "developers.see",
        "developers.edit",
    ]
)
"""What can be allowed, as `<place>.<act>`; a route or a button that asks for another one is a mistake."""

OWNER = "owner"
"""The role that may everything, also what a later release adds."""

STANDARD_ROLES: Mapping[str, frozenset[str]] = {
    OWNER: PERMISSIONS,
    "goods": frozenset(
        (
            "products.see",
            "products.edit",
            "stock.see",
            "stock.adjust",
            "campaigns.see",
            "teams.see",
            "promotions.see",
            "imports.see",
            "imports.make",
            "imports.confirm",
            "suppliers.see",
            "suppliers.check",
        )
    ),
    "orders": frozenset(("orders.see", "orders.ship", "teams.see", "stock.see", "products.see")),
    "care": frozenset(
        ("orders.see", "teams.see", "payments.see", "refunds.see", "refunds.give", "people.see", "points.see")
    ),
    "money": frozenset(
        ("settlement.see", "settlement.pay", "payments.see", "refunds.see", "commissions.see", "commissions.decide")
    ),
    "audit": frozenset(
        (
            "staff.see",
            "audit.see",
            "law.see",
            "payments.see",
            "refunds.see",
            "settlement.see",
            "orders.see",
            "insight.see",
        )
    ),
}
"""What a market begins with; all but the owner's may be changed."""

TRIES_MAX = 5
TRIES_WINDOW_SECONDS = 15 * 60
PASSWORD_LENGTHS = range(12, 129)
NAME_LENGTH_MAX = 40
VIEW_LENGTH_MAX = 2000
VIEWS_MAX = 30
"""Of one member in one place."""

CODE_SECONDS = 30
CODE_STEPS_AROUND = (0, -1, 1)
"""A telephone's clock may be half a minute off."""

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)
SEEN_AGAIN_AFTER = timedelta(minutes=1)
"""That a session is in use is written at most this often."""
CONFIRMED_FOR = timedelta(minutes=5)


class MemberState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"


MEMBER = states.table(
    {MemberState.ACTIVE: {MemberState.BLOCKED}, MemberState.BLOCKED: {MemberState.ACTIVE}}, start=MemberState.ACTIVE
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How somebody gets in: told once, to him. `key` goes into his authenticator (base32), also as `uri`."""

    person: UUID
    password: str
    key: str
    uri: str


@dataclass(frozen=True, slots=True)
class Member:
    """Who works in the office; `permissions` is what all his roles allow together."""

    person: UUID
    name: str
    permissions: frozenset[str]
    has_first_password: bool = False
    is_confirmed: bool = False
    """Whether his second factor was asked for in the last minutes."""


class Roster:
    """All roles and members of a market, who has which role, and what may not be done with them."""

    def __init__(
        self,
        roles: Mapping[str, Iterable[str]],
        members: Mapping[UUID, MemberState],
        given: Iterable[tuple[UUID, str]],
    ) -> None:
        self.roles = {name: allowed_by(name, permissions) for name, permissions in roles.items()}
        self.members = dict(members)
        self.given = set(given)

    def permissions_of(self, person: UUID) -> frozenset[str]:
        return frozenset().union(*(self.roles[role] for who, role in self.given if who == person))

    def roles_of(self, person: UUID) -> list[str]:
        return sorted(role for who, role in self.given if who == person)

    def why_not_set_role(self, actor: UUID, name: str, permissions: Iterable[str]) -> Refusal | None:
        """Whoever changes a role has what it allows now and what it shall allow."""
        wanted = frozenset(permissions)
        if not name.isascii() or not name.replace("_", "").isalnum() or len(name) > NAME_LENGTH_MAX or name == OWNER:
            return RoleInvalid(field="name")
        if not wanted or wanted - PERMISSIONS:
            return RoleInvalid(field="permissions")
        return self._why_beyond(actor, wanted | self.roles.get(name, frozenset()))

    def why_not_give(self, actor: UUID, person: UUID, role: str) -> Refusal | None:
        if role not in self.roles or person not in self.members:
            return NotFound()
        return self._why_beyond(actor, self.roles[role])

    def why_not_take(self, actor: UUID, person: UUID, role: str) -> Refusal | None:
        if (person, role) not in self.given:
            return NotFound()
        if refusal := self._why_beyond(actor, self.roles[role]):
            return refusal
        return LastOwner() if role == OWNER and self._owners() == {person} else None

    def why_not_block(self, actor: UUID, person: UUID) -> Refusal | None:
        if person not in self.members:
            return NotFound()
        if actor == person:
            return NotYourself()
        if refusal := self._why_beyond(actor, self.permissions_of(person)):
            return refusal
        return LastOwner() if self._owners() == {person} else None

    def why_not_unblock(self, actor: UUID, person: UUID) -> Refusal | None:
        if person not in self.members:
            return NotFound()
        return self._why_beyond(actor, self.permissions_of(person))

    def _why_beyond(self, actor: UUID, permissions: frozenset[str]) -> Refusal | None:
        """An actor who is no member is the operator at his own machine, or a seed."""
        if actor not in self.members:
            return None
        missing = sorted(permissions - self.permissions_of(actor))
        return BeyondYours(permission=missing[0]) if missing else None

    def _owners(self) -> set[UUID]:
        return {who for who, role in self.given if role == OWNER and self.members[who] == MemberState.ACTIVE}


def allowed_by(role: str, permissions: Iterable[str]) -> frozenset[str]:
    """What a role allows; of what was written once only what there still is, and to the owner everything."""
    return PERMISSIONS if role == OWNER else PERMISSIONS.intersection(permissions)


def why_not_password(password: str, again: str) -> Refusal | None:
    """Long is what makes it strong: no rule about signs, and it is compared with nothing."""
    if password != again:
        return PasswordsDiffer()
    if len(password) in PASSWORD_LENGTHS and len(set(password)) > 4:
        return None
    return PasswordWeak(least=PASSWORD_LENGTHS.start)


def why_not_view(place: str, name: str, query: str, known: int) -> Refusal | None:
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX or not place.isidentifier() or known >= VIEWS_MAX:
        return ViewInvalid(most=VIEWS_MAX)
    return ViewInvalid(most=VIEWS_MAX) if len(query) > VIEW_LENGTH_MAX else None
