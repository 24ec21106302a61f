"""Callbacks of payment providers: verify, record, answer. Whoever hears anything but a 2xx sends the notice again."""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.platform import limits
from tuan.surfaces.web.policies import HOOK
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders

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
    """204 once it is recorded, be it repeated, stale or put aside; 401, 422, 429 or 503 where nothing is.

    The signature is what lets in: there is no session, and a form's token would mean nothing to another company.
    """
    gateway = visit.front.house.providers.get(provider)
    if gateway is None:
        raise Refused(NotFound())
    assert visit.request is not None
    async with visit.reading() as work:
        now, tired = work.now, await limits.why_not(work, _bucket(visit), most=WRONG_MAX, window_seconds=WINDOW_SECONDS)
    if tired is not None:
        return refuse(visit, tired)
    notice = gateway.read_notice(visit.market.id, visit.headers, await visit.request.body(), now)
    if isinstance(notice, Refusal):
        return refuse(visit, await _count(visit, notice))
    outcome = await visit.submit(orders.apply_notices, notice)
    if isinstance(outcome, Refusal):  # too many wait; it comes again
        return refuse(visit, outcome)
    log.info("hook.recorded", provider=provider, outcome=str(outcome))
    return Response(content=None, status_code=204)


async def _count(visit: Visit, refusal: Refusal) -> Refusal:
    """The refusal, counted if whoever sent it could not show who he is; or that he tried too often."""
    if refusal.status != HTTPStatus.UNAUTHORIZED:
        return refusal
    async with visit.writing() as work:
        return await limits.take(work, _bucket(visit), most=WRONG_MAX, window_seconds=WINDOW_SECONDS) or refusal


def _bucket(visit: Visit) -> str:
    return f"wrong notices from {visit.client}"


HANDLERS = (hear,)
