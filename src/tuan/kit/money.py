"""Money is an integer of minor units with its currency; there is no float and no division here."""

from collections.abc import Sequence

import msgspec

AMOUNT_MINOR_MAX = 10**13
"""No single amount passes this bound, so that sums over a market stay far inside BIGINT."""


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units (cents, fen) of an ISO 4217 currency."""

    amount_minor: int
    currency: str


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts sum to it exactly.

    Each part is floored; the left-over units go to the largest remainders, ties to the earlier part
    (largest remainder method). The sum of the weights must be positive and no weight negative.
    """
    total = sum(weights)
    if amount_minor < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("split needs an amount >= 0 and weights >= 0 with a positive sum")
    parts = [amount_minor * weight // total for weight in weights]
    left_over = amount_minor - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount_minor * weights[i] % total), i))
    for i in by_remainder[:left_over]:
        parts[i] += 1
    return parts


def part(whole: int, *, done: int, now: int, of: int) -> int:
    """What of `whole` is due when `now` of `of` is reached and it stood at `done` before.

    A difference of floors, so any sequence of parts telescopes: none exceeds what is left, and reaching `of` completes `whole`.
    """
    if not 0 <= done <= now <= of or whole < 0 or of == 0:
        raise ValueError("part needs a whole >= 0 and 0 <= done <= now <= of with of > 0")
    return whole * now // of - whole * done // of
