"""Who is paid for a recommendation, said to whoever came by it: in the words that the law of the place asks for."""

from collections.abc import Collection, Iterable
from uuid import UUID

from tuan.people import compliance
from tuan.people.compliance.model import Channel, Kind, disclosure
from tuan.people.sharing.model import PAGE, Link, Target
from tuan.platform.work import Work
from tuan.play import distribution, groupbuy
from tuan.surfaces.storefront.offers import ProductOffer
from tuan.surfaces.storefront.parts import Disclosed
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.shares import shared_link
from tuan.surfaces.web.visits import Visit


async def of_visit(
    work: Work, visit: Visit, products: Collection[UUID], campaigns: Collection[UUID] = ()
) -> Disclosed | None:
    """For whoever came by a link, beside these goods; None where nobody may be paid for what he buys."""
    link = await shared_link(visit)
    if link is None or link.shop_id is None or visit.viewer in (link.sharer_id, link.shop_owner_id):
        return None
    is_paid = await distribution.may_pay(work, link.shop_id, link.channel, products, campaigns, channel_of(visit))
    return await said(work, visit, Kind.SHARE_PAGE) if is_paid else None


async def of_link(work: Work, visit: Visit, link: Link, kind: Kind = Kind.SHARE_PAGE) -> Disclosed | None:
    """Beside the link itself, on its card and on its poster; None where nobody may be paid for what is bought through it. A
    poster is looked at elsewhere."""
    if link.shop_id is None:
        return None
    bought_in = Channel.WEB if kind is Kind.POSTER else channel_of(visit)
    return await of_share(work, visit, link.target, link.shop_id, link.channel, kind, bought_in)


async def of_shop(
    work: Work, visit: Visit, shop: UUID, products: Collection[UUID], offers: Iterable[ProductOffer]
) -> Disclosed | None:
    """On a shop's own page, which is a link of its own; None where nobody may be paid for what it shows."""
    campaigns = [offer.campaign["id"] for offer in offers if offer.campaign is not None]
    is_paid = await distribution.may_pay(work, shop, PAGE, products, campaigns, channel_of(visit))
    return await said(work, visit, Kind.SHOP) if is_paid else None


async def of_share(
    work: Work, visit: Visit, target: Target, shop: UUID, channel: str, kind: Kind, bought_in: Channel = Channel.WEB
) -> Disclosed | None:
    """What is said beside this object where it is shared for this shop in a channel, and looked at in another."""
    products, campaigns = await _goods_of(work, target)
    is_paid = await distribution.may_pay(work, shop, channel, products, campaigns, bought_in)
    return await said(work, visit, kind) if is_paid else None


async def _goods_of(work: Work, target: Target) -> tuple[list[UUID] | None, list[UUID]]:
    """The goods of a link's object, and the campaigns that sell them; None for whatever there is."""
    if target.kind == "team":
        team = await groupbuy.access_team(work, target.object_id)
        return [team["product_id"]], [team["campaign_id"]]
    if target.kind == "product":
        campaigns = await groupbuy.campaigns_of(work, [target.object_id])
        return [target.object_id], [row["id"] for row in campaigns.values()]
    return None, []


async def said(work: Work, visit: Visit, kind: Kind) -> Disclosed:
    asked = disclosure(await compliance.profile_of(work), kind)
    return Disclosed(label=visit.gettext(asked.label), words=visit.gettext(asked.msgid), source=asked.source)
