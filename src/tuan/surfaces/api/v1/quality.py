"""How well the supplier does what he promises."""

from typing import Annotated

from msgspec import Meta, Struct

from tuan.surfaces.api.operations import operation
from tuan.surfaces.web.visits import Visit
from tuan.trade import quality

Count = Annotated[int, Meta(examples=[0])]


class Part(Struct, frozen=True, kw_only=True):
    """One of what is counted, with the points of the score that it costs."""

    name: Annotated[str, Meta(description="late, faulty or cancelled", examples=["late"])]
    cases: Count
    rate_permyriad: Count
    lost: Count


class Quality(Struct, frozen=True, kw_only=True):
    """score: of 1000. What costs most stands first. has_badge: whether buyers are told."""

    score: Annotated[int, Meta(examples=[860])]
    orders: Count
    has_badge: bool
    parts: list[Part]


@operation("GET", "/supplier/quality", scope="shipments.read")
async def show_quality(visit: Visit) -> Quality:
    """The supplier's score of the last ninety days, and what it is made of."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        found = (await quality.of_suppliers(work, [visit.supplier]))[visit.supplier]
    return Quality(
        score=found.score, orders=found.counts.orders, has_badge=found.has_badge,
        parts=[
            Part(name=one.name, cases=one.cases, rate_permyriad=one.rate_permyriad, lost=one.lost) for one in found.parts
        ],
    )  # fmt: skip


HANDLERS = (show_quality,)
