"""Beginning to pay: which ways a market takes, and what the provider wants the payer to be shown."""

import re
from typing import Literal
from uuid import UUID

import segno
import structlog

from tuan.kit.refusals import Refused
from tuan.platform.gateways.payment import Account, Charge, Invocation, PaymentProvider, QrCode, Redirect
from tuan.surfaces.storefront.payment.context import Code
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit
from tuan.trade import payments
from tuan.trade.payments.model import PAYABLE

log = structlog.get_logger()

QUIET_MODULES = 4
PHONES = re.compile(r"Android|iPhone|iPad|Mobile")
INSIDE = {"wechat": "MicroMessenger", "alipay": "AlipayClient"}
"""What the browser inside a provider's own app says of itself."""


def ways_of(visit: Visit) -> list[str]:
    """The providers that this market has an account at."""
    return [name for name, one in visit.front.house.providers.items() if one.account(visit.market.id)]


def provider_of(visit: Visit, name: str) -> tuple[PaymentProvider, Account]:
    """A chosen way to pay; raises Refused(FieldInvalid) for one that this market does not take."""
    provider = visit.front.house.providers.get(name)
    account = provider.account(visit.market.id) if provider else None
    if provider is None or account is None:
        raise Refused(FieldInvalid(field="provider"))
    return provider, account


async def begin(
    visit: Visit, provider: PaymentProvider, attempt: UUID, payer: str = ""
) -> Redirect | QrCode | Invocation | None:
    """Tell the provider of an attempt, again if need be; what the payer is to be shown, None where he does not answer."""
    charge = await charge_of(visit, attempt, provider.name, payer)
    try:
        (started,) = await provider.start([charge])
    except Exception as error:
        log.warning("payment.start_unknown", provider=provider.name, error=repr(error))
        return None
    return started.show


async def charge_of(visit: Visit, attempt: UUID, provider: str, payer: str = "") -> Charge:
    """The viewer's own attempt as the provider is told of it, with the address of our hook; raises Refused(NotFound)."""
    async with visit.reading() as work:
        row = await payments.access_attempt(work, attempt, visit.person)
        payable = await payments.access_payable(work, row["payable_id"], visit.person)
    return Charge(
        visit.market.id, attempt, row["amount_minor"], row["currency"],
        notify_url=f"{visit.process_origin}/hooks/{provider}", title=visit.market.name,
        return_url=f"{visit.origin}/pay/{PAYABLE.show(row['payable_id'])}?ask=1", pay_by=payable["pay_by"],
        device=_device(visit, provider), payer=payer, address=visit.client,
    )  # fmt: skip


def _device(visit: Visit, provider: str) -> Literal["desktop", "phone", "inside"]:
    browser = visit.headers.get("user-agent", "")
    if provider in INSIDE and INSIDE[provider] in browser:
        return "inside"
    return "phone" if PHONES.search(browser) else "desktop"


def code_of(content: str) -> Code:
    """The QR code of a text, black modules as squares of one path."""
    rows = [*segno.make(content, error="m", micro=False).matrix_iter(border=QUIET_MODULES)]
    squares = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Code(size=len(rows), path="".join(squares))
