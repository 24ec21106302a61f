"""The coupon centre: what can be taken, a code, a friend's coupon, and one's own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.surfaces.storefront import couponing
from tuan.surfaces.storefront.coupons.context import CouponsPage, CouponState, GiftPage, Mine, Offered
from tuan.surfaces.web.channels import channel_of
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.pages import Step
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.trade import orders
from tuan.value import promotions
from tuan.value.promotions.model import COUPON, TEMPLATE, CouponId, TakeCoupon, TakeGift, Template, Way, why_not_in

CODE_MAX = 32


class TakeForm(msgspec.Struct, frozen=True, kw_only=True):
    """One coupon: of a template, or for a code; `friend` is the coupon it helps open."""

    key: str
    template: str = ""
    coupon_code: str = ""
    friend: str = ""


class GiveForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    coupon: str


class KeyForm(msgspec.Struct, frozen=True, kw_only=True):
    key: str


class GivenBody(msgspec.Struct, frozen=True, kw_only=True):
    """The gift that was made, for programs."""

    code: str
    url: str


class TakenBody(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken, for programs."""

    coupon: str


@get("/coupons", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    named = visit.query.get("friend", "")
    async with visit.reading() as work:
        offered = await promotions.coupon_centre(work, visit.person)
        rows = await promotions.wallet(work, visit.person)
        friend = await promotions.access_coupon(work, read_id(COUPON, named)) if named else None
        now = work.now
    shut = why_not_in(Way.FRIENDS, channel_of(visit))
    is_strangers = friend is not None and friend["person_id"] != visit.person
    page = CouponsPage(
        key=visit.fresh_key(),
        offered=[_offered(visit, template, taken) for template, taken in offered],
        mine=[_mine(visit, row, now, is_shut=shut is not None) for row in rows],
        shut_by=str(shut.data["article"]) if shut else "",
        friend=COUPON.show(friend["id"]) if friend and is_strangers else "",
        friend_of=friend["name"] if friend and is_strangers else "",
        friend_template=TEMPLATE.show(friend["template_id"]) if friend and is_strangers else "",
    )
    return visit.page("storefront/coupons/page.html", page, place="me")


@post("/coupons", opt=SIGNED_IN)
async def take(visit: NamedDependency[Visit]) -> Response[Any]:
    form = await visit.form(TakeForm)
    if len(form.coupon_code) > CODE_MAX or bool(form.coupon_code.strip()) == bool(form.template):
        return refuse(visit, FieldInvalid(field="coupon_code"))
    template = read_id(TEMPLATE, form.template) if form.template else None
    friend = read_id(COUPON, form.friend) if form.friend else None
    command = TakeCoupon(visit.person, form.key, template, form.coupon_code.strip(), friend, channel_of(visit))
    outcome = await visit.submit(orders.take_coupons, command)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("To the coupons"), url="/coupons"))
    return visit.go_on("/coupons", TakenBody(coupon=COUPON.show(outcome)), status=201)


def _offered(visit: Visit, template: Template, taken: int) -> Offered:
    return Offered(
        template=TEMPLATE.show(template.id),
        name=template.name,
        worth=couponing.worth(visit, template),
        limits=couponing.limits(visit, template.threshold_minor, for_some=is_for_some(template)),
        until=template.ends_at,
        friends=template.friends,
        is_taken=taken >= template.per_person,
    )


def is_for_some(template: Any) -> bool:
    """Whether it leaves some goods out."""
    return bool(template.supplier_id or template.covers or template.leaves_out)


def state_of(row: Any, now: datetime) -> CouponState:
    """A coupon's state as its owner sees it: one that is not valid any more is over."""
    is_over = row["state"] in ("free", "locked", "offered") and row["valid_until"] <= now
    state: CouponState = "over" if is_over else row["state"]
    return state


class _Terms:
    """A row of the wallet with its terms as attributes, like a template has them."""

    def __init__(self, row: Any) -> None:
        self.off_minor, self.off_permyriad, self.cap_minor = row["off_minor"], row["off_permyriad"], row["cap_minor"]
        self.supplier_id, self.covers, self.leaves_out = row["supplier_id"], row["covers"], row["leaves_out"]


def _mine(visit: Visit, row: Any, now: datetime, *, is_shut: bool) -> Mine:
    shown, state, terms = COUPON.show(row["id"]), state_of(row, now), _Terms(row)
    return Mine(
        coupon=shown,
        name=row["name"],
        worth=couponing.worth(visit, terms),
        limits=couponing.limits(visit, row["threshold_minor"], for_some=is_for_some(terms)),
        state=state,
        until=row["valid_until"],
        friends_missing=row["friends_missing"],
        share_url=f"/coupons?friend={shown}" if state == "locked" and not is_shut else "",
        open_until=row["open_until"] if state == "locked" else None,
        gift_url=f"/coupons/gifts/{row['code']}" if state == "offered" else "",
        may_give=state == "free" and row["giftable"] and row["gift_state"] is None,
    )


@post("/coupons/gifts", opt=SIGNED_IN)
async def give(visit: NamedDependency[Visit]) -> Response[Any]:
    """One's own coupon is given on; the answer is the page with its link."""
    form = await visit.form(GiveForm)
    outcome = await given(visit, read_id(COUPON, form.coupon), form.key)
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("To the coupons"), url="/coupons"))
    url = f"/coupons/gifts/{outcome}"
    return visit.go_on(url, GivenBody(code=outcome, url=url), status=201)


async def given(visit: Visit, coupon: UUID, key: str) -> str | Refusal:
    """The code of the gift."""

    async def act(work: Work) -> Refusal | dict[str, Any]:
        gift = await promotions.give_coupon(work, coupon, visit.person)
        return gift if isinstance(gift, Refusal) else {"code": gift.code}

    outcome = await remembered(visit, "promotions.give_coupon", key, COUPON.show(CouponId(coupon)), act)
    return outcome if isinstance(outcome, Refusal) else str(outcome["code"])


@get("/coupons/gifts/{gift:str}", opt=SIGNED_IN)
async def show_gift(visit: NamedDependency[Visit], gift: FromPath[str]) -> Response[Any]:
    """What is given, to whoever has the link."""
    async with visit.reading() as work:
        row = await promotions.gift_by(work, gift)
    terms, url = _Terms(row), f"/coupons/gifts/{gift}"
    page = GiftPage(
        code=gift,
        key=visit.fresh_key(),
        name=row["name"],
        worth=couponing.worth(visit, terms),
        limits=couponing.limits(visit, row["threshold_minor"], for_some=is_for_some(terms)),
        until=row["valid_until"],
        state=row["state"],
        is_mine=row["giver_id"] == visit.person,
        link=f"{visit.origin}{url}",
    )
    return visit.page("storefront/coupons/gift.html", page, place="me")


@post("/coupons/gifts/{gift:str}/taking", opt=SIGNED_IN)
async def take_gift(visit: NamedDependency[Visit], gift: FromPath[str]) -> Response[Any]:
    form = await visit.form(KeyForm)
    outcome = await visit.submit(orders.take_gifts, TakeGift(visit.person, form.key, gift))
    if isinstance(outcome, Refusal):
        return refuse(visit, outcome, Step(label=visit.gettext("To the coupons"), url="/coupons"))
    return visit.go_on("/coupons", TakenBody(coupon=COUPON.show(outcome)), status=201)


@post("/coupons/gifts/{gift:str}/removal", opt=SIGNED_IN)
async def withdraw(visit: NamedDependency[Visit], gift: FromPath[str]) -> Response[Any]:
    """The giver takes it back, as long as nobody took it."""
    form = await visit.form(KeyForm)

    async def act(work: Work) -> Refusal | None:
        return await promotions.withdraw_gift(work, gift, visit.person)

    outcome = await once(visit, "promotions.withdraw_gift", form.key, gift, act)
    if outcome is not None:
        return refuse(visit, outcome, Step(label=visit.gettext("To the coupons"), url="/coupons"))
    return visit.go_on("/coupons")


HANDLERS = (show, take, give, show_gift, take_gift, withdraw)
