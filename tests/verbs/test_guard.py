"""The guard's stored half: which law counts, what two persons signed, what people agreed to, what was measured."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import guarding
from tests.given.guarding import SECOND, agree, agrees, do_as
from tests.given.houses import Place
from tuan.kit.refusals import NotFound, Refused, granted
from tuan.people import accounts, compliance, parties
from tuan.people.compliance import SignOffInvalid, SignOffOver
from tuan.people.compliance.model import (
    CONSENTS,
    EU,
    SHOP_CUSTOMER,
    Alarm,
    Chain,
    Chains,
    Metrics,
    Pay,
    Plan,
    Reward,
    Rule,
    Table,
    Trigger,
    alarms,
    fingerprint_of,
)
from tuan.platform import audit, sealed
from tuan.platform.sheets import read_sheet

SECRET = b"s" * 32


async def rules(place: Place, plan: Plan) -> set[Rule]:
    async with place.work() as work:
        return {breach.rule for breach in await compliance.breaches_of(work, plan)}


async def counts(place: Place, plan: Plan = SECOND) -> bool:
    async with place.work() as work:
        return await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, fingerprint_of(plan)) is not None


async def last_act(place: Place) -> Any:
    async with place.work() as work:
        await audit.seal(work)
        return (await work.fetch("SELECT action, reason, before, after FROM audit.entries WHERE market_id = $1 ORDER BY id"))[-1]  # fmt: skip


# ── the law that counts ──
async def test_china_s_law_counts_until_another_is_chosen_with_a_reason(place: Place) -> None:
    late = Plan((Reward(Trigger.KEPT_PURCHASE, 1, rate_bp=1000),), hold_days=8)
    assert await rules(place, late) == set()
    assert await place.do(compliance.choose_profile, "EU", reason="we sell in Spain") is None
    assert await rules(place, late) == {Rule.HOLD_TOO_SHORT}, "there one may send back for a fortnight"
    act = await last_act(place)
    assert (act["action"], act["reason"]) == ("compliance.choose_profile", "we sell in Spain")


# ── sign-offs ──
async def test_a_second_level_is_lawful_once_two_have_signed_and_until_one_takes_it_back(place: Place) -> None:
    first, second, third = await given.buyers(place, 3)
    assert await rules(place, SECOND) == {Rule.LEVEL_NOT_SIGNED}
    asked = await guarding.asked(place, first)
    assert await rules(place, SECOND) == {Rule.LEVEL_NOT_SIGNED}, "one is not enough"
    assert await do_as(place, second.id, compliance.give_sign_off, asked, "总经理", reason="test") is None
    assert await rules(place, SECOND) == set()
    assert await do_as(place, third.id, compliance.revoke_sign_off, asked, reason="the opinion was withdrawn") is None
    assert await rules(place, SECOND) == {Rule.LEVEL_NOT_SIGNED}
    assert await do_as(place, third.id, compliance.revoke_sign_off, asked, reason="again") == SignOffOver()
    async with place.work() as work:
        told = await work.fetch_value(
            "SELECT body FROM outbox.facts WHERE market_id = $1 AND name = 'compliance.sign_off_revoked.v1'"
        )
    assert fingerprint_of(SECOND) in str(told)


async def test_who_signed_stays_to_be_read(place: Place) -> None:
    first, second = await given.buyers(place, 2)
    asked = await guarding.asked(place, first)
    await do_as(place, second.id, compliance.give_sign_off, asked, "总经理", reason="test")
    await do_as(place, first.id, compliance.revoke_sign_off, asked, reason="test")
    async with place.work() as work:
        held = await compliance.access_sign_off(work, asked)
        assert [one.id for one in await compliance.sign_offs(work)] == [asked]
    assert (held.asked_by, held.given_by, held.revoked_by) == (first.id, second.id, first.id)
    assert (held.asked_role, held.given_role, held.given_at is not None) == ("法务", "总经理", True)


async def test_a_signature_is_for_one_plan_under_one_law_for_a_while(place: Place) -> None:
    await guarding.signed(place)
    assert await counts(place)
    other = replace(SECOND, hold_days=16)
    assert not await counts(place, other) and await rules(place, other) == {Rule.LEVEL_NOT_SIGNED}
    said = replace(other, signed_levels=frozenset({2}))
    assert await rules(place, said) == {Rule.LEVEL_NOT_SIGNED}, "what a plan says of its own signatures is not believed"
    await place.do(compliance.choose_profile, "US", reason="test")
    assert not await counts(place)
    await place.do(compliance.choose_profile, "CN", reason="test")
    await place.move_clock(timedelta(days=90))
    assert not await counts(place)


async def test_a_signature_that_begins_later_counts_later(place: Place) -> None:
    async with place.work() as work:
        begin = work.now + timedelta(days=1)
    await guarding.signed(place, from_at=begin, until=begin + timedelta(days=1))
    assert not await counts(place)
    await place.move_clock(timedelta(days=1, seconds=1))
    assert await counts(place)


@pytest.mark.parametrize(
    ("field", "bad"),
    [("rule", "team_pay"), ("rule", "too_deep"), ("fingerprint", "x" * 64), ("document", " "), ("document_hash", "AB" * 32),
     ("role", "x"), ("until", None)],
)  # fmt: skip
async def test_what_cannot_be_signed_for(place: Place, field: str, bad: Any) -> None:
    new = await guarding.to_sign(place)
    wrong = replace(new, **{field: bad or new.from_at + timedelta(days=367)})
    assert await place.do(compliance.ask_sign_off, wrong, reason="test") == SignOffInvalid(field=field)


async def test_what_waited_too_long_is_not_given_any_more(place: Place) -> None:
    asked, second = await guarding.asked(place), await given.buyer(place)
    await place.move_clock(timedelta(days=90))
    outcome = await do_as(place, second.id, compliance.give_sign_off, asked, "总经理", reason="test")
    assert outcome == SignOffOver()


async def test_there_is_nothing_to_sign(place: Place) -> None:
    nobody = UUID(int=7)
    assert await place.do(compliance.give_sign_off, nobody, "总经理", reason="test") == NotFound()
    assert await place.do(compliance.revoke_sign_off, nobody, reason="test") == NotFound()
    async with place.work() as work:
        with pytest.raises(Refused):
            await compliance.access_sign_off(work, nobody)


# ── consents ──
async def test_what_was_said_last_counts_and_all_of_it_stays(place: Place) -> None:
    who, other = await given.buyers(place, 2)
    shop, elsewhere = other.id, who.id
    assert not await agrees(place, who, shop)
    assert [await agree(place, who, shop), await agree(place, who, shop)] == [None, None]
    assert (
        await agrees(place, who, shop)
        and not await agrees(place, who, elsewhere)
        and not await agrees(place, other, shop)
    )
    for _ in range(2):
        await place.do(compliance.withdraw_consent, who.id, SHOP_CUSTOMER, shop, language="en")
    assert not await agrees(place, who, shop)
    await agree(place, who, shop, language="es")
    async with place.work() as work:
        said = await compliance.consents_of(work, who.id)
    assert [(row["is_given"], row["language"]) for row in said] == [(True, "zh-CN"), (False, "en"), (True, "es")]
    assert {row["version"] for row in said} == {CONSENTS[SHOP_CUSTOMER].version}


async def test_a_forgotten_person_agrees_to_nothing_and_is_told_what_he_said_before(place: Place) -> None:
    who = await given.buyer(place)
    await agree(place, who, who.id)
    told = granted(await place.do(accounts.export_person, who.id, reason="he asked"))
    assert [row["purpose"] for row in told["compliance"]] == [SHOP_CUSTOMER]
    assert await place.do(accounts.erase_person, who.id, reason="he asked") is None
    assert not await agrees(place, who, who.id)
    async with place.work() as work:
        assert [row["place"] for row in await compliance.consents_of(work, who.id)] == ["web", "erased"]
    assert await place.breaches() == {}


async def test_a_consent_is_given_and_withdrawn_where_it_was_said(place: Place) -> None:
    who = await given.buyer(place)
    await agree(place, who, who.id)
    assert (
        await place.do(compliance.withdraw_consent, who.id, SHOP_CUSTOMER, who.id, language="en", place="api") is None
    )
    async with place.work() as work:
        said = await compliance.consents_of(work, who.id)
    assert [(row["is_given"], row["place"]) for row in said] == [(True, "web"), (False, "api")]


# ── metrics ──
async def test_a_day_is_what_was_measured_last_and_unknown_where_nothing_was(place: Place) -> None:
    day = await guarding.today(place)
    await place.do(compliance.record_chains, day, [Chain(UUID(int=1), 2, 3)])
    async with place.work() as work:
        (one,) = await compliance.metrics_of(work, day, day)
    assert one == Metrics(day, "CN", Chains(3, 2, 3, False), None, 0)
    await guarding.measured(place, [Chain(UUID(int=1), 3, 30)], Pay(2000, 500, 0))
    async with place.work() as work:
        (one,) = await compliance.metrics_of(work, day, day)
        assert await compliance.metrics_of(work, day + timedelta(days=1), day + timedelta(days=9)) == []
    assert one == Metrics(day, "CN", Chains(30, 3, 30, True), Pay(2000, 500, 0), 0)


# ── reports ──
async def _told() -> AsyncIterator[Sequence[str]]:
    yield ["a", "b"]
    yield ["1", "2"]


async def test_a_report_is_signed_tells_what_happened_and_names_nobody(place: Place) -> None:
    who = await given.buyer(place)
    await guarding.signed(place)
    day = await guarding.measured(place, [Chain(UUID(int=1), 3, 30)])
    await place.do(compliance.choose_profile, "US", reason="we moved")
    more = {"heard.csv": Table("what others tell", _told())}
    async with place.work(who.id) as work:
        made = granted(
            await compliance.make_report(work, SECRET, day, day, more, market="团", reason="asked by the bureau")
        )
    async with place.work() as work:
        raw = await compliance.access_archive(work, made)
        (row,) = await compliance.reports(work)
    assert (row["sha256"], row["size"], row["made_by"]) == (hashlib.sha256(raw).hexdigest(), len(raw), who.id)
    found = sealed.open_sealed(raw)
    assert found.key == sealed.fingerprint(sealed.key_of(SECRET, place.market).public_key())
    said = {name: read_sheet(content) for name, content in found.files.items()}
    assert dict(said["about.csv"])["law"] == "US" and said["heard.csv"] == [["a", "b"], ["1", "2"]]
    assert said["metrics.csv"][1][2:6] == ["30", "3", "30", "yes"]
    assert {row[1] for row in said["acts.csv"][1:]} == {
        "compliance.ask_sign_off", "compliance.give_sign_off", "compliance.choose_profile"
    }  # fmt: skip
    assert said["sign_offs.csv"][1][8:] == ["given", "法务", "总经理"]
    assert not any("买家" in cell for rows in said.values() for line in rows for cell in line)
    assert (await last_act(place))["reason"] == "asked by the bureau"


async def test_there_is_no_report_of_another_market(place: Place) -> None:
    async with place.work() as work:
        with pytest.raises(Refused):
            await compliance.access_archive(work, UUID(int=7))


async def test_each_night_counts_the_chains_of_shops_from_who_invited_whom(place: Place) -> None:
    owners = await given.buyers(place, 4)
    first = await place.do(parties.admit_shop, "一", owners[0].id, reason="test")
    second = await place.do(parties.admit_shop, "二", owners[1].id, inviter=first, reason="test")
    await place.do(parties.admit_shop, "三", owners[2].id, inviter=second, reason="test")
    await place.do(parties.admit_shop, "四", owners[3].id, reason="test")
    day = await guarding.today(place) - timedelta(days=1)
    await place.quiet()
    await place.do(parties.admit_shop, "五", owners[3].id, inviter=first, reason="test")
    await place.later(timedelta(days=1))
    async with place.work() as work:
        yesterday, today = await compliance.metrics_of(work, day, day + timedelta(days=1))
    assert (yesterday.chains, yesterday.pay) == (Chains(4, 3, 3, False), Pay())
    assert today.chains == Chains(5, 3, 4, False)


async def test_each_night_tells_what_stems_from_buyers_who_sell_nothing(place: Place) -> None:
    of = await given.goods(place, price_minor=10_000)
    await paid.plan(place)
    shop, other = await paid.shop(place, of), await paid.shop(place, of)
    who = await paid.neighbour(place)
    for buyer in (who, who, other.owner):
        await paid.buy(place, buyer, of, shop.code)
    day = await guarding.today(place)
    await place.later(timedelta(days=1))
    async with place.work() as work:
        (one,) = await compliance.metrics_of(work, day, day)
    assert (one.pay, one.unlawful_plans) == (Pay(3000, 2000, 0), 0)
    assert await place.do(compliance.choose_profile, "EU", reason="test") is None
    await place.later(timedelta(days=1))
    async with place.work() as work:
        (two,) = await compliance.metrics_of(work, day + timedelta(days=1), day + timedelta(days=1))
    assert (two.pay, two.unlawful_plans) == (Pay(), 1), "eight days are too few where one may send back for a fortnight"
    assert Alarm.UNLAWFUL_PLANS in {alarm for alarm, _ in alarms(two, EU)}
