"""Kinds and terms of promotions in words."""

from collections.abc import Sequence
from typing import Any

from tuan.goods.catalog.model import Offer, Offers
from tuan.kit.money import Money
from tuan.surfaces.backoffice.promotions.context import Fact
from tuan.surfaces.storefront.couponing import money, worth
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import RULE, Bundle, NewRule, NewTemplate, Rule, Template


def kind_words(visit: Visit) -> dict[str, str]:
    return {
        "coupon": visit.gettext("Coupon"),
        "limited": visit.gettext("Price for a while"),
        "reward": visit.gettext("Threshold reward"),
        "flash": visit.gettext("Flash session"),
        "bundle": visit.gettext("Bundle"),
    }


def way_words(visit: Visit) -> dict[str, str]:
    return {
        "centre": visit.gettext("In the coupon centre"),
        "code": visit.gettext("For a code"),
        "granted": visit.gettext("From the house only"),
        "friends": visit.gettext("Opens with friends"),
    }


def template_effect(visit: Visit, new: NewTemplate) -> list[str]:
    """What launching this coupon would mean."""
    most = visit.gettext("no limit") if new.total is None else str(new.total)
    effect = [
        visit.gettext(
            "%(worth)s, from %(amount)s on", worth=worth(visit, new), amount=money(visit, new.threshold_minor)
        ),
        visit.gettext("Coupons in all: %(most)s; for one person: %(share)s", most=most, share=new.per_person),
    ]
    if new.total is not None and new.off_minor:
        cost = money(visit, new.total * new.off_minor)
        effect.append(visit.gettext("If all are used it costs %(amount)s.", amount=cost))
    return effect


def rule_effect(visit: Visit, new: NewRule, offers: Offers, others: Sequence[Rule]) -> list[str]:
    """What launching this rule would mean: each price before and after, who bears the difference, what meets it.

    offers: of all SKUs that it prices or bundles. others: rules of other kinds that stand for them now.
    """
    bearer = bearer_words(visit, "market" if new.supplier is None else "supplier")
    lines = [*steps_words(visit, new.steps)]
    for sku, price in new.prices.items():
        lines.append(_change(visit, offers.get(sku), offers.get(sku).price_minor, price))
    if new.set_minor is not None:
        bundle = Bundle(RULE.new(), new.name, new.set_minor, tuple(new.set_units.items()), new.per_order)
        listed = {sku: offers.get(sku).price_minor for sku in new.set_units}
        for (sku, units), part in zip(new.set_units.items(), bundle.prices(1, listed).values(), strict=True):
            lines.append(f"{_change(visit, offers.get(sku), listed[sku] * units, part.amount_minor)} (× {units})")
        whole = sum(listed[sku] * units for sku, units in new.set_units.items())
        lines.append(
            visit.gettext(
                "A set: %(before)s apart, %(after)s together",
                before=money(visit, whole),
                after=money(visit, new.set_minor),
            )
        )
    if new.prices or new.set_minor is not None:
        lines.append(visit.gettext("The difference is %(bearer)s.", bearer=bearer))
    kinds = kind_words(visit)
    meets = [f"{kinds[one.kind]} “{one.name}”" for one in others if one.prices or one.kind == "reward"]
    if meets:
        lines.append(visit.gettext("Stands beside: %(rules)s", rules=", ".join(meets)))
    return lines


def _change(visit: Visit, offer: Offer, before_minor: int, after_minor: int) -> str:
    """One price before and after, and by how many per cent it is lower, rounded down."""
    goods = f"{offer.title} {offer.options}".strip()
    if after_minor >= before_minor:
        return visit.gettext("%(goods)s: not below the single price, so nobody pays it", goods=goods)
    percent = (before_minor - after_minor) * 100 // before_minor
    return f"{goods}: {money(visit, before_minor)} → {money(visit, after_minor)} (−{percent}%)"


def steps_words(visit: Visit, steps: Any) -> list[str]:
    return [
        visit.gettext("from %(since)s on: %(off)s less", since=money(visit, since), off=money(visit, off))
        for since, off in steps
    ]


def bearer_words(visit: Visit, bearer: str) -> str:
    return visit.gettext("borne by the supplier") if bearer == "supplier" else visit.gettext("borne by the market")


def template_facts(visit: Visit, template: Template) -> list[Fact]:
    most = visit.gettext("no limit") if template.total is None else str(template.total)
    return [
        Fact(words=visit.gettext("Discount"), text=worth(visit, template)),
        Fact(words=visit.gettext("From"), amount=Money(template.threshold_minor, visit.market.currency)),
        Fact(words=visit.gettext("Who pays for it"), text=bearer_words(visit, template.bearer)),
        Fact(words=visit.gettext("How it is come by"), text=way_words(visit)[template.way]),
        Fact(words=visit.gettext("Starts"), at=template.starts_at),
        Fact(words=visit.gettext("Ends"), at=template.ends_at),
        Fact(words=visit.gettext("Taken"), text=f"{template.taken} / {most}"),
    ]


def rule_facts(visit: Visit, rule: Rule, names: dict[Any, str]) -> list[Fact]:
    prices = [
        Fact(words=names.get(price.sku_id, ""), amount=Money(price.price_minor, visit.market.currency))
        for price in rule.prices
    ]
    return [
        Fact(words=visit.gettext("Kind"), text=kind_words(visit)[rule.kind]),
        Fact(words=visit.gettext("Who pays for it"), text=bearer_words(visit, rule.bearer)),
        Fact(words=visit.gettext("Starts"), at=rule.starts_at),
        Fact(words=visit.gettext("Ends"), at=rule.ends_at),
        *_set_facts(visit, rule, names),
        *(Fact(words=visit.gettext("Step"), text=text) for text in steps_words(visit, rule.steps)),
        *prices,
    ]


def _set_facts(visit: Visit, rule: Rule, names: dict[Any, str]) -> list[Fact]:
    """The price of a set, and what is in it."""
    if rule.set_minor is None:
        return []
    price = Fact(words=visit.gettext("Price of a set"), amount=Money(rule.set_minor, visit.market.currency))
    return [price, *(Fact(words=names.get(sku, ""), text=f"× {units}") for sku, units in rule.set_lines)]
