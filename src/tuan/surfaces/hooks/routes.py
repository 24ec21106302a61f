"""Callbacks of payment providers and carriers: verify, record, answer. Whoever hears anything but a 2xx sends the notice again."""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import MediaType, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform import limits
from tuan.platform.gateways.payment import Heard, Notice, RefundAnswer, TransferAnswer
from tuan.surfaces.web.policies import HOOK
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders, payments, settlement, shipping

log = structlog.get_logger()

NOTICE_BYTES_MAX = 16 * 1024
WINDOW_SECONDS = 60
WRONG_MAX = 120
"""Of what was not signed now with the right key, in each window from one network address, by all processes together.

What is signed is never counted: a crowd that pays at once is thousands of notices from two or three addresses, and one counter
for all of them would be the slowest row of the house. Whoever has no key writes 120 rows a minute at most, then is refused by a
look at one of them before his body is read. A provider whose key is just being changed meets this limit instead of the wrong
signature; he sends again either way, and is believed in the next minute.
"""


@post("/hooks/{provider:str}", opt=HOOK, request_max_body_size=NOTICE_BYTES_MAX)
async def hear(visit: NamedDependency[Visit], provider: FromPath[str]) -> Response[Any]:
    """Thanks in the provider's own words once it is recorded, be it repeated, stale or put aside; 401, 422, 429 or 503
    where nothing is.

    The signature is what lets in: there is no session, and a form's token would mean nothing to another company.
    """
    gateway = visit.front.house.providers.get(provider)
    if gateway is None or gateway.account(visit.market.id) is None:
        raise Refused(NotFound())
    async with visit.reading() as work:
        now, tired = work.now, await limits.why_not(work, _bucket(visit), most=WRONG_MAX, window_seconds=WINDOW_SECONDS)
    if tired is not None:
        return refuse(visit, tired)
    heard = gateway.read_notice(visit.market.id, visit.headers, await visit.raw(), now)
    outcome = await _count(visit, heard) if isinstance(heard, Refusal) else await _record(visit, provider, heard)
    if isinstance(outcome, Refusal):  # not his, or too many wait; an honest one comes again
        return refuse(visit, outcome)
    log.info("hook.recorded", provider=provider, outcome=outcome)
    if gateway.thanks:
        return Response(content=gateway.thanks, status_code=200, media_type=MediaType.TEXT)
    return Response(content=None, status_code=204)


async def _count(visit: Visit, refusal: Refusal) -> Refusal:
    """The refusal, counted if whoever sent it could not show who he is; or that he tried too often."""
    if refusal.status != HTTPStatus.UNAUTHORIZED:
        return refusal
    async with visit.writing() as work:
        return await limits.take(work, _bucket(visit), most=WRONG_MAX, window_seconds=WINDOW_SECONDS) or refusal


def _bucket(visit: Visit) -> str:
    return f"wrong notices from {visit.client}"


async def _record(visit: Visit, provider: str, heard: Heard) -> str | Refusal:
    """Apply what was told, in a word for the log. A sending that was heard before changes nothing."""
    news = heard.news
    if heard.nonce or isinstance(news, RefundAnswer | TransferAnswer):
        async with visit.writing() as work:
            if heard.nonce and (refusal := await payments.hear_once(work, provider, heard.nonce)):
                return refusal
            if isinstance(news, RefundAnswer):
                await payments.apply_refund_answers(work, [news])
            elif isinstance(news, TransferAnswer):
                await settlement.apply_transfer_answers(work, [news])
    if not isinstance(news, Notice):
        return "nothing of ours" if news is None else news.state.value
    outcome: Any = await visit.submit(orders.apply_notices, news)
    return outcome if isinstance(outcome, Refusal) else str(outcome)


@post("/hooks/carriers/{gateway:str}", opt=HOOK, request_max_body_size=NOTICE_BYTES_MAX)
async def hear_carrier(visit: NamedDependency[Visit], gateway: FromPath[str]) -> Response[Any]:
    """Where a parcel is. Thanks for what is recorded, and for what is none of ours; 401, 422 or 429 where nothing is."""
    carrier = visit.front.house.carriers.get(gateway)
    if carrier is None:
        raise Refused(NotFound())
    async with visit.reading() as work:
        now, tired = work.now, await limits.why_not(work, _bucket(visit), most=WRONG_MAX, window_seconds=WINDOW_SECONDS)
    if tired is not None:
        return refuse(visit, tired)
    told = carrier.read_notice(visit.market.id, visit.headers, await visit.raw(), now)
    if isinstance(told, Refusal):
        return refuse(visit, await _count(visit, told))
    async with visit.writing() as work:
        heard = await shipping.hear(work, [told])
    log.info("hook.carrier", gateway=gateway, parcels=heard)
    return Response(content=None, status_code=204)


HANDLERS = (hear, hear_carrier)
