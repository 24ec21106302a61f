"""The checkout's page: what would be bought, at which price, for whom; nothing is held by looking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import AGREED, SKU, Offer
from tuan.goods.supply.model import Stock, StockRow
from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.kit.time import Instant
from tuan.people import parties
from tuan.people.accounts.model import ADDRESS, AddressId
from tuan.platform.work import Work
from tuan.play import groupbuy
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID, JoinTeam, OpenTeam, Team
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.checkout.context import (
    BestCoupons,
    CheckoutPage,
    CouponChoice,
    PointsChoice,
    TeamTerms,
)
from tuan.surfaces.storefront.checkout.customs import declared
from tuan.surfaces.storefront.checkout.items import Pairs, goods_line, parcels_of, show_items
from tuan.surfaces.storefront.couponing import explained, show_coupons, worth
from tuan.surfaces.storefront.divisions.routes import choices
from tuan.surfaces.storefront.ladders import ladder_of
from tuan.surfaces.storefront.offers import ProductOffer, SkuOffer, hours, offers_of, team_terms
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web.reading import UNITS_MAX
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value import points
from tuan.value.promotions import NoDelivery, find_bundles
from tuan.value.promotions import model as promotions
from tuan.value.promotions.model import COUPON

Mode = Literal["alone", "cart", "open", "join"]
NOTHING_TYPED = AddressDraft()
NO_SKU = UUID(int=0)
"""Where sets alone are bought."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to buy, as the checkout's address says it."""

    mode: Mode
    sku: UUID
    units: int
    team: UUID | None = None
    coupons: tuple[UUID, ...] = ()
    points: int = 0
    items: Pairs = ()
    """From the cart: all its lines; `sku` and `units` are those of the first."""
    address: UUID | None = None
    """Where to, as far as that is known; what it costs may depend on it."""
    sets: Pairs = ()
    """From the cart: bundles, and how many sets of each."""

    @property
    def goods(self) -> Pairs:
        return self.items if self.mode == "cart" else ((self.sku, self.units),)

    @property
    def shown_items(self) -> str:
        return show_items(self.items, self.sets)

    @property
    def url(self) -> str:
        """With everything that was chosen but the address."""
        team = f"&team={TEAM_ID.show(self.team)}" if self.team else ""
        coupons = f"&coupons={show_coupons(self.coupons)}" if self.coupons else ""
        points = f"&points={self.points}" if self.points else ""
        alone = f"sku={SKU.show(self.sku)}&units={self.units}"
        goods = f"items={self.shown_items}" if self.mode == "cart" else alone
        return f"/checkout?mode={self.mode}&{goods}{team}{coupons}{points}"

    def with_address(self, address: UUID | None) -> str:
        return f"{self.url}&address={ADDRESS.show(AddressId(address))}" if address else self.url

    def seat(self, person: UUID, campaign: UUID | None) -> OpenTeam | JoinTeam:
        """The seat that would be asked for; `campaign`: on which a team would be opened."""
        if self.team is not None:
            return JoinTeam(person, "-", self.team, self.sku, self.units, self.address, None, coupons=self.coupons,
                            points=self.points)  # fmt: skip
        assert campaign is not None
        return OpenTeam(person, "-", campaign, self.sku, self.units, self.address, None, coupons=self.coupons,
                        points=self.points)  # fmt: skip

    def command(self, person: UUID) -> PlaceOrder:
        """What would be placed, for asking what it costs."""
        return PlaceOrder(person, "-", self.goods, self.address, None, self.coupons, self.points, sets=self.sets)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in so far, given back when something in it was refused."""

    key: str
    address: str | None = None
    draft: AddressDraft = NOTHING_TYPED
    is_from_aside: bool = False
    remarks: Mapping[str, str] = field(default_factory=dict)
    """What was typed for each supplier."""


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
    """The quote that placing will charge."""
    coupon_refusal: Refusal | None = None
    """Why the coupons that were chosen are not in it."""
    freight_refusal: Refusal | None = None
    """Why it is not sent to that address; freight is then not in it."""
    offers: tuple[Offer, ...] = ()
    """From the cart: of each line of the quote."""
    short: Refusal | None = None
    """From the cart: the first line that is not there in such numbers."""

    @property
    def has_freight(self) -> bool:
        return any(one.freight for one in self.offers or (self.offer,))

    def total_minor(self, wish: Wish) -> int:
        return self.priced.total_minor if self.priced else self.price_minor * wish.units

    def why_not(self, wish: Wish, now: Instant) -> Refusal | None:
        """The team cannot be joined, it is sold out, or fewer are left than wanted. Only a lane decides for good."""
        if self.offers:
            return self.short
        if self.team is not None and (refusal := self.team.why_not_join(now)):
            return refusal
        return Stock([StockRow(wish.sku, max(self.units_free, 0), 0, 0)]).why_not_hold(wish.sku, wish.units)


async def quote(work: Work, visit: Visit, wish: Wish) -> Quote:
    """Raises Refused: not found, off the shelf, or the team cannot be joined any more."""
    person = visit.person
    if wish.mode == "cart":
        return await _from_cart(work, wish, person)
    offers = await catalog.load_offers(work, [wish.sku])
    if refusal := offers.why_not_sell(wish.sku):
        raise Refused(refusal)
    offer = offers.get(wish.sku)
    product = (await offers_of(work, [offer.product_id]))[offer.product_id]
    sku = product.find(wish.sku)
    assert sku is not None
    if wish.mode == "alone":
        return await _alone(work, wish, person, offer, sku)
    found = _opened(visit, offer, product, sku) if wish.mode == "open" else await _joined(work, visit, wish, offer, sku)
    priced, coupon_refusal, freight_refusal = await _priced(work, wish, person, found.campaign)
    return replace(found, priced=priced, coupon_refusal=coupon_refusal, freight_refusal=freight_refusal)


async def _alone(work: Work, wish: Wish, person: UUID, offer: Offer, sku: SkuOffer) -> Quote:
    priced, coupon_refusal, freight_refusal = await _priced(work, wish, person)
    return Quote(offer, sku.price_minor, sku.units_alone, UNITS_MAX, priced=priced, coupon_refusal=coupon_refusal,
                 freight_refusal=freight_refusal)  # fmt: skip


async def _from_cart(work: Work, wish: Wish, person: UUID) -> Quote:
    """Each line must still be for sale, and each bundle be sold; whether there are enough is told apart."""
    priced, coupon_refusal, freight_refusal = await _priced(work, wish, person)
    wanted: Counter[UUID] = Counter()
    for line in priced.lines:
        wanted[line.sku] += line.units
    offers, free = await catalog.load_offers(work, wanted), await supply.free_units(work, wanted)
    stock = Stock(StockRow(sku, max(free.get(sku, 0), 0), 0, 0) for sku in wanted)
    short = next((r for sku, units in wanted.items() if (r := stock.why_not_hold(sku, units))), None)
    found = tuple(offers.get(line.sku) for line in priced.lines)
    return Quote(found[0], found[0].price_minor, 0, UNITS_MAX, priced=priced, coupon_refusal=coupon_refusal,
                 freight_refusal=freight_refusal, offers=found, short=short)  # fmt: skip


async def _ask(work: Work, wish: Wish, person: UUID, campaign: UUID | None) -> promotions.Quote | Refusal:
    """What it costs alone, or as a seat in a team."""
    if wish.mode in ("alone", "cart"):
        return await orders.quote(work, wish.command(person))
    region = await orders.region_of(work, person, wish.address)
    if isinstance(region, Refusal):
        return region
    return await groupbuy.quote_seat(work, wish.seat(person, campaign), region=region)


async def _priced(
    work: Work, wish: Wish, person: UUID, campaign: UUID | None = None
) -> tuple[promotions.Quote, Refusal | None, Refusal | None]:
    """The quote that placing will charge. A coupon that cannot be used is left out, and it is said why; so is an address that
    nobody sends to. Points are used as far as there are some."""
    if wish.points:
        wish = replace(wish, points=min(wish.points, (await points.balance(work, person)).spendable))
    priced = await _ask(work, wish, person, campaign)
    coupon_refusal = freight_refusal = None
    if isinstance(priced, Refusal) and wish.coupons and not isinstance(priced, NoDelivery):
        coupon_refusal, wish = priced, replace(wish, coupons=())
        priced = await _ask(work, wish, person, campaign)
    if isinstance(priced, NoDelivery):
        freight_refusal, wish = priced, replace(wish, address=None)
        priced = await _ask(work, wish, person, campaign)
    if isinstance(priced, Refusal):
        raise Refused(priced)
    return priced, coupon_refusal, freight_refusal


async def _points_choice(work: Work, visit: Visit, wish: Wish, found: Quote) -> PointsChoice | None:
    """As many points as may pay for this; None where there are none to use, or the market takes none."""
    if found.priced is None or not (has := (await points.balance(work, visit.person)).spendable):
        return None
    used = () if found.coupon_refusal else wish.coupons
    address = None if found.freight_refusal else wish.address
    most = await _ask(work, replace(wish, coupons=used, points=has, address=address), visit.person, found.campaign)
    terms = await points.load_terms(work)
    if isinstance(most, Refusal) or most.points_units < max(terms.spend_min, 1):
        return None
    is_chosen = found.priced.points_units > 0
    return PointsChoice(
        units=most.points_units,
        saves=showing.amount(visit, most.taken()[promotions.Reason.POINTS, None]),
        url=replace(wish, coupons=used, points=0 if is_chosen else most.points_units).with_address(wish.address),
        is_chosen=is_chosen,
    )


async def _choices(
    work: Work, visit: Visit, wish: Wish, found: Quote
) -> tuple[list[CouponChoice], BestCoupons | None, dict[UUID, str]]:
    """The viewer's coupons with what choosing or leaving each would show, the best choice, and all their names."""
    weighed: tuple[promotions.Suggestion, promotions.Coupons] | Refusal | None
    if wish.mode in ("alone", "cart"):
        weighed = await orders.suggest_coupons(work, wish.command(visit.person))
    else:
        weighed = await groupbuy.weigh_coupons(work, wish.seat(visit.person, found.campaign))
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
                url=replace(wish, coupons=chosen).with_address(wish.address),
                is_chosen=coupon in used,
                why_not=visit.words.told(refusal, visit.market.currency).happened if refusal else "",
            )
        )
    best = None
    if suggestion.saves_minor and set(suggestion.coupons) != set(used):
        missed = suggestion.missed_minor_max
        best = BestCoupons(
            url=replace(wish, coupons=suggestion.coupons).with_address(wish.address),
            saves=showing.amount(visit, suggestion.saves_minor),
            missed_max=showing.amount(visit, missed) if missed else None,
        )
    return choices, best, names


def _opened(visit: Visit, offer: Offer, product: ProductOffer, sku: SkuOffer) -> Quote:
    campaign = product.campaign
    if campaign is None or sku.team_price_minor is None:
        raise Refused(NotFound())
    price = sku.team_price_minor - campaign["leader_off_minor"]
    terms = TeamTerms(size=campaign["size"], needed=campaign["size"] - 1, gather_hours=hours(campaign["team_seconds"]),
                      ladder=ladder_of(visit, campaign, price))  # fmt: skip
    return Quote(offer, price, sku.units_team, campaign["units_per_order_max"], terms, campaign["id"])


async def _joined(work: Work, visit: Visit, wish: Wish, offer: Offer, sku: SkuOffer) -> Quote:
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
        ladder=ladder_of(visit, team, price, team["taken"]),
    )
    seen = Team(team["id"], team["campaign_id"], team["leader_id"], team["state"], team["size"], team["held"],
                team["taken"], team["opened_at"], team["deadline"])  # fmt: skip
    return Quote(offer, price, units[team["campaign_id"]][wish.sku], team["units_per_order_max"], terms, team=seen)


async def page_of(
    work: Work, visit: Visit, wish: Wish, found: Quote, filled: Filled, errors: dict[str, str], kept: Sequence[Any]
) -> CheckoutPage:
    """The page of a quote, with what was filled in and what was wrong with it. `kept`: the viewer's addresses."""
    offers, priced = found.offers or (found.offer,), found.priced
    coupon_choices, best, names = await _choices(work, visit, wish, found)
    if found.coupon_refusal is not None:
        errors = errors | {"coupons": visit.words.told(found.coupon_refusal, visit.market.currency).happened}
    in_team = wish.mode in ("open", "join")
    names = names | {one.id: one.name for one in (await find_bundles(work, [b for b, _ in wish.sets])).values()}
    costs = [(found.price_minor, wish.units)]
    if priced and not in_team:
        costs = [(line.list_minor, line.units) for line in priced.lines]
    if in_team and (campaign := found.campaign or (found.team and found.team.campaign_id)):
        names = names | {campaign: _names_team(visit, found)}
    lines = [goods_line(visit, offer, *cost) for offer, cost in zip(offers, costs, strict=True)]
    needs_address = any(offer.fulfilment == "shipped" for offer in offers)
    suppliers = await parties.supplier_cards(work, {offer.supplier_id for offer in offers}) if not in_team else {}
    addresses = showing.addresses(kept)
    team = TEAM_ID.show(wish.team) if wish.team else None
    return CheckoutPage(
        action={"alone": "/orders", "cart": "/cart/orders", "open": "/teams", "join": f"/t/{team}/seats"}[wish.mode],
        key=filled.key,
        mode=wish.mode,
        sku=SKU.show(wish.sku) if wish.sku != NO_SKU else "",
        units=wish.units,
        units_max=1 if found.offers else max(min(found.units_free, found.units_most, UNITS_MAX), 1),
        lines=lines,
        parcels=parcels_of(offers, lines, suppliers, filled.remarks) if not in_team else [],
        items=wish.shown_items,
        requote_url=wish.url if found.has_freight and needs_address else "",
        freight_note=_freight_note(visit, wish, found),
        price_lines=explained(visit, priced, names) if priced else [],
        total=showing.amount(visit, found.total_minor(wish)),
        addresses=addresses,
        address=filled.address or (addresses[0].address if addresses else "new"),
        draft=filled.draft,
        is_from_aside=filled.is_from_aside,
        places=choices(filled.draft, errors) if needs_address else None,
        needs_address=needs_address,
        team=team,
        campaign=CAMPAIGN_ID.show(found.campaign) if found.campaign else None,
        terms=found.terms,
        points=priced.points_units if priced else 0,
        points_choice=await _points_choice(work, visit, wish, found),
        coupons=show_coupons(() if found.coupon_refusal else wish.coupons),
        choices=coupon_choices,
        best=best,
        no_return=_return_words(visit, offers),
        must_accept=any(offer.return_exception == AGREED for offer in offers),
        declared=await declared(work, visit, offers, wish.with_address(wish.address)),
        errors=errors,
    )


def _return_words(visit: Visit, offers: Sequence[Offer]) -> str:
    """Which goods are not taken back without a reason; of several goods each by its name."""
    said = {o.title: words for o in offers if (words := showing.return_words(visit, o.return_exception))}
    return " ".join(words if len(offers) == 1 else f"{title}: {words}" for title, words in said.items())


def _freight_note(visit: Visit, wish: Wish, found: Quote) -> str:
    if found.freight_refusal is not None:
        return visit.words.told(found.freight_refusal, visit.market.currency).happened
    if found.has_freight and wish.address is None:
        return visit.gettext("Freight is added once the address is known; you see it before anything is ordered.")
    return ""


def _names_team(visit: Visit, found: Quote) -> str:
    """What a unit costs in the team and alone, beside the team's price."""
    if found.price_minor >= found.offer.price_minor:
        return ""
    return visit.gettext(
        "%(price)s instead of %(single)s each",
        price=visit.words.money_text(showing.amount(visit, found.price_minor)),
        single=visit.words.money_text(showing.amount(visit, found.offer.price_minor)),
    )
