"""Kinds and terms of promotions in words."""

from typing import Any

from tuan.kit.money import Money
from tuan.surfaces.backoffice.promotions.context import Fact
from tuan.surfaces.storefront.couponing import money, worth
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import NewRule, NewTemplate, Rule, Template


def kind_words(visit: Visit) -> dict[str, str]:
    return {
        "coupon": visit.gettext("Coupon"),
        "limited": visit.gettext("Price for a while"),
        "reward": visit.gettext("Threshold reward"),
        "flash": visit.gettext("Flash session"),
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


def rule_effect(visit: Visit, new: NewRule) -> list[str]:
    """What launching this rule would mean."""
    return [
        *steps_words(visit, new.steps),
        *([visit.gettext("SKUs with a price: %(count)s", count=len(new.prices))] if new.prices else []),
    ]


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
        *(Fact(words=visit.gettext("Step"), text=text) for text in steps_words(visit, rule.steps)),
        *prices,
    ]
