"""Scenarios of what teams refuse beside those of `tests.given.refusals`; they join the table of all."""

from tests.given import goods as given
from tests.given import promotions as promo
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.play.groupbuy.errors import TooLittleMoney


@gives(TooLittleMoney)
async def _(place: Place) -> Act:
    """A coupon of 800 on a ladder whose last step may give 500 of 990 back."""
    of = await given.campaign(
        place, await given.goods(place), size=3, promise_min=2, ladder=((3, 500),), stacks_with=frozenset(("coupon",))
    )
    who = await given.buyer(place)
    coupon = await promo.coupon(place, who, off_minor=800)
    return lambda: given.open_team(place, who, of, coupons=(coupon,))
