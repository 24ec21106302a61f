"""What a shop is not paid because of a channel, and why."""

from collections.abc import Sequence
from typing import Any

from tuan.surfaces.backoffice.commissions import words
from tuan.surfaces.backoffice.law.words import CHANNELS
from tuan.surfaces.desks.earnings.context import Unpaid
from tuan.surfaces.web.visits import Visit
from tuan.trade.orders.model import number_of


def unpaid_of(visit: Visit, rows: Sequence[Any]) -> list[Unpaid]:
    """`rows`: of `distribution.withheld`."""
    return [
        Unpaid(
            number=number_of(row["order_id"]), goods=words.goods_of(row), level=row["depth"],
            channel=visit.gettext(CHANNELS[row["channel"]]), words=_why(visit, row), article=row["article"], at=row["at"],
        )
        for row in rows
    ]  # fmt: skip


def _why(visit: Visit, row: Any) -> str:
    if not row["article"]:
        return visit.gettext("The plan does not pay for orders that come this way.")
    return visit.gettext("The owner of this channel does not let a shop be paid for what a shop that it invited sells.")
