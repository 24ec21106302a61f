"""The auditor: keeps its own books and says after each step what was unlawful."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.gateways.payment import ChargeState, Notice
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.simulate import cases, direct, laws, lots, payouts, purses, sums
from tuan.simulate.answers import items_of, judge, made_by, pay_by_of
from tuan.simulate.books import Account, Asked, Books, Effect, OrderBook, Part
from tuan.simulate.means import NEAR, Bill, bill_of
from tuan.simulate.plain import judge_plain
from tuan.simulate.provider import Provider
from tuan.simulate.reading import Seen
from tuan.trade.orders.model import PlaceOrder
from tuan.trade.payments import StartAttempt
from tuan.value.promotions.model import TakeCoupon


@dataclass(slots=True)
class Auditor:
    """Judges steps. `seen` is the market after the last one."""

    books: Books
    provider: Provider
    seen: Seen
    left: set[UUID] = field(default_factory=set)
    """Orders whose goods have left the house."""

    def judge(self, account: Account, seen: Seen) -> list[str]:
        """What this step did unlawfully, a line each; the books go on from what was seen."""
        before, self.seen = self.seen, seen
        made, wrong = self._attribute(account, before, seen)
        wrong += judge(account, made, self.books, before, seen.now)
        wrong += judge_plain(account, self.books, before, seen)
        self._count_gone(seen)
        wrong += cases.wrong_cases(account, self.books, before, seen)
        wrong += self._keep_ends(seen)
        wrong += direct.keep_shared(self.books, before, seen)
        wrong += direct.wrong_merchant(account, self.books, before, seen)
        wrong += purses.wrong_carts(account, self.books, before, seen)
        wrong += purses.wrong_check_ins(account, self.books, before, seen)
        wrong += lots.wrong_lots(account, self.books, before, seen)
        wrong += self._judge_payouts(account, before, seen)
        wrong += self._judge_notices(account, before, seen)
        self._remember(account, made)
        moves = laws.Moves(self.books, account, before, seen, self.provider.money)
        for law in (laws.wrong_orders, laws.wrong_teams, laws.wrong_seats):
            wrong += law(moves)
        for id, order in seen.orders.items():
            self.books.orders[id].was_closed |= order["state"] == "closed"
        wrong += purses.wrong_coupons(self.books, seen)
        wrong += sums.wrong_goods(self.books, seen)
        wrong += sums.wrong_money(self.books, seen, self.provider)
        return wrong + sums.wrong_orders(self.books, seen)

    def judge_quiet(self, since: Instant) -> list[str]:
        """What the worker left undone that began its round at this time."""
        wrong = sums.not_quiet(self.books, self.seen, since) + payouts.not_quiet(self.books, self.seen, since)
        wrong += lots.not_quiet(self.books, self.seen, since)
        return wrong + ([] if self.seen.waiting else purses.wrong_points(self.books, self.seen))

    def judge_end(self) -> list[str]:
        return sums.not_over(self.books, self.seen, self.provider) + payouts.not_over(self.books, self.seen)

    def _count_gone(self, seen: Seen) -> None:
        """Goods leave once, as many as are still wanted then."""
        for id in [id for id, order in seen.orders.items() if order["state"] in sums.GONE and id not in self.left]:
            self.left.add(id)
            for sku, part in self.books.orders[id].parts.items():
                self.books.gone[sku] += part.left

    def _keep_ends(self, seen: Seen) -> list[str]:
        """What was cancelled is back whole; of what was completed the market's fee stays as it is. And what is back of each line."""
        wrong = []
        for id, order in seen.orders.items():
            book = self.books.orders[id]
            for part in book.parts.values():
                if order["state"] == "cancelled":
                    part.all_back()
                if order["state"] == "completed" and part.fee_minor is None:
                    part.fee_minor = purses.fee_of(part)
            lines = {line["sku_id"]: (line["returned_units"], line["refunded_minor"]) for line in seen.details[id]}
            told = {sku: (part.back_units, part.back_minor) for sku, part in book.parts.items()}
            if order["state"] != "cancelled" and lines != told:
                wrong.append(f"of {self.books.name_of(id)} {[*lines.values()]} is back, not {[*told.values()]}")
            if order["refunded_minor"] != book.back_minor:
                wrong.append(f"{order['refunded_minor']} of {self.books.name_of(id)} is back, not {book.back_minor}")
        return wrong

    # ── who made what ──
    def _attribute(self, account: Account, before: Seen, seen: Seen) -> tuple[dict[int, frozenset[UUID]], list[str]]:
        """What each call made, by its place; what nobody asked for, and what was acknowledged and is not there."""
        new_orders = [id for id in seen.orders if id not in before.orders]
        new_attempts = [id for id in seen.attempts if id not in before.attempts]
        new_coupons = [id for id in seen.coupons if id not in before.coupons]
        for id in new_coupons:
            self.books.coupons[id] = len(self.books.coupons) + 1
        made: dict[int, frozenset[UUID]] = {}
        wrong: list[str] = []
        for place, asked in enumerate(account.asked):
            ids = made_by(asked.answer) if asked.is_known and hasattr(asked.command, "key") else frozenset()
            if lost := [id for id in ids if not any(id in rows for rows in (seen.orders, seen.attempts, seen.coupons))]:
                wrong.append(f"{asked.verb} answered with {len(lost)} things that are not there")
            made[place] = frozenset(id for id in ids if id in (*new_orders, *new_attempts, *new_coupons))
        found = new_orders + new_attempts + new_coupons
        left = [id for id in found if not any(id in ids for ids in made.values())]
        for place, asked in enumerate(account.asked):
            if not asked.is_known and (lost_ones := self._find(asked, left, seen)):
                made[place] = lost_ones
                left = [id for id in left if id not in lost_ones]
        if left:
            wrong.append(f"{len(left)} orders, attempts or coupons that nobody asked for")
        self._enter_teams(seen)
        for place, asked in enumerate(account.asked):
            wrong += self._enter_orders(asked, made[place], before, seen, account)
        for id in left:
            if id in seen.orders:
                parts = {line["sku_id"]: Part(line["units"], line["amount_minor"]) for line in seen.details[id]}
                total = seen.orders[id]["total_minor"]
                self.books.orders[id] = OrderBook(len(self.books.orders) + 1, total, None, parts)
        return made, wrong

    def _find(self, asked: Asked, left: list[UUID], seen: Seen) -> frozenset[UUID]:
        """What a call without an answer may have made."""
        command = asked.command
        if isinstance(command, StartAttempt):
            return frozenset([id for id in left if id in seen.attempts
                              and seen.attempts[id]["payable_id"] == command.payable][:1])  # fmt: skip
        if isinstance(command, TakeCoupon):
            mine = (command.actor, command.template)
            rows = (seen.coupons[id] for id in left if id in seen.coupons)
            return frozenset([row["id"] for row in rows if (row["person_id"], row["template_id"]) == mine][:1])
        orders = [seen.orders[id] for id in left if id in seen.orders]
        for payable in dict.fromkeys(o["payable_id"] for o in orders if o["person_id"] == getattr(command, "actor", 0)):
            ids = frozenset(o["id"] for o in orders if o["payable_id"] == payable)
            bought: Counter[UUID] = Counter()
            for sku, units in (line for id in ids for line in seen.lines[id]):
                bought[sku] += units
            in_team = any(seen.seats_of(id) for id in ids)
            if isinstance(command, PlaceOrder) and not in_team and bought == _units(command.items):
                return ids
            if isinstance(command, OpenTeam | JoinTeam) and in_team and bought == {command.sku: command.units}:
                return ids
        return frozenset()

    def _enter_teams(self, seen: Seen) -> None:
        fresh = [team for id, team in seen.teams.items() if id not in self.books.teams]
        for team in sorted(fresh, key=lambda t: (t["opened_at"], self.books.name_of(t["leader_id"]))):
            self.books.teams[team["id"]] = len(self.books.teams) + 1

    def _enter_orders(
        self, asked: Asked, made: frozenset[UUID], before: Seen, seen: Seen, account: Account
    ) -> list[str]:
        """Write new orders into the books, with what they must cost."""
        command, wrong = asked.command, []
        for id in sorted(
            (id for id in made if id in seen.orders), key=lambda id: sorted(map(self._number, seen.lines[id]))
        ):
            order = seen.orders[id]
            campaign = None
            if not isinstance(command, PlaceOrder):
                team = before.teams[command.team] if isinstance(command, JoinTeam) else None
                campaign = team["campaign_id"] if team else command.campaign
            bill = self._bill(command, seen, campaign)
            parts = {sku: bill.parts[sku] for sku, _ in seen.lines[id]}
            points = bill.points[order["supplier_id"]]
            total = sum(part.amount_minor for part in parts.values())
            self.books.orders[id] = OrderBook(len(self.books.orders) + 1, total, campaign, parts, points)
            if order["person_id"] != command.actor:
                wrong.append(f"{self.books.name_of(id)} belongs to another person")
            earliest, latest = (pay_by_of(asked, self.books, before, now) for now in (account.began, seen.now))
            if order["state"] == "placed" and not earliest <= order["pay_by"] <= latest:
                wrong.append(f"{self.books.name_of(id)} may be paid until {order['pay_by']}, not {earliest}")
        return wrong

    def _bill(self, command: Any, seen: Seen, campaign: UUID | None) -> Bill:
        """What was placed; where no coupon and no point may be used so, the price without them, which is then not the order's."""
        chosen = [(coupon, self.books.kinds[seen.coupons[coupon]["template_id"]]) for coupon in command.coupons]
        items, terms = items_of(command), self.books.campaigns[campaign] if campaign else None
        region = next((p.region for p in self.books.people if p.address == command.address), NEAR)
        bill = bill_of(self.books, items, chosen, command.points, region, terms)
        plain = bill_of(self.books, items, (), 0, NEAR, terms)
        assert isinstance(plain, Bill), "without coupons and points there is always a price where everybody sends to"
        return bill if isinstance(bill, Bill) else plain

    def _number(self, line: tuple[UUID, int]) -> int:
        return self.books.wares[line[0]].number

    def _remember(self, account: Account, made: dict[int, frozenset[UUID]]) -> None:
        """What had an effect binds every repetition of it."""
        for place, asked in enumerate(account.asked):
            if not hasattr(asked.command, "key"):
                continue
            key = (asked.verb, asked.command.actor, asked.command.key)
            if key not in self.books.effects and made[place]:
                answer = asked.answer if asked.is_known else None
                self.books.effects[key] = Effect(asked.command, made[place], answer)

    # ── what is paid out ──
    def _judge_payouts(self, account: Account, before: Seen, seen: Seen) -> list[str]:
        made, wrong = payouts.made_by(account, before, seen)
        for id, row in seen.withdrawals.items():
            if id not in self.books.withdrawals:
                day = payouts.day_of(row["requested_at"])
                self.books.asked_before[id] = payouts.asked_on(before, row["supplier_id"], day)
            self.books.withdrawals.setdefault(id, len(self.books.withdrawals) + 1)
        wrong += payouts.wrong_answers(account, self.books, self.provider, before, seen, made)
        wrong += payouts.wrong_moves(account, self.books, self.provider, before, seen)
        return wrong + payouts.wrong_sums(self.books, seen)

    # ── notices ──
    def _judge_notices(self, account: Account, before: Seen, seen: Seen) -> list[str]:
        """Money told of as agreed is acknowledged; what is not as agreed is put aside by its reason."""
        wrong = []
        for asked in account.asked:
            if isinstance(asked.command, Notice) and asked.is_known:
                lawful = self._lawful_news(asked.command, before)
                if asked.answer not in lawful:
                    wrong.append(f"a notice was answered {asked.answer}; lawful: {', '.join(sorted(lawful))}")
                if asked.answer == ChargeState.PAID and asked.command.state is ChargeState.PAID:
                    self.books.heard.add(asked.command.transaction)
        return wrong

    def _lawful_news(self, notice: Notice, before: Seen) -> set[Any]:
        attempt = before.attempts.get(notice.attempt)
        if attempt is None:
            return {"unknown_attempt"}
        if notice.state is not ChargeState.PAID:
            return {ChargeState.PAID if attempt["state"] == "captured" else notice.state}
        other = before.captures.get(notice.transaction)
        if other is not None and other["attempt_id"] != notice.attempt:
            return {"reused_transaction"}
        if notice.amount_minor != attempt["amount_minor"]:
            return {"wrong_amount"}
        if notice.currency != attempt["currency"]:
            return {"wrong_currency"}
        if (notice.merchant, notice.app) != (self.provider.merchant, self.provider.app):
            return {"wrong_merchant"}
        return {ChargeState.PAID}


def _units(items: Any) -> Counter[UUID]:
    wanted: Counter[UUID] = Counter()
    for sku, units in items:
        wanted[sku] += units
    return wanted
