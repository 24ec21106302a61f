"""Coupons and prices in words: what a coupon takes, why a line costs what it costs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tuan.kit.refusals import Refused
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.parts import MoneyLine
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import COUPON, Quote, Reason

CHOSEN_MAX = 10
POINTS = re.compile(r"\d{1,10}", re.ASCII)


def read_coupons(text: str) -> tuple[UUID, ...]:
    """Coupons as an address or a form names them, with commas between; raises Refused."""
    names = text.split(",") if text else []
    if len(names) > CHOSEN_MAX:
        raise Refused(FieldInvalid(field="coupons"))
    return tuple(read_id(COUPON, name) for name in names)


def read_points(text: str) -> int:
    """How many points are to be used; none where nothing is said. Raises Refused."""
    if text and not POINTS.fullmatch(text):
        raise Refused(FieldInvalid(field="points"))
    return int(text or "0")


def show_coupons(coupons: Sequence[UUID]) -> str:
    return ",".join(COUPON.show(coupon) for coupon in coupons)


def money(visit: Visit, minor: int) -> str:
    return visit.words.money_text(showing.amount(visit, minor))


def percent(permyriad: int) -> str:
    """15%, 12.5% or 7.25% out of ten-thousandths."""
    whole, rest = divmod(permyriad, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def worth(visit: Visit, terms: Any) -> str:
    """What a coupon takes, from its template or from a row with the same terms."""
    amount = money(visit, terms.off_minor) if terms.off_minor else percent(terms.off_permyriad)
    if terms.cap_minor is None:
        return visit.gettext("%(amount)s off", amount=amount)
    return visit.gettext("%(amount)s off, up to %(most)s", amount=amount, most=money(visit, terms.cap_minor))


def limits(visit: Visit, threshold_minor: int, *, for_some: bool) -> str:
    """What it asks for."""
    since = visit.gettext("from %(amount)s on", amount=money(visit, threshold_minor)) if threshold_minor else ""
    scope = visit.gettext("for some goods") if for_some else visit.gettext("for everything")
    return f"{since} · {scope}" if since else scope


def reason_words(visit: Visit) -> Mapping[str, str]:
    """What each kind of discount is called."""
    return {
        Reason.TEAM_PRICE: visit.gettext("Team price"),
        Reason.FLASH_PRICE: visit.gettext("Flash price"),
        Reason.BUNDLE_PRICE: visit.gettext("Bundle price"),
        Reason.PRESALE_PRICE: visit.gettext("Presale price"),
        Reason.LIMITED_PRICE: visit.gettext("Price for a while"),
        Reason.TIER_PRICE: visit.gettext("Member price"),
        Reason.REWARD: visit.gettext("Threshold reward"),
        Reason.COUPON: visit.gettext("Coupon"),
        Reason.POINTS: visit.gettext("Points"),
    }


def reason_of(visit: Visit, reason: str) -> str:
    """The words of an allocation; the second coupon of a line is a coupon too."""
    kind = "coupon" if reason.startswith("coupon") else reason
    return reason_words(visit).get(kind, reason)


def explained(visit: Visit, quoted: Quote, names: Mapping[UUID, str]) -> list[MoneyLine]:
    """How the total came about, one line per discount; coupons by their names."""
    words = reason_words(visit)
    lines = [MoneyLine(label=visit.gettext("Goods"), amount=showing.amount(visit, quoted.goods_minor))]
    for (reason, source), taken in quoted.taken().items():
        name = names.get(source) if source is not None else None
        amount = showing.amount(visit, -taken)
        lines.append(MoneyLine(label=words[reason], amount=amount, kind="discount", reason=name))
    if quoted.freight_minor:
        amount = showing.amount(visit, quoted.freight_minor)
        lines.append(MoneyLine(label=visit.gettext("Freight"), amount=amount, kind="freight"))
    return lines
