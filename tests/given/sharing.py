"""Shops, links and visits for tests."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import parties, sharing
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import BindTerms, Code, Link, Target


async def shop(place: Place) -> tuple[UUID, Buyer]:
    """A shop and who answers for it."""
    owner = await given.buyer(place)
    return await place.do(parties.admit_shop, "小店", owner.id, reason="test"), owner


async def link(place: Place, sharer: Buyer, of: Goods, **more: Any) -> Code:
    new = MakeLink(sharer.id, Target("product", of.product), more.pop("channel", "web"), **more)
    return granted(await place.do(sharing.make_link, new))


async def opened(place: Place, code: str) -> Link | None:
    """What the code opens now."""
    found: Link | None = await place.house.lanes.read(sharing.read_links, place.market, code)
    return found


async def shops_link(place: Place) -> tuple[UUID, Link]:
    """A shop with a link to some goods."""
    of, (at, owner) = await given.goods(place), await shop(place)
    found = await opened(place, await link(place, owner, of))
    assert found is not None
    return at, found


async def come(place: Place, who: Buyer, through: Link) -> UUID | None:
    """Whose customer somebody is after he came through a link."""
    await place.do(sharing.come_through, who.id, through)
    return await customer_of(place, who)


async def customer_of(place: Place, who: Buyer) -> UUID | None:
    async with place.work() as work:
        held = (await sharing.bindings_of(work, [who.id])).get(who.id)
        return held.shop_id if held and held.is_live(work.now) else None


async def own_domain(place: Place) -> str:
    """A domain for this market's links, its own from now on."""
    domain = f"go.{place.host}"
    assert await place.do(sharing.set_link_host, domain, reason="test") is None
    return domain


async def rule(place: Place, terms: BindTerms) -> None:
    assert await place.do(sharing.set_bind_terms, terms, reason="test") is None
