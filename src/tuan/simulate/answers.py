"""Which answers are lawful: the auditor's own view of shelves, seats and limits against what was asked and answered.

Nothing here asks the product's models. Where several reasons forbid something, any of them is a lawful refusal; a
success is lawful only where none does. A reason that begins or ends while the step runs makes both lawful.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.groupbuy.model import JoinTeam, OpenTeam, Seated
from tuan.simulate.books import Account, Asked, Books, Terms
from tuan.simulate.means import Bill, bill_of
from tuan.simulate.reading import Seen
from tuan.trade.orders.model import Placed, PlaceOrder
from tuan.trade.payments import StartAttempt
from tuan.value.promotions.model import TakeCoupon

NOT_FOUND = "not_found"
UNITS_MAX = 999
PAY_SECONDS_ALONE = 900
LIVE = ("placed", "paid", "gathering", "to_ship", "shipped", "received", "completed")

Reasons = dict[str, tuple[dict[str, Any], bool]]
"""Refusal code → (what its data must say, whether it holds for sure)."""


Buying = PlaceOrder | OpenTeam | JoinTeam


def items_of(command: Buying) -> tuple[tuple[UUID, int], ...]:
    return command.items if isinstance(command, PlaceOrder) else ((command.sku, command.units),)


def made_by(answer: Any) -> frozenset[UUID]:
    """The orders or the attempt that an answer names."""
    if isinstance(answer, Seated):
        return frozenset({answer.order})
    if isinstance(answer, Placed):
        return frozenset(answer.orders)
    return frozenset({answer}) if isinstance(answer, UUID) else frozenset()


@dataclass(slots=True)
class Shelf:
    """What is there to be had while a step runs; a success takes from it, so that calls at once can be put in an order."""

    books: Books
    seen: Seen
    began: Instant
    ended: Instant
    free: dict[tuple[UUID | None, UUID], int]
    """Units that can still be kept, by (campaign that has them set aside, SKU)."""
    seats: dict[UUID, set[UUID]]
    """Persons with a live seat, by team."""
    coupons: dict[UUID, tuple[UUID, UUID, str, Instant]]
    """(whose, template, state, until when) of each."""
    points: Counter[UUID]
    """What each person may spend."""
    carts: dict[tuple[UUID, UUID], int]
    used: Counter[tuple[UUID, UUID]]
    """Units of live seats by (campaign, person)."""
    regulars: set[UUID]

    @classmethod
    def of(cls, books: Books, seen: Seen, began: Instant, ended: Instant) -> "Shelf":
        free: dict[tuple[UUID | None, UUID], int] = {
            (None, sku): row["on_hand"] - row["held"] - row["allotted"] for sku, row in seen.stock.items()
        }
        free |= {where: row["units"] - row["held"] for where, row in seen.pools.items() if row["open"]}
        seats: dict[UUID, set[UUID]] = {team: set() for team in seen.teams}
        used: Counter[tuple[UUID, UUID]] = Counter()
        for seat in seen.seats.values():
            if seat["state"] in ("held", "taken"):
                seats[seat["team_id"]].add(seat["person_id"])
                used[seen.teams[seat["team_id"]]["campaign_id"], seat["person_id"]] += seat["units"]
        regulars = {order["person_id"] for order in seen.orders.values() if order["state"] in LIVE}
        points = Counter({who.id: seen.points_of(who.id, began) for who in books.people})
        coupons = {
            id: (row["person_id"], row["template_id"], row["state"], row["valid_until"])
            for id, row in seen.coupons.items()
        }
        return cls(books, seen, began, ended, free, seats, coupons, points, dict(seen.carts), used, regulars)

    # ── reasons ──
    def over(self, deadline: Instant | None) -> tuple[bool, bool]:
        """(it may be over, it is over for sure)."""
        return (False, False) if deadline is None else (self.ended >= deadline, self.began >= deadline)

    def why_not(self, command: Any) -> Reasons:
        if isinstance(command, PlaceOrder):
            return self._why_not_place(command)
        if isinstance(command, TakeCoupon):
            assert command.template is not None, "nobody here has a code"
            had = sum((person, of) == (command.actor, command.template) for person, of, _, _ in self.coupons.values())
            most = self.books.kinds[command.template].per_person
            return {"promotions.taken_enough": ({"most": most}, True)} if had >= most else {}
        if isinstance(command, StartAttempt):
            return self._why_not_start(command)
        if isinstance(command, OpenTeam):
            terms = self.books.campaigns[command.campaign]
            found: Reasons = {}
            may, sure = self.over(terms.ends_at)
            if may or self.seen.campaigns[terms.id] != "running":
                found["groupbuy.campaign_over"] = ({}, sure or self.seen.campaigns[terms.id] != "running")
            return found | self._why_not_buy(command, terms)
        return self._why_not_join(command)

    def _why_not_join(self, command: JoinTeam) -> Reasons:
        team = self.seen.teams[command.team]
        found: Reasons = {}
        if command.actor in self.seats[command.team]:
            found["groupbuy.already_seated"] = ({}, True)
        may, sure = self.over(team["deadline"])
        if team["state"] == "opening":
            found["groupbuy.team_not_open"] = ({}, True)
        elif team["state"] != "gathering" or may:
            found["groupbuy.team_over"] = ({}, sure or team["state"] != "gathering")
        elif len(self.seats[command.team]) >= team["size"]:
            found["groupbuy.team_full"] = ({}, True)
        return found | self._why_not_buy(command, self.books.campaigns[team["campaign_id"]])

    def _why_not_buy(self, command: OpenTeam | JoinTeam, terms: Terms) -> Reasons:
        if command.sku not in terms.prices:
            return {NOT_FOUND: ({}, True)}
        found: Reasons = {}
        if not 1 <= command.units <= terms.units_per_order_max:
            found["orders.units_invalid"] = ({"most": terms.units_per_order_max}, True)
        if terms.audience == "newcomers" and command.actor in self.regulars:
            found["groupbuy.newcomers_only"] = ({}, True)
        if terms.units_per_person_max is not None:
            left = terms.units_per_person_max - self.used[terms.id, command.actor]
            if command.units > left:
                found["groupbuy.person_limit"] = ({"left": max(left, 0), "most": terms.units_per_person_max}, True)
        forbidden, total = self._why_not_pay(command)
        return found | forbidden | self._why_not_deliver(command, [(command.sku, command.units)], total, terms.id)

    def _why_not_place(self, command: PlaceOrder) -> Reasons:
        wanted: Counter[UUID] = Counter()
        for sku, units in command.items:
            wanted[sku] += units
        found: Reasons = {}
        if not command.items or any(
            not 1 <= n <= UNITS_MAX for n in (*wanted.values(), *(n for _, n in command.items))
        ):
            found["orders.units_invalid"] = ({}, True)
        if command.from_cart and any(self.carts.get((command.actor, sku)) != units for sku, units in wanted.items()):
            found["carts.changed"] = ({}, True)
        forbidden, total = self._why_not_pay(command)
        return found | forbidden | self._why_not_deliver(command, wanted.items(), total, None)

    def _why_not_pay(self, command: Buying) -> tuple[Reasons, int | None]:
        """What forbids these coupons and points, and what is to be paid if nothing does."""
        found: Reasons = {}
        for place, coupon in enumerate(command.coupons):
            person, _, state, until = self.coupons[coupon]
            may, sure = self.over(until)
            if person != command.actor:
                found[NOT_FOUND] = ({}, True)
            elif may:
                found["promotions.coupon_over"] = ({}, sure)
            if state != "free" or coupon in command.coupons[:place]:
                found["promotions.coupon_spent"] = ({}, True)
        if command.points > self.points[command.actor]:
            found["points.short"] = ({"left": self.points[command.actor]}, True)
        if any(units < 1 for _, units in items_of(command)) or self._region(command) is None:
            return found, None  # where it goes and how much it is are asked before the price
        bill = self._bill(command)
        if isinstance(bill, tuple):
            return found | {bill[0]: (bill[1], True)}, None
        return found, bill.total_minor

    def _region(self, command: Buying) -> str | None:
        """Where his own address is that he named; None if it is not his."""
        own = (p.region for p in self.books.people if p.id == command.actor and p.address == command.address)
        return next(own, None)

    def _terms(self, command: Buying) -> Terms | None:
        if isinstance(command, PlaceOrder):
            return None
        team = self.seen.teams[command.team] if isinstance(command, JoinTeam) else None
        return self.books.campaigns[team["campaign_id"] if team else command.campaign]  # type: ignore[union-attr]

    def _bill(self, command: Buying) -> Bill | tuple[str, dict[str, Any]]:
        chosen = [(coupon, self.books.kinds[self.coupons[coupon][1]]) for coupon in command.coupons]
        region, terms = self._region(command), self._terms(command)
        assert region is not None, "asked before the price"
        return bill_of(self.books, items_of(command), chosen, command.points, region, terms)

    def _why_not_deliver(
        self, command: Any, wanted: Iterable[tuple[UUID, int]], total: int | None, campaign: UUID | None
    ) -> Reasons:
        """`total`: what is to be paid, None if it cannot be said because something else forbids it."""
        found: Reasons = {}
        for sku, units in wanted:
            if not self.books.wares[sku].is_listed:
                found["catalog.product_off"] = ({}, True)
            free = self.free[self._pool(campaign, sku)]
            if units > free > 0:
                lefts = found.get("supply.not_enough", ({"left": set()}, True))[0]["left"]
                found["supply.not_enough"] = (
                    {"left": {*lefts, free}},
                    True,
                )  # any of the lines that are short may be told
            elif free <= 0:
                found["supply.sold_out"] = ({}, True)
            if units < 1:
                found[NOT_FOUND] = ({}, False)
        if command.address is None:
            found["orders.address_missing"] = ({}, True)
        elif self._region(command) is None:
            found[NOT_FOUND] = ({}, True)
        if total is not None and command.quoted_minor not in (None, total):
            found["orders.price_changed"] = ({"now_minor": total, "shown_minor": command.quoted_minor}, True)
        return found

    def _why_not_start(self, command: StartAttempt) -> Reasons:
        payable = self.seen.payables[command.payable]
        if payable["person_id"] != command.actor:
            return {NOT_FOUND: ({}, True)}
        found: Reasons = {}
        if payable["applied_minor"] == payable["amount_minor"]:
            found["payments.already_paid"] = ({}, True)
        if self.seen.pending_on(command.payable):
            found["payments.being_confirmed"] = ({}, True)
        may, sure = self.over(payable["pay_by"])
        if may:
            found["payments.time_over"] = ({}, sure)
        return found

    def _pool(self, campaign: UUID | None, sku: UUID) -> tuple[UUID | None, UUID]:
        return (campaign, sku) if (campaign, sku) in self.free else (None, sku)

    # ── taking ──
    def take(self, asked: Asked) -> None:
        """What a success leaves for the next one."""
        command = asked.command
        if isinstance(command, TakeCoupon):
            assert command.template is not None, "as asked above"
            self.coupons[new_uuid()] = (command.actor, command.template, "free", self.ended)
            return
        if isinstance(command, Buying):
            self._take_means(command)
        if isinstance(command, PlaceOrder):
            for sku, units in command.items:
                self.free[None, sku] -= units
        elif isinstance(command, OpenTeam | JoinTeam):
            team = command.team if isinstance(command, JoinTeam) else None
            campaign = self.seen.teams[team]["campaign_id"] if team else command.campaign  # type: ignore[union-attr]
            self.free[self._pool(campaign, command.sku)] -= command.units
            self.used[campaign, command.actor] += command.units
            if team:
                self.seats[team].add(command.actor)
        self.regulars.add(command.actor)

    def _take_means(self, command: Buying) -> None:
        """Coupons, points and lines of a cart are gone with it."""
        bill = self._bill(command)
        if isinstance(bill, Bill):
            self.points[command.actor] -= bill.used
        for coupon in command.coupons:
            person, template, _, until = self.coupons[coupon]
            self.coupons[coupon] = (person, template, "held", until)
        for sku, _ in command.items if isinstance(command, PlaceOrder) and command.from_cart else ():
            self.carts.pop((command.actor, sku), None)

    # ── judging ──
    def why_unlawful(self, asked: Asked, had_effect: bool) -> str | None:
        """Judge one call as if it were alone now; a success (told or found) takes from the shelf."""
        reasons = self.why_not(asked.command)
        if had_effect:
            if sure := sorted(code for code, (_, holds) in reasons.items() if holds):
                return f"{asked.verb} was granted although {', '.join(sure)}"
            self.take(asked)
            return None
        if not asked.is_known:
            return None
        if asked.code not in reasons:
            return f"{asked.verb} answered {asked.answer!r}; lawful: {', '.join(sorted(reasons)) or 'success'}"
        expected = reasons[asked.code][0]
        if any(asked.answer.data.get(name) not in _either(value) for name, value in expected.items()):
            return f"{asked.verb} answered {asked.answer!r}; its data should say {expected}"
        return None


def _either(value: Any) -> Any:
    return value if isinstance(value, set) else (value,)


def judge(account: Account, made: dict[int, frozenset[UUID]], books: Books, before: Seen, ended: Instant) -> list[str]:
    """What was answered unlawfully. `made`: what each call made, by its place, also where its answer was lost."""
    wrong: list[str] = []
    fresh: list[tuple[Asked, bool]] = []
    for place, asked in enumerate(account.asked):
        if not hasattr(asked.command, "key"):
            continue
        known = books.effects.get((asked.verb, asked.command.actor, asked.command.key))
        if known is None:
            twin = next((one for one, did in fresh if one.command == asked.command and did), None)
            if twin is None or asked.code:
                fresh.append((asked, bool(made.get(place))))
            elif asked.is_known and twin.is_known and asked.answer != twin.answer:
                wrong.append(f"{asked.verb} pressed twice answered {twin.answer!r} and {asked.answer!r}")
        elif made.get(place):
            wrong.append(f"{asked.verb} was done a second time under one key")
        elif known.command != asked.command:
            if asked.is_known and asked.code != "idempotency.key_reused":
                wrong.append(f"{asked.verb} with another input under its key answered {asked.answer!r}")
        elif asked.is_known and (isinstance(asked.answer, Refusal) or made_by(asked.answer) != known.made
                                 or known.answer not in (None, asked.answer)):  # fmt: skip
            wrong.append(f"{asked.verb} asked again answered {asked.answer!r}, not {known.answer or known.made!r}")
    orders = permutations(fresh) if account.is_race else [tuple(fresh)]
    found: list[str] | None = None
    for order in orders:
        unlawful = _in_order(order, Shelf.of(books, before, account.began, ended))
        if not unlawful:
            return wrong
        found = unlawful if found is None else found
    return wrong + (found or [])


def _in_order(calls: Sequence[tuple[Asked, bool]], shelf: Shelf) -> list[str]:
    return [why for asked, had_effect in calls if (why := shelf.why_unlawful(asked, had_effect))]


def pay_by_of(asked: Asked, books: Books, before: Seen, moment: Instant) -> Instant:
    """Until when an order placed at this moment may be paid."""
    command = asked.command
    if isinstance(command, PlaceOrder):
        return moment + timedelta(seconds=PAY_SECONDS_ALONE)
    if isinstance(command, OpenTeam):
        return moment + timedelta(seconds=books.campaigns[command.campaign].pay_seconds)
    team = before.teams[command.team]
    soon = moment + timedelta(seconds=books.campaigns[team["campaign_id"]].pay_seconds)
    return min(soon, team["deadline"] or soon)
