"""Rows of after-sales as pages show them; the desk and the office show a case with the same sentences."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tuan.platform import files
from tuan.platform.work import Work
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.cases import words
from tuan.surfaces.storefront.cases.context import Back, CaseCard, CaseLine, CasePage, Promise, Said
from tuan.surfaces.storefront.points.words import undone_words
from tuan.surfaces.web.visits import Visit
from tuan.trade import aftersales
from tuan.trade.aftersales.model import Beside, Kind, Preview, Side
from tuan.trade.orders.model import CouponBack, CouponFate, number_of
from tuan.value import points

MONEY_KINDS = (Kind.CANCEL, Kind.REFUND_ONLY, Kind.RETURN)


def promise(visit: Visit, seen: Preview) -> Promise:
    """Exactly what would come back, in words."""
    notes = []
    if not seen.is_money:
        notes.append(visit.gettext("If nothing is sent to you in time, all of this comes back instead."))
    if seen.way_back is Side.BUYER:
        notes.append(visit.gettext("You pay for sending it back."))
    if seen.way_back is Side.SUPPLIER:
        notes.append(visit.gettext("The supplier pays for sending it back."))
    if seen.freight_kept_minor:
        kept = visit.words.money_text(showing.amount(visit, seen.freight_kept_minor))
        notes.append(
            visit.gettext("%(amount)s of freight do not come back: the parcel was or will be sent.", amount=kept)
        )
    if seen.keeps_units:
        notes.append(visit.gettext("You keep the goods, and may still ask for the rest of their price."))
    notes += beside_words(visit, seen.beside)
    return Promise(
        total=showing.amount(visit, seen.total_minor),
        is_money=seen.is_money,
        backs=[
            Back(way=showing.provider_name(visit, capture.provider), amount=showing.amount(visit, minor))
            for capture, minor in seen.by_capture
        ],
        notes=notes,
    )


def beside_words(visit: Visit, beside: Beside) -> list[str]:
    """What comes of coupons and points beside the money, a sentence for each."""
    undone = points.Undone(beside.points_returned, beside.points_taken, beside.points_owed, beside.points_led_taken)
    return [*(_coupon_words(visit, one) for one in beside.coupons), *undone_words(visit, undone)]


def _coupon_words(visit: Visit, told: CouponBack) -> str:
    zone = visit.market.zone
    day = f"{visit.words.day(told.valid_until, zone)} {visit.words.clock(told.valid_until, zone)}"
    if told.fate is CouponFate.RETURNS:
        return visit.gettext(
            "Your coupon “%(name)s” comes back; you can use it until %(day)s.", name=told.name, day=day
        )
    if told.fate is CouponFate.EXPIRED:
        return visit.gettext(
            "Your coupon “%(name)s” ended on %(day)s: it cannot be used again.", name=told.name, day=day
        )
    return visit.gettext("Your coupon “%(name)s” stays used: you keep other goods that it was used on.", name=told.name)


async def case_page(work: Work, visit: Visit, row: Any, *, acts: Sequence[str], urls: tuple[str, str, str]) -> CasePage:
    """A case with its lines and its log. urls: of the case, of its order, of the list it stands in."""
    order, number = row["order_id"], row["number"]
    lines = (await aftersales.lines_of(work, [order])).get((order, number), [])
    log = await aftersales.messages_of(work, order, number)
    sides, did = words.sides(visit), words.acts(visit)
    url, order_url, list_url = urls
    end = words.outcomes(visit).get(row["outcome"] or "", "")
    return CasePage(
        number=number,
        order_number=number_of(order),
        order_url=order_url,
        list_url=list_url,
        url=url,
        kind=words.kinds(visit)[row["kind"]],
        reason=words.reasons(visit)[row["reason"]],
        state=row["state"],
        state_words=words.states(visit)[row["state"]],
        tone=words.TONES.get(row["state"], "stone"),
        sentence=words.sentences(visit).get(row["state"], end),
        deadline=row["deadline"],
        asked=showing.amount(visit, row["asked_minor"]),
        given=showing.amount(visit, row["amount_minor"]) if row["outcome"] == "given_back" else None,
        is_money=row["kind"] in MONEY_KINDS,
        lines=[_line(visit, line) for line in lines if line["units"]],
        back_parcel=" ".join((row["back_carrier"], row["back_tracking"])).strip(),
        out_parcel=" ".join((row["out_carrier"], row["out_tracking"])).strip(),
        log=[
            Said(
                who=sides[said["side"]],
                what=did[said["act"]],
                text=said["text"],
                pictures=[address for name in said["pictures"] if (address := files.url(name))],
                at=said["at"],
            )
            for said in reversed(log)
        ],
        acts=list(acts),
        key=visit.fresh_key(),
    )


def _line(visit: Visit, line: Any) -> CaseLine:
    return CaseLine(
        name=line["title"],
        option=line["options"],
        picture=showing.picture(visit, line["picture"], line["title"]),
        units=line["units"],
        amount=showing.amount(visit, line["goods_minor"] + line["freight_minor"]),
    )


def case_card(visit: Visit, row: Any, lines: Iterable[Any], url: str) -> CaseCard:
    return CaseCard(
        url=url,
        order_number=number_of(row["order_id"]),
        kind=words.kinds(visit)[row["kind"]],
        reason=words.reasons(visit)[row["reason"]],
        state_words=words.states(visit)[row["state"]],
        tone=words.TONES.get(row["state"], "stone"),
        deadline=row["deadline"],
        asked=showing.amount(visit, row["asked_minor"]),
        goods=[" ".join((line["title"], line["options"], "×", str(line["units"]))) for line in lines if line["units"]],
    )


def case_url(order: str, number: int | str) -> str:
    return f"/orders/{order}/cases/{number}"


async def cards_of(work: Work, visit: Visit, order: UUID, shown: str) -> list[CaseCard]:
    """What was asked about one order, for its page."""
    rows = (await aftersales.cases_of(work, [order])).get(order, [])
    lines = await aftersales.lines_of(work, [order]) if rows else {}
    return [
        case_card(visit, row, lines.get((order, row["number"]), ()), case_url(shown, row["number"])) for row in rows
    ]
