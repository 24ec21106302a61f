"""Callbacks of payment providers: verify, record, answer. Whoever hears anything but a 2xx sends the notice again."""

from typing import Any

import structlog
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.surfaces.web.policies import HOOK
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders

log = structlog.get_logger()

NOTICE_BYTES_MAX = 16 * 1024


@post("/hooks/{provider:str}", opt=HOOK, request_max_body_size=NOTICE_BYTES_MAX)
async def hear(visit: NamedDependency[Visit], provider: FromPath[str]) -> Response[Any]:
    """204 once it is recorded, be it repeated, stale or put aside; 401, 422 or 503 where nothing is.

    The signature is what lets in: there is no session, and a form's token would mean nothing to another company.
    """
    gateway = visit.front.house.providers.get(provider)
    if gateway is None:
        raise Refused(NotFound())
    assert visit.request is not None
    body = await visit.request.body()
    async with visit.reading() as work:
        now = work.now
    notice = gateway.read_notice(visit.market.id, visit.headers, body, now)
    if isinstance(notice, Refusal):
        return refuse(visit, notice)
    outcome = await visit.submit(orders.apply_notices, notice)
    if isinstance(outcome, Refusal):  # too many wait; it comes again
        return refuse(visit, outcome)
    log.info("hook.recorded", provider=provider, outcome=str(outcome))
    return Response(content=None, status_code=204)


HANDLERS = (hear,)
