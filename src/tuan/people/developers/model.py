"""Keys, scopes, endpoints and deliveries: pure words and rules."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

import msgspec

from tuan.kit import facts, ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.developers.errors import FactUnknown, NameInvalid, ScopeUnknown

KeyId = NewType("KeyId", UUID)
EndpointId = NewType("EndpointId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
EventId = NewType("EventId", UUID)

KEY: ids.IdKind[KeyId] = ids.IdKind("key")
ENDPOINT: ids.IdKind[EndpointId] = ids.IdKind("hook")
DELIVERY: ids.IdKind[DeliveryId] = ids.IdKind("dlv")
EVENT: ids.IdKind[EventId] = ids.IdKind("evt")

PUBLIC_IDS: dict[str, ids.IdKind[UUID]] = {
    "order": ids.IdKind("ord"),
    "team": ids.IdKind("team"),
    "refund": ids.IdKind("ref"),
    "withdrawal": ids.IdKind("out"),
    "invoice": ids.IdKind("inv"),
    "red": ids.IdKind("red"),
    "shop": ids.IdKind("shop"),
    "sign_off": ids.IdKind("sign"),
    "commission": ids.IdKind("comm"),
    "person": ids.IdKind("person"),
    "course": ids.IdKind("course"),
    "season": ids.IdKind("season"),
    "application": ids.IdKind("apl"),
    "licence": ids.IdKind("lic"),
    "proposal": ids.IdKind("prp"),
}
"""How the ids in facts are shown, by the name of their field. A test holds them to the modules above that own them."""

BUYER_SCOPES = ("account.read", "account.write", "orders.read", "orders.write")
SUPPLIER_SCOPES = (
    "goods.read", "goods.write", "stock.read", "stock.write", "imports.read", "imports.write", "shipments.read", "shipments.write",
    "settlement.read", "settlement.write", "figures.read", "declarations.read",
)  # fmt: skip
SHOP_SCOPES = ("shop.read", "shop.write")
MARKET_SCOPES = (
    "events.read",
    "webhooks.read",
    "webhooks.write",
    "reconciliation.read",
    "reconciliation.write",
    "links.read",
    "links.write",
    "insight.read",
    "law.read",
    "law.write",
    "planner.read",
    "planner.write",
    "plans.read",
    "plans.write",
    "growth.read",
    "growth.write",
    "promotions.read",
    "promotions.write",
    "organisations.read",
    "organisations.write",
    "campaigns.read",
    "campaigns.write",
    "payments.read",
    "payments.write",
    "refunds.read",
    "refunds.write",
    "payouts.read",
    "payouts.write",
    "fees.read",
    "fees.write",
    "points.read",
    "points.write",
    "shops.read",
    "shops.write",
    "rules.write",
    "domains.write",
    "suppliers.read",
    "suppliers.write",
)
"""Of the whole market: nobody has them by signing in, and a key has them for as long as its owner works in the office and may."""
SCOPES = (*BUYER_SCOPES, *SUPPLIER_SCOPES, *SHOP_SCOPES, *MARKET_SCOPES)
PERSONAL_SCOPES = frozenset((*BUYER_SCOPES, *SUPPLIER_SCOPES, *SHOP_SCOPES))
"""What a signed-in person may do through the API: all that he may do on the pages."""

KEY_START = "tuan_"
KEY_BYTES = 32
NAME_LENGTH_MAX = 80
ENDPOINTS_MAX = 10
OVERLAP = timedelta(hours=24)
"""So long a secret that was replaced still signs beside the new one."""

MINUTE, HOUR = 60, 3600
PAUSES_SECONDS = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""After each try that was not taken; the schedule that Standard Webhooks recommends, three days and three hours in all."""
TRIES_MAX = len(PAUSES_SECONDS) + 1


class DeliveryState(StrEnum):
    DUE = "due"
    DELIVERED = "delivered"
    PARKED = "parked"


S = DeliveryState
DELIVERY_STATES = states.table({S.DUE: {S.DELIVERED, S.PARKED}, S.DELIVERED: {S.DUE}, S.PARKED: {S.DUE}}, start=S.DUE)
"""One that ended is due again when somebody asks for it anew."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key as it is shown once."""

    id: KeyId
    text: str


@dataclass(frozen=True, slots=True)
class Caller:
    """The key a request came with: as whom it acts, and within which scopes."""

    key: KeyId
    person: UUID
    scopes: frozenset[str]


def hash_of(text: str) -> bytes:
    """The text is 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(text.encode()).digest()


def why_not_make_key(name: str, scopes: Collection[str]) -> Refusal | None:
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        return NameInvalid(longest=NAME_LENGTH_MAX)
    unknown = next((scope for scope in scopes if scope not in SCOPES), None)
    return ScopeUnknown(scope=unknown[:NAME_LENGTH_MAX]) if unknown is not None else None


def why_not_listen(kinds: Collection[str]) -> Refusal | None:
    """Nothing but declared facts can be waited for; naming none means all."""
    unknown = next((kind for kind in kinds if kind not in facts.kinds), None)
    return FactUnknown(fact=unknown[:NAME_LENGTH_MAX]) if unknown is not None else None


def versions_at(version: int, previous_until: Instant | None, now: Instant) -> tuple[int, ...]:
    """The secrets that sign now, the newest first."""
    return (version, version - 1) if previous_until is not None and now < previous_until else (version,)


def public_data(body: str) -> dict[str, Any]:
    """What a fact says, its ids as they are shown everywhere else."""
    said: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    return {
        name: PUBLIC_IDS[name].show(UUID(value)) if name in PUBLIC_IDS and value is not None else value
        for name, value in said.items()
    }


def message_of(name: str, told_at: Instant, body: str) -> str:
    """An event as it is posted: type, time and data, as Standard Webhooks lays them out."""
    message = {"type": name, "timestamp": told_at, "data": public_data(body)}
    return msgspec.json.encode(message).decode()
