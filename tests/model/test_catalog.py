"""The catalog's words: what a thing cost at some time."""

from datetime import UTC, datetime

from tuan.goods.catalog.model import PricePoint, lowest_price


def test_the_lowest_price_of_a_time_is_one_that_stood_in_it() -> None:
    day = [datetime(2026, 11, number, tzinfo=UTC) for number in range(1, 30)]
    history = [PricePoint(day[0], 1990), PricePoint(day[9], 1490), PricePoint(day[10], 2990)]
    assert lowest_price(history, day[11], day[18]) == 2990, "what ended before is over"
    assert lowest_price(history, day[10], day[17]) == 2990
    assert lowest_price(history, day[9], day[16]) == 1490
    assert lowest_price(history, day[2], day[9]) == 1990, "what begins at the end is not in it"
    assert lowest_price([], day[2], day[9]) is None
