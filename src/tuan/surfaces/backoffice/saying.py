"""What several places of the office say alike: states with their tone, numbers, links, the field of reasons."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.accounts.model import PERSON, masked_name
from tuan.platform import audit
from tuan.surfaces.backoffice.tables import Cell, Tone
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import ORDER_ID, number_of

ORDER_TONES: Mapping[str, Tone] = {
    "placed": "ripe", "deposited": "amber", "paid": "leaf", "gathering": "amber", "to_ship": "ripe", "shipped": "leaf", "received": "leaf",
}  # fmt: skip
REFUND_TONES: Mapping[str, Tone] = {"due": "amber", "stuck": "ripe", "done": "leaf"}
ATTEMPT_TONES: Mapping[str, Tone] = {"pending": "amber", "captured": "leaf", "disputed": "ripe"}


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with one of its values, as a link."""

    label: str
    url: str
    is_chosen: bool


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done, from the audit."""

    action: str
    reason: str
    by: str
    at: datetime


def order_states(visit: Visit) -> dict[str, str]:
    """The states of an order in the words of the office, in the order of its life."""
    return {
        "placed": visit.gettext("To be paid"),
        "deposited": visit.gettext("Deposit paid"),
        "paid": visit.gettext("Paid"),
        "gathering": visit.gettext("Gathering"),
        "to_ship": visit.gettext("To ship"),
        "shipped": visit.gettext("Shipped"),
        "received": visit.gettext("Received"),
        "completed": visit.gettext("Done"),
        "cancelled": visit.gettext("Given back"),
        "closed": visit.gettext("Closed unpaid"),
        "forfeited": visit.gettext("Deposit kept"),
    }


def refund_states(visit: Visit) -> dict[str, str]:
    return {
        "due": visit.gettext("On its way"),
        "stuck": visit.gettext("Needs a hand"),
        "done": visit.gettext("Arrived"),
    }


def attempt_states(visit: Visit) -> dict[str, str]:
    return {
        "pending": visit.gettext("Being confirmed"),
        "captured": visit.gettext("Money is here"),
        "declined": visit.gettext("Declined"),
        "closed": visit.gettext("Closed"),
        "disputed": visit.gettext("Disputed"),
    }


def refund_reasons(visit: Visit) -> dict[str, str]:
    """The reasons that the program gives itself; what a person typed is shown as it is."""
    return {
        "excess": visit.gettext("Came too much"),
        "late_payment": visit.gettext("Paid too late"),
        "price_fell": visit.gettext("More people came, and the price fell"),
        "team_lapsed": visit.gettext("The team lapsed"),
        "left_team": visit.gettext("Left the team"),
        "unsaid": visit.gettext("Cancelled without a reason"),
        "changed_mind": visit.gettext("Changed his mind"),
        "wrong_order": visit.gettext("Ordered the wrong thing"),
        "too_slow": visit.gettext("Took too long"),
    }


def chips(visit: Visit, field: str, choices: Iterable[tuple[str, str]]) -> list[Chip]:
    """All, and each of the choices (value, label); the other fields of the address stay."""
    now = visit.query.get(field, "")
    every = [("", visit.gettext("All")), *choices]
    return [
        Chip(label=label, url=visit.url_with(**{field: value or None, "page": None}), is_chosen=now == value)
        for value, label in every
    ]


def order_url(order: UUID) -> str:
    return f"/office/orders/{ORDER_ID.show(order)}"


def person_url(person: UUID) -> str:
    return f"/office/people/{PERSON.show(person)}"


def order_cell(visit: Visit, order: UUID | None) -> Cell:
    """An order's number, with the way to it for whoever may go there."""
    if order is None:
        return Cell()
    return Cell(text=number_of(order), url=order_url(order) if visit.may("orders.see") else "")


def person_cell(visit: Visit, person: UUID, name: str) -> Cell:
    return Cell(text=masked_name(name), url=person_url(person) if visit.may("people.see") else "")


def money(visit: Visit, minor: int) -> Money:
    return Money(minor, visit.market.currency)


def day_start(visit: Visit, now: Instant, days_ago: int = 0) -> Instant:
    """Midnight in the market's time zone, so many days ago."""
    there = now.astimezone(visit.market.zone) - timedelta(days=days_ago)
    return there.replace(hour=0, minute=0, second=0, microsecond=0)


def why_not(reason: str) -> Refusal | None:
    return audit.why_not_reason(reason)


def acts(rows: Iterable[Any], names: Mapping[UUID, str]) -> list[Act]:
    """Rows of the audit about one thing, with who did it; what the house did itself has no name."""
    return [
        Act(action=row["action"], reason=row["reason"], by=names.get(row["actor_id"], ""), at=row["at"]) for row in rows
    ]
