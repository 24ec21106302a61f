"""The checkout's page: what would be bought, at which price, for whom; nothing is held by looking."""

from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from tuan.goods import catalog
from tuan.goods.catalog.model import SKU, Offer
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import accounts
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, Team
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.checkout.context import (
    BestCoupons,
    CheckoutPage,
    CouponChoice,
    PointsChoice,
    TeamTerms,
)
from tuan.surfaces.storefront.couponing import explained, show_coupons, worth
from tuan.surfaces.storefront.divisions.routes import choices
from tuan.surfaces.storefront.offers import ProductOffer, SkuOffer, hours, offers_of, team_terms
from tuan.surfaces.storefront.parts import AddressDraft, GoodsLine, MoneyLine
from tuan.surfaces.web.reading import UNITS_MAX
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import points
from tuan.value.promotions import model as promotions
from tuan.value.promotions.model import COUPON

Mode = Literal["alone", "open", "join"]
NOTHING_TYPED = AddressDraft()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to buy, as the checkout's address says it."""

    mode: Mode
    sku: UUID
    units: int
    team: UUID | None = None
    coupons: tuple[UUID, ...] = ()
    points: int = 0

    @property
    def url(self) -> str:
        team = f"&team={TEAM_ID.show(self.team)}" if self.team else ""
        coupons = f"&coupons={show_coupons(self.coupons)}" if self.coupons else ""
        points = f"&points={self.points}" if self.points else ""
        return f"/checkout?mode={self.mode}&sku={SKU.show(self.sku)}&units={self.units}{team}{coupons}{points}"

    def command(self, person: UUID) -> PlaceOrder:
        """What would be placed, for asking what it costs."""
        return PlaceOrder(person, "-", ((self.sku, self.units),), None, None, self.coupons, self.points)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in so far, given back when something in it was refused."""

    key: str
    address: str | None = None
    draft: AddressDraft = NOTHING_TYPED
    is_from_aside: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Price and units of a wish right now; `units_free` is what this mode may still take."""

    offer: Offer
    price_minor: int
    units_free: int
    units_most: int
    terms: TeamTerms | None = None
    campaign: UUID | None = None
    team: Team | None = None
    priced: promotions.Quote | None = None
    """Bought alone: the quote that placing will charge."""
    coupon_refusal: Refusal | None = None
    """Why the coupons that were chosen are not in it."""

    def why_not(self, wish: Wish, now: Instant) -> Refusal | None:
        """The team cannot be joined, it is sold out, or fewer are left than wanted. Only a lane decides for good."""
        if self.team is not None and (refusal := self.team.why_not_join(now)):
            return refusal
        return Stock([StockRow(wish.sku, max(self.units_free, 0), 0, 0)]).why_not_hold(wish.sku, wish.units)


async def quote(work: Work, wish: Wish, person: UUID) -> Quote:
    """Raises Refused: not found, off the shelf, or the team cannot be joined any more."""
    offers = await catalog.load_offers(work, [wish.sku])
    if refusal := offers.why_not_sell(wish.sku):
        raise Refused(refusal)
    offer = offers.get(wish.sku)
    product = (await offers_of(work, [offer.product_id]))[offer.product_id]
    sku = product.find(wish.sku)
    assert sku is not None
    if wish.mode == "alone":
        return await _alone(work, wish, person, offer, sku)
    if wish.mode == "open":
        return _opened(offer, product, sku)
    return await _joined(work, wish, offer, sku)


async def _alone(work: Work, wish: Wish, person: UUID, offer: Offer, sku: SkuOffer) -> Quote:
    """A coupon that cannot be used is left out, and it is said why; points are used as far as there are some."""
    if wish.points:
        wish = replace(wish, points=min(wish.points, (await points.balance(work, person)).spendable))
    priced = await orders.quote(work, wish.command(person))
    refusal = None
    if isinstance(priced, Refusal) and wish.coupons:
        refusal, priced = priced, await orders.quote(work, replace(wish, coupons=()).command(person))
    if isinstance(priced, Refusal):
        raise Refused(priced)
    return Quote(offer, sku.price_minor, sku.units_alone, UNITS_MAX, priced=priced, coupon_refusal=refusal)


async def _points_choice(work: Work, visit: Visit, wish: Wish, found: Quote) -> PointsChoice | None:
    """As many points as may pay for this; None where there are none to use, or the market takes none."""
    if found.priced is None or not (has := (await points.balance(work, visit.person)).spendable):
        return None
    used = () if found.coupon_refusal else wish.coupons
    most = await orders.quote(work, replace(wish, coupons=used, points=has).command(visit.person))
    terms = await points.load_terms(work)
    if isinstance(most, Refusal) or most.points_units < terms.spend_min:
        return None
    is_chosen = found.priced.points_units > 0
    return PointsChoice(
        units=most.points_units,
        saves=showing.amount(visit, most.taken()[promotions.Reason.POINTS, None]),
        url=replace(wish, coupons=used, points=0 if is_chosen else most.points_units).url,
        is_chosen=is_chosen,
    )


async def _choices(
    work: Work, visit: Visit, wish: Wish, found: Quote
) -> tuple[list[CouponChoice], BestCoupons | None, dict[UUID, str]]:
    """The viewer's coupons with what choosing or leaving each would show, the best choice, and all their names."""
    weighed = await orders.suggest_coupons(work, wish.command(visit.person)) if found.priced else None
    if weighed is None or isinstance(weighed, Refusal):
        return [], None, {}
    suggestion, coupons = weighed
    names: dict[UUID, str] = {c.id: coupons.templates[c.template_id].name for c in coupons.rows.values()}
    used = () if found.coupon_refusal else wish.coupons
    choices = []
    for coupon in coupons.rows:
        others = tuple(one for one in used if one != coupon)
        chosen = others if coupon in used else (*others, coupon)
        refusal = suggestion.refused.get(coupon)
        choices.append(
            CouponChoice(
                coupon=COUPON.show(coupon),
                name=names[coupon],
                worth=worth(visit, coupons.terms(coupon)),
                url=replace(wish, coupons=chosen).url,
                is_chosen=coupon in used,
                why_not=visit.words.told(refusal, visit.market.currency).happened if refusal else "",
            )
        )
    best = None
    if suggestion.saves_minor and set(suggestion.coupons) != set(used):
        missed = suggestion.missed_minor_max
        best = BestCoupons(
            url=replace(wish, coupons=suggestion.coupons).url,
            saves=showing.amount(visit, suggestion.saves_minor),
            missed_max=showing.amount(visit, missed) if missed else None,
        )
    return choices, best, names


def _opened(offer: Offer, product: ProductOffer, sku: SkuOffer) -> Quote:
    campaign = product.campaign
    if campaign is None or sku.team_price_minor is None:
        raise Refused(NotFound())
    terms = TeamTerms(size=campaign["size"], needed=campaign["size"] - 1, gather_hours=hours(campaign["team_seconds"]))
    return Quote(offer, sku.team_price_minor, sku.units_team, campaign["units_per_order_max"], terms, campaign["id"])


async def _joined(work: Work, wish: Wish, offer: Offer, sku: SkuOffer) -> Quote:
    """The team's own campaign sets the price, also where it has ended since."""
    if wish.team is None:
        raise Refused(NotFound())
    team = await groupbuy.access_team(work, wish.team)
    prices, units = await team_terms(work, [team["campaign_id"]], {wish.sku: sku.units_alone})
    price = prices[team["campaign_id"]].get(wish.sku)
    if price is None:
        raise Refused(NotFound())
    terms = TeamTerms(
        size=team["size"],
        needed=max(team["size"] - team["held"] - team["taken"] - 1, 0),
        team=TEAM_ID.show(wish.team),
        deadline=team["deadline"],
    )
    seen = Team(team["id"], team["campaign_id"], team["leader_id"], team["state"], team["size"], team["held"],
                team["taken"], team["opened_at"], team["deadline"])  # fmt: skip
    return Quote(offer, price, units[team["campaign_id"]][wish.sku], team["units_per_order_max"], terms, team=seen)


async def page_of(work: Work, visit: Visit, wish: Wish, found: Quote, filled: Filled, errors: dict[str, str]) -> Any:
    """The page of a quote, with what was filled in and what was wrong with it."""
    offer, priced = found.offer, found.priced
    total_minor = priced.total_minor if priced else found.price_minor * wish.units
    coupon_choices, best, names = await _choices(work, visit, wish, found)
    if found.coupon_refusal is not None:
        errors = errors | {"coupons": visit.words.told(found.coupon_refusal, visit.market.currency).happened}
    addresses = showing.addresses(await accounts.addresses_of(work, visit.person))
    chosen = filled.address or (addresses[0].address if addresses else "new")
    price_lines = explained(visit, priced, names) if priced else _team_lines(visit, wish, found)
    team = TEAM_ID.show(wish.team) if wish.team else None
    return CheckoutPage(
        action={"alone": "/orders", "open": "/teams", "join": f"/t/{team}/seats"}[wish.mode],
        key=filled.key,
        mode=wish.mode,
        sku=SKU.show(wish.sku),
        units=wish.units,
        units_max=max(min(found.units_free, found.units_most, UNITS_MAX), 1),
        lines=[
            GoodsLine(
                sku=SKU.show(wish.sku),
                name=offer.title,
                option=offer.options,
                picture=showing.picture(visit, offer.picture, offer.title),
                url=showing.product_url(offer.product_id, wish.sku),
                unit_price=showing.amount(visit, priced.lines[0].list_minor if priced else found.price_minor),
                units=wish.units,
            )
        ],
        price_lines=price_lines,
        total=showing.amount(visit, total_minor),
        addresses=addresses,
        address=chosen,
        draft=filled.draft,
        is_from_aside=filled.is_from_aside,
        places=choices(filled.draft, errors) if offer.fulfilment == "shipped" else None,
        needs_address=offer.fulfilment == "shipped",
        team=team,
        campaign=CAMPAIGN_ID.show(found.campaign) if found.campaign else None,
        terms=found.terms,
        points=priced.points_units if priced else 0,
        points_choice=await _points_choice(work, visit, wish, found),
        coupons=show_coupons(() if found.coupon_refusal else wish.coupons),
        choices=coupon_choices,
        best=best,
        errors=errors,
    )


def _team_lines(visit: Visit, wish: Wish, found: Quote) -> list[MoneyLine]:
    """How the price of a team came about."""
    goods_minor, total_minor = found.offer.price_minor * wish.units, found.price_minor * wish.units
    lines = [MoneyLine(label=visit.gettext("Goods"), amount=showing.amount(visit, max(goods_minor, total_minor)))]
    if total_minor < goods_minor:
        lines.append(
            MoneyLine(
                label=visit.gettext("Team price"),
                amount=showing.amount(visit, total_minor - goods_minor),
                kind="discount",
                reason=visit.gettext(
                    "%(price)s instead of %(single)s each",
                    price=visit.words.money_text(showing.amount(visit, found.price_minor)),
                    single=visit.words.money_text(showing.amount(visit, found.offer.price_minor)),
                ),
            )
        )
    return lines
