"""What the guard reads of commissions each night: from whose purchases they come, and whether every plan in force is still lawful."""

from datetime import timedelta

from tuan.kit.time import day_of, start_of
from tuan.people import compliance
from tuan.platform.work import Work
from tuan.play.distribution import queries

A_DAY = timedelta(days=1)


async def measure_pay(work: Work) -> int:
    """Tell compliance what was promised yesterday, unless it knows; how many markets were measured: 1 or 0."""
    zone = work.market.time_zone
    today = day_of(work.now, zone)
    yesterday = today - A_DAY
    known = await compliance.metrics_of(work, yesterday, yesterday)
    if any(one.pay is not None for one in known):
        return 0
    pay = await queries.promised_between(work, start_of(yesterday, zone), start_of(today, zone))
    refused = [one for one in await queries.running(work) if await queries.breaches_of(work, one.terms)]
    await compliance.record_pay(work, yesterday, pay, unlawful_plans=len(refused))
    return 1
