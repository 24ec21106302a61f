"""Who takes the buyers' money, as operators and sellers would have it: the market's one seller is paid directly, and is not again."""

from functools import partial
from random import Random
from uuid import UUID

from tuan.goods import catalog
from tuan.platform.work import Work
from tuan.simulate import caring, running, withdrawing
from tuan.simulate.actors import Play
from tuan.simulate.cast import REASON
from tuan.trade import settlement


async def change(play: Play, rng: Random, *, turns: bool = False) -> bool:
    """It is to be the one who sells, mostly; now and then whoever sells nothing here, or nobody any more. `turns`: not as it is."""
    first, second = play.books.suppliers
    wanted = rng.choice((*[first] * 6, second, second, None))
    if turns:
        wanted = None if play.seen.merchant else first
    play.title(f"{play.books.name_of(wanted) if wanted else 'nobody'} is to be paid directly")
    await play.call("settlement.set_merchant", settlement.set_merchant, wanted, reason=REASON)
    return True


async def another_seller(play: Play, rng: Random) -> bool:
    """Somebody else would sell where one seller takes the money."""
    second = play.books.suppliers[1]
    if play.seen.merchant in (None, second):
        return False
    play.title(f"{play.books.name_of(second)} would sell something")
    assert play.books.category is not None
    await play.call("catalog.list_products", _list, second, play.books.category)
    return True


async def _list(work: Work, supplier: UUID, category: UUID) -> object:
    return await catalog.list_products(
        work, [catalog.NewProduct(supplier, category, "ware", "", [], [("", 100)], "shipped")]
    )


async def turn(play: Play, rng: Random) -> bool:
    """Everything that is under way comes to its end, and what he may claim is paid out; then who takes the money changes, and
    some goods of the time before turn out to be wrong."""
    play.title("what is under way is to end, and the seller to be paid otherwise")
    play.plot += [running.ship] * len(play.orders("to_ship"))
    play.plot += [
        partial(running.days, count=16), running.work, partial(running.days, count=8), running.work,
        withdrawing.withdraw, withdrawing.approve, withdrawing.approve, running.work, partial(change, turns=True),
        another_seller, caring.late_claim, caring.go_on, caring.go_on,
    ]  # fmt: skip
    return True
