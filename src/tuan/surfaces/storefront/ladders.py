"""Ladders of team prices as pages show them: true numbers, the step that was reached and the one that comes next."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tuan.kit.money import Money
from tuan.play.groupbuy.model import next_step, off_at, read_ladder
from tuan.surfaces.storefront import showing
from tuan.surfaces.web.visits import Visit


class LadderStep(msgspec.Struct, frozen=True, kw_only=True):
    """From so many members on a unit costs so much."""

    members: int
    price: Money
    is_reached: bool = False


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """All steps, the first included. `next_members` more people bring `next_price`; None on the last step.

    `back_max`: the most of a unit that can come back when the team closes, `back` what would come back as it stands.
    """

    steps: list[LadderStep]
    back: Money
    back_max: Money
    next_members: int | None = None
    next_price: Money | None = None


def ladder_of(visit: Visit, terms: Mapping[str, Any], price_minor: int, members: int = 0) -> Ladder | None:
    """The ladder of a campaign's terms for goods of this first price, when so many have paid; None without one."""
    rungs = read_ladder(terms["ladder"])
    if not rungs:
        return None
    reached = off_at(rungs, members)
    coming = next_step(rungs, members)
    return Ladder(
        steps=[
            LadderStep(members=least, price=showing.amount(visit, price_minor - off), is_reached=off == reached and members >= least)
            for least, off in ((terms["promise_min"], 0), *rungs)
        ],
        back=showing.amount(visit, reached),
        back_max=showing.amount(visit, rungs[-1][1]),
        next_members=coming[0] - members if coming else None,
        next_price=showing.amount(visit, price_minor - coming[1]) if coming else None,
    )  # fmt: skip
