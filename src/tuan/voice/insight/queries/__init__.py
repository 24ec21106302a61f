"""Every figure is one of these queries. Whoever reads the figure may read the query: they are written to be read."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, TypeAlias

from tuan.kit.pages import Page, decode_key, page_of
from tuan.kit.refusals import NotFound, Refused
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.voice.insight.model import (
    GROWING,
    PRICE_BANDS_MINOR,
    REPORTS,
    TOP_SELLERS,
    Report,
    Row,
    Span,
    Viewer,
    gini_permyriad,
    growth_permyriad,
    share_permyriad,
)
from tuan.voice.insight.queries.reaching import (
    BROUGHT_SQL,
    CONCENTRATION_SQL,
    FUNNEL_SQL,
    REFERRALS_SQL,
    RETAIL_SQL,
    SHOP_CONCENTRATION_SQL,
    SHOP_TIERS_SQL,
    SHOPS_SQL,
    TIERS_SQL,
)
from tuan.voice.insight.queries.selling import COHORTS_SQL, INVITATIONS_SQL, TEAMS_SQL, WATERFALL_SQL

Reader: TypeAlias = Callable[[Work, Span, Viewer], Awaitable[list[Row]]]
TIER_ORDER = ("head", "middle", "tail", "new")


# ── one reader per report: the query's rows, and what is divided out of them ──
async def _waterfall(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    rows: list[Row] = []
    for r in await work.fetch(WATERFALL_SQL, list(span.starts), span.since, span.end, viewer.supplier):
        kept = r["paid"] - r["refunded"]
        waiting = kept - (r["settled"] - r["late"])
        rows.append(
            (r["month"], r["orders"], r["placed"], r["placed"] - r["paid"], r["paid"], r["refunded"], kept, waiting,
             r["settled"], r["late"], r["borne"], r["fee"], r["cut"], r["withheld"], r["share"])
        )  # fmt: skip
    return rows


FUNNEL_BY = {"channels": "channel", "campaigns": "campaign", "sharers": "sharer"}
FROM_THE_TOP = (None, "")


async def _funnel(
    work: Work,
    span: Span,
    viewer: Viewer,
    by: str,
    after: tuple[int | None, str] = FROM_THE_TOP,
    most: int | None = None,
) -> list[Row]:
    """The most visited first, on after so many visitors and a name, at most so many; by nothing, one row over all of them."""
    args = (span.days[0], span.last_day, span.since, span.end, by, viewer.shop, viewer.supplier, *after, most)
    names = ("who", "bots", "visits", "visitors", "orders", "paid", "kept_orders", "kept")
    rows = await work.fetch(FUNNEL_SQL, *args)
    return [(*(r[name] for name in names), share_permyriad(r["orders"], r["visitors"])) for r in rows]


def _funnel_by(what: str) -> Reader:
    async def read(work: Work, span: Span, viewer: Viewer) -> list[Row]:
        return await _funnel(work, span, viewer, what)

    return read


async def _referrals(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    args = (list(span.days), span.days[0], span.last_day, list(span.starts), span.since, span.end)
    return [
        (r["month"], r["sharers"], r["visitors"], r["newcomers"], share_permyriad(r["visitors"], r["sharers"]),
         share_permyriad(r["newcomers"], r["visitors"]), share_permyriad(r["newcomers"], r["sharers"]))
        for r in await work.fetch(REFERRALS_SQL, *args)
    ]  # fmt: skip


async def _shops(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    rows = await work.fetch(SHOPS_SQL, list(span.starts), span.since, span.end, viewer.shop)
    return [
        (r["month"], r["orders"], r["paid"], r["refunded"], r["paid"] - r["refunded"], r["promised"], r["commission"],
         r["matured"])
        for r in rows
    ]  # fmt: skip


async def _cohorts(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    rows = await work.fetch(COHORTS_SQL, list(span.starts), span.since, span.end, viewer.supplier, viewer.shop)
    return [(r["month"], r["later"], r["buyers"], r["kept"]) for r in rows]


async def _invitations(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    rows = await work.fetch(INVITATIONS_SQL, list(span.starts), span.since, span.end, viewer.supplier, viewer.shop)
    return [
        (r["month"], r["leaders"], r["joined"], r["newcomers"], share_permyriad(r["joined"], r["leaders"]),
         share_permyriad(r["newcomers"], r["joined"]), share_permyriad(r["newcomers"], r["leaders"]))
        for r in rows
    ]  # fmt: skip


async def _teams(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    return [
        (r["size"], r["price"], r["opened"], r["formed"], r["promised"], r["lapsed"], r["gathering"],
         share_permyriad(r["formed"], r["formed"] + r["lapsed"]))
        for r in await work.fetch(TEAMS_SQL, span.since, span.end, viewer.supplier, list(PRICE_BANDS_MINOR), viewer.shop)
    ]  # fmt: skip


def _concentration_by(sql: str) -> Reader:
    async def read(work: Work, span: Span, viewer: Viewer) -> list[Row]:
        rows = await work.fetch(sql, span.since, span.end, list(span.starts), TOP_SELLERS)
        return [
            (r["month"], r["sellers"], r["kept"], share_permyriad(r["top"], r["kept"]),
             gini_permyriad(r["sellers"], r["kept"], int(r["weighted"])))
            for r in rows
        ]  # fmt: skip

    return read


def _tiers_by(sql: str) -> Reader:
    """The second half of the span against the first."""

    async def read(work: Work, span: Span, viewer: Viewer) -> list[Row]:
        rows = {r["tier"]: r for r in await work.fetch(sql, span.since, span.end, span.starts[len(span.starts) // 2])}
        return [
            (r["tier"], r["sellers"], r["before"], r["now"], growth_permyriad(r["before"], r["now"]))
            for r in (rows[tier] for tier in TIER_ORDER if tier in rows)
        ]

    return read


async def _retail(work: Work, span: Span, viewer: Viewer) -> list[Row]:
    rows = await work.fetch(RETAIL_SQL, list(span.starts), span.since, span.end)
    return [
        (r["month"], r["kept"], r["outside"], share_permyriad(r["outside"], r["kept"]), r["recommended"],
         r["recommended_outside"], share_permyriad(r["recommended_outside"], r["recommended"]))
        for r in rows
    ]  # fmt: skip


READERS: Mapping[str, tuple[str, Reader]] = {
    "waterfall": (WATERFALL_SQL, _waterfall),
    "shops": (SHOPS_SQL, _shops),
    **{name: (FUNNEL_SQL, _funnel_by(by)) for name, by in FUNNEL_BY.items()},
    "referrals": (REFERRALS_SQL, _referrals),
    "invitations": (INVITATIONS_SQL, _invitations),
    "cohorts": (COHORTS_SQL, _cohorts),
    "teams": (TEAMS_SQL, _teams),
    "shop_concentration": (SHOP_CONCENTRATION_SQL, _concentration_by(SHOP_CONCENTRATION_SQL)),
    "shop_tiers": (SHOP_TIERS_SQL, _tiers_by(SHOP_TIERS_SQL)),
    "concentration": (CONCENTRATION_SQL, _concentration_by(CONCENTRATION_SQL)),
    "tiers": (TIERS_SQL, _tiers_by(TIERS_SQL)),
    "retail": (RETAIL_SQL, _retail),
}


def access_report(name: str, viewer: Viewer) -> Report:
    """Raises Refused(NotFound) for one that there is not, or that is not for this viewer."""
    report = REPORTS.get(name)
    if report is None or viewer.whom not in report.whom:
        raise Refused(NotFound())
    return report


async def read_report(work: Work, name: str, span: Span, viewer: Viewer) -> list[Row]:
    """All rows of a report, a value for each of its columns. Raises Refused(NotFound)."""
    access_report(name, viewer)
    return await READERS[name][1](work, span, viewer)


async def read_page(work: Work, name: str, span: Span, viewer: Viewer, wanted: Wanted) -> Page[Row]:
    """The rows of a report that grows, page by page; any other is one page. Raises Refused(NotFound)."""
    if name not in GROWING:
        return Page(await read_report(work, name, span, viewer))
    access_report(name, viewer)
    after = decode_key(wanted.after, tuple[int, str]) or FROM_THE_TOP
    rows = await _funnel(work, span, viewer, FUNNEL_BY[name], after, wanted.size + 1)
    return page_of(rows, wanted.size, lambda row: (row[3], row[0]))


async def read_whole(work: Work, name: str, span: Span, viewer: Viewer) -> list[Row]:
    """What a drawing of the report sums up: of one that grows a single row, over everything. Raises Refused(NotFound)."""
    if name not in GROWING:
        return await read_report(work, name, span, viewer)
    access_report(name, viewer)
    return await _funnel(work, span, viewer, "")


def query_of(name: str) -> str:
    """The text that makes a report, as it is run: $1 is the market. KeyError for one that there is not."""
    return READERS[name][0].strip()


async def brought_by(work: Work, codes: Collection[str]) -> dict[str, Any]:
    """What these links have brought, by code: rows of orders, paid, kept_orders, kept (minor units); absent of what brought none."""
    return {row["code"]: row for row in await work.fetch(BROUGHT_SQL, list(codes))}
