"""An act in the office: with a reason, once per key, and then on to where it shows; amounts and times as staff type them."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import get_currency_precision
from litestar import Response

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal, Refused
from tuan.kit.time import Instant
from tuan.platform import audit
from tuan.platform.work import Work
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_money
from tuan.surfaces.web.visits import Visit

Act = Callable[[Work], Awaitable[Refusal | None]]

WHOLE = re.compile(r"\d{1,10}", re.ASCII)


async def acted(visit: Visit, verb: str, key: str, reason: str, subject: str, act: Act, url: str) -> Response[Any]:
    """The answer to an act: the page at `url`, or the refusal with the way back there. `act` runs once per key."""

    async def with_reason(work: Work) -> Refusal | None:
        return audit.why_not_reason(reason) or await act(work)

    outcome = await once(visit, verb, key, f"{subject} {reason}", with_reason)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("Back"), url=url))
    return visit.go_on(url)


def read_amount(visit: Visit, text: str, field: str) -> int:
    """Minor units of `19.90` in the market's currency; raises Refused(FieldInvalid) for what is none, or has too many digits."""
    return read_money(text, visit.market.currency, field)


def written_amount(amount: Money) -> str:
    """An amount as `read_amount` reads it, for the field of a form."""
    digits = get_currency_precision(amount.currency)
    whole, cents = divmod(abs(amount.amount_minor), 10**digits)
    text = f"{whole}.{cents:0{digits}d}" if digits else str(whole)
    return f"-{text}" if amount.amount_minor < 0 else text


def read_whole(text: str, field: str) -> int:
    """A number without sign, of at most ten digits; raises Refused(FieldInvalid)."""
    if not WHOLE.fullmatch(text.strip()):
        raise Refused(FieldInvalid(field=field))
    return int(text)


def read_instant(visit: Visit, text: str, field: str) -> Instant:
    """A day and time of the market's zone as browsers send them, `2026-11-22T18:00`; raises Refused(FieldInvalid)."""
    try:
        said = datetime.fromisoformat(text)
        instant = said.replace(tzinfo=visit.market.zone)
        instant + timedelta(days=366), instant - timedelta(days=366)  # the years at the ends of the calendar
    except (ValueError, OverflowError):
        raise Refused(FieldInvalid(field=field)) from None
    if said.tzinfo is not None:
        raise Refused(FieldInvalid(field=field))
    return instant


def written_instant(visit: Visit, instant: Instant) -> str:
    """An instant as `read_instant` reads it, to the minute."""
    return instant.astimezone(visit.market.zone).strftime("%Y-%m-%dT%H:%M")
