"""Keeping what was measured of a day, and handing an authority what it asks for."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import day_of
from tuan.people.compliance import facts, queries, store
from tuan.people.compliance.model import (
    FILES,
    OF_CHAINS,
    OF_PAY,
    REPORT,
    SIGN_OFF,
    Alarm,
    Chain,
    Metrics,
    Pay,
    Profile,
    Rule,
    SignOff,
    Table,
    alarms,
    summed,
    why_not_report,
)
from tuan.platform import audit, sealed
from tuan.platform.lists import Wanted
from tuan.platform.sheets import gather_csv, write_csv
from tuan.platform.work import Work

Rows = Sequence[Sequence[str]]
ACTS_PER_READ = 1000


async def record_chains(work: Work, day: date, found: Collection[Chain]) -> None:
    """The chains of a day, as whoever sees who invited whom counts them; measured again, it is what it was measured last."""
    profile, all_of_them = await queries.profile_of(work), summed(found)
    row = store.ChainsRow(
        day, profile.code, all_of_them.shops, all_of_them.longest, all_of_them.widest, all_of_them.has_both, work.now
    )
    await work.write(store.KEEP_CHAINS, [row])
    await _ring(work, day, profile, OF_CHAINS)


async def record_pay(work: Work, day: date, pay: Pay, *, unlawful_plans: int) -> None:
    """What was paid on a day and for what, as whoever sees commissions and orders counts it, and how many plans in force the
    checker refuses."""
    profile = await queries.profile_of(work)
    row = store.PayRow(day, profile.code, pay.all_minor, pay.retail_minor, pay.recruits_minor, unlawful_plans, work.now)
    await work.write(store.KEEP_PAY, [row])
    await _ring(work, day, profile, OF_PAY)


async def _ring(work: Work, day: date, profile: Profile, known: frozenset[Alarm]) -> None:
    """Of the alarms that this measure knows, those that ring begin and the others end, each told once. An older day changes nothing.

    Two that measure at once are kept apart by the key of what rings.
    """
    days = await queries.metrics_of(work, day, date.max)
    if days[-1].day != day:
        return
    rings = {alarm: article for alarm, article in alarms(days[-1], profile) if alarm in known}
    rows = [store.AlarmRow(new_uuid(), alarm, article, day, work.now) for alarm, article in rings.items()]
    for row in await work.fetch(store.BEGIN_ALARMS.sql, *store.BEGIN_ALARMS.arrays(rows)) if rows else ():
        work.tell(facts.AlarmBegan(alarm=row["alarm"], article=row["article"], day=day.isoformat()))
    for row in await work.fetch(store.END_ALARMS_SQL, sorted(known - rings.keys()), work.now):
        work.tell(facts.AlarmEnded(alarm=row["alarm"], day=day.isoformat()))


async def make_report(
    work: Work, secret: bytes, from_day: date, until_day: date, more: Mapping[str, Table], *, market: str, reason: str
) -> UUID | Refusal:
    """Sign an archive of what the guard knows of these days and keep it; audited. secret: the installation's.

    market: its name. more: tables by file name that others can see and compliance cannot (chains, pay).
    Signatures are told with the roles in which people signed; nobody is in it by name.
    """
    if refusal := why_not_report(from_day, until_day, day_of(work.now, work.market.time_zone)):
        return refusal
    profile = await queries.profile_of(work)
    about = [
        ["market", market],
        ["law", profile.code],
        ["from", from_day.isoformat()],
        ["until", until_day.isoformat()],
        ["currency", work.market.currency],
        ["made at", work.now.isoformat()],
        *([name, says] for name, says in FILES.items()),
        *([name, table.says] for name, table in more.items()),
    ]
    tables: dict[str, Rows] = {
        "about.csv": about,
        "rules.csv": _rules(profile),
        "sign_offs.csv": _signatures(await queries.sign_offs(work)),
        "metrics.csv": _days(await queries.metrics_of(work, from_day, until_day), profile),
        "acts.csv": await _acts(work, from_day, until_day),
        "audit.csv": await _trail(work),
    }
    assert tables.keys() == FILES.keys() and not FILES.keys() & more.keys()
    files = {name: write_csv(rows) for name, rows in tables.items()}
    files |= {name: await gather_csv(table.rows) for name, table in more.items()}
    archive = sealed.seal(files, sealed.key_of(secret, work.market.id))
    digest = hashlib.sha256(archive).hexdigest()
    row = store.ReportRow(new_uuid(), from_day, until_day, work.actor, work.now, digest, archive)
    await work.write(store.INSERT_REPORTS, [row])
    told = {"from": from_day.isoformat(), "until": until_day.isoformat(), "sha256": digest}
    await audit.record(work, "compliance.make_report", REPORT.show(row.id), reason=reason, before={}, after=told)
    return row.id


def _rules(profile: Profile) -> Rows:
    """What is refused in this market, and by which article."""
    return [["rule", "source"], *([rule.value, profile.article(rule)] for rule in Rule)]


def _signatures(found: Iterable[SignOff]) -> Rows:
    heads = [
        "sign-off",
        "law",
        "rule",
        "plan",
        "document",
        "document sha256",
        "from",
        "until",
        "state",
        "asked as",
        "given as",
    ]
    return [
        heads,
        *(
            [SIGN_OFF.show(one.id), one.profile, one.rule, one.fingerprint, one.document, one.document_hash,
             one.from_at.isoformat(), one.until.isoformat(), one.state, one.asked_role, one.given_role]
            for one in found
        ),
    ]  # fmt: skip


def _days(found: Iterable[Metrics], profile: Profile) -> Rows:
    """Amounts in minor units; empty what nobody measured."""
    heads = ["day", "law", "shops", "longest chain", "widest chain", "three levels and thirty people", "pay", "retail pay",
             "pay for recruits", "plans refused", "alarms"]  # fmt: skip
    return [heads, *(_day(one, profile) for one in found)]


def _day(one: Metrics, profile: Profile) -> Sequence[str]:
    counted, pay = one.chains, one.pay
    levels = (
        [str(counted.shops), str(counted.longest), str(counted.widest), "yes" if counted.has_both else "no"]
        if counted
        else [""] * 4
    )
    paid = (
        [str(pay.all_minor), str(pay.retail_minor), str(pay.recruits_minor), str(one.unlawful_plans)]
        if pay
        else [""] * 4
    )
    rings = " ".join(f"{alarm} ({article})" for alarm, article in alarms(one, profile))
    return [one.day.isoformat(), one.profile, *levels, *paid, rings]


async def _acts(work: Work, from_day: date, until_day: date) -> Rows:
    """What was done about the law in these days, and why, the newest first."""
    rows: list[list[str]] = [["at", "act", "about", "reason"]]
    after: str | None = None
    while True:
        page = await audit.trail(work, Wanted("at", after=after, size=ACTS_PER_READ), action="compliance.")
        days = [(day_of(row["at"], work.market.time_zone), row) for row in page.items]
        rows += [
            [row["at"].isoformat(), row["action"], row["subject"], row["reason"]]
            for day, row in days
            if from_day <= day <= until_day
        ]
        if page.next_key is None or days[-1][0] < from_day:
            return rows
        after = page.next_key


async def _trail(work: Work) -> Rows:
    """How the chain of the whole audit stands, computed anew."""
    found = await audit.chain(work)
    return [
        ["sealed", "waiting", "broken"],
        [str(found.sealed), str(found.waiting), " ".join(map(str, found.broken))],
    ]
