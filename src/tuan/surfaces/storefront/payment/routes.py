"""Paying what a checkout owes: start, ask, hear. An unknown outcome is shown as unknown."""

from typing import Any
from uuid import UUID

import msgspec
import structlog
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.platform.gateways.payment import Charge, QrCode, Redirect
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.payment.beginning import begin, code_of, provider_of, ways_of
from tuan.surfaces.storefront.payment.context import PaymentPage, Provider, WayPage
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments
from tuan.trade.orders.model import ORDER_ID, OrderState
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.model import ATTEMPT_ID, PAYABLE, AttemptState

log = structlog.get_logger()

TEMPLATE = "storefront/payment/page.html"
ENDED = {OrderState.CLOSED, OrderState.CANCELLED, OrderState.FORFEITED}


class AttemptForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    provider: str


class AttemptBody(msgspec.Struct, frozen=True, kw_only=True):
    """A started attempt; `url` is where the buyer goes on at the provider."""

    attempt: str
    url: str


@get("/pay/{payable:str}", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit], payable: FromPath[str]) -> Response[Any]:
    found = read_id(PAYABLE, payable)
    asked_at = await ask_provider(visit, found) if visit.query.get("ask") == "1" else None
    async with visit.reading() as work:
        page = await _page(work, visit, found, asked_at)
    return visit.page(TEMPLATE, page, blocks=("outcome",))


@post("/pay/{payable:str}/attempts", opt=SIGNED_IN)
async def start(visit: NamedDependency[Visit], payable: FromPath[str]) -> Response[Any]:
    """Start an attempt, then tell the provider; if he does not answer, the attempt stays pending and is asked about."""
    found = read_id(PAYABLE, payable)
    form = await visit.form(AttemptForm)
    provider, account = provider_of(visit, form.provider)
    command = StartAttempt(visit.person, form.key, found, provider.name, account.merchant, account.app)
    outcome = await visit.submit(payments.start_attempts, command)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("To the payment"), url=f"/pay/{payable}"))
    shown = await begin(visit, provider, outcome)
    url = f"/pay/{payable}" if shown is None else f"/pay/{payable}/way"
    if isinstance(shown, Redirect) and shown.url.startswith("/"):
        url = shown.url
    return visit.go_on(url, AttemptBody(attempt=ATTEMPT_ID.show(outcome), url=url), status=201)


@get("/pay/{payable:str}/way", opt=SIGNED_IN)
async def show_way(visit: NamedDependency[Visit], payable: FromPath[str]) -> Response[Any]:
    """What the provider wants the payer to be shown. Telling him again of the same attempt starts no second payment."""
    found = read_id(PAYABLE, payable)
    async with visit.reading() as work:
        row = await payments.access_payable(work, found, visit.person)
        if row["pending_attempt"] is None:
            return visit.go_on(f"/pay/{payable}")
        attempt = await payments.access_attempt(work, row["pending_attempt"], visit.person)
    provider, _ = provider_of(visit, attempt["provider"])
    shown = await begin(visit, provider, attempt["id"])
    page = WayPage(
        payable=payable,
        url=f"/pay/{payable}",
        amount=showing.amount(visit, attempt["amount_minor"]),
        provider=showing.provider_name(visit, provider.name),
        go_url=shown.url if isinstance(shown, Redirect) else "",
        code=code_of(shown.content) if isinstance(shown, QrCode) else None,
        pay_by=row["pay_by"],
    )
    return visit.page("storefront/payment/way.html", page)


@get("/pay/{payable:str}/way/news", opt=SIGNED_IN)
async def hear_news(visit: NamedDependency[Visit], payable: FromPath[str]) -> Response[Any]:
    """204 while the outcome is unknown, then the way back to the payment; the page with the code asks again and again."""
    async with visit.reading() as work:
        row = await payments.access_payable(work, read_id(PAYABLE, payable), visit.person)
    if row["pending_attempt"] is not None:
        return Response(content=None, status_code=204)
    return Response(content="", status_code=200, media_type="text/plain", headers={"HX-Redirect": f"/pay/{payable}"})


async def ask_provider(visit: Visit, payable: UUID) -> Instant | None:
    """Ask the provider about the pending attempt, and apply what he says as his own notice would be.

    When he was asked, or None where nothing is pending or he does not answer.
    """
    async with visit.reading() as work:
        row = await payments.access_payable(work, payable, visit.person)
        if row["pending_attempt"] is None:
            return None
        attempt = await payments.access_attempt(work, row["pending_attempt"], visit.person)
        asked_at = work.now
    charge = Charge(visit.market.id, attempt["id"], attempt["amount_minor"], attempt["currency"])
    try:
        notices = await visit.front.house.providers[attempt["provider"]].query([charge])
    except Exception as error:
        log.warning("payment.query_unknown", provider=attempt["provider"], error=repr(error))
        return None
    for notice in notices:
        await visit.submit(orders.apply_notices, notice)
    return asked_at


async def _page(work: Work, visit: Visit, payable: UUID, asked_at: Instant | None) -> PaymentPage:
    row = await payments.access_payable(work, payable, visit.person)
    covered = await orders.of_payable(work, payable)
    ids = [order["id"] for order in covered]
    lines = [line for of in (await orders.lines_of(work, ids)).values() for line in of]
    team, needed = await _team(work, visit, ids)
    state = state_of(row, covered, work.now)
    is_open = state == "open"
    names = visit.gettext("%(name)s and more", name=lines[0]["title"]) if len(lines) > 1 else lines[0]["title"]
    return PaymentPage(
        payable=PAYABLE.show(payable),
        url=f"/pay/{PAYABLE.show(payable)}",
        state=state,  # type: ignore[arg-type]
        amount=showing.amount(visit, row["amount_minor"]),
        purpose=names,
        providers=[
            Provider(provider=name, name=showing.provider_name(visit, name), is_sandbox=name == "sandbox")
            for name in ways_of(visit)
        ],
        key=visit.fresh_key() if is_open else "",
        pay_by=row["pay_by"] if is_open else None,
        asked_at=asked_at,
        is_silent=state == "confirming" and asked_at is None and visit.query.get("ask") == "1",
        declined_because=visit.gettext("The payment was declined. Nothing was taken; you can try again.")
        if is_open and row["last_state"] == AttemptState.DECLINED
        else None,
        closed_because=_why_closed(visit, row, covered, work.now) if state == "closed" else None,
        resume_url=await _resume_url(work, visit, payable, row["pending_attempt"]) if state == "confirming" else None,
        order_url=f"/orders/{ORDER_ID.show(ids[0])}" if len(ids) == 1 else "/orders",
        team_url=f"/t/{TEAM_ID.show(team)}" if team else None,
        seats_needed=needed,
    )


async def _resume_url(work: Work, visit: Visit, payable: UUID, attempt: UUID) -> str:
    """Where the same attempt goes on: the sandbox has a page of its own here, the others are shown the way again."""
    provider = (await payments.access_attempt(work, attempt, visit.person))["provider"]
    return f"/sandbox/{ATTEMPT_ID.show(attempt)}" if provider == "sandbox" else f"/pay/{PAYABLE.show(payable)}/way"


def state_of(row: Any, covered: list[Any], now: Instant) -> str:
    all_ended = all(order["state"] in ENDED for order in covered)
    if row["applied_minor"] == row["amount_minor"]:
        return "returned" if all_ended else "paid"
    if row["pending_attempt"] is not None:
        return "confirming"
    is_early = row["pay_from"] is not None and now < row["pay_from"]
    return "closed" if all_ended or is_early or now >= row["pay_by"] else "open"


def _why_closed(visit: Visit, row: Any, covered: list[Any], now: Instant) -> str:
    if row["pay_from"] is not None and now < row["pay_from"]:
        return visit.gettext(
            "It is too early to pay the balance; your order says from when. Nothing was taken from you."
        )
    if any(order["end_reason"] not in (None, "unpaid") for order in covered):
        return visit.gettext("This order was cancelled. Nothing was taken from you.")
    return visit.gettext("The time to pay is over. Nothing was taken from you.")


async def _team(work: Work, visit: Visit, ids: list[UUID]) -> tuple[UUID | None, int | None]:
    """The team these orders sit in, and how many seats it lacks once the viewer's own payment has been heard."""
    seats = await groupbuy.teams_of_orders(work, ids)
    if not seats:
        return None, None
    team = next(iter(seats.values()))["team_id"]
    size = (await groupbuy.access_team(work, team))["size"]
    # Counted in one statement: the relay may be taking the viewer's seat at this moment.
    everybody = (await groupbuy.seats_of(work, [team]))[team]
    there = [s for s in everybody if s["state"] == "taken" or (s["state"] == "held" and s["order_id"] in ids)]
    return team, max(size - len(there), 0)


HANDLERS = (show, start, show_way, hear_news)
