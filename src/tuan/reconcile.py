"""`tuan reconcile`: read a provider's statement of a day, compare it with the books, ask about what is missing, and say what is left."""

from datetime import date
from pathlib import Path
from typing import Any

from tuan.launch import Say, stand_on
from tuan.main import open_house, open_relay
from tuan.platform import markets
from tuan.platform.gateways.payment import StatementNotReady
from tuan.platform.house import House
from tuan.platform.lists import Wanted
from tuan.platform.outbox import flush
from tuan.platform.relay import Relay
from tuan.platform.settings import SettingsError
from tuan.platform.sweeps import intents
from tuan.platform.work import SYSTEM, MarketId, open_work
from tuan.trade import reconciliation

HEALING = ("trade.reconciliation.asks", "trade.payments.refunds", "trade.settlement.withdrawals")
"""What is asked at once after the comparison; each is run until it has nothing due."""
ROUNDS_MAX = 20
TICKETS_SHOWN_MAX = 200


async def reconcile(data: Path, provider: str, day: date, *, development: bool, say: Say) -> dict[str, Any]:
    """Of every market that has an account there: {"provider", "date", "ok", "markets": [...]}.

    Each market: its host, whether its statement was `read`, lines, sums in minor units, and the differences left open.
    """
    with stand_on(data, say=say, development=development) as ground:
        async with open_house(ground.settings) as house, open_relay(house) as relay:
            if provider not in house.providers:
                raise SettingsError(f"There is no account at {provider}; there are {', '.join(house.providers)}.")
            rows = await markets.everything(house.database.requests)
            found = [
                await _market(house, relay, MarketId(row["id"]), row["host"], provider, day)
                for row in rows
                if house.providers[provider].account(row["id"])
            ]
    return {"provider": provider, "date": f"{day}", "ok": all(one["ok"] for one in found), "markets": found}


async def _market(house: House, relay: Relay, market: MarketId, host: str, provider: str, day: date) -> dict[str, Any]:
    is_read = True
    try:
        one = await reconciliation.fetch_statement(relay.gateways, provider, market, day)
    except StatementNotReady:
        is_read = False
    else:
        async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
            await reconciliation.read_statement(work, provider, day, one.lines, one.zone)
        await _heal(relay, market)
    async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
        await reconciliation.match_tickets(work)
        await work.send()
        stated = [
            row for row in await reconciliation.days(work, day) if (row["provider"], row["day"]) == (provider, day)
        ]
        left = await reconciliation.tickets(work, Wanted(size=TICKETS_SHOWN_MAX), provider=provider, day=day)
    sums = {name: stated[0][name] if stated else 0 for name in SUMS}
    differences = [{name: row[name] for name in SHOWN} for row in left.items]
    return {"market": host, "ok": is_read and not differences, "read": is_read, **sums, "unmatched": differences}


SUMS = ("lines", "charged_minor", "refunded_minor", "paid_out_minor", "differences")
SHOWN = ("kind", "about", "why", "ours_minor", "theirs_minor", "currency")


async def _heal(relay: Relay, market: MarketId) -> None:
    for _ in range(ROUNDS_MAX):
        if not sum([await relay.call_out(intents[name], market) for name in HEALING]):
            return
