"""Points: given, promised, taken back, expired; and the books after each."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.given import goods as given
from tests.given import points as wallets
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.people import accounts
from tuan.platform.lists import Wanted
from tuan.value import ledger, points
from tuan.value.ledger.model import POINTS_DEBT, POINTS_ISSUED, pending_points_of, points_of
from tuan.value.points import Balance, Bought, Led
from tuan.value.points.queries import Undone

YEAR = timedelta(days=365)


async def booked(place: Place, person: UUID) -> dict[str, int]:
    """The person's accounts and the issuer's, those at nought left out."""
    codes = {POINTS_ISSUED, POINTS_DEBT, points_of(person), pending_points_of(person)}
    return {code: units for (code, _), units in (await place.do(ledger.balances)).items() if code in codes and units}


async def test_what_is_given_can_be_spent_and_what_is_taken_cannot(place: Place) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    await wallets.grant(place, who.id, 100)
    assert await place.do(points.deduct, who.id, 30, reason="twice by mistake") is None
    assert await wallets.balance(place, who.id) == Balance(70, 0, 0, 0)
    assert await booked(place, who.id) == {points_of(who.id): 70, POINTS_ISSUED: -70}
    told = await place.do(points.entries, who.id, Wanted())
    assert [(e["kind"], e["change"], e["reason"]) for e in told.items] == [
        ("deduct", -30, "twice by mistake"), ("grant", 100, "test")
    ]  # fmt: skip
    assert await place.breaches() == {}


async def test_an_order_earns_once_pending_then_active_then_expired(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    bought = Bought(order, who.id, 1990, 0)
    assert [await place.do(points.follow, [bought]) for _ in range(2)] == [1, 0]
    assert await wallets.balance(place, who.id) == Balance(0, 0, 19, 0)
    assert await booked(place, who.id) == {pending_points_of(who.id): 19, POINTS_ISSUED: -19}
    assert [await place.do(points.follow, [replace(bought, is_kept=True)]) for _ in range(2)] == [1, 0]
    assert await wallets.balance(place, who.id) == Balance(19, 0, 0, 0)
    async with place.work() as work:
        (soon,) = await points.expiring(work, who.id, work.now + YEAR)
    assert soon["units"] == 19
    await place.later(YEAR - timedelta(minutes=1))
    assert await wallets.balance(place, who.id) == Balance(19, 0, 0, 0)
    await place.later(timedelta(minutes=2))
    assert await booked(place, who.id) == {}
    assert await place.breaches() == {}


async def test_a_market_without_terms_promises_nothing(place: Place) -> None:
    who = await given.buyer(place)
    assert await place.do(points.follow, [Bought(new_uuid(), who.id, 1990, 0)]) == 0
    assert await wallets.tap(place, who.id, 5) == 0
    assert await booked(place, who.id) == {}


async def test_what_went_back_takes_back_what_it_earned_in_whatever_order_it_is_told(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    await place.do(points.follow, [Bought(order, who.id, 1990, 500)])
    assert (await wallets.balance(place, who.id)).pending == 19 - 19 * 500 // 1990
    for _ in range(2):
        await place.do(points.follow, [Bought(order, who.id, 1990, 1000)])
        assert (await wallets.balance(place, who.id)).pending == 19 - 19 * 1000 // 1990
    await place.do(points.follow, [Bought(order, who.id, 1990, 1990)])
    assert await booked(place, who.id) == {}
    assert await place.do(points.follow, [Bought(order, who.id, 1990, 1990, is_kept=True)]) == 0
    assert await place.breaches() == {}


async def test_spent_points_that_must_come_back_are_owed_and_later_points_pay_them(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    await place.do(points.follow, [Bought(order, who.id, 10_000, 0, is_kept=True)])
    assert await place.do(points.deduct, who.id, 70, reason="test") is None
    await place.do(points.follow, [Bought(order, who.id, 10_000, 10_000)])
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 70)
    assert await booked(place, who.id) == {POINTS_DEBT: -70, POINTS_ISSUED: 70}
    await wallets.grant(place, who.id, 100)
    assert await wallets.balance(place, who.id) == Balance(30, 0, 0, 0)
    assert await booked(place, who.id) == {points_of(who.id): 30, POINTS_ISSUED: -30}
    assert await place.breaches() == {}


async def test_taps_give_no_more_in_a_day_than_the_market_allows(place: Place) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    assert [await wallets.tap(place, who.id, 20) for _ in range(3)] == [20, 10, 0]
    await place.later(timedelta(days=1))
    assert await wallets.tap(place, who.id, 20) == 20
    assert await place.breaches() == {}


async def test_who_is_forgotten_leaves_no_points_and_clean_books(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    await wallets.grant(place, who.id, 100)
    await place.do(points.follow, [Bought(order, who.id, 1990, 0)])
    assert await place.do(accounts.erase_person, who.id, reason="test") is None
    assert await booked(place, who.id) == {}
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 0)
    assert await place.breaches() == {}


async def test_acts_of_the_house_are_in_the_audit(place: Place) -> None:
    await wallets.terms(place)
    who = await given.buyer(place)
    await wallets.grant(place, who.id, 100)
    assert await place.do(points.deduct, who.id, 30, reason="test") is None
    async with place.work() as work:
        acts = await work.fetch(
            "SELECT action, reason, after FROM audit.entries WHERE market_id = $1 AND starts_with(action, 'points.') ORDER BY id"
        )
    assert [(act["action"], act["after"].get("spendable")) for act in acts] == [
        ("points.set_terms", None), ("points.grant", 100), ("points.deduct", 70)
    ]  # fmt: skip


async def test_what_a_leader_would_lose_goes_with_the_last_of_his_money_and_not_before(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    await place.do(points.follow, [Bought(order, who.id, 10_000, 0, is_kept=True)])
    await place.do(points.follow_leaders, [Led(order, who.id, 50, is_back=False, is_kept=True)])
    most = {"goods": (0, 1, 2), "paid_minor": 10_000, "after_minor": 9999}
    assert await place.do(points.preview, who.id, order, **most) == Undone(0, 99, 0, 0)
    whole = {"goods": (0, 2, 2), "paid_minor": 10_000, "after_minor": 10_000}
    assert await place.do(points.preview, who.id, order, **whole) == Undone(0, 100, 0, 50)
    assert await place.do(points.deduct, who.id, 120, reason="test") is None
    seen = await place.do(points.preview, who.id, order, **whole)
    assert seen == Undone(0, 30, 120, 0), "what is left pays for what was earned first"
    await place.do(points.follow, [Bought(order, who.id, 10_000, 10_000)])
    await place.do(points.follow_leaders, [Led(order, who.id, 50, is_back=True, is_kept=False)])
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 120)
    assert await place.do(points.preview, who.id, order, **whole) == Undone(0, 0, 0, 0), "it is taken once"


async def test_what_would_happen_to_points_is_what_happens(place: Place) -> None:
    await wallets.terms(place)
    who, order = await given.buyer(place), new_uuid()
    await place.do(points.follow, [Bought(order, who.id, 10_000, 0, is_kept=True)])
    asked = {"goods": (0, 1, 2), "paid_minor": 10_000, "after_minor": 5000}
    assert await place.do(points.preview, who.id, order, **asked) == Undone(0, 50, 0)
    assert await place.do(points.preview, who.id, new_uuid(), **asked) == Undone(0, 0, 0), (
        "another order earned nothing"
    )
    assert await place.do(points.deduct, who.id, 70, reason="test") is None
    assert await place.do(points.preview, who.id, order, **asked) == Undone(0, 30, 20)
    assert await wallets.balance(place, who.id) == Balance(30, 0, 0, 0), "looking takes nothing"
    await place.do(points.follow, [Bought(order, who.id, 10_000, 5000)])
    assert await wallets.balance(place, who.id) == Balance(0, 0, 0, 20)
