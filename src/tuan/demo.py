"""The demo market: made of public verbs only, so that loading it is a test. Its people are named as demo people."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from tuan.goods import catalog, supply
from tuan.kit.refusals import granted
from tuan.launch import Ground, Say
from tuan.main import open_house
from tuan.people import accounts, parties, staff
from tuan.people.accounts.model import Address, AddressId, PersonId
from tuan.platform import markets
from tuan.platform.embedded import OWNER
from tuan.platform.gateways.payment import Charge
from tuan.platform.house import House
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, MarketId, Work, open_work
from tuan.play import distribution, groupbuy, loyalty, presale, shops
from tuan.play.distribution import model as distribution_model
from tuan.play.distribution.model import Rate, Scope
from tuan.play.groupbuy.model import OpenTeam, Seated
from tuan.play.presale.model import NewOffer, Price
from tuan.play.shops import model as shops_model
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt
from tuan.value import points, promotions
from tuan.value.points.model import Terms
from tuan.value.promotions.model import NewTemplate, Way

NAME = "团 Tuan"
HOST = "localhost"
BUYERS = (("小林 (demo)", "+8613800000001"), ("阿梅 (demo)", "+8613800000002"), ("老周 (demo)", "+8613800000003"))
SUPPLIERS = (
    ("向阳果园", "+8613800000011", "现摘现发，48 小时内发货，坏果包赔"),
    ("山里人家", "+8613800000012", "产地直发，七天无理由退货"),
    ("日用百货铺", "+8613800000013", "24 小时内发货，七天无理由退货"),
)
KEEPER = ("小禾 (demo)", "+8613800000031")
SHOP = ("小禾的早市", "楼下卖了三年菜，好不好吃我先试。")
PICKS = {
    "strawberry": "一盒里没有一颗是凑数的。",
    "navel-orange": "我家孩子一天三个。",
    "tomato": "炒蛋就用它。",
    "eggs": "破一个赔一个。",
    "honey": "",
    "tea": "送长辈的。",
}
"""What the demo shop has chosen, in its order, with its own words."""
COMMISSION_BP = 800
CLERK = ("小唐 (demo)", "+8613800000021")
CATEGORIES = (
    ("fruit", "水果"), ("vegetables", "蔬菜"), ("pantry", "粮油"), ("bakery", "烘焙"),
    ("seafood", "水产"), ("tea", "茶饮"), ("home", "家居"), ("paper", "文具"),
)  # fmt: skip
ADDRESS = Address("演示收件人", "13800000001", "浙江省 杭州市 西湖区", "文三路 1 号")


@dataclass(frozen=True, slots=True)
class Sample:
    """One demo product: the supplier's and category's place in the lists above; prices in fen; team None: alone only."""

    slug: str
    title: str
    story: str
    supplier: int
    category: int
    price: int
    team: int | None
    size: int = 2
    options: tuple[tuple[str, int], ...] = (("标准装", 100),)
    """Names, each with its price in per cent of the first one's."""


SAMPLES = (
    Sample("candle", "豆蜡香薰蜡烛 3 只", "大豆蜡，棉芯，可燃 30 小时。", 2, 6, 4900, 3290, 3),
    Sample("notebook", "方格笔记本 2 本", "180 度平摊。", 2, 7, 2900, None),
    Sample("plant", "发财树小盆栽", "带盆带土，到家浇水就行。", 2, 6, 3900, 2690, 2),
    Sample("umbrella", "八骨晴雨伞", "抗风，晴雨两用。", 2, 6, 5900, 3990, 3),
    Sample("soap", "橄榄皂 4 块", "冷制，无香精。", 2, 6, 3600, 2400),
    Sample("mug", "粗陶马克杯 2 只", "手工上釉，每只略有不同。", 2, 6, 6900, 4590, 2, (("雾蓝", 100), ("米白", 100))),
    Sample("socks", "纯棉中筒袜 3 双", "新疆棉，不起球。", 2, 6, 3900, 2590),
    Sample("tea", "明前龙井 100 克", "杭州产，手工炒制。", 1, 5, 16800, 12800, 2),
    Sample("bread", "全麦吐司 2 条", "当天烤，当天发。", 1, 3, 2600, 1890, 2),
    Sample("noodles", "手工挂面 4 斤", "只有面、水和盐。", 1, 2, 2200, 1590),
    Sample("broccoli", "有机西兰花 3 斤", "清晨采收，带叶保鲜。", 1, 1, 2400, 1790, 2),
    Sample("corn", "水果玉米 8 根", "生吃也甜。", 1, 1, 3200, 2290, 3),
    Sample("sweet-potato", "烟薯 25 号 5 斤装", "流油软糯，适合烤。", 1, 1, 2690, 1690, 2),
    Sample("watermelon", "麒麟西瓜 1 个", "8 斤起，皮薄无籽。", 0, 0, 4200, 2990, 5),
    Sample("grape", "阳光玫瑰葡萄 3 斤", "一口爆汁，玫瑰香。", 0, 0, 6900, 4890, 3),
    Sample("cherry", "美早大樱桃 3 斤", "28 毫米以上，顺丰冷链。", 0, 0, 12900, 9900, 3),
    Sample("rice", "五常大米 10 斤", "当年新米，真空包装。", 1, 2, 7900, 5990, 3, (("10 斤", 100), ("20 斤", 190))),
    Sample("eggs", "散养土鸡蛋 30 枚", "破损包赔。", 1, 2, 4500, 3600, 5),
    Sample("mango", "攀枝花芒果 5 斤装", "树上熟，果核薄。", 0, 0, 4590, 3290),
    Sample("honey", "椴树蜜 500 克", "自然成熟，可溯源。", 1, 2, 6800, 4900, 3),
    Sample("shrimp", "厄瓜多尔白虾 4 斤", "船冻锁鲜，每斤 20 只左右。", 1, 4, 13900, 10900, 3),
    Sample("peach", "阳山水蜜桃 12 个", "软糯多汁，坏果包赔。", 0, 0, 8800, 6590, 2),
    Sample("croissant", "黄油可颂 6 只", "法国黄油，回烤三分钟。", 1, 3, 4200, 2990, 2),
    Sample("tomato", "普罗旺斯西红柿 5 斤装", "沙瓤，可以直接吃。", 0, 1, 3290, 1990),
    Sample("strawberry", "丹东草莓 3 斤装", "凌晨采摘，冷链到家。", 0, 0, 8900, 6900, 3),
    Sample(
        "navel-orange", "赣南脐橙 5 斤装", "皮薄汁多，当季现摘。", 0, 0, 3990, 2490, 2, (("5 斤", 100), ("9 斤", 170))
    ),
)
UNITS = 500
POINTS = Terms(earn_points=1, earn_per_minor=100, earn_order_max=2000, event_day_max=50, valid_days=365,
               hundred_minor=100, spend_permyriad=3000, spend_min=50, owes_reversed=True)  # fmt: skip
LADDER = (5, 5, 5, 10, 10, 10, 30)
WELCOME_POINTS = 500
"""What the demo buyers begin with, so that paying by points can be tried."""
COUPONS: dict[str, dict[str, Any]] = {
    "满 50 减 5": {"off_minor": 500, "threshold_minor": 5000, "stacks": True},
    "好友同领九折": {"off_permyriad": 1000, "cap_minor": 1000, "way": Way.FRIENDS, "friends": 2},
    "口令券": {"off_minor": 200, "way": Way.CODE, "code": "TUAN", "stacks": True},
}
COUPON_SECONDS = 30 * 86_400
TEAM_SECONDS = 24 * 3600
TEAMS = 6


async def load(ground: Ground, say: Say) -> list[str]:
    """Load the demo market where it is missing; lines that say whom to log in as."""
    owner = await asyncpg.connect(ground.url(OWNER))
    try:
        market = await markets.make(owner, name=NAME, host=HOST, kind="live", currency="CNY")
    finally:
        await owner.close()
    products: dict[str, UUID] = {}
    async with open_house(ground.settings, requests=2, lanes=2) as house:
        async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
            if not await catalog.categories(work):
                say("Loading the demo market.")
                products = await _fill(work)
        if products:  # each in a transaction of its own: the locks of plans, shops and goods follow one order
            for step in (_switch_plan_on, _open_shop):
                async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
                    await step(work, products)
        async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
            password, key = await _admit_clerk(work, ground.settings.secret)
        await _open_teams(house, market)
    people = ", ".join(f"{name} {phone.removeprefix('+86')}" for name, phone in BUYERS)
    seller = f"{SUPPLIERS[0][0]} {SUPPLIERS[0][1].removeprefix('+86')}"
    keeper = f"{KEEPER[0]} {KEEPER[1].removeprefix('+86')}"
    return [
        f"Log in as a buyer: {people}; as a supplier: {seller}; as a shopkeeper: {keeper}. The sign-in code is shown on the page.",
        f"The office is at /office: {CLERK[0]} {CLERK[1].removeprefix('+86')}, password {password}, key for an authenticator {key}.",
    ]


async def _admit_clerk(work: Work, secret: bytes) -> tuple[str, str]:
    """The demo's member of staff; his password and key are made of this installation's secret, so each start can tell them."""
    person = await accounts.admit(work, CLERK[1], name=CLERK[0], locale="zh-CN")
    password = hmac.digest(secret, b"demo password", hashlib.sha256).hex()[:16]
    salt = b"demo staff"
    if person not in {row["person_id"] for row in await staff.members(work)}:
        known = (password, salt)
        granted(
            await staff.admit_member(work, person, secret, roles=["owner"], reason="demo", issuer=NAME, known=known)
        )
    return password, staff.code_key(secret, salt)


async def _fill(work: Work) -> dict[str, UUID]:
    """The products by the name of their picture."""
    suppliers = []
    for name, phone, promise in SUPPLIERS:
        owner = await accounts.admit(work, phone, name=f"{name} (demo)", locale="zh-CN")
        suppliers.append(await parties.admit_supplier(work, name, owner, promise=promise, reason="demo"))
    categories = [
        await catalog.add_category(work, slug, name, place) for place, (slug, name) in enumerate(CATEGORIES, start=1)
    ]
    news = [_product(sample, suppliers[sample.supplier], categories[sample.category]) for sample in SAMPLES]
    listed = granted(await catalog.list_products(work, news))
    await supply.receive(work, {sku: UNITS for _, skus in listed for sku in skus}, reason="demo")
    campaigns = [
        groupbuy.NewCampaign(
            product=product,
            prices={sku: sample.team * part // 100 for sku, (_, part) in zip(skus, sample.options, strict=True)},
            size=sample.size,
            starts_at=work.now - timedelta(minutes=1),
            ends_at=work.now + timedelta(days=365),
            team_seconds=TEAM_SECONDS,
        )
        for sample, (product, skus) in zip(SAMPLES, listed, strict=True)
        if sample.team is not None
    ]
    for outcome in await groupbuy.launch_campaigns(work, campaigns, reason="demo"):
        granted(outcome)
    (tea,) = (made for sample, made in zip(SAMPLES, listed, strict=True) if sample.slug == "tea")
    await _take_deposits(work, *tea)
    await _give_points(work)
    await _offer_coupons(work)
    return {sample.slug: product for sample, (product, _) in zip(SAMPLES, listed, strict=True)}


async def _open_shop(work: Work, products: Mapping[str, UUID]) -> None:
    """Shops open at once; one has chosen its goods."""
    granted(await shops.set_terms(work, shops_model.Terms(shops_model.Opening.ITSELF, 0), reason="demo"))
    keeper = await accounts.admit(work, KEEPER[1], name=KEEPER[0], locale="zh-CN")
    name, words = SHOP
    opened = granted(await shops.apply_for_shop(work, shops_model.Apply(keeper, name, words)))
    assert opened.shop is not None
    for slug, said in PICKS.items():
        granted(await shops.pick_goods(work, opened.shop, products[slug], said))
    granted(await shops.choose_day(work, opened.shop, [products[slug] for slug in list(PICKS)[:3]]))


async def _switch_plan_on(work: Work, _products: Mapping[str, UUID]) -> None:
    """Shops get their part of what people buy and keep."""
    terms = distribution_model.Terms((Rate(Scope.MARKET, None, 1, rate_bp=COMMISSION_BP),))
    plan = granted(await distribution.draft_plan(work, "每件八个点", terms, reason="demo"))
    granted(await distribution.switch_on(work, plan, 1, reason="demo"))


async def _take_deposits(work: Work, product: UUID, skus: Sequence[UUID]) -> None:
    """A presale: deposits for a month, balances for a week after it."""
    ends, day = work.now + timedelta(days=30), timedelta(days=1)
    prices = dict.fromkeys(skus, Price(11_800, 2_000))
    new = NewOffer(
        product, "earnest", prices, work.now - timedelta(minutes=1), ends, ends, ends + 7 * day, ends + 20 * day
    )
    granted(await presale.launch_offer(work, new, reason="demo"))


async def _offer_coupons(work: Work) -> None:
    """One to take, one that two friends open, one for a code; nothing is cheaper by itself."""
    for name, terms in COUPONS.items():
        ends = work.now + timedelta(days=365)
        new = NewTemplate(name=name, starts_at=work.now, ends_at=ends, valid_seconds=COUPON_SECONDS, **terms)
        granted(await promotions.launch_template(work, new, reason="demo"))


async def _give_points(work: Work) -> None:
    granted(await points.set_terms(work, POINTS, reason="demo"))
    granted(await loyalty.set_ladder(work, LADDER, reason="demo"))
    buyers = [await accounts.admit(work, phone, name=name, locale="zh-CN") for name, phone in BUYERS]
    granted(await points.grant(work, buyers, WELCOME_POINTS, reason="demo"))


def _product(sample: Sample, supplier: UUID, category: UUID) -> catalog.NewProduct:
    skus = [(option, sample.price * part // 100) for option, part in sample.options]
    return catalog.NewProduct(
        supplier, category, sample.title, sample.story, [f"goods/{sample.slug}", f"goods/{sample.slug}-near"], skus
    )


async def _open_teams(house: House, market: MarketId) -> None:
    """The demo people open a few teams, as any buyer would: order, pay, wait for others.

    Each has a key, so that loading again (also after a load that was cut off) opens none twice.
    """
    async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
        products = [row["id"] for row in (await catalog.listed(work)).items]
        running = await groupbuy.campaigns_of(work, products)
        campaigns = [running[product] for product in products if product in running][:TEAMS]
        prices = await groupbuy.prices_of(work, [row["id"] for row in campaigns])
        people = [await accounts.admit(work, phone, name=name, locale="zh-CN") for name, phone in BUYERS]
        addresses = [await _address(work, person) for person in people]
    for place, campaign in enumerate(campaigns):
        person, address = people[place % len(people)], addresses[place % len(people)]
        sku = next(iter(prices[campaign["id"]]))
        command = OpenTeam(person, f"demo {campaign['id']}", campaign["id"], sku, 1, address)
        await _pay(house, market, person, granted(await house.lanes.submit(groupbuy.seat_buyers, market, command)))


async def _address(work: Work, person: PersonId) -> AddressId:
    """The demo person's oldest address, made if there is none."""
    known = await accounts.addresses_of(work, person)
    return known[-1]["id"] if known else granted(await accounts.add_address(work, person, ADDRESS))


async def _pay(house: House, market: MarketId, person: PersonId, seated: Seated) -> None:
    sandbox = house.sandbox
    start = StartAttempt(person, f"demo {seated.order}", seated.payable, sandbox.name, sandbox.merchant, sandbox.app)
    attempt: Any = granted(await house.lanes.submit(payments.start_attempts, market, start))
    async with open_work(house.database.requests, market, SYSTEM, flush=flush) as work:
        found = (await payments.load_attempts(work, [attempt]))[attempt]
    charge = Charge(market, attempt, found.amount_minor, found.currency)
    await sandbox.start([charge])
    for notice in await sandbox.decide([charge], pay=True):
        await house.lanes.submit(orders.apply_notices, market, notice)
