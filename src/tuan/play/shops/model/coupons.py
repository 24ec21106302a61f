"""What a shop's coupons may cost. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.shops.errors import CouponInvalid
from tuan.value.promotions.model import NewTemplate, Way

NAME_MAX = 40
COUPON_TOTAL_MAX = 10_000
COUPON_DAYS_MAX = 90


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon of the shop for its own goods: so much off from so much on, so many of them, to be taken for so many days."""

    name: str
    off_minor: int
    threshold_minor: int
    total: int
    days: int

    @property
    def worst_minor(self) -> int:
        """What all of them cost if every one is used."""
        return self.off_minor * self.total


def why_not_coupon(new: NewCoupon) -> Refusal | None:
    """The first field that does not fit, by name."""
    wrong = {
        "name": not 0 < len(new.name.strip()) <= NAME_MAX,
        "off": not 0 < new.off_minor <= AMOUNT_MINOR_MAX,
        "threshold": not new.off_minor <= new.threshold_minor <= AMOUNT_MINOR_MAX,
        "total": not 0 < new.total <= COUPON_TOTAL_MAX,
        "days": not 0 < new.days <= COUPON_DAYS_MAX,
    }
    field = next((name for name, is_bad in wrong.items() if is_bad), None)
    return CouponInvalid(field=field) if field else None


def template_of(new: NewCoupon, goods: Collection[UUID], code: str, now: Instant) -> NewTemplate:
    """The terms that everybody else reads: for these goods, one for each person, taken for a code until they run out."""
    until = now + timedelta(days=new.days)
    return NewTemplate(
        name=new.name.strip(), starts_at=now, ends_at=until, off_minor=new.off_minor, threshold_minor=new.threshold_minor,
        include=tuple(goods), way=Way.CODE, code=code, valid_until=until, total=new.total,
    )  # fmt: skip
