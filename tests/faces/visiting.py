"""A market with something of everything, and its visitors: nobody, a buyer, another one, a supplier, a member of staff."""

import base64
from dataclasses import dataclass, field
from uuid import UUID

from tests.faces.wire import Headers
from tests.given import goods as given
from tests.given import houses, office, settling
from tests.given import points as wallets
from tests.given import promotions as promo
from tests.given.aftersales import ask
from tests.given.houses import Place
from tests.given.pictures import picture
from tests.given.receivers import Receiver, poster, relay_through
from tests.given.reconciliation_refusals import ticket
from tuan.goods import catalog
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people import developers
from tuan.people.accounts.model import ADDRESS, PERSON
from tuan.people.developers.model import DELIVERY, ENDPOINT, KEY
from tuan.people.parties.model import SUPPLIER
from tuan.platform.gateways.payment import RefundAnswer, RefundState
from tuan.play import loyalty
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.web import sessions
from tuan.trade import aftersales, orders, payments, settlement
from tuan.trade.aftersales.model import Kind, Saying, Side
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import ASIDE_ID, ATTEMPT_ID, PAYABLE, REFUND_ID
from tuan.trade.reconciliation.model import TICKET_ID
from tuan.trade.settlement.model import ACCOUNT_ID, PAYOUT_ID, Rules
from tuan.value.promotions.model import RULE, TEMPLATE

UNITS = 100_000

WRITTEN_BY_OPERATORS = {
    "title": ("红富士苹果", "", "x" * 121),
    "story": ("脆甜", "x" * 4001),
    "fulfilment": ("shipped", "x"),
    "options": ("9 kg", "x" * 61),
    "price": ("39.90", "x", "-1", "1.234"),
    "state": ("listed", "x"),
    "picture": (base64.b64encode(picture(8, 8)).decode(), "x"),
    "size": ("2", "1", "x"),
    "starts_at": ("2026-11-22T18:00", "x"),
    "ends_at": ("2099-11-22T18:00", "2020-01-01T00:00"),
    "team_hours": ("24", "0"),
    "pay_minutes": ("15", "x"),
    "per_order": ("5", "0"),
    "per_person": ("", "0"),
    "audience": ("all", "x"),
    "late_policy": ("refund", "x"),
    "may_leave": ("yes", "x"),
    "shows_open_teams": ("no", "x"),
    "promise": ("", "9"),
    "asides": ("", "x:1"),
    "url": ("https://erp.example.com/tuan", "http://169.254.169.254/", "x"),
    "kinds": ("", "orders.paid.v1", "x"),
    "days": ("90", "", "0", "x"),
    "goods_read": ("on", ""),
    "events_read": ("", "on"),
    "rewards": ("5 10", "0"),
    "earn_points": ("1", "x"),
    "earn_per": ("1.00", "0"),
    "earn_order_max": ("500", "-1"),
    "event_day_max": ("30", "x"),
    "valid_days": ("365", "0"),
    "hundred": ("1.00", "1.001"),
    "spend_percent": ("50", "101"),
    "spend_min": ("10", "0"),
    "owes": ("yes", "x"),
    "amount": ("1.00", "x", "-1", "9" * 16),
    "holder": ("果园", "", "x" * 81),
    "number": ("1", "6222021234567890", "", "x" * 65),
    "after": ("active", "removed", "x"),
    "fee": ("2", "x", "100.01"),
    "withheld": ("0.5", "x"),
    "least": ("1", "0"),
    "two_above": ("5", "x"),
    "month": ("2026-11", "x", "0001-01", "9999-12", "2026-13"),
}
"""What fields of the office's goods, campaigns and points may say, the lawful first."""


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
    world.know(None, person=PERSON.show(packer.person))
    world.ids |= payouts
    visitors[3].own |= {payouts["account"][0], payouts["withdrawal"][0]}
    for of, owner in ((here, None), (there, world.stranger)):
        world.know(
            owner, product=PRODUCT.show(of.product), sku=SKU.show(of.sku), campaign=CAMPAIGN_ID.show(of.campaign)
        )
    await _know_goods(world, place, here)
    for _ in range(rounds):
        await _own(world, place, visitors[1], buyer, here)
        await _own(world, place, visitors[2], other, here)
        await _own(world, elsewhere, world.stranger, foreigner, there)
    await _work_of_the_office(world, place)
    for one in (place, elsewhere):  # also the last facts have come to the feed
        await one.quiet()
    await _know_programs(world, place)
    return world


async def _know_goods(world: World, place: Place, here: given.Goods) -> None:
    """What an operator writes about: a product without a campaign, and a SKU that nobody has ordered or renamed."""
    free, spare = await given.goods(place), await given.goods(place, skus=2)
    async with place.work() as work:
        category = (await catalog.categories(work))[0]["id"]
    world.know(None, template=TEMPLATE.show(await promo.template(place, per_person=100)))
    limited = granted(await promo.rule(place, "limited", prices={spare.extra[0]: 1500}))
    world.know(None, rule=RULE.show(limited))
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
    await place.do(payments.apply_refund_answers, [RefundAnswer(refund["id"], RefundState.FAILED, "")])
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
    await place.do(orders.ship, shipped.orders[0], of.supplier, carrier="顺丰", tracking="SF1")
    granted(await ask(place, who, shipped.orders[0], Kind.REFUND_ONLY, "damaged"))
    for placed in (unpaid, pending, bought, shipped):
        world.know(visitor, order=ORDER_ID.show(placed.orders[0]), payable=PAYABLE.show(placed.payable))
    world.know(visitor, order=ORDER_ID.show(team.order), payable=PAYABLE.show(team.payable))
    world.know(visitor, order=ORDER_ID.show(spare.orders[0]))  # nobody pays it, so that it can be cancelled
    world.know(visitor, attempt=ATTEMPT_ID.show(attempt))
    world.know(world.stranger if visitor is world.stranger else None, team=TEAM_ID.show(team.team))
