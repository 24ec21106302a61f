"""What a shop of the visitors' world has earned, and plans that wait to be switched on."""

from typing import Protocol
from uuid import UUID

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import sharing as share
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION_ID, PLAN_ID
from tuan.trade.settlement.model import ACCOUNT_ID

ROUNDS = 12


class Owns(Protocol):
    """Whoever answers for the shop; `own`: the public ids of what is his."""

    own: set[str]


async def earned(place: Place, shop: UUID, owner: given.Buyer, visitor: Owns) -> dict[str, list[str]]:
    """Public ids by name: commissions that are pending or held, an account of the shop's own, plans with a draft."""
    of = await given.goods(place, units=50)
    await earning.plan(place)
    code, commissions = await share.link(place, owner, of), []
    for number in range(ROUNDS):
        order = await earning.buy(place, await earning.neighbour(place), of, code)
        commission = (await earning.commissions(place, order))[0]["id"]
        if number % 3 != 1:  # the first of them waits for a decision
            assert await place.do(distribution.hold, commission, reason="test") is None
        commissions.append(COMMISSION_ID.show(commission))
    plans = [
        granted(await place.do(distribution.draft_plan, "方案", earning.ten_percent(), reason="test")) for _ in range(4)
    ]
    account = ACCOUNT_ID.show(await earning.account(place, earning.Shop(shop, owner, code)))
    visitor.own |= {*commissions, account}
    return {"commission": commissions, "plan": [PLAN_ID.show(plan) for plan in plans], "account": [account]}
