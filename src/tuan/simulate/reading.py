"""What the auditor sees after each step: every row of the market that a rule of the world is about."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.work import Work

ORDERS_SQL = (
    "SELECT id, payable_id, person_id, supplier_id, state, release, total_minor, refunded_minor, points, placed_at, pay_by, "
    "paid_at, shipped_at, received_at FROM orders.orders WHERE market_id = $1 ORDER BY id"
)
LINES_SQL = (
    "SELECT order_id, sku_id, number, units, returned_units, amount_minor, freight_minor, refunded_minor FROM orders.lines "
    "WHERE market_id = $1 ORDER BY order_id, number"
)
PAYABLES_SQL = "SELECT id, person_id, amount_minor, applied_minor, pay_by FROM payments.payables WHERE market_id = $1"
ATTEMPTS_SQL = (
    "SELECT id, payable_id, amount_minor, currency, state, started_at, next_query_at FROM payments.attempts "
    "WHERE market_id = $1 ORDER BY id"
)
CAPTURES_SQL = (
    "SELECT transaction, attempt_id, amount_minor, applied_minor, paid_at FROM payments.captures WHERE market_id = $1"
)
REFUNDS_SQL = (
    "SELECT r.id, r.order_id, r.amount_minor, r.state, r.next_attempt_at, c.transaction FROM payments.refunds r "
    "JOIN payments.captures c ON c.market_id = r.market_id AND c.id = r.capture_id WHERE r.market_id = $1"
)
TEAMS_SQL = (
    "SELECT id, campaign_id, leader_id, state, size, opened_at, deadline, formed_by_promise FROM groupbuy.teams "
    "WHERE market_id = $1 ORDER BY id"
)
SEATS_SQL = (
    "SELECT team_id, order_id, person_id, units, state, held_at FROM groupbuy.seats WHERE market_id = $1 "
    "ORDER BY held_at, order_id"
)
CAMPAIGNS_SQL = "SELECT id, state FROM groupbuy.campaigns WHERE market_id = $1"
STOCK_SQL = "SELECT sku_id, on_hand, held, allotted FROM supply.stock WHERE market_id = $1"
POOLS_SQL = (
    "SELECT p.campaign_id, p.sku_id, a.units, a.held, a.open FROM groupbuy.campaign_prices p JOIN supply.allotments a "
    "ON a.market_id = p.market_id AND a.id = p.allotment_id WHERE p.market_id = $1"
)
BALANCES_SQL = "SELECT code, balance FROM ledger.accounts WHERE market_id = $1"
CASES_SQL = (
    "SELECT order_id, number, kind, state, person_id, supplier_id, asked_minor, amount_minor, deadline FROM aftersales.cases "
    "WHERE market_id = $1 AND number > 0 ORDER BY order_id, number"
)
IN_CASE_SQL = "SELECT order_id, line_number FROM aftersales.case_lines WHERE market_id = $1 AND is_open"
WITHDRAWALS_SQL = (
    "SELECT id, supplier_id, account_id, amount_minor, state, requested_by, requested_at, approved_by, next_attempt_at, tries "
    "FROM settlement.withdrawals WHERE market_id = $1 ORDER BY id"
)
SPLITS_SQL = "SELECT id, withdrawal_id, order_id, transaction, amount_minor, state FROM settlement.splits WHERE market_id = $1 ORDER BY id"
MERCHANT_SQL = "SELECT supplier_id FROM parties.merchants WHERE market_id = $1"
COUPONS_SQL = (
    "SELECT id, template_id, person_id, state, taken_at, valid_until FROM promotions.coupons WHERE market_id = $1 "
    "ORDER BY taken_at, id"
)
LOTS_SQL = (
    "SELECT id, person_id, source, about, units, remaining, held, lapsed, state, expires_at FROM points.lots WHERE market_id = $1 "
    "ORDER BY expires_at, id"
)
CARTS_SQL = "SELECT person_id, sku_id, units FROM carts.lines WHERE market_id = $1"
CHECK_INS_SQL = "SELECT person_id, day, streak, points FROM loyalty.check_ins WHERE market_id = $1"
DEBTS_SQL = "SELECT person_id, debt FROM points.wallets WHERE market_id = $1"
WAITING_SQL = "SELECT due_at FROM outbox.pending WHERE market_id = $1 AND parked_at IS NULL"


CLAIM = timedelta(days=45)
"""So long after receipt defects may be claimed here."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The market at one moment of its own clock; rows by their ids."""

    now: Instant
    orders: dict[UUID, Any]
    lines: dict[UUID, list[tuple[UUID, int]]]
    """(SKU, units) by order."""
    details: dict[UUID, list[Any]]
    """Lines as they are, by order."""
    cases: dict[tuple[UUID, int], Any]
    """What is asked about single lines, by (order, number)."""
    in_case: set[tuple[UUID, int]]
    """(order, line) of which something is asked."""
    payables: dict[UUID, Any]
    attempts: dict[UUID, Any]
    captures: dict[str, Any]
    refunds: dict[UUID, Any]
    teams: dict[UUID, Any]
    seats: dict[tuple[UUID, UUID], Any]
    """By (team, order)."""
    campaigns: dict[UUID, str]
    stock: dict[UUID, Any]
    pools: dict[tuple[UUID, UUID], Any]
    """Units set aside, by (campaign, SKU)."""
    withdrawals: dict[UUID, Any]
    splits: dict[UUID, Any]
    """Parts of payments that withdrawals are drawn from."""
    merchant: UUID | None
    """The one seller whose own account takes the buyers' money."""
    balances: dict[str, int]
    coupons: dict[UUID, Any]
    """In the order they were taken."""
    lots: dict[UUID, Any]
    """Points, those that end first before the others."""
    debts: Counter[UUID]
    """Points that each person owes."""
    carts: dict[tuple[UUID, UUID], int]
    """Units by (person, SKU)."""
    check_ins: dict[tuple[UUID, date], Any]
    waiting: list[Instant]
    """When each fact that is not delivered yet is due."""

    def spendable(self, person: UUID, now: Instant) -> list[Any]:
        """His points that may be spent now, those that end first before the others."""
        mine = (lot for lot in self.lots.values() if lot["person_id"] == person and lot["state"] == "active")
        return [lot for lot in mine if lot["expires_at"] > now]

    def points_of(self, person: UUID, now: Instant) -> int:
        return sum(lot["remaining"] - lot["held"] for lot in self.spendable(person, now))

    def short_of(self, withdrawal: Any) -> int:
        """What of a withdrawal that was paid could not be split, and is back with its payee."""
        if withdrawal["state"] != "paid":
            return 0
        return sum(one["amount_minor"] for one in self.parts_of(withdrawal["id"]) if one["state"] == "failed")

    def parts_of(self, withdrawal: UUID) -> list[Any]:
        return [one for one in self.splits.values() if one["withdrawal_id"] == withdrawal]

    def covered_by(self, payable: UUID) -> list[Any]:
        return [order for order in self.orders.values() if order["payable_id"] == payable]

    def pending_on(self, payable: UUID) -> bool:
        """Whether an attempt is under way whose outcome is not known."""
        return any(a["payable_id"] == payable and a["state"] == "pending" for a in self.attempts.values())

    def asked_again(self) -> list[Any]:
        """Attempts whose time is over and whose provider did not answer: it is asked again after a while."""
        pending = [a for a in self.attempts.values() if a["state"] == "pending"]
        return [a for a in pending if self.payables[a["payable_id"]]["pay_by"] <= self.now]

    def seats_of(self, order: UUID) -> list[Any]:
        return [seat for seat in self.seats.values() if seat["order_id"] == order]

    def live_seats(self, team: UUID) -> list[Any]:
        return [s for s in self.seats.values() if s["team_id"] == team and s["state"] in ("held", "taken")]

    def deadlines(self) -> list[Instant]:
        """Every instant at which something begins to be due: no step of the world may hang on being a moment early."""
        found = [order["pay_by"] for order in self.orders.values() if order["state"] == "placed"]
        found += [p["pay_by"] for p in self.payables.values()]
        for team in self.teams.values():
            if team["deadline"] is not None and team["state"] == "gathering":
                found += [team["deadline"] + timedelta(seconds=extra) for extra in (0, 3, 120)]
        found += [a["next_query_at"] for a in self.attempts.values() if a["next_query_at"]]
        found += [r["next_attempt_at"] for r in self.refunds.values() if r["next_attempt_at"]]
        found += [c["deadline"] for c in self.cases.values() if c["deadline"]]
        found += [w["next_attempt_at"] for w in self.withdrawals.values() if w["next_attempt_at"]]
        found += [c["valid_until"] for c in self.coupons.values()]
        found += [lot["expires_at"] for lot in self.lots.values() if lot["expires_at"]]
        found += [o["shipped_at"] + timedelta(days=15) for o in self.orders.values() if o["state"] == "shipped"]
        found += [o["received_at"] + timedelta(days=7) for o in self.orders.values() if o["state"] == "received"]
        found += [o["received_at"] + CLAIM for o in self.orders.values() if o["received_at"]]
        return found + self.waiting


async def read(work: Work) -> Seen:
    """Read everything in the Work's own transaction."""
    lines: dict[UUID, list[tuple[UUID, int]]] = {}
    details: dict[UUID, list[Any]] = {}
    for row in await work.fetch(LINES_SQL):
        lines.setdefault(row["order_id"], []).append((row["sku_id"], row["units"]))
        details.setdefault(row["order_id"], []).append(row)
    return Seen(
        now=work.now,
        orders={row["id"]: row for row in await work.fetch(ORDERS_SQL)},
        lines=lines,
        details=details,
        cases={(row["order_id"], row["number"]): row for row in await work.fetch(CASES_SQL)},
        in_case={(row["order_id"], row["line_number"]) for row in await work.fetch(IN_CASE_SQL)},
        payables={row["id"]: row for row in await work.fetch(PAYABLES_SQL)},
        attempts={row["id"]: row for row in await work.fetch(ATTEMPTS_SQL)},
        captures={row["transaction"]: row for row in await work.fetch(CAPTURES_SQL)},
        refunds={row["id"]: row for row in await work.fetch(REFUNDS_SQL)},
        teams={row["id"]: row for row in await work.fetch(TEAMS_SQL)},
        seats={(row["team_id"], row["order_id"]): row for row in await work.fetch(SEATS_SQL)},
        campaigns={row["id"]: row["state"] for row in await work.fetch(CAMPAIGNS_SQL)},
        stock={row["sku_id"]: row for row in await work.fetch(STOCK_SQL)},
        pools={(row["campaign_id"], row["sku_id"]): row for row in await work.fetch(POOLS_SQL)},
        withdrawals={row["id"]: row for row in await work.fetch(WITHDRAWALS_SQL)},
        splits={row["id"]: row for row in await work.fetch(SPLITS_SQL)},
        merchant=next((row["supplier_id"] for row in await work.fetch(MERCHANT_SQL)), None),
        balances={row["code"]: row["balance"] for row in await work.fetch(BALANCES_SQL)},
        coupons={row["id"]: row for row in await work.fetch(COUPONS_SQL)},
        lots={row["id"]: row for row in await work.fetch(LOTS_SQL)},
        debts=Counter({row["person_id"]: row["debt"] for row in await work.fetch(DEBTS_SQL)}),
        carts={(row["person_id"], row["sku_id"]): row["units"] for row in await work.fetch(CARTS_SQL)},
        check_ins={(row["person_id"], row["day"]): row for row in await work.fetch(CHECK_INS_SQL)},
        waiting=[row["due_at"] for row in await work.fetch(WAITING_SQL)],
    )
