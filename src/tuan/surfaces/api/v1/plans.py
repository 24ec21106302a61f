"""Commission plans, for whoever keeps the market's rules.

Nothing here goes past the office. A version with a second level is switched on only while the signatures of two persons count for
it, and no key gives both (`ask_signature`, `give_signature`). The office asks for the second factor before each of these acts; a
program has none, so it is asked for where its key with `plans.write` is made, which only the operator does.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.people import compliance
from tuan.people.compliance.model import Channel, Rule
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import (
    BASIS_POINTS,
    CHANNELS,
    HOLD_DAYS_MAX,
    NAME_MAX,
    PLAN_ID,
    RATES_MAX,
    Rate,
    Scope,
    Terms,
    Version,
    phase_of,
)
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import (
    NO_NUL,
    AmountMinor,
    Listing,
    Money,
    OrderChannel,
    PlanId,
    Reason,
)
from tuan.surfaces.api.v1.compliance import Hash, Law
from tuan.surfaces.backoffice.commissions.words import IDS
from tuan.surfaces.storefront.cases.filing import read_number
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

VersionNumber = Annotated[str, Meta(description="A version, counted from 1.", pattern="^[0-9]{1,6}$", examples=["1"])]
PlanName = Annotated[str, Meta(min_length=1, max_length=NAME_MAX, pattern=NO_NUL, examples=["一成"])]
RateScope = Annotated[Literal["market", "category", "product", "sku", "campaign"], Meta(examples=["market"])]
RateObject = Annotated[
    str | None,
    Meta(description="The category, product, SKU or campaign by its id; null for the whole market.", examples=[None]),
]
PlanState = Literal["draft", "coming", "on", "ending", "off"]
OrderChannels = Annotated[
    list[OrderChannel],
    Meta(description="Through which it is paid.", min_length=1, max_length=3, examples=[["web"]]),
]
Parts = Annotated[int, Meta(description="Ten-thousandths.", ge=0, le=BASIS_POINTS)]


class PlanRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is paid of a line: a share of the goods' money, or an amount for each unit. Level 1 is the shop that sold."""

    scope: RateScope = "market"
    object: RateObject = None
    level: Literal[1, 2] = 1
    rate_bp: Annotated[Parts, Meta(examples=[1000])] = 0
    fixed_minor: Annotated[
        int,
        Meta(
            description="Minor units for each unit, within the caps of the line; of a campaign at its own prices.",
            ge=0,
            le=10**13,
            examples=[0],
        ),
    ] = 0
    channels: OrderChannels = field(default_factory=lambda: ["web", "wechat_h5", "wechat_mp"])


class PlanTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a version says. line_most_bp: of a line's goods, all that is paid on it; hold_days: from receipt on."""

    rates: Annotated[list[PlanRate], Meta(min_length=1, max_length=RATES_MAX)]
    line_most_bp: Annotated[Parts, Meta(examples=[3000])] = 3000
    budget_minor: AmountMinor | None = None
    hold_days: Annotated[int, Meta(ge=0, le=HOLD_DAYS_MAX, examples=[8])] = 8


class NewPlan(PlanTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan with its first version."""

    name: PlanName
    reason: Reason


class NewPlanVersion(PlanTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another version of a plan."""

    reason: Reason


class DraftedVersion(Struct, frozen=True, kw_only=True):
    """The version that was written; it pays nobody before it is switched on."""

    plan: PlanId
    version: Annotated[int, Meta(examples=[1])]


class PlanCard(Struct, frozen=True, kw_only=True):
    """A plan; its state is that of the version that stands, else of one that is coming, else of the newest."""

    plan: PlanId
    name: PlanName
    state: PlanState
    versions: Annotated[int, Meta(examples=[2])]
    promised: Money
    made_at: datetime


class PlanVersion(PlanTerms, frozen=True, kw_only=True):
    """A version as it stands from `since` to `until`; promised: what of its budget is promised or paid."""

    version: Annotated[int, Meta(examples=[1])]
    state: PlanState
    since: datetime | None
    until: datetime | None
    promised: Money


class CommissionPlan(Struct, frozen=True, kw_only=True):
    """A plan with its versions, the newest first."""

    plan: PlanId
    name: PlanName
    versions: list[PlanVersion]


class PlanFinding(Struct, frozen=True, kw_only=True):
    """A rule that the version would not keep, where, and the article that says so."""

    rule: Annotated[str, Meta(examples=["rate_too_high"])]
    article: Annotated[str, Meta(examples=["直销管理条例 art. 24"])]
    scope: RateScope
    object: RateObject
    channel: Annotated[
        OrderChannel | None, Meta(description="Whose owner says so; null where the law of the place does.")
    ]


class PlanToSign(Struct, frozen=True, kw_only=True):
    """A second level, for which two persons sign; `ask_signature` takes its fingerprint."""

    scope: RateScope
    object: RateObject
    fingerprint: Hash
    is_signed: bool


class VersionCheck(Struct, frozen=True, kw_only=True):
    """What the law that counts says of a version now; without findings it may be switched on."""

    law: Law
    findings: list[PlanFinding]
    to_sign: list[PlanToSign]


class PlanSwitch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On once, and off once; after that another version is written. since: from when a version is to count that is switched on;
    null as soon as may be. Where shops would be paid less they are told before, for as many days as the law says."""

    state: Annotated[Literal["on", "off"], Meta(examples=["on"])]
    reason: Reason
    since: Annotated[datetime, Meta(tz=True, examples=["2026-12-08T00:00:00+08:00"])] | None = None


@operation("GET", "/plans", scope="plans.read")
async def list_plans(visit: Visit) -> Listing[PlanCard]:
    """Commission plans, the newest first."""
    async with visit.reading() as work:
        rows = await distribution.plans(work)
        now = work.now
    return Listing([_card(visit, list(of), now) for _, of in groupby(rows, key=lambda row: row["id"])])


def _card(visit: Visit, of: list[Any], now: datetime) -> PlanCard:
    """`of`: its versions, the newest first."""
    return PlanCard(
        plan=PLAN_ID.show(of[0]["id"]), name=of[0]["name"], state=phase_of(of, now).value, versions=len(of), made_at=of[0]["made_at"],
        promised=Money(sum(row["promised_minor"] for row in of), visit.market.currency),
    )  # fmt: skip


@operation("GET", "/plans/{plan}", scope="plans.read")
async def show_plan(visit: Visit, plan: PlanId) -> CommissionPlan:
    """A plan with all that its versions say."""
    found = read_id(PLAN_ID, plan)
    async with visit.reading() as work:
        name, versions = await distribution.access_plan(work, found)
        now = work.now
    return CommissionPlan(plan=plan, name=name, versions=[_version(visit, one, now) for one in reversed(versions)])


def _version(visit: Visit, one: Version, now: datetime) -> PlanVersion:
    terms = one.terms
    return PlanVersion(
        version=one.number, state=one.phase(now).value, since=one.since, until=one.until,
        promised=Money(one.promised_minor, visit.market.currency), rates=rates_told(terms.rates), line_most_bp=terms.line_most_bp,
        budget_minor=terms.budget_minor, hold_days=terms.hold_days,
    )  # fmt: skip


def rates_told(rates: Iterable[Rate]) -> list[PlanRate]:
    return [
        PlanRate(scope=Scope(r.scope).value, object=_object(r.scope, r.object_id), level=r.depth, rate_bp=r.rate_bp,  # type: ignore[arg-type]
                 fixed_minor=r.fixed_minor, channels=[one.value for one in CHANNELS if one in r.channels])  # type: ignore[misc]
        for r in rates
    ]  # fmt: skip


def _object(scope: str, found: UUID | None) -> str | None:
    return None if found is None else IDS[Scope(scope)].show(found)


@operation("GET", "/plans/{plan}/versions/{version}/check", scope="plans.read")
async def check_plan_version(visit: Visit, plan: PlanId, version: VersionNumber) -> VersionCheck:
    """Every rule that stands against switching a version on now, and what two persons have to sign before."""
    found, number = read_id(PLAN_ID, plan), read_number(version)
    async with visit.reading() as work:
        _, versions = await distribution.access_plan(work, found)
        terms = next((one.terms for one in versions if one.number == number), None)
        if terms is None:
            raise Refused(NotFound())
        law = await compliance.profile_of(work)
        breaches = await distribution.breaches_of(work, terms)
        asked = await distribution.to_sign(work, terms)
        signed = {one for one in asked.values() if await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, one)}
    findings = [
        PlanFinding(rule=one.rule, article=one.article, scope=one.scope, object=_object(one.scope, one.object_id),  # type: ignore[arg-type]
                    channel=one.channel or None)  # type: ignore[arg-type]
        for one in breaches
    ]  # fmt: skip
    to_sign = [
        PlanToSign(scope=scope, object=_object(scope, of), fingerprint=fingerprint, is_signed=fingerprint in signed)  # type: ignore[arg-type]
        for (scope, of), fingerprint in asked.items()
    ]
    return VersionCheck(law=law.code, findings=findings, to_sign=to_sign)  # type: ignore[arg-type]


@operation("POST", "/plans", scope="plans.write", status=201)
async def draft_plan(visit: Visit, data: NewPlan, key: str) -> DraftedVersion | Refusal:
    """A plan with its first version; it pays nobody before it is switched on."""
    terms = _terms(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await distribution.draft_plan(work, data.name, terms, reason=data.reason)
        return made if isinstance(made, Refusal) else {"plan": PLAN_ID.show(made), "version": 1}

    outcome = await remembered(visit, "api.draft_plan", key, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else DraftedVersion(**outcome)


def _terms(data: PlanTerms) -> Terms:
    """Raises Refused(FieldInvalid) for a rate whose object is none of its scope."""
    return Terms(tuple(map(_rate, data.rates)), data.line_most_bp, data.budget_minor, data.hold_days)


def _rate(one: PlanRate) -> Rate:
    kind = IDS.get(Scope(one.scope))
    found = kind.parse(one.object) if kind and one.object else None
    if (one.object is None) != (kind is None) or (found is None) != (kind is None):
        raise Refused(FieldInvalid(field="rates"))
    return Rate(one.scope, found, one.level, one.rate_bp, one.fixed_minor, frozenset(map(Channel, one.channels)))


@operation("POST", "/plans/{plan}/versions", scope="plans.write", status=201)
async def draft_plan_version(visit: Visit, plan: PlanId, data: NewPlanVersion, key: str) -> DraftedVersion | Refusal:
    """Another version; what stands goes on standing."""
    found, terms = read_id(PLAN_ID, plan), _terms(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        made = await distribution.draft_version(work, found, terms, reason=data.reason)
        return made if isinstance(made, Refusal) else {"plan": plan, "version": made}

    outcome = await remembered(visit, "api.draft_plan_version", key, f"{plan} {data!r}", act)
    return outcome if isinstance(outcome, Refusal) else DraftedVersion(**outcome)


@operation("POST", "/plans/{plan}/versions/{version}/state", scope="plans.write", status=204)
async def switch_plan(visit: Visit, plan: PlanId, version: VersionNumber, data: PlanSwitch, key: str) -> Refusal | None:
    """On, where the law lets it be and its second level is signed for; or off."""
    found, number = read_id(PLAN_ID, plan), read_number(version)

    async def act(work: Work) -> Refusal | None:
        if data.state == "off":
            return await distribution.switch_off(work, found, number, reason=data.reason)
        return await distribution.switch_on(work, found, number, reason=data.reason, since=data.since)

    return await once(visit, "api.switch_plan", key, f"{plan} {number} {data!r}", act)


HANDLERS = (list_plans, draft_plan, draft_plan_version, show_plan, check_plan_version, switch_plan)
