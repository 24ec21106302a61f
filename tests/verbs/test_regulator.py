"""The report to an authority, as it is made of chains and pay: whole, to the cent, and without anybody's name."""

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import guarding
from tests.given.goods import Buyer, Goods
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.people import compliance, parties
from tuan.people.compliance import PeriodInvalid
from tuan.people.compliance.model import Chain, Channel, chains
from tuan.people.parties.model import SHOP
from tuan.people.sharing.model import Code
from tuan.platform import sealed
from tuan.platform.sheets import read_sheet
from tuan.play import distribution
from tuan.play.distribution.model import Rate, Scope, Terms
from tuan.value import ledger
from tuan.value.ledger.model import Postings, provider_clearing, shop_payable, withdrawing_of

SECRET = b"s" * 32
PAY_HEADS = ["month", "shop", "own sales", "sales of shops it invited", "recruits", "paid", "taken back"]
KEPT_SQL = "SELECT sum(kept_minor)::bigint FROM distribution.commissions WHERE market_id = $1 AND state = 'matured'"
CLAIMABLE_SQL = "SELECT sum(balance)::bigint FROM ledger.accounts WHERE market_id = $1 AND code LIKE 'shop:%:payable'"


async def report(place: Place, from_day: date, until_day: date) -> dict[str, list[list[str]]]:
    """The tables of a signed report, by the names of their files."""
    said: dict[str, Any] = {"market": "团", "reason": "asked by the bureau"}
    made = granted(await place.do(distribution.make_report, SECRET, from_day, until_day, **said))
    async with place.work() as work:
        found = sealed.open_sealed(await compliance.access_archive(work, made))
    return {name: read_sheet(content) for name, content in found.files.items()}


async def count(place: Place, sql: str) -> int:
    async with place.work() as work:
        found: int = await work.fetch_value(sql)
    return found


async def who_invited(place: Place) -> dict[UUID, UUID | None]:
    async with place.work() as work:
        rows = await work.fetch("SELECT id, inviter_id FROM parties.shops WHERE market_id = $1 ORDER BY id")
    return {row["id"]: row["inviter_id"] for row in rows}


def by_chain(rows: list[list[str]]) -> list[Chain]:
    """What a reader counts, whatever stands in the columns of the counts."""
    of = defaultdict(list)
    for root, _, _, level, _, _ in rows:
        of[SHOP.parse(root)].append(int(level))
    return [Chain(root, max(levels), len(levels)) for root, levels in sorted(of.items())]


async def forest(place: Place, size: int) -> None:
    """Shops, each invited by one of those before it or by nobody."""
    admitted: list[UUID] = []
    dice = random.Random(7)
    owner = await given.buyer(place)
    async with place.work() as work:
        for number in range(size):
            inviter = dice.choice(admitted) if admitted and dice.random() < 0.8 else None
            admitted.append(await parties.admit_shop(work, f"店{number}", owner.id, inviter=inviter, reason="test"))


async def test_chains_are_told_shop_by_shop_as_the_law_counts_them(place: Place) -> None:
    await forest(place, 40)
    day = await guarding.today(place)
    said = await report(place, day, day)
    heads, *rows = said["chains.csv"]
    assert heads == ["chain of", "longest", "people", "level", "shop", "invited by"]
    inviters = await who_invited(place)
    assert by_chain(rows) == chains(inviters) and max(int(row[3]) for row in rows) > 3
    told = {one.root: (str(one.levels), str(one.people)) for one in chains(inviters)}
    assert {(SHOP.parse(row[0]), row[1], row[2]) for row in rows} == {(root, *of) for root, of in told.items()}
    assert {SHOP.parse(row[4]): SHOP.parse(row[5]) if row[5] else None for row in rows} == inviters
    keys = [(SHOP.parse(row[0]), int(row[3]), SHOP.parse(row[4])) for row in rows]
    assert keys == sorted(keys), "the same market makes the same file"


async def test_a_ring_of_shops_cannot_hide_from_the_report(place: Place) -> None:
    await forest(place, 3)
    first, second, third = await who_invited(place)
    async with place.work() as work:
        for shop, inviter in ((first, third), (second, first), (third, second)):
            await work.execute(
                "UPDATE parties.shops SET inviter_id = $3 WHERE market_id = $1 AND id = $2", shop, inviter
            )
    day = await guarding.today(place)
    _, *rows = (await report(place, day, day))["chains.csv"]
    counted = chains(await who_invited(place))
    assert [(SHOP.parse(row[0]), int(row[1])) for row in rows] == [(one.root, 3) for one in counted]


async def test_a_shop_of_a_later_day_is_in_no_chain_of_an_earlier_one(place: Place) -> None:
    await forest(place, 2)
    day = await guarding.today(place)
    await place.move_clock(timedelta(days=1))
    await forest(place, 3)
    assert [len((await report(place, one, one))["chains.csv"]) - 1 for one in (day, day + timedelta(days=1))] == [2, 5]


async def two_levels(place: Place) -> tuple[Goods, UUID, UUID, Code]:
    """Goods, the shop that invited another, the other, and the other's link to the goods; both are paid for its sales."""
    of = await given.goods(place, price_minor=1990)
    terms = Terms(
        (
            Rate(Scope.MARKET, None, 1, rate_bp=1000),
            Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({Channel.WEB})),
        )
    )
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, terms)).values()
    await guarding.signed(place, fingerprint=fingerprint)
    await paid.plan(place, terms)
    above, owner = await paid.shop(place, of), await paid.neighbour(place)
    shop = await place.do(parties.admit_shop, "二店", owner.id, inviter=above.id, reason="test")
    return of, above.id, shop, await paid.share.link(place, owner, of)


async def sold(place: Place, of: Goods, code: Code, units: int) -> tuple[Buyer, UUID]:
    """Kept until its commissions are the shops'."""
    who = await paid.neighbour(place)
    order = await paid.buy(place, who, of, code, units)
    await paid.keep(place, of, who, order)
    await place.later(timedelta(days=2))
    return who, order


async def test_pay_is_told_by_month_shop_and_source_and_agrees_with_the_ledger_to_the_cent(place: Place) -> None:
    of, above, shop, code = await two_levels(place)
    first_day = await guarding.today(place)
    await sold(place, of, code, 3)
    await place.later(timedelta(days=31))
    who, order = await sold(place, of, code, 1)
    await paid.give_back(place, of, who, order, 1)
    heads, *rows = (await report(place, first_day, await guarding.today(place)))["pay.csv"]
    assert heads == PAY_HEADS
    assert [row[0] for row in rows] == sorted(row[0] for row in rows) and len({row[0] for row in rows}) == 2
    assert {(SHOP.parse(row[1]), *row[2:]) for row in rows} == {
        (shop, "597", "0", "0", "597", "0"), (above, "0", "119", "0", "119", "0"),
        (shop, "199", "0", "0", "199", "199"), (above, "0", "39", "0", "39", "39"),
    }  # fmt: skip
    kept = sum(int(row[5]) - int(row[6]) for row in rows)
    assert kept == await count(place, KEPT_SQL) == await count(place, CLAIMABLE_SQL) == 597 + 119
    assert await place.breaches() == {}


async def test_what_a_shop_is_paid_for_no_goods_would_stand_as_pay_for_recruits(place: Place) -> None:
    shop = await place.do(parties.admit_shop, "一店", (await given.buyer(place)).id, reason="test")
    day = await guarding.today(place)
    gift = Postings()
    gift.post("gift", provider_clearing("sandbox"), shop_payable(shop), "CNY", 500, new_uuid())
    await place.do(ledger.save_postings, gift)
    assert (await report(place, day, day))["pay.csv"][1:] == [
        [f"{day:%Y-%m}", SHOP.show(shop), "0", "0", "500", "500", "0"]
    ]


@pytest.mark.parametrize("kind", ["withdrawal_back", "withdrawal_short", "withdrawal_returned", "withdrawal_fee_back"])
async def test_what_a_shop_gets_back_of_a_withdrawal_is_no_pay(place: Place, kind: str) -> None:
    of, _, shop, code = await two_levels(place)
    day = await guarding.today(place)
    await sold(place, of, code, 1)
    before = (await report(place, day, await guarding.today(place)))["pay.csv"]
    back = Postings()
    payable, withdrawing = shop_payable(shop), withdrawing_of("shop", shop)
    back.post("withdrawal", payable, withdrawing, "CNY", 100, new_uuid())
    back.post(kind, withdrawing, payable, "CNY", 100, new_uuid())
    await place.do(ledger.save_postings, back)
    assert (await report(place, day, await guarding.today(place)))["pay.csv"] == before


async def test_the_new_files_are_described_signed_and_without_a_name(place: Place) -> None:
    owner = await given.buyer(place)
    await place.do(parties.admit_shop, "王小二的店", owner.id, reason="test")
    day = await guarding.today(place)
    said = await report(place, day, day)
    about = dict(said["about.csv"])
    assert all(about[name] for name in said), "each file says what it is"
    assert not any("王小二" in cell or "买家" in cell for rows in said.values() for row in rows for cell in row)


async def test_a_report_of_days_that_have_not_been_is_refused_and_keeps_nothing(place: Place) -> None:
    day = await guarding.today(place) + timedelta(days=1)
    before = await place.snapshot()
    refused = await place.do(distribution.make_report, SECRET, day, day, market="团", reason="test")
    assert refused == PeriodInvalid() and await place.snapshot() == before
