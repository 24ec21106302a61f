"""Points of the whole market: what is out and by which terms, one person's wallet, giving and taking."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import loyalty
from tuan.surfaces.api.acting import acted
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import Listing, PageQuery, PersonId, Reason
from tuan.surfaces.api.v1.points import Points, PointsEntry, entry_told
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit
from tuan.value import points
from tuan.value.points.model import Terms

COUNT_MAX = 2_147_483_647
Count = Annotated[int, Meta(ge=0, le=COUNT_MAX)]
Rewards = Annotated[list[Annotated[int, Meta(ge=0, le=COUNT_MAX)]], Meta(max_length=60, examples=[[5, 5, 10]])]


class PointsTerms(Struct, frozen=True, kw_only=True):
    """`earn_points` for every `earn_per_minor` of money kept, at most `earn_order_max` for an order and `event_day_max` a day for
    taps; they live `valid_days`. A hundred are worth `hundred_minor`; they pay at most `spend_permyriad` of 10,000 of the goods, and
    at least `spend_min` are spent at once. owes_reversed: whoever has spent what he must give back owes it."""

    earn_points: Annotated[int, Meta(ge=0, le=COUNT_MAX, examples=[1])]
    earn_per_minor: Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[100])]
    earn_order_max: Annotated[int, Meta(ge=0, le=COUNT_MAX, examples=[10000])]
    event_day_max: Annotated[int, Meta(ge=0, le=COUNT_MAX, examples=[100])]
    valid_days: Annotated[int, Meta(ge=0, le=COUNT_MAX, examples=[365])]
    hundred_minor: Annotated[int, Meta(ge=0, le=AMOUNT_MINOR_MAX, examples=[100])]
    spend_permyriad: Annotated[int, Meta(ge=0, le=10_000, examples=[5000])]
    spend_min: Annotated[int, Meta(ge=0, le=COUNT_MAX, examples=[100])]
    owes_reversed: bool


class NewPointsTerms(PointsTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, from now on; what was given keeps its time."""

    reason: Reason


class PointsOut(Struct, frozen=True, kw_only=True):
    """What the market has promised in points, to how many persons, by which terms; `rewards` of checking in, day by day."""

    spendable: Annotated[int, Meta(examples=[12000])]
    pending: Annotated[int, Meta(examples=[300])]
    debt: Annotated[int, Meta(examples=[0])]
    persons: Annotated[int, Meta(examples=[40])]
    terms: PointsTerms
    rewards: list[int]


class NewLadder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each day in a row gives; none closes checking in."""

    rewards: Rewards
    reason: Reason


class NewUnits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many points, and why: the person reads it beside them."""

    units: Annotated[int, Meta(ge=1, le=COUNT_MAX, examples=[10])]
    reason: Reason


@operation("GET", "/market-points", scope="points.read")
async def show_points_out(visit: Visit) -> PointsOut:
    """What is out, and by which terms."""
    async with visit.reading() as work:
        out, terms, rewards = await points.out(work), await points.load_terms(work), await loyalty.ladder(work)
    same = {name: getattr(terms, name) for name in PointsTerms.__struct_fields__}
    return PointsOut(
        spendable=out["spendable"], pending=out["pending"], debt=out["debt"], persons=out["persons"],
        terms=PointsTerms(**same), rewards=rewards,
    )  # fmt: skip


@operation("PUT", "/market-points/terms", scope="points.write", status=204)
async def set_points_terms(visit: Visit, data: NewPointsTerms, key: str) -> Refusal | None:
    """From now on points are earned and spent by these terms."""
    terms = Terms(**{name: getattr(data, name) for name in PointsTerms.__struct_fields__})

    async def act(work: Work) -> Refusal | None:
        return await points.set_terms(work, terms, reason=data.reason)

    return await acted(visit, "api.points_terms", key, data.reason, repr(terms), act)


@operation("PUT", "/market-points/ladder", scope="points.write", status=204)
async def set_ladder(visit: Visit, data: NewLadder, key: str) -> Refusal | None:
    """What checking in gives from now on."""

    async def act(work: Work) -> Refusal | None:
        return await loyalty.set_ladder(work, data.rewards, reason=data.reason)

    return await acted(visit, "api.points_ladder", key, data.reason, repr(data.rewards), act)


@operation("GET", "/wallets/{person}", scope="points.read")
async def show_wallet(visit: Visit, person: PersonId) -> Points:
    """How many points somebody has."""
    found = read_id(PERSON, person)
    async with visit.reading() as work:
        await accounts.access_person(work, found)
        has = await points.balance(work, found)
    return Points(spendable=has.spendable, held=has.held, pending=has.pending, debt=has.debt)


@operation("GET", "/wallets/{person}/entries", scope="points.read")
async def list_wallet_entries(visit: Visit, person: PersonId, query: PageQuery) -> Listing[PointsEntry]:
    """Every change of somebody's points, the newest first."""
    found = read_id(PERSON, person)
    async with visit.reading() as work:
        await accounts.access_person(work, found)
        page = await points.entries(work, found, Wanted(after=query.after, size=query.size))
    return Listing([entry_told(row) for row in page.items], page.next_key)


@operation("POST", "/wallets/{person}/grants", scope="points.write", status=204)
async def grant_points(visit: Visit, person: PersonId, data: NewUnits, key: str) -> Refusal | None:
    """Give somebody points; what he owes is paid first."""
    found = read_id(PERSON, person)

    async def act(work: Work) -> Refusal | None:
        return await points.grant(work, [found], data.units, reason=data.reason)

    return await _moved(visit, "api.points_grant", person, data, key, act)


@operation("POST", "/wallets/{person}/deductions", scope="points.write", status=204)
async def deduct_points(visit: Visit, person: PersonId, data: NewUnits, key: str) -> Refusal | None:
    """Take points that can be spent, those that expire first; never more than there are."""
    found = read_id(PERSON, person)

    async def act(work: Work) -> Refusal | None:
        return await points.deduct(work, found, data.units, reason=data.reason)

    return await _moved(visit, "api.points_deduct", person, data, key, act)


async def _moved(visit: Visit, verb: str, person: str, data: NewUnits, key: str, act: Any) -> Refusal | None:
    return await acted(visit, verb, key, data.reason, f"{person} {data.units}", act)


HANDLERS = (
    show_points_out, set_points_terms, set_ladder, show_wallet, list_wallet_entries, grant_points, deduct_points,
)  # fmt: skip
