"""The law of the market: which one counts, what a plan would break, signatures, days as the law counts them, reports; one's consents."""

import base64
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tuan.kit.refusals import Refusal
from tuan.kit.time import day_of
from tuan.people import compliance
from tuan.people.compliance.model import (
    REPORT,
    SIGN_OFF,
    AskSignOff,
    Base,
    Channel,
    Metrics,
    Plan,
    Rank,
    Reward,
    Rule,
    SignOff,
    Trigger,
    alarms,
    fingerprint_of,
)
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.play import distribution
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Line, Listing, Money, PageQuery, Reason
from tuan.surfaces.web.once import once
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

_LETTERS = "[0-9a-hjkmnp-tv-z]{26}"
_SOME = "01kb3v6h2ne5x8q4r7t9w0y1z3"
SignatureId = Annotated[str, Meta(description="A signature.", pattern=f"^sign_{_LETTERS}$", examples=[f"sign_{_SOME}"])]
ReportId = Annotated[str, Meta(description="A report.", pattern=f"^report_{_LETTERS}$", examples=[f"report_{_SOME}"])]
Hash = Annotated[str, Meta(description="SHA-256.", pattern="^[0-9a-f]{64}$", examples=["ab" * 32])]
Role = Annotated[str, Meta(min_length=2, max_length=40, pattern=NO_NUL, examples=["counsel"])]
Law = Literal["CN", "EU", "US"]
Minor = Annotated[int, Meta(description="Minor units.", ge=0, le=10**13, examples=[0])]
Count = Annotated[int, Meta(ge=0, le=10**6, examples=[0])]
Parts = Annotated[int, Meta(description="Ten-thousandths.", ge=0, le=10**6, examples=[1500])]
Days = Annotated[int, Meta(ge=0, le=3650, examples=[15])]
Period = Annotated[int, Meta(description="So many days, today as the last.", ge=1, le=366, examples=[30])]


class RuleSource(Struct, frozen=True, kw_only=True):
    """A rule, and the article behind it; `Tuan` for what the house refuses everywhere."""

    rule: str
    source: str


class LawInForce(Struct, frozen=True, kw_only=True):
    """The law that counts in this market, as data. `levels` are paid without a signature, `signable` with one."""

    law: Law
    levels: list[int]
    signable: list[int]
    line_most_bp: int
    return_days: int
    notice_days: int
    rules: list[RuleSource]


class PlanReward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is paid for what: depth 1 is the shop that sold."""

    trigger: Literal["kept_purchase", "own_purchase", "recruit", "fee", "share", "review", "good_review"]
    depth: Annotated[int, Meta(ge=0, le=99, examples=[1])] = 1
    rate_bp: Parts = 0
    fixed_minor: Minor = 0
    base: Literal["line", "team_sales", "heads"] = "line"


class PlanRank(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rank asks for."""

    name: Line
    own_kept_sales_minor: Minor = 0
    recruits: Count = 0
    team_sales_minor: Minor = 0
    fee_minor: Minor = 0
    purchase_minor: Minor = 0


class AskedPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How those who recommend are paid, and what it takes to be one of them."""

    rewards: Annotated[list[PlanReward], Meta(max_length=60)]
    ranks: Annotated[list[PlanRank], Meta(max_length=60)] = []
    joining_minor: Minor = 0
    quota_minor: Minor = 0
    hold_days: Days = 15
    notice_days: Days = 15
    discloses: bool = True
    unit_price_minor: Minor = 0
    channels: Annotated[list[Literal["web", "app", "wechat_h5", "wechat_mp"]], Meta(max_length=4)] = field(
        default_factory=lambda: ["web"]
    )


class Breach(Struct, frozen=True, kw_only=True):
    """A rule that is not kept; `place` is the number of the reward or rank, 0 the whole."""

    rule: str
    place: int
    source: str


class Checked(Struct, frozen=True, kw_only=True):
    """What the plan breaks with the signatures that count now, and what a signature for it names."""

    fingerprint: Hash
    breaches: list[Breach]


class Signature(Struct, frozen=True, kw_only=True):
    """What two persons answer for, or one so far. It counts when `state` is `given`, between its times."""

    signature: SignatureId
    law: Law
    rule: str
    fingerprint: Hash
    document: str
    document_hash: Hash
    from_at: datetime
    until: datetime
    state: Literal["asked", "given", "revoked"]
    asked_as: str
    given_as: str


class NewSignature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a second level of the plan with this fingerprint, from now on."""

    fingerprint: Hash
    document: Annotated[str, Meta(min_length=3, max_length=200, pattern=NO_NUL, examples=["opinion 2026-07"])]
    document_hash: Hash
    role: Role
    days: Annotated[int, Meta(ge=1, le=366, examples=[90])] = 90
    reason: Reason


class Given(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As what the second person signs."""

    role: Role
    reason: Reason


class Why(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class ChosenLaw(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    law: Law
    reason: Reason


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: Period = 30


class LawDay(Struct, frozen=True, kw_only=True):
    """A day as the law counts it; null what nobody measured. `longest` counts the organiser's own level."""

    day: date
    law: Law
    shops: int | None
    longest: int | None
    widest: int | None
    pay: Money | None
    retail_pay: Money | None
    recruits_pay: Money | None
    unlawful_plans: int
    alarms: list[RuleSource]


class LawAlarm(Struct, frozen=True, kw_only=True):
    """Something that has to be looked at, since when, and until when it rang; null while it rings. day: the first that it is of."""

    alarm: Annotated[str, Meta(examples=["chain_long"])]
    article: Annotated[str, Meta(examples=["公通字〔2013〕37号 § 1"])]
    day: date
    began_at: datetime
    ended_at: datetime | None


class NewReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: Period = 30
    reason: Reason


class Report(Struct, frozen=True, kw_only=True):
    report: ReportId
    from_day: date
    until_day: date
    made_at: datetime
    sha256: Hash


class Archive(Struct, frozen=True, kw_only=True):
    """The signed zip archive in base64; `tuan verify-report`, or sha256sum and openssl, verify it."""

    archive: str


@operation("GET", "/law", scope="law.read")
async def show_law(visit: Visit) -> LawInForce:
    """Which law counts, and every rule with its source."""
    async with visit.reading() as work:
        law = await compliance.profile_of(work)
    return LawInForce(
        law=law.code, levels=sorted(law.levels), signable=sorted(law.signable), line_most_bp=law.line_most_bp,  # type: ignore[arg-type]
        return_days=law.return_days, notice_days=law.notice_days,
        rules=[RuleSource(rule=rule, source=law.article(rule)) for rule in Rule],
    )  # fmt: skip


@operation("POST", "/law/profile", scope="law.write", status=204)
async def choose_law(visit: Visit, data: ChosenLaw, key: str) -> Refusal | None:
    """From now on this law counts."""

    async def act(work: Work) -> Refusal | None:
        return await compliance.choose_profile(work, data.law, reason=data.reason)

    return await once(visit, "api.choose_law", key, data.law, act)


@operation("POST", "/law/checks", scope="law.read", is_single=True)
async def check_plan(visit: Visit, data: AskedPlan) -> Checked:
    """Every rule that a plan breaks, with its article; nothing is done."""
    plan = Plan(
        tuple(Reward(Trigger(r.trigger), r.depth, r.rate_bp, r.fixed_minor, Base(r.base)) for r in data.rewards),
        tuple(
            Rank(r.name, r.own_kept_sales_minor, r.recruits, r.team_sales_minor, r.fee_minor, r.purchase_minor)
            for r in data.ranks
        ),
        data.joining_minor, data.quota_minor, data.hold_days, data.notice_days, data.discloses, data.unit_price_minor,
        frozenset(map(Channel, data.channels)),
    )  # fmt: skip
    async with visit.reading() as work:
        found = await compliance.breaches_of(work, plan)
    breaches = [Breach(rule=one.rule, place=one.place, source=one.article) for one in found]
    return Checked(fingerprint=fingerprint_of(plan), breaches=breaches)


@operation("GET", "/law/signatures", scope="law.read")
async def list_signatures(visit: Visit) -> Listing[Signature]:
    """What was signed for, the newest first; at most 200."""
    async with visit.reading() as work:
        return Listing([_signature(one) for one in await compliance.sign_offs(work)])


def _signature(one: SignOff) -> Signature:
    return Signature(
        signature=SIGN_OFF.show(one.id), law=one.profile, rule=one.rule, fingerprint=one.fingerprint,  # type: ignore[arg-type]
        document=one.document, document_hash=one.document_hash, from_at=one.from_at, until=one.until, state=one.state,  # type: ignore[arg-type]
        asked_as=one.asked_role, given_as=one.given_role,
    )  # fmt: skip


@operation("POST", "/law/signatures", scope="law.write", status=204)
async def ask_signature(visit: Visit, data: NewSignature, key: str) -> Refusal | None:
    """The key's person is the first one; somebody else has to sign after him."""

    async def act(work: Work) -> Refusal | None:
        until = work.now + timedelta(days=data.days)
        new = AskSignOff(
            Rule.LEVEL_NOT_SIGNED, data.fingerprint, data.document, data.document_hash, data.role, work.now, until
        )
        outcome = await compliance.ask_sign_off(work, new, reason=data.reason)
        return outcome if isinstance(outcome, Refusal) else None

    return await once(visit, "api.ask_signature", key, repr(data), act)


@operation("POST", "/law/signatures/{signature}/giving", scope="law.write", status=204)
async def give_signature(visit: Visit, signature: SignatureId, data: Given, key: str) -> Refusal | None:
    """The key's person is the second one."""
    found = read_id(SIGN_OFF, signature)

    async def act(work: Work) -> Refusal | None:
        return await compliance.give_sign_off(work, found, data.role, reason=data.reason)

    return await once(visit, "api.give_signature", key, f"{signature} {data.role}", act)


@operation("POST", "/law/signatures/{signature}/revoking", scope="law.write", status=204)
async def revoke_signature(visit: Visit, signature: SignatureId, data: Why, key: str) -> Refusal | None:
    """What rests on it is refused from now on."""
    found = read_id(SIGN_OFF, signature)

    async def act(work: Work) -> Refusal | None:
        return await compliance.revoke_sign_off(work, found, reason=data.reason)

    return await once(visit, "api.revoke_signature", key, signature, act)


@operation("GET", "/law/days", scope="law.read")
async def list_law_days(visit: Visit, query: PeriodQuery) -> Listing[LawDay]:
    """The last days as the law counts them, the first one first."""
    async with visit.reading() as work:
        today = day_of(work.now, work.market.time_zone)
        law = await compliance.profile_of(work)
        found = await compliance.metrics_of(work, today - timedelta(days=query.days - 1), today)
    rings = {one.day: [RuleSource(rule=a, source=article) for a, article in alarms(one, law)] for one in found}
    return Listing([_law_day(one, visit.market.currency, rings[one.day]) for one in found])


def _law_day(one: Metrics, currency: str, rings: list[RuleSource]) -> LawDay:
    counted, pay = one.chains, one.pay
    return LawDay(
        day=one.day, law=one.profile,  # type: ignore[arg-type]
        shops=counted.shops if counted else None, longest=counted.longest if counted else None,
        widest=counted.widest if counted else None,
        pay=Money(pay.all_minor, currency) if pay else None,
        retail_pay=Money(pay.retail_minor, currency) if pay else None,
        recruits_pay=Money(pay.recruits_minor, currency) if pay else None,
        unlawful_plans=one.unlawful_plans, alarms=rings,
    )  # fmt: skip


@operation("GET", "/law/alarms", scope="law.read")
async def list_law_alarms(visit: Visit, query: PageQuery) -> Listing[LawAlarm]:
    """What rings and what rang, the newest first."""
    async with visit.reading() as work:
        found = await compliance.search_alarms(work, Wanted(after=query.after, size=query.size))
    alarms_told = [
        LawAlarm(alarm=row["alarm"], article=row["article"], day=row["from_day"], began_at=row["began_at"],
                 ended_at=row["ended_at"])
        for row in found.items
    ]  # fmt: skip
    return Listing(alarms_told, found.next_key)


@operation("GET", "/law/reports", scope="law.read")
async def list_signed_reports(visit: Visit) -> Listing[Report]:
    """Reports that were made, the newest first."""
    async with visit.reading() as work:
        rows = await compliance.reports(work)
    return Listing(
        [
            Report(report=REPORT.show(row["id"]), from_day=row["from_day"], until_day=row["until_day"],
                   made_at=row["made_at"], sha256=row["sha256"])
            for row in rows
        ]
    )  # fmt: skip


@operation("POST", "/law/reports", scope="law.write", status=204)
async def make_signed_report(visit: Visit, data: NewReport, key: str) -> Refusal | None:
    """Sign a report of the last days and keep it; `list_signed_reports` names it."""

    async def act(work: Work) -> Refusal | None:
        today = day_of(work.now, work.market.time_zone)
        first, secret = today - timedelta(days=data.days - 1), visit.front.house.settings.secret
        made = await distribution.make_report(work, secret, first, today, market=visit.market.name, reason=data.reason)
        return made if isinstance(made, Refusal) else None

    return await once(visit, "api.make_signed_report", key, repr(data), act)


@operation("GET", "/law/reports/{report}", scope="law.read")
async def show_signed_report(visit: Visit, report: ReportId) -> Archive:
    """The archive as it was made, byte for byte."""
    async with visit.reading() as work:
        archive = await compliance.access_archive(work, read_id(REPORT, report))
    return Archive(archive=base64.b64encode(archive).decode())


HANDLERS = (
    show_law, choose_law, check_plan, list_signatures, ask_signature, give_signature, revoke_signature, list_law_days, list_law_alarms,
    list_signed_reports, make_signed_report, show_signed_report,
)  # fmt: skip
