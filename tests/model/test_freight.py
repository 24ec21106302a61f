"""What sending costs: whose rule counts, what travels together, and that a team's seat pays what the quote says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.models import offer, offers_of
from tests.given.quotes import baskets, line, one_line, priced
from tuan.goods.catalog.errors import FreightInvalid
from tuan.goods.catalog.model import (
    FREIGHT_RULES_MAX,
    MEASURE_MAX,
    MEASURES,
    UNITS_PER_PERSON_MAX,
    Freight,
    FreightRule,
    Measure,
    NewFreight,
    Parcel,
    read_freight,
    why_not_keep_freight,
    write_rules,
)
from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.value.promotions.errors import NoDelivery
from tuan.value.promotions.model import CampaignPrice, Prices, QuoteLine, Reason, campaign_line, freight_of_line, quote

PLACES = ("浙江省", "浙江省 杭州市", "浙江省 杭州市 西湖区", "浙江省 宁波市", "西藏自治区", "北京市", "北京市 东城区")

rules = st.builds(
    FreightRule,
    st.frozensets(st.sampled_from(PLACES), max_size=3),
    st.booleans(),
    st.integers(1, 5),
    st.integers(0, 2000),
    st.integers(1, 5),
    st.integers(0, 500),
    st.none() | st.integers(1, 9000),
)
templates = st.builds(Freight, st.lists(rules, min_size=1, max_size=4).map(tuple), st.sampled_from(MEASURES))


def test_the_smallest_place_counts() -> None:
    hangzhou, zhejiang = (
        FreightRule(frozenset(PLACES[1:2]), first_minor=1),
        FreightRule(frozenset(PLACES[:1]), first_minor=2),
    )
    rest = FreightRule(first_minor=3)
    of = Freight((rest, zhejiang, hangzhou))
    assert of.rule_for("浙江省 杭州市 西湖区") is hangzhou
    assert of.rule_for("浙江省 杭州市") is hangzhou
    assert of.rule_for("浙江省  宁波市 海曙区") is zhejiang
    assert of.rule_for("西藏自治区 拉萨市 城关区") is rest
    assert of.rule_for("杭州市") is rest  # a name that begins in the middle is no place
    assert Freight((zhejiang,)).rule_for("北京市 东城区") is None


@given(templates, st.sampled_from(PLACES))
def test_the_rule_is_that_of_the_longest_name_that_holds_the_address(of: Freight, region: str) -> None:
    """Against the other way round: of all rules, the one with the longest place that the address begins with."""
    held = [
        (len(place), -n) for n, r in enumerate(of.rules) for place in r.regions if f"{region} ".startswith(f"{place} ")
    ]
    expected = of.rules[-max(held)[1]] if held else next((rule for rule in of.rules if not rule.regions), None)
    assert of.rule_for(region) is expected


@given(templates)
def test_a_template_is_read_as_it_was_written(of: Freight) -> None:
    assert read_freight(of.measure, write_rules(of)) == of


@given(
    templates, st.integers(1, 9), st.integers(0, 20), st.integers(0, 20), st.integers(1, 900), st.sampled_from(PLACES)
)
def test_a_seat_pays_the_freight_that_the_quote_says(
    of: Freight, units: int, grams: int, cm3: int, price: int, region: str
) -> None:
    """`campaign_line` with `freight_of_line` is the quote of one line in a campaign, without its explanation."""
    one = QuoteLine(new_uuid(), units, new_uuid(), new_uuid(), new_uuid(), weight_grams=grams, volume_cm3=cm3)
    team = CampaignPrice(Reason.TEAM_PRICE, price * units, new_uuid())
    quoted = quote([one], Prices({one.sku: 500}, freight={one.sku: of}), campaign={0: team}, region=region)
    freight = freight_of_line(one, of, region, price * units)
    assert isinstance(freight, Refusal) == isinstance(quoted, Refusal)
    if not isinstance(freight, Refusal):
        seat = campaign_line(one.sku, units, 500, team, freight)
        assert seat == replace(priced(quoted).lines[0], steps=())
        assert seat.amount_minor == price * units + freight


@given(baskets)
def test_what_a_supplier_sends_by_one_template_travels_together(basket: tuple[list[QuoteLine], Prices]) -> None:
    """The freight of a basket is the sum of what each such parcel costs alone, wherever its lines stand."""
    lines, prices = basket
    whole = priced(quote(lines, prices, region="浙江省")).lines
    parcels: dict[Any, list[int]] = {}
    for place, one in enumerate(lines):
        parcels.setdefault((one.supplier, prices.freight.get(one.sku)), []).append(place)
    bare = replace(prices, rewards=())
    for (_, template), places in parcels.items():
        alone = priced(quote([lines[p] for p in places], bare, region="浙江省")).freight_minor
        together = sum(whole[p].freight_minor for p in places)
        # Without rewards its goods cost more, and so it may be sent for nothing; it never costs more.
        assert alone <= together if prices.rewards else alone == together
        assert template is not None or not together
    assert sum(one.freight_minor for one in priced(quote(lines[::-1], bare, region="浙江省")).lines) == sum(
        one.freight_minor for one in priced(quote(lines, bare, region="浙江省")).lines
    )


@pytest.mark.parametrize(("measure", "freight"), [(Measure.PIECES, 100), (Measure.WEIGHT, 300), (Measure.VOLUME, 700)])
def test_each_measure_counts_its_own(measure: Measure, freight: int) -> None:
    lines, prices = one_line(1000, weight=3)
    lines = [replace(lines[0], volume_cm3=7)]
    of = Freight((FreightRule(first_minor=100, next_minor=100),), measure)
    assert priced(quote(lines, replace(prices, freight={lines[0].sku: of}), region="北京市")).freight_minor == freight


def test_a_refusal_names_the_goods_and_the_place() -> None:
    lines, prices = one_line(1000)
    refused = quote(lines, replace(prices, freight={lines[0].sku: Freight(())}), region="西藏自治区")
    assert isinstance(refused, NoDelivery)
    assert refused.data["region"] == "西藏自治区" and str(refused.data["sku"]).startswith("sku_")
    assert freight_of_line(lines[0], None, "西藏自治区", 1000) == 0
    assert freight_of_line(replace(lines[0], fulfilment="digital"), Freight(()), "西藏自治区", 1000) == 0


def new(*some: FreightRule, name: str = "快递", measure: str = "pieces") -> NewFreight:
    return NewFreight(name, Freight(some, measure))


ANYWHERE = FreightRule()
WRONG: Sequence[tuple[str, NewFreight]] = (
    ("name", new(ANYWHERE, name=" ")),
    ("measure", new(ANYWHERE, measure="miles")),
    ("rules", new()),
    ("rules", new(ANYWHERE, ANYWHERE)),
    ("rules", new(*[FreightRule(frozenset((f"{n} 省",))) for n in range(FREIGHT_RULES_MAX + 1)])),
    ("regions", new(FreightRule(frozenset(("浙江省",))), FreightRule(frozenset(("浙江省",))))),
    ("regions", new(FreightRule(frozenset((" 浙江省",))))),
    ("regions", new(FreightRule(frozenset(("浙" * 61,))))),
    ("steps", new(FreightRule(first_units=0))),
    ("steps", new(FreightRule(next_units=MEASURE_MAX + 1))),
    ("amounts", new(FreightRule(first_minor=-1))),
    ("amounts", new(FreightRule(next_minor=AMOUNT_MINOR_MAX + 1))),
    ("free_above", new(FreightRule(free_above_minor=0))),
    ("free_above", new(FreightRule(free_above_minor=-5))),
)


@pytest.mark.parametrize(("field", "template"), WRONG)
def test_a_template_that_does_not_fit_is_refused_by_its_field(field: str, template: NewFreight) -> None:
    refused = why_not_keep_freight(template)
    assert isinstance(refused, FreightInvalid) and refused.data["field"] == field


def test_a_template_that_fits_is_kept() -> None:
    assert why_not_keep_freight(new(FreightRule(frozenset(("浙江省",)), free_above_minor=1), ANYWHERE)) is None


@pytest.mark.parametrize(
    ("field", "parcel"),
    [
        ("weight_grams", Parcel(-1)),
        ("volume_cm3", Parcel(0, MEASURE_MAX + 1)),
        ("units_per_person_max", Parcel(0, 0, 0)),
        ("units_per_person_max", Parcel(0, 0, UNITS_PER_PERSON_MAX + 1)),
    ],
)
def test_a_parcel_that_does_not_fit_is_refused_by_its_field(field: str, parcel: Parcel) -> None:
    refused = parcel.why_not_keep()
    assert isinstance(refused, FreightInvalid) and refused.data["field"] == field
    assert Parcel(1, 2, 3).why_not_keep() is None and Parcel().why_not_keep() is None


def test_limited_goods_are_told_apart() -> None:
    free, capped = offer(), replace(offer(), units_per_person_max=2)
    assert offers_of(free, capped).limited() == {capped.sku_id}


def test_lines_of_one_supplier_with_two_templates_are_two_parcels() -> None:
    lines = [line(), line(), line()]
    cold, dry = Freight((FreightRule(first_minor=2000),)), Freight((FreightRule(first_minor=800, next_minor=300),))
    prices = Prices(dict.fromkeys((one.sku for one in lines), 1000),
                    freight={lines[0].sku: cold, lines[1].sku: dry, lines[2].sku: dry})  # fmt: skip
    found = priced(quote(lines, prices, region="北京市"))
    assert [one.freight_minor for one in found.lines] == [2000, 550, 550]
