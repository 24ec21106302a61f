"""Programs: the keys they come with, the webhooks they listen on, and what was posted there."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit import facts
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import accounts, developers, parties
from tuan.people.accounts.model import masked_name
from tuan.people.developers.model import (
    DELIVERY,
    ENDPOINT,
    EVENT,
    KEY,
    MARKET_SCOPES,
    SUPPLIER_SCOPES,
    DeliveryState,
)
from tuan.people.parties.model import SUPPLIER
from tuan.platform.work import Work
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.acting import acted, read_whole
from tuan.surfaces.backoffice.developers.context import (
    Choice,
    DeliveryRow,
    DevelopersPage,
    HookCard,
    KeyCard,
    ToldPage,
    Try,
    WebhookPage,
)
from tuan.surfaces.backoffice.tables import Tone
from tuan.surfaces.web.errors import FieldInvalid, NotPermitted
from tuan.surfaces.web.once import remembered
from tuan.surfaces.web.pages import Place, Step
from tuan.surfaces.web.policies import MEMBER_SCOPES, staff
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

PLACE = Place(name="developers", label="Programs", url="/office/developers", permission="developers.see", icon="share")
EDIT = staff("developers.edit", fresh=True)
SCOPES = (*SUPPLIER_SCOPES, *MARKET_SCOPES)
"""What the office gives away. A buyer's scopes are not among them: nobody of staff makes a key that buys for others, or reads
what is theirs alone; who buys signs in by himself."""
FIELDS = {scope: scope.replace(".", "_") for scope in SCOPES}
"""By scope the name of its box in the form."""
DELIVERY_TONES: dict[str, Tone] = {"due": "amber", "delivered": "leaf", "parked": "ripe"}
DAYS_MAX = 3650

KeyForm = msgspec.defstruct(
    "KeyForm",
    [("key", str), ("name", str), ("supplier", str, ""), ("days", str, ""), ("reason", str),
     *((field, str, "") for field in FIELDS.values())],
    frozen=True, kw_only=True,
)  # fmt: skip
"""One box per scope; what is not ticked is not sent. `days`: so long it is good, empty for as long as nobody revokes it."""


class HookForm(msgspec.Struct, frozen=True, kw_only=True):
    """`kinds` are names of events with spaces between them; none are all."""

    key: str
    url: str
    kinds: str = ""
    reason: str


class ReasonForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    reason: str


@get("/office/developers", opt=staff("developers.see"))
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    may_edit = visit.may("developers.edit")
    async with visit.reading() as work:
        keys, hooks = await developers.list_keys(work), await developers.list_endpoints(work)
        names = await accounts.names(work, {row["owner_id"] for row in keys})
        sellers = await parties.suppliers(work) if may_edit else []
        now = work.now
    page = DevelopersPage(
        keys=[_key(visit, row, names.get(row["owner_id"], ""), now) for row in keys],
        hooks=[_hook(row, now) for row in hooks],
        owners=[
            Choice(value="", label=visit.gettext("Myself")),
            *(Choice(value=SUPPLIER.show(row["id"]), label=row["name"]) for row in sellers),
        ],
        scopes=[(place, list(boxes)) for place, boxes in groupby(FIELDS.items(), key=_place_of)],
        kinds=sorted(facts.kinds),
        form_key=visit.fresh_key(),
        may_edit=may_edit,
    )
    return visit.page("backoffice/developers/page.html", page, place=PLACE.name)


# ── keys ──
@post("/office/developers/keys", opt=EDIT)
async def make_key(visit: NamedDependency[Visit]) -> Response[Any]:
    """A key that acts as the member himself or as a supplier; its text stands in this answer and nowhere else."""
    form: Any = await visit.form(KeyForm)
    scopes = [scope for scope, field in FIELDS.items() if getattr(form, field)]
    days = min(read_whole(form.days, "days"), DAYS_MAX) if form.days else None
    supplier = read_id(SUPPLIER, form.supplier) if form.supplier else None
    members = [scope for scope in scopes if scope in MEMBER_SCOPES]
    if supplier is not None and members:
        raise Refused(FieldInvalid(field="supplier"))
    asked = (permission for scope in members for permission in MEMBER_SCOPES[scope])
    if missing := next((one for one in asked if not visit.may(one)), None):
        raise Refused(NotPermitted(permission=missing))
    text = ""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        nonlocal text
        if refusal := saying.why_not(form.reason):
            return refusal
        owner = visit.person if supplier is None else await parties.owner_of(work, supplier)
        expires_at = work.now + timedelta(days=days) if days else None
        made = await developers.make_key(work, owner, form.name, scopes, expires_at=expires_at, reason=form.reason)
        if isinstance(made, Refusal):
            return made
        text = made.text
        return {"api_key": KEY.show(made.id)}

    subject = "\n".join((form.name, form.supplier, form.days, form.reason, *scopes))
    outcome = await remembered(visit, "office.make_key", form.key, subject, act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, _back(visit, PLACE.url))
    page = ToldPage(is_key=True, name=form.name, text=text, back_url=PLACE.url)
    return visit.page("backoffice/developers/told.html", page, place=PLACE.name)


@post("/office/developers/keys/{api_key:str}/revocation", opt=EDIT)
async def revoke_key(visit: NamedDependency[Visit], api_key: FromPath[str]) -> Response[Any]:
    found = read_id(KEY, api_key)
    form = await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        return await developers.revoke_key(work, found, reason=form.reason)

    return await acted(visit, "office.revoke_key", form.key, form.reason, api_key, act, PLACE.url)


# ── webhooks ──
@post("/office/developers/webhooks", opt=EDIT)
async def add_webhook(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(HookForm)
    kinds, poster = form.kinds.split(), visit.front.house.poster

    async def act(work: Work) -> Refusal | dict[str, Any]:
        if refusal := saying.why_not(form.reason):
            return refusal
        made = await developers.add_endpoint(work, form.url, kinds, poster, reason=form.reason)
        return made if isinstance(made, Refusal) else {"webhook": ENDPOINT.show(made), "version": 1}

    subject = "\n".join((form.url, form.reason, *kinds))
    return await _tell_secret(visit, "office.add_webhook", form.key, subject, act, PLACE.url)


@get("/office/developers/webhooks/{webhook:str}", opt=staff("developers.see"))
async def show_webhook(visit: NamedDependency[Visit], webhook: FromPath[str]) -> Response[Any]:
    """One webhook, and its log: what was and is owed to it, newest first, with every try."""
    found = read_id(ENDPOINT, webhook)
    async with visit.reading() as work:
        row = await developers.access_endpoint(work, found)
        log = await developers.deliveries_of(work, found, after=visit.query.get("page"))
        tries = await developers.tries_of(work, [one["id"] for one in log.items])
        now = work.now
    page = WebhookPage(
        hook=_hook(row, now),
        deliveries=[_delivery(visit, one, tries[one["id"]]) for one in log.items],
        next_url=visit.url_with(page=log.next_key) if log.next_key else None,
        form_key=visit.fresh_key(),
        may_edit=visit.may("developers.edit"),
    )
    return visit.page("backoffice/developers/webhook.html", page, place=PLACE.name)


@post("/office/developers/webhooks/{webhook:str}/secret", opt=EDIT)
async def rotate_secret(visit: NamedDependency[Visit], webhook: FromPath[str]) -> Response[Any]:
    """A new secret, shown here; for a day the one before signs beside it."""
    found = read_id(ENDPOINT, webhook)
    form = await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        if refusal := saying.why_not(form.reason):
            return refusal
        version = await developers.rotate_secret(work, found, reason=form.reason)
        return version if isinstance(version, Refusal) else {"webhook": webhook, "version": version}

    return await _tell_secret(visit, "office.rotate_secret", form.key, f"{webhook} {form.reason}", act, _url(found))


@post("/office/developers/webhooks/{webhook:str}/removal", opt=EDIT)
async def remove_webhook(visit: NamedDependency[Visit], webhook: FromPath[str]) -> Response[Any]:
    found = read_id(ENDPOINT, webhook)
    form = await visit.form(ReasonForm)

    async def act(work: Work) -> Refusal | None:
        return await developers.remove_endpoint(work, found, reason=form.reason)

    return await acted(visit, "office.remove_webhook", form.key, form.reason, webhook, act, PLACE.url)


@post("/office/developers/deliveries/{delivery:str}/tries", opt=staff("developers.edit"))
async def send_again(visit: NamedDependency[Visit], delivery: FromPath[str]) -> Response[Any]:
    """An ended delivery is posted anew, under the same number, which a receiver that has it already drops."""
    found = read_id(DELIVERY, delivery)
    form = await visit.form(ReasonForm)
    async with visit.reading() as work:
        endpoint = await developers.endpoint_of(work, found)
    if endpoint is None:
        raise Refused(NotFound())

    async def act(work: Work) -> Refusal | None:
        return await developers.send_again(work, found, reason=form.reason)

    return await acted(visit, "office.send_again", form.key, form.reason, delivery, act, _url(endpoint))


async def _tell_secret(visit: Visit, verb: str, key: str, subject: str, act: Any, url: str) -> Response[Any]:
    """The secret that an act made; it is derived, so that the same form sent again shows the same one."""
    outcome = await remembered(visit, verb, key, subject, act)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, _back(visit, url))
    endpoint: UUID = read_id(ENDPOINT, outcome["webhook"])
    secret = visit.front.house.poster.secret_of(visit.market.id, endpoint, outcome["version"])
    page = ToldPage(is_key=False, name=outcome["webhook"], text=secret, back_url=_url(endpoint))
    return visit.page("backoffice/developers/told.html", page, place=PLACE.name)


def _place_of(box: tuple[str, str]) -> str:
    return box[0].partition(".")[0]


def _back(visit: Visit, url: str) -> Step:
    return Step(label=visit.gettext("Back"), url=url)


def _url(endpoint: UUID) -> str:
    return f"{PLACE.url}/webhooks/{ENDPOINT.show(endpoint)}"


def _key(visit: Visit, row: Any, owner: str, now: Instant) -> KeyCard:
    state, tone = _state(visit, row, now)
    return KeyCard(
        api_key=KEY.show(row["id"]),
        name=row["name"],
        owner=masked_name(owner),
        scopes=row["scopes"],
        made_at=row["made_at"],
        used_at=row["used_at"],
        expires_at=row["expires_at"],
        state=state,
        tone=tone,
        revoke_key=visit.fresh_key() if row["revoked_at"] is None else "",
    )


def _state(visit: Visit, row: Any, now: Instant) -> tuple[str, Tone]:
    if row["revoked_at"] is not None:
        return visit.gettext("revoked"), "stone"
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return visit.gettext("expired"), "stone"
    return visit.gettext("active"), "leaf"


def _hook(row: Any, now: Instant) -> HookCard:
    until = row["previous_until"]
    return HookCard(
        webhook=ENDPOINT.show(row["id"]),
        url=_url(row["id"]),
        address=row["url"],
        kinds=row["kinds"],
        made_at=row["made_at"],
        overlap_until=until if until is not None and until > now else None,
    )


def _delivery(visit: Visit, row: Any, tries: list[Any]) -> DeliveryRow:
    words = {
        "due": visit.gettext("Being sent"),
        "delivered": visit.gettext("Delivered"),
        "parked": visit.gettext("Given up"),
    }
    return DeliveryRow(
        delivery=DELIVERY.show(row["id"]),
        event=EVENT.show(row["fact_id"]),
        type=row["name"],
        state=words[row["state"]],
        tone=DELIVERY_TONES[row["state"]],
        made_at=row["made_at"],
        next_try_at=row["next_attempt_at"],
        tries=[Try(at=one["at"], answer=one["answer"]) for one in tries],
        again_key=visit.fresh_key() if row["state"] != DeliveryState.DUE else "",
    )


HANDLERS = (show, make_key, revoke_key, add_webhook, show_webhook, rotate_secret, remove_webhook, send_again)
