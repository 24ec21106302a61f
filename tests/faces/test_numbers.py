"""E23: numbers at their edges, in every field of every page and every operation that takes one.

Whatever number is sent, the answer is a refusal or it is done exactly: never a mistake of ours, and never an amount beyond the bound (I18).
"""

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from tests.faces import test_api_every_route as api
from tests.faces import test_every_route as pages
from tests.faces.wire import Sent
from tests.given.houses import Place
from tuan.kit.money import AMOUNT_MINOR_MAX, split
from tuan.kit.refusals import Refused
from tuan.surfaces.web.reading import read_money

Capsys = pytest.CaptureFixture[str]

TEXTS = (
    "-1", "0", "-0", "1.5", "0.001", "1.0005", str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63), "1" + "0" * 18,
    str(AMOUNT_MINOR_MAX), str(AMOUNT_MINOR_MAX + 1), "1e308", "1E5", "NaN", "Infinity", "٣", "１２", "³", "1_000", "1,000",
)  # fmt: skip
"""For fields of forms, queries and paths, which are texts."""
LITERALS = (*TEXTS[:5], *TEXTS[6:13], "1e308", "1E5", "1.0", "1e400", '"1"', "null", "true", "[1]")
"""For members that are numbers in JSON."""
SHARES = [0.06, pytest.param(1, marks=pytest.mark.nightly)]
HOLE = "the number"


def numbers_in(example: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand in a body."""
    if isinstance(example, dict | list):
        for key, value in example.items() if isinstance(example, dict) else enumerate(example):
            yield from numbers_in(value, (*path, key))
    elif isinstance(example, int) and not isinstance(example, bool):
        yield path


def with_number(body: bytes, path: tuple[Any, ...], literal: str) -> bytes:
    """The body with this written where the path leads, whether it is JSON or not."""
    whole = msgspec.json.decode(body)
    at = whole
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = HOLE
    return msgspec.json.encode(whole).replace(msgspec.json.encode(HOLE), literal.encode())


def is_number(name: str) -> bool:
    """Whether what a form takes by this name is written as a number, judged by what is lawful there."""
    return any(text.replace(".", "", 1).isdigit() for text in pages.TEXTS.get(name, ()))


@pytest.mark.parametrize("share", SHARES)
async def test_every_page_that_takes_a_number(app: Litestar, place: Place, capsys: Capsys, share: float) -> None:
    probe = await pages.made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    fields = 0
    for route in sorted(probe.routes, key=lambda route: [route.endswith(end) for end in reversed(pages.USES_UP)]):
        method, path = route.split()
        for visitor in probe.world.visitors[1:]:
            lawful = probe.lawful(route, visitor)
            for where in [where for where in lawful if is_number(where[1])]:
                fields += 1
                for text in drawn(TEXTS, share):
                    fresh = {("body", "key"): pages.fresh_key()} if ("body", "key") in lawful else {}
                    await probe.ask(route, visitor, pages.request_of(method, path, lawful | fresh | {where: text}))
    assert fields > 100
    await pages.settle(probe, before, capsys)


@pytest.mark.parametrize("share", SHARES)
async def test_every_operation_that_takes_a_number(app: Litestar, place: Place, capsys: Capsys, share: float) -> None:
    probe = await api.made(app, place, rounds=1)
    before = await probe.world.elsewhere.snapshot()
    fields = 0
    for name in sorted(probe.operations, key=lambda one: api.LAST.index(one) if one in api.LAST else -1):
        _, _, operation = probe.operations[name]
        texts = [p["name"] for p in operation["parameters"] if p["in"] != "header" and is_number(p["name"])]
        for program in probe.programs[1:4]:
            body = probe.lawful(name, program).body
            for path in numbers_in(msgspec.json.decode(body)) if body else ():
                fields += 1
                for literal in drawn(LITERALS, share):
                    sent = probe.lawful(name, program)
                    await probe.ask(
                        name, program, Sent(sent.method, sent.target, sent.headers, with_number(body, path, literal))
                    )
            for text in texts:
                fields += 1
                for number in drawn(TEXTS, share):
                    await probe.ask(name, program, probe.lawful(name, program, **{text: number}))
    assert fields > 20
    await api.settle(probe, before, capsys)


def drawn(numbers: tuple[str, ...], share: float) -> list[str]:
    """By day some of them, at least one; by night all."""
    return random.sample(numbers, max(1, int(len(numbers) * share)))


def test_one_minor_unit_over_three_lines() -> None:
    assert split(1, [1, 1, 1]) == [1, 0, 0] and split(1, [333, 334, 333]) == [0, 1, 0]
    assert split(2, [1, 1, 1]) == [1, 1, 0] and split(AMOUNT_MINOR_MAX, [1, 1, 1])[0] == AMOUNT_MINOR_MAX // 3 + 1


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1.234", "KWD", 1234), ("0.001", "KWD", 1), ("1.2345", "KWD", None), ("1.234", "CNY", None), ("1.23", "CNY", 123),
        ("1.2", "JPY", None), ("12", "JPY", 12), ("NaN", "CNY", None), ("1e3", "CNY", None), ("-1", "CNY", -100),
        ("٣", "CNY", None), ("9" * 40, "CNY", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_smallest_unit_of_its_currency_or_not_at_all(
    typed: str, currency: str, minor: int | None
) -> None:
    if minor is None:
        with pytest.raises(Refused):
            read_money(typed, currency, "amount")
    else:
        assert read_money(typed, currency, "amount") == minor
