"""The terms of a campaign as somebody typed them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.money import Money
from tuan.kit.refusals import Refused
from tuan.kit.time import Instant
from tuan.play.groupbuy import NewCampaign
from tuan.play.groupbuy.model import Ladder, read_ladder, read_reward
from tuan.surfaces.backoffice.acting import read_amount, read_instant, read_whole, written_amount, written_instant
from tuan.surfaces.backoffice.campaigns.context import Terms
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import Stacking

ASIDE = "aside-"
"""Before a SKU's id in the field that sets units aside."""
RUNS_FOR = timedelta(days=7)


def typed_terms(visit: Visit, now: Instant, before: Any | None) -> Terms:
    """What the address says; else the terms of the campaign before, else a week from now."""
    draft = Terms(starts_at=written_instant(visit, now), ends_at=written_instant(visit, now + RUNS_FOR))
    if before is not None:
        draft = msgspec.structs.replace(
            draft,
            size=str(before["size"]),
            team_hours=str(before["team_seconds"] // 3600 or 1),
            pay_minutes=str(before["pay_seconds"] // 60 or 1),
            per_order=str(before["units_per_order_max"]),
            per_person=str(before["units_per_person_max"] or ""),
            audience=before["audience"],
            late_policy=before["late_policy"],
            may_leave=_said(before["may_leave"]),
            shows_open_teams=_said(before["shows_open_teams"]),
            promise=str(before["promise_min"] or ""),
            ladder=written_ladder(visit, read_ladder(before["ladder"])),
            leader_off=_written(visit, before["leader_off_minor"]) if before["leader_off_minor"] else "",
            leader_points=str(read_reward(before["leader_reward"]) or ""),
            with_points=_said("points" in before["stacks_with"]),
            with_coupons=_said("coupon" in before["stacks_with"]),
            with_rewards=_said("reward" in before["stacks_with"]),
        )
    said = {name: visit.query[name].strip() for name in Terms.__struct_fields__ if name in visit.query}
    return msgspec.structs.replace(draft, **said)


def typed_prices(visit: Visit, skus: list[Any]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Team prices in minor units and units set aside, by SKU; a SKU without a price is not in the campaign. Raises Refused."""
    prices, asides = {}, {}
    for row in skus:
        name = SKU.show(row["id"])
        price, aside = visit.query.get(name, "").strip(), visit.query.get(ASIDE + name, "").strip()
        if price:
            prices[row["id"]] = read_amount(visit, price, "prices")
        if aside:
            asides[row["id"]] = read_whole(aside, "allotments")
    return prices, asides


def read_terms(
    visit: Visit, product: UUID, terms: Terms, prices: Mapping[UUID, int], asides: Mapping[UUID, int]
) -> NewCampaign:
    """The campaign that these terms mean; raises Refused(FieldInvalid) naming the first that means nothing."""
    return NewCampaign(
        product=product,
        prices=prices,
        size=read_whole(terms.size, "size"),
        starts_at=read_instant(visit, terms.starts_at, "starts_at"),
        ends_at=read_instant(visit, terms.ends_at, "ends_at"),
        team_seconds=_small(terms.team_hours, "team_hours") * 3600,
        pay_seconds=_small(terms.pay_minutes, "pay_minutes") * 60,
        allotments=asides or None,
        units_per_order_max=_small(terms.per_order, "per_order"),
        units_per_person_max=_small(terms.per_person, "per_person") if terms.per_person else None,
        audience=terms.audience,
        late_policy=terms.late_policy,
        may_leave=_yes(terms.may_leave, "may_leave"),
        shows_open_teams=_yes(terms.shows_open_teams, "shows_open_teams"),
        promise_min=_small(terms.promise, "promise") if terms.promise else None,
        ladder=_ladder(visit, terms.ladder),
        leader_off_minor=read_amount(visit, terms.leader_off, "leader_off") if terms.leader_off else 0,
        leader_points=_small(terms.leader_points, "leader_points") if terms.leader_points else 0,
        stacks_with=frozenset(kind for kind, said in _stacking(terms) if _yes(said, "stacks_with")),
    )


def _stacking(terms: Terms) -> list[tuple[str, str]]:
    return [
        (Stacking.POINTS, terms.with_points),
        (Stacking.COUPON, terms.with_coupons),
        (Stacking.REWARD, terms.with_rewards),
    ]


def _ladder(visit: Visit, text: str) -> Ladder:
    """`5: 10.00; 10: 20.00`: from five members on ten less for a unit, from ten on twenty. Raises Refused."""
    steps = []
    for step in text.split(";") if text.strip() else ():
        members, colon, off = step.partition(":")
        if not colon:
            raise Refused(FieldInvalid(field="ladder"))
        steps.append((_small(members.strip(), "ladder"), read_amount(visit, off.strip(), "ladder")))
    return tuple(steps)


def written_ladder(visit: Visit, ladder: Ladder) -> str:
    """A ladder as `_ladder` reads it."""
    return "; ".join(f"{members}: {_written(visit, off)}" for members, off in ladder)


def _written(visit: Visit, minor: int) -> str:
    return written_amount(Money(minor, visit.market.currency))


def _said(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _small(text: str, field: str) -> int:
    """A number that fits into the columns of the terms."""
    number = read_whole(text, field)
    if number > 100_000:
        raise Refused(FieldInvalid(field=field))
    return number


def _yes(text: str, field: str) -> bool:
    if text not in ("yes", "no"):
        raise Refused(FieldInvalid(field=field))
    return text == "yes"


def written_pairs(values: Mapping[UUID, int]) -> str:
    """`sku:number` separated by commas, for a hidden field."""
    return ",".join(f"{SKU.show(sku)}:{number}" for sku, number in sorted(values.items()))


def read_pairs(text: str, field: str) -> dict[UUID, int]:
    """What `written_pairs` wrote; raises Refused."""
    found: dict[UUID, int] = {}
    for pair in text.split(",") if text else ():
        sku, _, number = pair.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) <= 14):
            raise Refused(FieldInvalid(field=field))
        found[read_id(SKU, sku)] = int(number)
    return found


def product_of(visit: Visit) -> UUID | None:
    """The product that the address names; raises Refused(NotFound) for a text that names none."""
    named = visit.query.get("product", "")
    return read_id(PRODUCT, named) if named else None
