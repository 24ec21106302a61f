"""How many quotes one processor makes in a second: a cart of five lines over two suppliers, with three coupons, pure.

    ./tuan bench quote --json

Beside it the same cart without coupons and rewards, and the suggestion of the best coupons out of a wallet of five. Rounds are
interleaved; each figure is the median of its rounds with the lowest and the highest.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from tuan.kit.ids import new_uuid
from tuan.launch import Say
from tuan.value.promotions.model import (
    COUPON,
    CouponTerms,
    Freight,
    FreightRule,
    Points,
    Prices,
    Quote,
    QuoteLine,
    Reward,
    Scope,
    quote,
    suggest,
)

ROUNDS = 9
LINES, COUPONS, WALLET = 5, 3, 5


async def run(*, say: Say, seconds: float) -> dict[str, Any]:
    """Per second: quotes with three coupons, plain quotes, suggestions. `seconds` is how long each round lasts."""
    shops = [new_uuid(), new_uuid()]
    lines = [QuoteLine(new_uuid(), n + 1, new_uuid(), new_uuid(), shops[n % 2], weight_grams=500) for n in range(LINES)]
    listed = {line.sku: 1990 + 1000 * number for number, line in enumerate(lines)}
    freight = {shop: Freight((FreightRule(first_minor=800, next_minor=100, free_above_minor=9900),)) for shop in shops}
    prices = Prices(listed, rewards=(Reward(new_uuid(), ((9900, 1000), (19_900, 2500))),), freight=freight)
    wallet = [
        CouponTerms(COUPON.new(), off_minor=300, scope=Scope(supplier=shops[0]), bearer="supplier"),
        CouponTerms(COUPON.new(), off_permyriad=500, cap_minor=2000, threshold_minor=5000),
        CouponTerms(COUPON.new(), off_minor=1000, threshold_minor=9900),
        CouponTerms(COUPON.new(), off_permyriad=1000, cap_minor=800),
        CouponTerms(COUPON.new(), off_minor=500, scope=Scope(frozenset((lines[2].product,)))),
    ]
    chosen, paying = wallet[:COUPONS], Points(500, cap_permyriad=5000)
    made = quote(lines, prices, "", chosen, {}, "33", paying)
    assert isinstance(made, Quote) and len(made.taken()) == COUPONS + 2
    kinds: dict[str, Callable[[], Any]] = {
        "quotes_per_second": lambda: quote(lines, prices, "", chosen, {}, "33", paying),
        "plain_quotes_per_second": lambda: quote(lines, Prices(listed)),
        "suggestions_per_second": lambda: suggest(lines, prices, "", wallet),
    }
    rounds: dict[str, list[int]] = {name: [] for name in kinds}
    for number in range(ROUNDS):
        say(f"round {number + 1} of {ROUNDS}")
        for name, act in kinds.items():
            rounds[name].append(_rate(act, seconds))
    figures = {name: int(statistics.median(found)) for name, found in rounds.items()}
    spread = {name: [min(found), max(found)] for name, found in rounds.items()}
    return {"lines": LINES, "coupons": COUPONS, "wallet": WALLET, "rounds": ROUNDS, **figures, "lowest_highest": spread}


def _rate(act: Callable[[], Any], seconds: float) -> int:
    """Times per second, by processor time: what others do on this machine does not count."""
    done, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for _ in range(10):
            act()
        done += 10
    return int(done / spent)
