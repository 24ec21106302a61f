"""Reads of staff."""

from typing import Any
from uuid import UUID

from tuan.people.staff import model, store
from tuan.platform.work import Work

MEMBERS_SQL = (
    "SELECT m.state, m.has_first_password, m.admitted_at, array(SELECT g.role FROM staff.given g "
    "WHERE g.market_id = m.market_id AND g.person_id = m.person_id ORDER BY g.role) AS roles, m.person_id "
    "FROM staff.members m WHERE m.market_id = $1 ORDER BY m.admitted_at, m.person_id"
)
ROLES_SQL = (
    "SELECT r.name, r.permissions, (SELECT count(*) FROM staff.given g WHERE g.market_id = r.market_id "
    "AND g.role = r.name) AS members FROM staff.roles r WHERE r.market_id = $1 ORDER BY r.name"
)
VIEWS_SQL = "SELECT name, query FROM staff.views WHERE market_id = $1 AND person_id = $2 AND place = $3 ORDER BY name"


async def members(work: Work) -> list[Any]:
    """Rows of person_id, state, has_first_password, admitted_at, roles; the longest there first."""
    return await work.fetch(MEMBERS_SQL)


async def roles(work: Work) -> list[Any]:
    """Rows of name, permissions, members (how many have it)."""
    return await work.fetch(ROLES_SQL)


async def permissions_of(work: Work, person: UUID) -> frozenset[str]:
    """What his roles allow him now, whether he sits in the office or not; none for who is no member any more."""
    found = await work.fetch(store.ROLES_OF_SQL, person)
    return frozenset[str]().union(*(model.allowed_by(row["name"], row["permissions"]) for row in found))


async def views(work: Work, person: UUID, place: str) -> list[Any]:
    """His saved views of this place: rows of name, query."""
    return await work.fetch(VIEWS_SQL, person, place)
