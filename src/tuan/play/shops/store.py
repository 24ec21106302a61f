"""All SQL that writes shops."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tuan.platform import bulk
from tuan.play.shops import tables

APPLICATION_COLUMNS = "id, person_id, inviter_id, name, words, state, asked_at"
INSERT_APPLICATION = bulk.insert(
    tables.applications, "id", "person_id", "inviter_id", "name", "words", "state", "asked_at",
    on_conflict="ON CONFLICT (market_id, person_id) WHERE state IN ('waiting', 'opened') DO NOTHING",
)  # fmt: skip
INSERT_PAGES = bulk.insert(tables.pages, "shop_id", "words", "opened_at")
MOVE_APPLICATIONS = bulk.move(tables.applications, key=("id",), columns=("decided_at", "why", "shop_id"))
LOCK_APPLICATION_SQL = (
    f"SELECT {APPLICATION_COLUMNS} FROM shops.applications WHERE market_id = $1 AND id = $2 FOR UPDATE"
)
LOCK_WAITING_SQL = (
    "SELECT a.id, a.person_id, a.inviter_id, a.name, a.words, a.state, a.asked_at FROM shops.applications a "
    "JOIN accounts.persons p ON p.market_id = a.market_id AND p.id = a.person_id WHERE a.market_id = $1 "
    "AND a.state = 'waiting' AND p.created_at <= $2 AND length(trim(a.words)) >= $3 AND ($4::uuid IS NULL OR EXISTS ("
    "SELECT FROM training.passes t WHERE t.market_id = a.market_id AND t.person_id = a.person_id AND t.course_id = $4 "
    "AND (t.valid_until IS NULL OR t.valid_until > $5))) ORDER BY a.id LIMIT $6 "
    "FOR UPDATE OF a SKIP LOCKED"
)
WITHDRAW_SQL = (
    "UPDATE shops.applications SET state = 'withdrawn', decided_at = $3 "
    "WHERE market_id = $1 AND person_id = $2 AND state = 'waiting'"
)
SET_TERMS_SQL = (
    "INSERT INTO shops.terms (market_id, opening, member_days, course_id, set_at) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (market_id) DO UPDATE SET opening = $2, member_days = $3, course_id = $4, set_at = $5"
)
FORGET_APPLICATIONS_SQL = (
    "UPDATE shops.applications SET name = '', words = '', state = CASE WHEN state = 'waiting' THEN 'withdrawn' ELSE state "
    "END, decided_at = coalesce(decided_at, $3) WHERE market_id = $1 AND person_id = $2"
)
LOCK_SHOP_SQL = "SELECT id FROM parties.shops WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
"""A shop's row stands for its page, its goods and its budget."""
SET_WORDS_SQL = (
    "INSERT INTO shops.pages (market_id, shop_id, words, opened_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, shop_id) DO UPDATE SET words = $3"
)
SET_COVER_SQL = (
    "INSERT INTO shops.pages (market_id, shop_id, cover, opened_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, shop_id) DO UPDATE SET cover = $3"
)
POSITIONS_SQL = "SELECT product_id, position FROM shops.picks WHERE market_id = $1 AND shop_id = $2"
PICK_SQL = (
    "INSERT INTO shops.picks (market_id, shop_id, product_id, position, words, since) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (market_id, shop_id, product_id) DO UPDATE SET words = $5"
)
UNPICK_SQL = "DELETE FROM shops.picks WHERE market_id = $1 AND shop_id = $2 AND product_id = $3"
UNPICK_DAYS_SQL = "DELETE FROM shops.day_picks WHERE market_id = $1 AND shop_id = $2 AND product_id = $3"
DESCRIBE_SQL = "UPDATE shops.picks SET words = $4 WHERE market_id = $1 AND shop_id = $2 AND product_id = $3"
ARRANGE = bulk.update(tables.picks, key=("shop_id", "product_id"), columns=("position",))
CLEAR_DAY_SQL = "DELETE FROM shops.day_picks WHERE market_id = $1 AND shop_id = $2 AND day = $3"
INSERT_DAY = bulk.insert(tables.day_picks, "shop_id", "day", "product_id", "position")
LOCK_WITHHELD_SQL = (
    "SELECT by_supplier, by_market FROM shops.withheld WHERE market_id = $1 AND product_id = $2 FOR UPDATE"
)
WITHHOLD_SQL = (
    "INSERT INTO shops.withheld (market_id, product_id, since, by_supplier, by_market) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (market_id, product_id) DO UPDATE SET by_supplier = withheld.by_supplier OR $4, by_market = withheld.by_market OR $5"
)
OFFER_SQL = "DELETE FROM shops.withheld WHERE market_id = $1 AND product_id = $2"
KEEP_BACK_SQL = "UPDATE shops.withheld SET by_supplier = $3, by_market = $4 WHERE market_id = $1 AND product_id = $2"
INSERT_MATERIALS = bulk.insert(tables.materials, "id", "shop_id", "product_id", "words", "pictures", "made_at")
REMOVE_MATERIAL_SQL = (
    "UPDATE shops.materials SET removed_at = $4 WHERE market_id = $1 AND id = $2 AND shop_id IS NOT DISTINCT FROM $3 "
    "AND removed_at IS NULL"
)
ADD_PICTURES_SQL = (
    "UPDATE shops.materials SET pictures = pictures || $4::jsonb WHERE market_id = $1 AND id = $2 AND shop_id IS NOT DISTINCT FROM $3 "
    "AND removed_at IS NULL AND jsonb_array_length(pictures) + jsonb_array_length($4::jsonb) <= $5"
)
IS_MATERIAL_SQL = "SELECT true FROM shops.materials WHERE market_id = $1 AND id = $2 AND shop_id IS NOT DISTINCT FROM $3 AND removed_at IS NULL"
SET_BUDGET_SQL = (
    "INSERT INTO shops.pages (market_id, shop_id, budget_minor, opened_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (market_id, shop_id) DO UPDATE SET budget_minor = $3"
)
HOLD_SQL = (
    "UPDATE shops.pages SET held_minor = held_minor + $3 WHERE market_id = $1 AND shop_id = $2 "
    "AND held_minor + $3 <= budget_minor"
)
RELEASE_SQL = "UPDATE shops.pages SET held_minor = held_minor - $3 WHERE market_id = $1 AND shop_id = $2"
INSERT_COUPONS = bulk.insert(
    tables.coupons, "template_id", "shop_id", "code", "off_minor", "total", "held_minor", "made_at"
)
RUNNING_COUPON_SQL = (
    "SELECT off_minor, held_minor FROM shops.coupons WHERE market_id = $1 AND template_id = $2 AND shop_id = $3 "
    "AND ended_at IS NULL"
)
END_COUPON_SQL = "UPDATE shops.coupons SET held_minor = $3, ended_at = $4 WHERE market_id = $1 AND template_id = $2"
OVER_SQL = (
    "SELECT c.template_id, c.shop_id FROM shops.coupons c JOIN promotions.templates t ON t.market_id = c.market_id "
    "AND t.id = c.template_id WHERE c.market_id = $1 AND c.ended_at IS NULL AND (t.ends_at <= $2 OR t.state = 'ended') "
    "ORDER BY c.shop_id, c.template_id LIMIT $3"
)
LOCK_PERSON_SQL = "SELECT id FROM accounts.persons WHERE market_id = $1 AND id = $2 FOR NO KEY UPDATE"
"""A person's row stands for what he lets be seen."""
END_CONSENTS_SQL = (
    "UPDATE shops.consents SET ended_at = $3 WHERE market_id = $1 AND person_id = $2 AND ended_at IS NULL"
)
INSERT_CONSENTS = bulk.insert(tables.consents, "id", "person_id", "shop_id", "shows", "birthday", "given_at")
DROP_CARDS_SQL = "DELETE FROM shops.customers WHERE market_id = $1 AND person_id = $2"
DROP_OTHER_CARDS_SQL = "DELETE FROM shops.customers WHERE market_id = $1 AND person_id = $2 AND shop_id <> $3"
DROP_CARD_SQL = "DELETE FROM shops.customers WHERE market_id = $1 AND person_id = $2 AND shop_id = $3"
INSERT_CARDS = bulk.insert(tables.customers, "shop_id", "person_id", "tags", "note", "changed_at")
LEFT_SQL = (
    "SELECT c.person_id FROM shops.consents c LEFT JOIN sharing.bindings b ON b.market_id = c.market_id "
    "AND b.person_id = c.person_id AND b.shop_id = c.shop_id AND (b.until IS NULL OR b.until > $2) "
    "WHERE c.market_id = $1 AND c.ended_at IS NULL AND b.person_id IS NULL ORDER BY c.person_id LIMIT $3"
)
FORGET_BIRTHDAYS_SQL = "UPDATE shops.consents SET birthday = '' WHERE market_id = $1 AND person_id = $2"


@dataclass(slots=True)
class ApplicationRow:
    id: UUID
    person_id: UUID
    inviter_id: UUID | None
    name: str
    words: str
    state: str
    asked_at: Any


@dataclass(slots=True)
class Decision:
    """An application's way from one state to the next."""

    id: UUID
    before: str
    state: str
    decided_at: Any
    why: str
    shop_id: UUID | None


@dataclass(slots=True)
class PageRow:
    shop_id: UUID
    words: str
    opened_at: Any


@dataclass(slots=True)
class PlacedPick:
    shop_id: UUID
    product_id: UUID
    position: int


@dataclass(slots=True)
class DayRow:
    shop_id: UUID
    day: date
    product_id: UUID
    position: int


@dataclass(slots=True)
class MaterialRow:
    id: UUID
    shop_id: UUID | None
    product_id: UUID | None
    words: str
    pictures: list[str]
    made_at: Any


@dataclass(slots=True)
class CouponRow:
    template_id: UUID
    shop_id: UUID
    code: str
    off_minor: int
    total: int
    held_minor: int
    made_at: Any


@dataclass(slots=True)
class ConsentRow:
    id: UUID
    person_id: UUID
    shop_id: UUID
    shows: list[str]
    birthday: str
    given_at: Any


@dataclass(slots=True)
class CardRow:
    shop_id: UUID
    person_id: UUID
    tags: list[str]
    note: str
    changed_at: Any
