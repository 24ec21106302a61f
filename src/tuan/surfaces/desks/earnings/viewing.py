"""What a commission says to the shop that earns it: how it stands and why."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION_ID, CommissionState
from tuan.surfaces.backoffice.commissions.words import goods_of, states, whys
from tuan.surfaces.backoffice.statements import moved
from tuan.surfaces.desks.earnings.context import Earned, Month, Sums
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.visits import Visit
from tuan.trade import settlement
from tuan.trade.orders.model import number_of

URL = "/desk/shop/money"


def earned_of(visit: Visit, row: Any, lowerings: list[Any]) -> Earned:
    """`row`: of `distribution.commissions`."""
    is_held = row["state"] == CommissionState.HELD
    commission = COMMISSION_ID.show(row["id"])
    return Earned(
        commission=commission,
        url=f"{URL}/commissions/{commission}",
        number=number_of(row["order_id"]),
        goods=goods_of(row),
        amount=amount(visit, row["amount_minor"]),
        kept=amount(visit, row["kept_minor"]),
        state=row["state"],
        words=states(visit)[row["state"]],
        level=row["depth"],
        at=row["accrued_at"],
        matures_at=row["matures_at"] if row["state"] == CommissionState.PENDING else None,
        reasons=_reasons(visit, row, lowerings),
        appeal=row["appeal"] or "",
        may_appeal=is_held and row["appealed_at"] is None,
        key=visit.fresh_key() if is_held else "",
    )


def _reasons(visit: Visit, row: Any, lowerings: list[Any]) -> list[str]:
    said = []
    if row["depth"] == 2:
        said.append(visit.gettext("A shop that you invited sold it."))
    if row["state"] == CommissionState.PENDING and row["matures_at"] is None:
        said.append(visit.gettext("It is yours when its buyer has kept the goods through the return time."))
    if row["state"] == CommissionState.MATURED:
        said.append(visit.gettext("Its buyer has kept the goods through the return time: it is yours."))
    for one in lowerings:
        if one["why"] == "refund":
            less = visit.words.money_text(amount(visit, one["amount_minor"]))
            said.append(visit.gettext("%(amount)s less: goods were given back.", amount=less))
    if row["state"] in (CommissionState.HELD, CommissionState.VOID):
        said.append(whys(visit)[row["held_for"]])
    if row["answer"]:
        said.append(visit.gettext("The market says: %(words)s", words=row["answer"]))
    return said


def sums_of(visit: Visit, found: distribution.Earnings) -> Sums:
    return Sums(
        lines=found.lines,
        pending=amount(visit, found.pending),
        held=amount(visit, found.held),
        matured=amount(visit, found.matured),
        lowered=amount(visit, found.lowered),
    )


def today_of(visit: Visit, now: Instant) -> tuple[datetime, datetime]:
    """This day by the market's calendar: its first moment, and the next one's."""
    begins = now.astimezone(visit.market.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return begins, begins + timedelta(days=1)


async def month_of(work: Work, visit: Visit, shop: UUID, begins: datetime, ends: datetime) -> Month:
    sums = await distribution.earnings(work, shop, begins, ends)
    matured, back, _ = await distribution.moved(work, shop, begins, ends)
    paid = await settlement.paid_out(work, shop, begins, ends)
    name = f"{begins:%Y-%m}"
    return Month(
        name=name,
        sums=sums_of(visit, sums),
        matured=amount(visit, matured),
        back=amount(visit, back),
        paid=amount(visit, paid),
        earlier_url=f"{URL}?month={moved(begins, -1):%Y-%m}",
        later_url=f"{URL}?month={ends:%Y-%m}" if ends <= work.now else None,
        csv_url=f"{URL}.csv?month={name}",
        print_url=f"{URL}/print?month={name}",
    )
