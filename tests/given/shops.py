"""Shops that were asked for and opened, for tests."""

from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given import sharing as share
from tests.given.goods import Buyer
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.compliance.model import CONSENTS, SHOP_CUSTOMER
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import Target
from tuan.play import shops
from tuan.play.shops.model import Applied, Apply, NewCoupon, Opening, Terms
from tuan.trade import orders
from tuan.value.promotions.model import TakeCoupon

SHOWN = {"version": CONSENTS[SHOP_CUSTOMER].version, "language": "zh-CN"}
"""What a buyer was asked, and in which language."""
TOLD = {"language": "zh-CN"}


async def ask(place: Place, who: Buyer, **more: Any) -> Any:
    """What asking for a shop gives."""
    return await place.do(shops.apply_for_shop, Apply(who.id, more.pop("name", "小店"), **more))


async def terms(place: Place, opening: str = Opening.ITSELF, member_days: int = 0, course: UUID | None = None) -> None:
    assert await place.do(shops.set_terms, Terms(opening, member_days, course), reason="test") is None


async def waiting(place: Place, who: Buyer | None = None, **more: Any) -> UUID:
    """An application that waits for the market."""
    asked: Applied = granted(await ask(place, who or await given.buyer(place), **more))
    assert asked.shop is None
    return asked.application


async def shop(
    place: Place, *, owner: Buyer | None = None, inviter: UUID | None = None, **more: Any
) -> tuple[UUID, Buyer]:
    """A shop that was approved, and who answers for it."""
    owner = owner or await given.buyer(place)
    application = await waiting(place, owner, inviter=inviter, **more)
    return granted(await place.do(shops.approve, application, reason="test")), owner


async def picked(place: Place, shop: UUID, **more: Any) -> given.Goods:
    """Goods that the shop has chosen."""
    of = await given.goods(place, **more)
    assert await place.do(shops.pick_goods, shop, of.product) is None
    return of


async def customer(place: Place, shop: UUID, owner: Buyer, who: Buyer | None = None) -> Buyer:
    """Somebody who came by a link of the shop to itself, and is its customer."""
    who = who or await given.buyer(place)
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, Target("shop", shop), "web")))
    found = await share.opened(place, code)
    assert found is not None and await share.come(place, who, found) == shop
    return who


async def seen(place: Place, shop: UUID, owner: Buyer, *shows: str, birthday: str = "") -> tuple[Buyer, UUID]:
    """A customer who lets the shop see this of him, and the name by which the shop knows him."""
    who = await customer(place, shop, owner)
    return who, granted(await place.do(shops.give_consent, who.id, shows or ("name",), birthday, **SHOWN))


async def coupon(place: Place, shop: UUID, *, off_minor: int = 100, total: int = 10, days: int = 7) -> Any:
    """What making a coupon of the shop gives."""
    return await place.do(shops.launch_coupon, shop, NewCoupon("小店券", off_minor, 1000, total, days))


async def with_budget(place: Place, budget_minor: int = 1000) -> tuple[UUID, Buyer, given.Goods]:
    """A shop that may give coupons away for its goods."""
    at, owner = await shop(place)
    assert await place.do(shops.grant_budget, at, budget_minor, reason="test") is None
    return at, owner, await picked(place, at)


async def lived(place: Place) -> None:
    """A shop that invited another one, with goods, a coupon that runs and one that ended, a customer it knows something
    of and one of whom it sees nothing any more; and somebody who waits for his."""
    first, owner, _ = await with_budget(place, 5000)
    await shop(place, inviter=first)
    await waiting(place)
    for _ in range(2):
        template = granted(await coupon(place, first))
    taker = await given.buyer(place)
    async with place.work() as work:
        code = (await shops.coupons_of(work, first))[0]["code"]
    granted(await place.one(orders.take_coupons, TakeCoupon(taker.id, given.fresh_key(), None, code)))
    assert await place.do(shops.end_coupon, template, first) is None
    _, known = await seen(place, first, owner)
    assert await place.do(shops.keep_card, first, known, ["老客"], "爱吃甜的") is None
    gone, _ = await seen(place, first, owner)
    assert await place.do(shops.end_consent, gone.id, **TOLD) is None
