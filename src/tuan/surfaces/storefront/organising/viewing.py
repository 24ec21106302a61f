"""An organisation's numbers, as its own desk, the office and a spreadsheet show them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from tuan.kit.money import Money
from tuan.people import parties
from tuan.platform.sheets import write_csv
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.surfaces.storefront.organising.context import Level, Month, OrganisationPage
from tuan.surfaces.web.visits import Visit
from tuan.value import ledger, membership
from tuan.value.ledger.model import bearer_discounts, organisation_bearer
from tuan.value.membership import Counts
from tuan.value.membership.model import Grade

PERCENT = 100


async def organisation_page(visit: Visit, work: Work, organisation: UUID, csv_url: str) -> OrganisationPage:
    """Raises Refused(NotFound)."""
    card = await parties.access_organisation(work, organisation)
    counts = (await membership.counts(work, [organisation])).get(organisation, Counts())
    code = await membership.code_of(work, organisation)
    return OrganisationPage(
        name=card["name"],
        invited=counts.invited,
        members=counts.active,
        active=await loyalty.active_members(work, organisation),
        gone=counts.gone,
        code=code,
        join_url=f"{visit.origin}/me/memberships?member_code={code}" if code else "",
        grades=[_level(visit, grade) for grade in await membership.grades_of(work, organisation)],
        borne=Money(await borne_by(work, organisation), visit.market.currency),
        months=await months(visit, work, organisation),
        csv_url=csv_url,
    )


async def borne_by(work: Work, organisation: UUID) -> int:
    """What an organisation has borne until now, less what came back of it; minor units."""
    code = bearer_discounts(organisation_bearer(organisation))
    return -(await ledger.balances_of(work, [code], work.market.currency)).get(code, 0)


def _level(visit: Visit, grade: Grade) -> Level:
    if grade.off_minor:
        gives = visit.words.money_text(Money(grade.off_minor, visit.market.currency))
    else:
        gives = f"{grade.off_permyriad // PERCENT} %"
    return Level(least_members=grade.least_members, gives=gives)


async def months(visit: Visit, work: Work, organisation: UUID) -> list[Month]:
    """The newest first."""
    return [
        Month(
            month=one.month,
            members=one.members,
            least_members=one.least_members,
            used=one.used,
            borne=Money(one.borne_minor, visit.market.currency),
        )
        for one in await loyalty.benefit_months(work, organisation)
    ]


def statement_csv(found: Sequence[Month]) -> Response[Any]:
    """Amounts in minor units."""
    rows = [["month", "active members", "grade", "coupons used", "borne", "currency"]]
    rows += [
        [f"{one.month:%Y-%m}", str(one.members), str(one.least_members or ""), str(one.used), str(one.borne.amount_minor),
         one.borne.currency]
        for one in found
    ]  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="organisation.csv"'}
    return Response(content=write_csv(rows), media_type="text/csv", headers=headers)
