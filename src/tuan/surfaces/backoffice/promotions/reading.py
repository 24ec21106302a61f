"""The terms of a promotion as somebody typed them."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import Refused
from tuan.kit.time import Instant
from tuan.people.parties.model import SUPPLIER
from tuan.surfaces.backoffice.acting import read_amount, read_instant, read_whole, written_instant
from tuan.surfaces.backoffice.promotions.context import Terms
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import NewRule, NewTemplate

RUNS_FOR = timedelta(days=7)
DAY_SECONDS = 86_400
SET_FIELDS = tuple((f"sku_{n}", f"units_{n}") for n in range(1, 5))
STEPS = (("from_1", "off_1"), ("from_2", "off_2"), ("from_3", "off_3"))


def typed_terms(visit: Visit, now: Instant) -> Terms:
    """What the address says; else an empty coupon for a week from now."""
    draft = Terms(starts_at=written_instant(visit, now), ends_at=written_instant(visit, now + RUNS_FOR))
    said = {name: visit.query[name].strip() for name in Terms.__struct_fields__ if name in visit.query}
    return msgspec.structs.replace(draft, **said)


def read_template(visit: Visit, terms: Terms) -> NewTemplate:
    """The coupon that these terms mean; raises Refused(FieldInvalid) naming the first that means nothing."""
    return NewTemplate(
        name=terms.name,
        starts_at=read_instant(visit, terms.starts_at, "starts_at"),
        ends_at=read_instant(visit, terms.ends_at, "ends_at"),
        off_minor=read_amount(visit, terms.off, "off") if terms.off else 0,
        off_permyriad=_small(terms.percent, "percent") * 100 if terms.percent else 0,
        cap_minor=read_amount(visit, terms.cap, "cap") if terms.cap else None,
        threshold_minor=read_amount(visit, terms.threshold, "threshold") if terms.threshold else 0,
        supplier=_supplier(terms),
        include=_scope(terms),
        stacks=_yes(terms.stacks, "stacks"),
        way=terms.way,
        code=terms.coupon_code or None,
        newcomers=_yes(terms.newcomers, "newcomers"),
        friends=_small(terms.friends, "friends") if terms.friends else 0,
        giftable=_yes(terms.giftable, "giftable"),
        friends_new=_yes(terms.friends_new, "friends_new"),
        gather_seconds=_small(terms.gather_hours, "gather_hours") * 3600 if terms.gather_hours else None,
        valid_seconds=_small(terms.valid_days, "valid_days") * DAY_SECONDS,
        total=read_whole(terms.total, "total") if terms.total else None,
        per_person=_small(terms.per_person, "per_person"),
        per_day=_small(terms.per_day, "per_day") if terms.per_day else None,
    )


def read_rule(visit: Visit, terms: Terms, prices: Mapping[UUID, int], asides: Mapping[UUID, int]) -> NewRule:
    """The rule that these terms mean; raises Refused(FieldInvalid) naming the first that means nothing."""
    steps = tuple(
        (read_amount(visit, getattr(terms, since), since), read_amount(visit, getattr(terms, off), off))
        for since, off in STEPS
        if getattr(terms, since) or getattr(terms, off)
    )
    is_reward, is_bundle = terms.kind == "reward", terms.kind == "bundle"
    return NewRule(
        kind=terms.kind,
        name=terms.name,
        starts_at=read_instant(visit, terms.starts_at, "starts_at"),
        ends_at=read_instant(visit, terms.ends_at, "ends_at"),
        supplier=_supplier(terms),
        prices={} if is_reward or is_bundle else prices,
        allotments=asides if terms.kind == "flash" else {},
        per_order=_small(terms.per_order, "per_order"),
        steps=steps if is_reward else (),
        include=_scope(terms) if is_reward else (),
        set_units=_set(terms) if is_bundle else {},
        set_minor=read_amount(visit, terms.set_price, "set_price") if is_bundle else None,
    )


def _set(terms: Terms) -> dict[UUID, int]:
    """The units of each SKU in a set; one that is named twice is added up."""
    found: dict[UUID, int] = {}
    for field, of in SET_FIELDS:
        if sku := getattr(terms, field):
            one = read_id(SKU, sku)
            found[one] = found.get(one, 0) + _small(getattr(terms, of), of)
    return found


def _supplier(terms: Terms) -> UUID | None:
    return read_id(SUPPLIER, terms.supplier) if terms.supplier else None


def _scope(terms: Terms) -> tuple[UUID, ...]:
    return (read_id(PRODUCT, terms.product),) if terms.product else ()


def _small(text: str, field: str) -> int:
    """A number that fits into the columns of the terms."""
    number = read_whole(text, field)
    if number > 10_000:
        raise Refused(FieldInvalid(field=field))
    return number


def _yes(text: str, field: str) -> bool:
    if text not in ("yes", "no"):
        raise Refused(FieldInvalid(field=field))
    return text == "yes"
