"""News for programs: the feed of events, and webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import developers
from tuan.people.developers.model import DELIVERY, ENDPOINT, EVENT, public_data
from tuan.platform.gateways.posting import URL_LENGTH_MAX
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, DeliveryId, EndpointId, EventId, Listing, PageQuery
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

POSITION_MAX = 2**62

FactName = Annotated[
    str, Meta(description="A kind of event.", max_length=80, pattern=NO_NUL, examples=["orders.paid.v1"])
]
Url = Annotated[str, Meta(max_length=URL_LENGTH_MAX, pattern=NO_NUL, examples=["https://erp.example.com/tuan"])]
Secret = Annotated[str, Meta(description="Shown now; keep it.", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class EventQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cursor of the page before; 0 is the beginning."""

    after: Annotated[int, Meta(ge=0, le=POSITION_MAX, examples=[0])] = 0
    size: Annotated[int, Meta(ge=1, le=500, examples=[100])] = 100


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened. `event` is the `webhook-id` under which it is posted; `data` holds ids to look up."""

    position: Annotated[int, Meta(examples=[1])]
    event: EventId
    type: FactName
    timestamp: datetime
    data: Annotated[dict[str, Any], Meta(examples=[{"order": "ord_01kb3v6h2ne5x8q4r7t9w0y1z3"}])]


class Events(Struct, frozen=True, kw_only=True):
    """Events in the order of the feed; ask again with `after=next`, also after an empty page."""

    items: list[Event]
    next: Annotated[int, Meta(examples=[1])]


class NewEndpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to post events; of all kinds where none is named."""

    url: Url
    types: Annotated[list[FactName], Meta(max_length=50)] = []


class Endpoint(Struct, frozen=True, kw_only=True):
    """An address to which events are posted. `secret_changes_until`: so long the secret before still signs too."""

    webhook: EndpointId
    url: Url
    types: list[FactName]
    made_at: datetime
    secret_changes_until: datetime | None


class MadeEndpoint(Struct, frozen=True, kw_only=True):
    """The new webhook, and the secret that signs what is posted to it."""

    webhook: EndpointId
    secret: Secret


class Try(Struct, frozen=True, kw_only=True):
    """One attempt to post: the status that came back, or why none did."""

    at: datetime
    answer: Annotated[str, Meta(examples=["204"])]
    milliseconds: Annotated[int, Meta(examples=[87])]


class Delivery(Struct, frozen=True, kw_only=True):
    """One event owed to one webhook, with its log. `parked`: given up after ten tries, until it is sent again."""

    delivery: DeliveryId
    event: EventId
    type: FactName
    state: Literal["due", "delivered", "parked"]
    next_try_at: datetime | None
    tries: list[Try]


@operation("GET", "/events", scope="events.read")
async def list_events(visit: Visit, query: EventQuery) -> Events:
    """What happened in the market, in an order that never changes and skips nothing.

    A position is given when an event is delivered to the feed, one after another: whoever has read up to a position has
    read all that will ever stand below it, also what was committed late.
    """
    async with visit.reading() as work:
        rows = await developers.events_after(work, query.after, size=query.size)
    items = [
        Event(
            position=row["position"], event=EVENT.show(row["id"]), type=row["name"], timestamp=row["told_at"],
            data=public_data(row["body"]),
        )
        for row in rows
    ]  # fmt: skip
    return Events(items=items, next=items[-1].position if items else query.after)


@operation("GET", "/webhooks", scope="webhooks.read")
async def list_webhooks(visit: Visit) -> Listing[Endpoint]:
    """The market's webhooks, ten at most, the oldest first."""
    async with visit.reading() as work:
        return Listing([_endpoint(row) for row in await developers.list_endpoints(work)])


@operation("POST", "/webhooks", scope="webhooks.write", status=201)
async def add_webhook(visit: Visit, data: NewEndpoint, key: str) -> MadeEndpoint | Refusal:
    """Have events posted to a public https address, signed as Standard Webhooks says."""
    poster = visit.front.house.poster

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await developers.add_endpoint(work, data.url, data.types, poster, reason="API")
        return made if isinstance(made, Refusal) else {"endpoint": ENDPOINT.show(made)}

    outcome = await remembered(visit, "api.add_webhook", key, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else _with_secret(visit, outcome["endpoint"], 1)


@operation("GET", "/webhooks/{webhook}", scope="webhooks.read")
async def show_webhook(visit: Visit, webhook: EndpointId) -> Endpoint:
    """One webhook; its secret was shown when it was made."""
    async with visit.reading() as work:
        return _endpoint(await developers.access_endpoint(work, read_id(ENDPOINT, webhook)))


@operation("DELETE", "/webhooks/{webhook}", scope="webhooks.write", status=204)
async def remove_webhook(visit: Visit, webhook: EndpointId, key: str) -> Refusal | None:
    """Post nothing there any more; what was still owed is parked."""
    found = read_id(ENDPOINT, webhook)

    async def act(work: Work) -> Refusal | None:
        return await developers.remove_endpoint(work, found, reason="API")

    return await once(visit, "api.remove_webhook", key, webhook, act)


@operation("POST", "/webhooks/{webhook}/secret", scope="webhooks.write", status=201)
async def rotate_secret(visit: Visit, webhook: EndpointId, key: str) -> MadeEndpoint | Refusal:
    """Get a new secret; for a day the one before signs every message too, so that nothing is lost while it is changed."""
    found = read_id(ENDPOINT, webhook)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        version = await developers.rotate_secret(work, found, reason="API")
        return version if isinstance(version, Refusal) else {"version": version}

    outcome = await remembered(visit, "api.rotate_secret", key, webhook, act)
    return outcome if isinstance(outcome, Refusal) else _with_secret(visit, webhook, outcome["version"])


@operation("GET", "/webhooks/{webhook}/deliveries", scope="webhooks.read")
async def list_deliveries(visit: Visit, webhook: EndpointId, query: PageQuery) -> Listing[Delivery]:
    """What was and is owed to a webhook, newest first, with every try."""
    found = read_id(ENDPOINT, webhook)
    async with visit.reading() as work:
        await developers.access_endpoint(work, found)
        page = await developers.deliveries_of(work, found, after=query.after, size=query.size)
        tries = await developers.tries_of(work, [row["id"] for row in page.items])
    return Listing([_delivery(row, tries[row["id"]]) for row in page.items], page.next_key)


@operation("POST", "/deliveries/{delivery}/tries", scope="webhooks.write", status=204)
async def send_again(visit: Visit, delivery: DeliveryId, key: str) -> Refusal | None:
    """Post an ended delivery again, under the same `webhook-id`."""
    found = read_id(DELIVERY, delivery)

    async def act(work: Work) -> Refusal | None:
        return await developers.send_again(work, found, reason="API")

    return await once(visit, "api.send_again", key, delivery, act)


def _with_secret(visit: Visit, webhook: str, version: int) -> MadeEndpoint:
    endpoint: UUID = read_id(ENDPOINT, webhook)
    return MadeEndpoint(webhook=webhook, secret=visit.front.house.poster.secret_of(visit.market.id, endpoint, version))


def _endpoint(row: Any) -> Endpoint:
    return Endpoint(
        webhook=ENDPOINT.show(row["id"]), url=row["url"], types=row["kinds"], made_at=row["made_at"],
        secret_changes_until=row["previous_until"],
    )  # fmt: skip


def _delivery(row: Any, tries: list[Any]) -> Delivery:
    return Delivery(
        delivery=DELIVERY.show(row["id"]), event=EVENT.show(row["fact_id"]), type=row["name"], state=row["state"],
        next_try_at=row["next_attempt_at"],
        tries=[Try(at=one["at"], answer=one["answer"], milliseconds=one["milliseconds"]) for one in tries],
    )  # fmt: skip


HANDLERS = (
    list_events,
    list_webhooks,
    add_webhook,
    show_webhook,
    remove_webhook,
    rotate_secret,
    list_deliveries,
    send_again,
)
