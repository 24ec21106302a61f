"""A market with something of everything, and its visitors: nobody, a buyer, another one, a supplier, a member of staff."""

from dataclasses import dataclass, field
from uuid import UUID

from tests.faces import growing
from tests.faces.earnings import earned
from tests.faces.supplying import know_supply
from tests.faces.wire import Headers
from tests.given import carts, guarding, houses, invoicing, office, organisations, settling
from tests.given import goods as given
from tests.given import points as wallets
from tests.given import presale as sales
from tests.given import promotions as promo
from tests.given import shops as shopping
from tests.given.aftersales import ask
from tests.given.houses import Place
from tests.given.identities import identify
from tests.given.importing import checked, moved_price
from tests.given.planning import played
from tests.given.receivers import Receiver, poster, relay_through
from tests.given.reconciliation_refusals import ticket
from tests.given.sourcing import CUSTOMS
from tuan.goods import catalog
from tuan.goods.catalog.model import CATEGORY, FREIGHT, PRODUCT, SKU, FreightRule
from tuan.kit.refusals import granted
from tuan.people import developers, parties, sharing
from tuan.people.accounts.model import ADDRESS, PERSON
from tuan.people.compliance.model import SIGN_OFF
from tuan.people.developers.model import DELIVERY, ENDPOINT, KEY
from tuan.people.parties.model import ORGANISATION, SHOP, SUPPLIER
from tuan.people.sharing import MakeLink, MarketLink
from tuan.people.sharing.model import Target
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.play import loyalty, shops
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.play.presale.model import OFFER_ID
from tuan.play.shops.model import APPLICATION_ID, CONSENT_ID, MATERIAL_ID
from tuan.surfaces.web import sessions
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.aftersales.model import Kind, Saying, Side
from tuan.trade.imports.model import IMPORT
from tuan.trade.invoices.model import INVOICE_ID, RED_ID
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import ASIDE_ID, ATTEMPT_ID, PAYABLE, REFUND_ID
from tuan.trade.reconciliation.model import TICKET_ID
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, Rules
from tuan.value import promotions
from tuan.value.promotions.model import RULE, TEMPLATE, TIER
from tuan.voice.planning.model import SIMULATION

UNITS = 100_000


@dataclass(slots=True)
class Visitor:
    """Who asks: his session's token, the token of his forms, and the ids that are his alone."""

    name: str
    host: str
    person: UUID | None
    token: str = ""
    form_token: str = ""
    own: set[str] = field(default_factory=set)
    clerk: office.Clerk | None = None

    async def arrive(self, place: Place) -> None:
        """Begin a session, or for nobody a visit: forms of ours carry a token for him too."""
        if self.clerk is not None:
            self.token = await office.signed_in(place, self.clerk)
        elif self.person is None:
            self.token = sessions.new_token()
        else:
            async with place.work() as work:
                self.token = await sessions.begin(work, self.person, "en")
                (seen, *_) = await sessions.of_person(work, self.person, self.token)
                self.own.add(sessions.SESSION.show(seen.id))
        self.form_token = sessions.form_token(place.house.settings.secret, self.token)

    def headers(self, accept: str = "application/json") -> Headers:
        return [
            (b"host", self.host.encode()),
            (b"accept", accept.encode()),
            (b"cookie", f"tuan={self.token}; tuan-office={self.token}; lang=en".encode()),
            (b"x-csrf-token", self.form_token.encode()),
        ]


@dataclass(slots=True)
class World:
    """Two markets, the visitors of the first, and public ids of both by the name of the field that takes them."""

    place: Place
    elsewhere: Place
    visitors: list[Visitor]
    stranger: Visitor
    ids: dict[str, list[str]] = field(default_factory=dict)

    def owner_of(self, public: str) -> Visitor | None:
        """Whose alone this id is; None for what everybody may know."""
        return next((one for one in (*self.visitors, self.stranger) if public in one.own), None)

    def know(self, owner: Visitor | None, **ids: str) -> None:
        for name, public in ids.items():
            self.ids.setdefault(name, []).append(public)
            if owner is not None:
                owner.own.add(public)


async def make_world(place: Place, *, rounds: int) -> World:
    """A shop with two buyers who each have orders, teams and payments in many states, and one more in another market.

    rounds: of each thing so many, since requests use them up.
    """
    market, host = await houses.make_market(place.house)
    elsewhere = Place(place.house, place.relay, market, host)
    mine, theirs = [await given.goods(p, units=UNITS) for p in (place, elsewhere)]
    payouts = await _money_to_pay_out(place, mine)
    here, there = await given.campaign(place, mine, size=5), await given.campaign(elsewhere, theirs, size=5)
    buyer, other = await given.buyers(place, 2)
    foreigner = await given.buyer(elsewhere)
    people = {"nobody": None, "buyer": buyer.id, "other": other.id, "supplier": await _owner_of(place, here.supplier)}
    visitors = [Visitor(name, place.host, person) for name, person in people.items()]
    owner = await office.clerk(place)
    packer = await office.clerk(place, "care")
    visitors.append(Visitor("staff", place.host, owner.person, clerk=owner))
    world = World(place, elsewhere, visitors, Visitor("stranger", host, foreigner.id))
    for visitor in visitors:
        await visitor.arrive(place)
        for public in visitor.own:
            world.know(None, session=public)
    world.know(None, person=PERSON.show(packer.person), domain=f"go.{place.host}")  # of no other test's market
    for of, owner in ((here, None), (there, world.stranger)):
        world.know(
            owner, product=PRODUCT.show(of.product), sku=SKU.show(of.sku), campaign=CAMPAIGN_ID.show(of.campaign)
        )
    await _know_shops(world, place, visitors[3], rounds)
    await growing.know_growth(world, place)
    for name, ids in payouts.items():
        world.ids[name] = [*ids, *world.ids.get(name, ())]
    await _know_invoices(world, place, mine)
    visitors[3].own |= {payouts["account"][0], payouts["withdrawal"][0]}
    await _know_goods(world, place, here)
    world.know(None, freight=FREIGHT.show(granted(await carts.freight(place, here, FreightRule()))))
    world.ids["about"] = list(world.ids["shop"])
    world.ids["items"] = [f"{SKU.show(here.sku)}:1", "1:1"]
    await _know_imports(world, place, here)
    await know_supply(world, place, here)
    for _ in range(rounds):
        await _own(world, place, visitors[1], buyer, here)
        await _own(world, place, visitors[2], other, here)
        await _own(world, elsewhere, world.stranger, foreigner, there)
    await _know_links(world, place, here, buyer)
    await visitors[4].arrive(place)  # weeks have passed meanwhile, and a session of the office lasts half a day
    await _work_of_the_office(world, place)
    for one in (place, elsewhere):  # also the last facts have come to the feed
        await one.quiet()
    await _know_programs(world, place)
    world.know(None, report=await guarding.reported(place), after="released")
    world.know(None, after="on")  # a version of a plan, as the other is a commission
    for name in ("waterfall", "channels"):  # what a supplier reads of himself, and what a shop does
        world.know(None, report=name)
    await _know_organisation(world, place, buyer, other)
    for _ in range(4):
        world.know(None, signature=SIGN_OFF.show(await guarding.asked(place)))
    return world


async def _know_organisation(world: World, place: Place, owner: given.Buyer, member: given.Buyer) -> None:
    """One that the first speaks for and that has invited the second."""
    of = granted(await place.do(parties.admit_organisation, "江南银行", owner.id, reason="test"))
    granted(await organisations.invite(place, of, await organisations.number_of(place, member)))
    world.know(None, organisation=ORGANISATION.show(of), member_code=await organisations.code(place, of))


async def _know_goods(world: World, place: Place, here: given.Goods) -> None:
    """What an operator writes about: a product without a campaign, and a SKU that nobody has ordered or renamed."""
    free, spare = await given.goods(place), await given.goods(place, skus=2)
    async with place.work() as work:
        category = (await catalog.categories(work))[0]["id"]
    world.know(None, template=TEMPLATE.show(await promo.template(place, per_person=100)))
    world.know(None, presale=OFFER_ID.show(granted(await sales.launch(place, here))))
    limited = granted(await promo.rule(place, "limited", prices={spare.extra[0]: 1500}))
    giver = await given.buyer(place)
    gift = granted(await promo.gift(place, giver, await promo.coupon(place, giver, giftable=True)))
    world.know(None, gift=gift.code)
    tier, member = (
        granted(await place.do(promotions.make_tier, "Gold", reason="test")),
        PERSON.parse(world.ids["person"][0]),
    )
    assert await place.do(promotions.put_in_tier, member, tier, reason="test") is None
    world.know(None, tier=TIER.show(tier))
    set_of_two = granted(await promo.rule(place, "bundle", set_units={here.sku: 2}, set_minor=3000, per_order=9))
    world.know(None, rule=RULE.show(limited), bundle=RULE.show(set_of_two), bundle_id=RULE.show(set_of_two))
    world.know(
        None,
        product=PRODUCT.show(free.product),
        prices=f"{SKU.show(free.sku)}:900",
        sku=SKU.show(spare.sku),
        moves=f"{SKU.show(spare.sku)}:{spare.price_minor}:{spare.price_minor}",
        picked=PRODUCT.show(here.product),
        category=CATEGORY.show(category),
        supplier=SUPPLIER.show(here.supplier),
        picture="goods/navel-orange.svg",
    )


async def _know_shops(world: World, place: Place, seller: Visitor, rounds: int) -> None:
    """The supplier's own shop, and people who ask for one: each application is decided once."""
    assert seller.person is not None
    shop, owner = await shopping.shop(place, owner=given.Buyer(seller.person, seller.person))
    for name, ids in (await earned(place, shop, owner, seller)).items():
        for public in ids:
            world.know(None, **{name: public})
    of = await shopping.picked(place, shop)
    assert await place.do(shops.grant_budget, shop, 100_000, reason="test") is None
    keeper = given.Buyer(seller.person, seller.person)
    suspended, _ = await shopping.shop(place)
    assert await place.do(parties.suspend_shop, suspended, reason="test") is None
    _, known = await shopping.seen(place, shop, keeper, "name", "orders")
    for _ in range(2 * rounds):
        theirs = granted(await place.do(shops.keep_material, "桃子", [], shop=shop))
        ours = granted(await place.do(shops.publish_material, "桃子", [], reason="test"))
        world.know(seller, material=MATERIAL_ID.show(theirs))
        world.know(None, material=MATERIAL_ID.show(ours))
        world.know(seller, template=TEMPLATE.show(granted(await shopping.coupon(place, shop, total=1))))
    for visitor in world.visitors[1:3]:
        assert visitor.person is not None
        await shopping.customer(place, shop, keeper, given.Buyer(visitor.person, visitor.person))
    world.know(seller, customer=CONSENT_ID.show(known))
    world.know(None, shop=SHOP.show(shop), product=PRODUCT.show(of.product))
    world.know(None, shop=SHOP.show(suspended))
    for _ in range(4 * rounds):
        world.know(None, application=APPLICATION_ID.show(await shopping.waiting(place)))


async def _know_links(world: World, place: Place, here: given.Goods, buyer: given.Buyer) -> None:
    """A buyer's own link to goods, and the market's own to a packet of coupons."""
    code = granted(await place.do(sharing.make_link, MakeLink(buyer.id, Target("product", here.product), "web")))
    packet = Target("coupon", await promo.template(place, per_person=100))
    for new in (packet, packet):
        made = await place.do(sharing.make_market_link, MarketLink(new, "parcel", "box"), reason="test")
        world.know(None, code=granted(made))
    world.know(None, code=code, what=PRODUCT.show(here.product))


async def _know_imports(world: World, place: Place, here: given.Goods) -> None:
    """Tables that wait for a word: the office's, and this supplier's own."""
    rows = await moved_price(place)
    jobs = [await checked(place, rows) for _ in range(6)]
    own = [await checked(place, rows, supplier=here.supplier) for _ in range(3)]
    for job in (*jobs, *own):
        world.know(None, job=IMPORT.show(job))
    simulation = SIMULATION.show((await played(place))["id"])
    world.know(None, simulation=simulation, again=simulation)
    world.visitors[3].own |= {IMPORT.show(job) for job in own}


async def _work_of_the_office(world: World, place: Place) -> None:
    """What only the office can do something about: another supplier's orders, a stuck refund, a notice put aside, a person."""
    await wallets.terms(place)
    assert await place.do(loyalty.set_ladder, [5, 10], reason="test") is None
    of, (payer, spare) = await given.goods(place), await given.buyers(place, 2)
    await wallets.grant(place, spare.id, 100)
    to_ship, to_keep, given_back, unpaid = [granted(await given.place_order(place, payer, of)) for _ in range(4)]
    for placed in (to_ship, to_keep, given_back):
        await given.pay(place, payer, placed)
    assert await place.do(aftersales.refund_whole, given_back.orders[0], of.supplier, reason="test") is None
    (refund,) = (await place.do(payments.refunds, states=["due"])).items
    await place.do(payments.apply_refund_answers, [RefundAnswer("sandbox", refund["id"], RefundState.FAILED, "")])
    await given.place_notice(place, await given.start_paying(place, payer, unpaid), amount_minor=1)
    (aside,) = (await place.do(payments.quarantine)).items
    await _dispute(place, payer, of, to_keep.orders[0])
    for placed in (to_ship, to_keep):
        world.know(None, order=ORDER_ID.show(placed.orders[0]))
    world.know(
        None, refund=REFUND_ID.show(refund["id"]), aside=ASIDE_ID.show(aside["id"]), person=PERSON.show(spare.id),
        ticket=TICKET_ID.show(await ticket(place)),
    )  # fmt: skip


async def _dispute(place: Place, who: given.Buyer, of: given.Goods, order: UUID) -> None:
    """A case that waits for the market's decision, both sides heard."""
    await place.do(orders.ship, order, of.supplier, carrier="顺丰", tracking="SF1")
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged"))
    assert await place.do(aftersales.refuse, order, 1, of.supplier, Saying("完好发出")) is None
    assert await place.do(aftersales.dispute, order, 1, who.id, Saying("坏了")) is None
    assert await place.do(aftersales.say, order, 1, Side.SUPPLIER, of.supplier, Saying("没有坏")) is None


async def _money_to_pay_out(place: Place, of: given.Goods) -> dict[str, list[str]]:
    """Before everything else, since it takes a week: money and an account of this supplier, and of another one an account
    to be checked and two withdrawals, of which the larger takes two persons."""
    await settling.received(place, of, await given.buyer(place))
    other = await settling.earned(place)
    assert await place.do(settlement.set_rules, Rules(100, 0, 500), reason="test") is None
    asked = [await settling.asked_for(place, other, minor) for minor in (100, 1000)]
    own, _ = await settling.asked_for(place, of, 100)
    accounts = [await settling.account_of(place, of.supplier)]
    accounts.append(await settling.account_of(place, other.supplier, active=False))
    return {
        "account": [ACCOUNT_ID.show(one) for one in accounts],
        "withdrawal": [PAYOUT_ID.show(one) for one in (own, *(one for one, _ in asked))],
    }


async def _know_invoices(world: World, place: Place, of: given.Goods) -> None:
    """One that this supplier has to issue, and a red one."""
    who, number = await given.buyer(place), "24952000000000000008"
    asked, back = [granted(await given.place_order(place, who, of)) for _ in range(2)]
    ids = []
    for placed in (asked, back):
        await given.pay(place, who, placed)
        ids.append(granted(await invoicing.ask(place, who, placed.orders[0])))
    assert await invoicing.issue(place, of, ids[1], number) is None
    assert await place.do(aftersales.cancel, back.orders[0], who.id, reason="changed_mind") is None
    await place.quiet()
    (red,) = await invoicing.reds_of(place, ids[1])
    world.know(world.visitors[3], invoice=INVOICE_ID.show(ids[0]), red=RED_ID.show(red["id"]))


async def _owner_of(place: Place, supplier: UUID) -> UUID:
    async with place.work() as work:
        sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
        found: UUID = await work.fetch_value(sql, supplier)
        return found


async def _know_programs(world: World, place: Place) -> None:
    """A key, and a webhook to which one event has been posted; it waits for no other."""
    seller = world.visitors[3].person
    assert seller is not None
    key = granted(await place.do(developers.make_key, seller, "ERP", ["goods.read"], expires_at=None, reason="test"))
    kinds = ["orders.shipped.v1"]
    url = "https://parcels.example.com/tuan"
    webhook = granted(await place.do(developers.add_endpoint, url, kinds, place.house.poster, reason="test"))
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    await place.do(orders.ship, placed.orders[0], of.supplier, carrier="顺丰", tracking="SF1")
    await relay_through(place, poster(Receiver()))
    (delivery,) = (await place.do(developers.deliveries_of, webhook)).items
    world.know(None, api_key=KEY.show(key.id), webhook=ENDPOINT.show(webhook), delivery=DELIVERY.show(delivery["id"]))


async def _own(world: World, place: Place, visitor: Visitor, who: given.Buyer, of: given.Goods) -> None:
    """Orders unpaid, being paid, waiting in a team, to be shipped, and shipped."""
    world.know(visitor, address=ADDRESS.show(who.address))
    unpaid, pending, bought, shipped, spare = [granted(await given.place_order(place, who, of)) for _ in range(5)]
    attempt = await given.begin_paying(place, who, pending)
    team = await given.paid_team(place, who, of)
    await given.pay(place, who, bought)
    await given.pay(place, who, shipped)
    abroad = await _from_abroad(place, who, of)
    await place.do(orders.ship, shipped.orders[0], of.supplier, carrier="顺丰", tracking="SF1")
    granted(await ask(place, who, shipped.orders[0], Kind.REFUND_ONLY, "damaged"))
    for placed in (unpaid, pending, bought, shipped):
        world.know(visitor, order=ORDER_ID.show(placed.orders[0]), payable=PAYABLE.show(placed.payable))
    world.know(visitor, order=ORDER_ID.show(team.order), payable=PAYABLE.show(team.payable))
    world.know(visitor, order=ORDER_ID.show(abroad))
    world.know(visitor, order=ORDER_ID.show(spare.orders[0]))  # nobody pays it, so that it can be cancelled
    world.know(visitor, attempt=ATTEMPT_ID.show(attempt))
    world.know(world.stranger if visitor is world.stranger else None, team=TEAM_ID.show(team.team))


async def _from_abroad(place: Place, who: given.Buyer, of: given.Goods) -> UUID:
    """An order that is to be declared; the same goods are from here again afterwards."""
    await identify(place, who)
    assert await place.do(catalog.set_customs, of.supplier, of.sku, CUSTOMS, reason="test") is None
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    assert await place.do(catalog.set_customs, of.supplier, of.sku, None, reason="test") is None
    return placed.orders[0]
