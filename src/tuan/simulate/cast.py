"""Who plays in a world and with what: made by public verbs from the seed's own chance, small so that things run short."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from tuan.goods import catalog, supply
from tuan.goods.catalog.model import Freight, FreightRule, NewFreight
from tuan.kit.refusals import Refusal, granted
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.platform.work import Work
from tuan.play import groupbuy, loyalty
from tuan.simulate import means, payouts
from tuan.simulate.books import Books, Buyer, Kind, Terms, Ware
from tuan.simulate.reading import CLAIM
from tuan.trade import settlement
from tuan.trade.settlement.model import Rules
from tuan.value import points, promotions
from tuan.value.points.model import Terms as PointTerms
from tuan.value.promotions.model import NewTemplate

BUYERS = 7
FAR_EVERY = 3
"""Of so many buyers one lives far away."""
REASON = "world"
FOREVER = timedelta(days=3650)


async def make_cast(work: Work, rng: Random, paid: str) -> Books:
    """Buyers, two suppliers, four SKUs of three products, and two campaigns with terms by chance. `paid`: how sellers are; where it
    is directly, all the goods are of the first."""
    books = Books(work.now, paid)
    people = [await accounts.admit(work, f"+86139{n:08d}", name=f"b{n}", locale="zh-CN") for n in range(BUYERS + 2)]
    for number, person in enumerate(people[:BUYERS]):
        region = means.NEAR if (number + 1) % FAR_EVERY else means.FAR
        home = Address("收件人", "13800138000", region, "文三路 1 号")
        books.people.append(Buyer(number, person, granted(await accounts.add_address(work, person, home)), region))
    for owner in people[BUYERS:]:
        books.suppliers.append(await parties.admit_supplier(work, "s", owner, promise="", reason=REASON))
        ways = means.WAYS[len(books.suppliers) - 1].items()
        sending = Freight(tuple(
            FreightRule(frozenset({where}), True, way.first, way.cost, way.step, way.more, way.free) for where, way in ways
        ))  # fmt: skip
        granted(await catalog.keep_freight(work, books.suppliers[-1], NewFreight("w", sending), reason=REASON))
    rules = Rules(payouts.LEAST_MINOR, payouts.FEE_PERMYRIAD, payouts.TWO_ABOVE_MINOR, CLAIM.days)
    assert await settlement.set_rules(work, rules, reason=REASON) is None
    books.category = await catalog.add_category(work, "all", "all", 1)
    first, second = books.suppliers
    if paid == "direct":
        second = first
        assert rng.random() < 0.2 or await settlement.set_merchant(work, first, reason=REASON) is None
    for supplier, skus in ((first, 2), (first, 1), (second, 1)):
        prices = [("", rng.randint(101, 4999)) for _ in range(skus)]
        new = catalog.NewProduct(supplier, books.category, "ware", "", [], prices, "shipped")
        ((product, made),) = granted(await catalog.list_products(work, [new]))
        for sku, (_, price) in zip(made, prices, strict=True):
            books.wares[sku] = Ware(len(books.wares), sku, product, supplier, price)
            units = rng.randint(4, 14)
            assert await supply.receive(work, {sku: units}, reason=REASON) is None
            books.received[sku] += units
    await _give_means(work, books, rng)
    for listed in list(dict.fromkeys(ware.product for ware in books.wares.values()))[:2]:
        await launch(work, books, listed, rng)
    return books


async def _give_means(work: Work, books: Books, rng: Random) -> None:
    """Three kinds of coupons, and points for what is bought and for coming by."""
    terms = PointTerms(
        1, means.EARN_PER_MINOR, 10**6, 10**6, means.VALID_DAYS, means.HUNDRED_MINOR, means.CAP_PERMYRIAD, 1, True
    )
    assert await points.set_terms(work, terms, reason=REASON) is None
    assert await loyalty.set_ladder(work, means.LADDER, reason=REASON) is None
    for supplier, off, share, cap, threshold, stacks, per_person in (
        (books.suppliers[0], 0, rng.randint(500, 3000), rng.randint(50, 900), 0, False, 2),
        (None, rng.randint(100, 900), 0, None, rng.randint(0, 2000), True, 3),
        (None, 10**6, 0, None, 0, False, 1),
    ):
        new = NewTemplate("coupon", work.now - timedelta(minutes=1), work.now + FOREVER, off, share, cap, threshold, supplier,
                          stacks=stacks, valid_seconds=30 * 86_400, per_person=per_person)  # fmt: skip
        template = granted(await promotions.launch_template(work, new, reason=REASON))
        books.kinds[template] = Kind(
            len(books.kinds) + 1, template, supplier, off, share, cap, threshold, stacks, per_person
        )


async def launch(
    work: Work, books: Books, product: UUID, rng: Random, revises: Any = None
) -> tuple[dict[UUID, int], Any]:
    """Launch a campaign with terms by chance; the units it sets aside, and what the verb answered."""
    wares = [ware for ware in books.wares.values() if ware.product == product]
    size = rng.choice((2, 2, 3, 3, 4))
    pay_seconds = rng.choice((60, 300, 900))
    prices = {ware.sku: max(1, ware.price_minor - rng.randint(0, 900)) for ware in wares}
    aside = {wares[0].sku: rng.randint(1, 4)} if rng.random() < 0.3 else {}
    new = groupbuy.NewCampaign(
        product=product,
        prices=prices,
        size=size,
        starts_at=work.now - timedelta(minutes=1),
        ends_at=work.now + timedelta(days=rng.choice((2, 9, 30))),
        team_seconds=rng.choice((900, 3600, 7200)),
        pay_seconds=pay_seconds,
        allotments=aside,
        units_per_order_max=rng.choice((2, 99)),
        units_per_person_max=rng.choice((None, None, 2, 3)),
        audience=rng.choice((*["all"] * 7, "newcomers")),
        late_policy=rng.choice(("another_team", "new_team", "refund")),
        may_leave=rng.random() < 0.8,
        promise_min=rng.choice((None, None, size - 1)) if size > 2 else None,
        stacks_with=frozenset({"points", "coupon"}) if rng.random() < 0.5 else frozenset({"points"}),
    )
    answer = await groupbuy.launch_campaign(work, new, reason=REASON, revises=revises)
    if not isinstance(answer, Refusal):
        books.campaigns[answer] = Terms(
            len(books.campaigns), answer, product, prices, aside, size, new.team_seconds, pay_seconds,
            new.units_per_order_max, new.units_per_person_max, new.audience, new.late_policy, new.may_leave,
            new.promise_min, new.ends_at, "coupon" in new.stacks_with,
        )  # fmt: skip
    return aside, answer
