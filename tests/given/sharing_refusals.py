"""What sharing refuses: one scenario each, in the table of all."""

from tests.given import goods as given
from tests.given import houses
from tests.given import sharing as share
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.people import sharing
from tuan.people.sharing import LinkHostInvalid, LinkHostTaken, LinkInvalid, MakeLink, NobodysCustomer, RuleInvalid
from tuan.people.sharing.model import BindTerms, Target
from tuan.platform.gateways.wechat_share import Account, WechatAway, WechatNotSetUp, WechatShares


@gives(LinkInvalid)
async def _(place: Place) -> Act:
    of, (_, owner) = await given.goods(place), await share.shop(place)
    return lambda: place.do(sharing.make_link, MakeLink(owner.id, Target("product", of.product), "fax"))


@gives(RuleInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(sharing.set_bind_terms, BindTerms(valid_days=0), reason="test")


@gives(LinkHostInvalid)
async def _(place: Place) -> Act:
    return lambda: place.do(sharing.set_link_host, "127.0.0.1", reason="test")


@gives(LinkHostTaken)
async def _(place: Place) -> Act:
    _, theirs = await houses.make_market(place.house)
    return lambda: place.do(sharing.set_link_host, theirs, reason="test")


@gives(NobodysCustomer)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(sharing.leave_shop, who.id)


@gives(WechatNotSetUp)
async def _(place: Place) -> Act:
    async with place.work() as work:
        now = work.now
    return lambda: place.house.wechat_shares.sign(place.market, "https://market.example.com/", now)


@gives(WechatAway)
async def _(place: Place) -> Act:
    """Nobody listens there."""
    nowhere = WechatShares({place.market: Account(app="wx1", secret="s", gateway="http://127.0.0.1:9")})
    async with place.work() as work:
        now = work.now
    return lambda: nowhere.sign(place.market, "https://market.example.com/", now)
