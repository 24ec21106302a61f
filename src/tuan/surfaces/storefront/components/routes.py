"""`/dev/components`: every component in every state on one page, in development only."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.money import Money
from tuan.kit.refusals import NotFound, Refused
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.components.context import ComponentsPage
from tuan.surfaces.storefront.home.context import ProductCard
from tuan.surfaces.storefront.parts import Address, Category, Face, GoodsLine, MoneyLine, Refund, TeamCard
from tuan.surfaces.storefront.shelves import TILES
from tuan.surfaces.storefront.team.context import Seat, Share, TeamGoods, TeamPage
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.visits import Visit

COLOURS = (
    "paper", "sunk", "surface", "quiet", "ink", "ink-soft", "line", "edge", "ripe", "ripe-fill", "ripe-ink", "ripe-wash",
    "leaf", "leaf-ink", "leaf-wash", "amber", "amber-ink", "amber-wash", "plum", "plum-ink", "plum-wash", "stone", "stone-wash",
)  # fmt: skip
SIZES = ("12", "14", "16", "18", "22", "28", "36")
TONES = ("", "ripe", "leaf", "amber", "plum")
ICONS = (
    "home", "team", "me", "back", "next", "search", "basket", "kept", "truck", "pin", "clock", "formed", "seat-empty",
    "money-back", "share", "copy", "again", "picture", "star", "offline",
)  # fmt: skip
FACES = [Face(name=f"{letter}**", tint=tint) for tint, letter in enumerate("林梅周王陈李吴郑")]
MOMENTS = ("received", "shipped", "team_formed", "seat_taken", "paid", "placed")


@get("/dev/components", opt=PUBLIC)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    if not visit.front.house.settings.development:
        raise Refused(NotFound())
    async with visit.reading() as work:
        now = work.now
    return visit.page("storefront/components/page.html", _page(visit, now))


def _page(visit: Visit, now: datetime) -> ComponentsPage:
    soon = now + timedelta(hours=2, minutes=5)
    price, alone = Money(2490, visit.market.currency), Money(3990, visit.market.currency)
    orange, honey = (showing.picture(visit, name, "") for name in ("goods/navel-orange", "goods/honey"))
    return ComponentsPage(
        colours=list(COLOURS),
        sizes=list(SIZES),
        tones=list(TONES),
        icons=list(ICONS),
        faces=FACES,
        amounts=[Money(minor, visit.market.currency) for minor in (5, 990, 2490, 123456789, -1990)],
        cards=[
            ProductCard(product="", name="赣南脐橙 5 斤装，皮薄汁多，当季现摘现发", url="#", picture=orange, single_price=alone,
                        team_price=price, team_size=2, open_faces=FACES[:2]),
            ProductCard(product="", name="椴树蜜", url="#", picture=honey, single_price=alone, kept_count=3),
            ProductCard(product="", name="Raw linden honey, 500 g", url="#", picture=honey, single_price=alone, is_sold_out=True),
        ],
        team_cards=[
            TeamCard(team="", url="#", product="", product_name="赣南脐橙 5 斤装", picture=orange, sku="", price=price,
                     size=3, seats_left=left, faces=FACES[: 3 - left], deadline=soon) for left in (1, 2)
        ],
        categories=[Category(category=slug, name=slug, url="#", tile=tile, is_chosen=tile == 2) for tile, slug in enumerate(TILES)]
        + [Category(category="other", name="其他", url="#")],
        line=GoodsLine(sku="", name="赣南脐橙 5 斤装", option="9 斤", picture=orange, url="#", unit_price=price, units=2),
        sums=[
            MoneyLine(label=visit.gettext("Goods"), amount=alone),
            MoneyLine(label=visit.gettext("In a team"), amount=Money(-1500, visit.market.currency), kind="discount"),
        ],
        total=price,
        refunds=[Refund(amount=price, state=state, way="Sandbox", asked_at=now, at=now) for state in ("on_its_way", "arrived", "needs_hand")],
        teams=[_team(visit, state, soon) for state in ("opening", "gathering", "formed", "lapsed", "void")],
        address=Address(address="", name="王小明", phone="138****8000", region="浙江省 杭州市 西湖区", street="文三路 1 号"),
        moments=list(MOMENTS),
    )  # fmt: skip


def _team(visit: Visit, state: Any, soon: datetime) -> TeamPage:
    """A team of five: two paid and one paying, or as many as its state allows."""
    taken = {"opening": 0, "gathering": 2, "formed": 5, "lapsed": 3, "void": 0}[state]
    seats = [
        Seat(state="taken", face=face, is_leader=place == 0, is_viewer=place == 1, since=soon)
        for place, face in enumerate(FACES[:taken])
    ]
    seats += [Seat(state="held", face=FACES[5])] if state in ("opening", "gathering") else []
    left = 5 - len(seats)
    price, alone = Money(2490, visit.market.currency), Money(3990, visit.market.currency)
    picture = showing.picture(visit, "goods/navel-orange", "")
    return TeamPage(
        team="", url="#", state=state, size=5, needed=5 - taken, seats_left=left, seats=seats + [Seat(state="empty")] * left,
        goods=TeamGoods(product="", sku="", name="赣南脐橙", option="", url="#", picture=picture, team_price=price, single_price=alone),
        action="none", deadline=soon, share=Share(url="#", words="", qr_url=""),
    )  # fmt: skip


HANDLERS = (show,)
