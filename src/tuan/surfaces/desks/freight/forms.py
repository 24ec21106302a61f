"""Freight templates between forms and rules: a rule's fields carry its number, since a template has any number of them."""

import re
from typing import Any

from tuan.goods.catalog.model import FREIGHT, Freight, FreightRule, Measure, NewFreight
from tuan.kit.money import Money
from tuan.kit.refusals import Refused
from tuan.surfaces.backoffice.acting import written_amount
from tuan.surfaces.desks.freight.context import RuleFields, TemplateFields
from tuan.surfaces.storefront.divisions.tree import tree
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.reading import read_money
from tuan.surfaces.web.visits import Visit

RULES_MAX = 6
"""Of one form; the API takes more."""
BLANK = RuleFields()
SEPARATORS = str.maketrans(dict.fromkeys("、，,；;\n\r", ","))
DIGITS_MAX = 8
TYPED = ("places", "delivers", "first_units", "first", "next_units", "next", "free_above")
PROVINCE, REST = "at", "rest"
"""What the names of ticks begin with; the rule's number follows, and of a province its code."""
RULE_FIELD = re.compile(rf"(?:{'|'.join((*TYPED, REST))})-\d|{PROVINCE}-\d-\d{{6}}", re.ASCII)


def pop_rules(fields: dict[str, Any]) -> list[RuleFields]:
    """Take the rules out of a form's fields, as they were typed; those that name no place are left out. Raises Refused."""
    dynamic = {name: fields.pop(name) for name in list(fields) if RULE_FIELD.fullmatch(name)}
    if not all(isinstance(text, str) and "\0" not in text for text in dynamic.values()):
        raise Refused(FieldInvalid(field="rules"))
    found = []
    for number in range(RULES_MAX):
        typed = {name: dynamic.get(f"{name}-{number}", "").strip() for name in TYPED}
        ticked = [name.split("-")[2] for name in dynamic if name.startswith(f"{PROVINCE}-{number}-")]
        is_rest = f"{REST}-{number}" in dynamic
        if ticked or is_rest or typed["places"]:
            found.append(RuleFields(provinces=ticked, is_rest=is_rest, **typed))
    return found


def read_template(visit: Visit, typed: TemplateFields) -> NewFreight:
    """What the form says; raises Refused naming the first field that nobody understands."""
    rules = tuple(_read_rule(visit, rule) for rule in typed.rules)
    return NewFreight(typed.name, Freight(rules, typed.measure), typed.is_usual)


def _read_rule(visit: Visit, rule: RuleFields) -> FreightRule:
    names = [*rule.provinces, *(one for one in rule.places.translate(SEPARATORS).split(",") if one.strip())]
    places = [read_place(one) for one in names]
    if rule.is_rest and places:
        raise Refused(FieldInvalid(field="rest"))
    above = rule.free_above
    return FreightRule(
        regions=frozenset(places),
        delivers=rule.delivers != "no",
        first_units=read_count(rule.first_units, "first_units"),
        first_minor=_money(visit, rule.first, "first"),
        next_units=read_count(rule.next_units, "next_units"),
        next_minor=_money(visit, rule.next, "next"),
        free_above_minor=_money(visit, above, "free_above") if above else None,
    )


def read_place(text: str) -> str:
    """A place of the tree, by its name or its code. Raises Refused."""
    found = tree().place(text)
    if found is None:
        raise Refused(FieldInvalid(field="places"))
    return found


def read_count(text: str, field: str) -> int:
    """A whole number that is not negative. Raises Refused."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise Refused(FieldInvalid(field=field))
    return int(text)


def _money(visit: Visit, text: str, field: str) -> int:
    amount = read_money(text, visit.market.currency, field)
    if amount < 0:
        raise Refused(FieldInvalid(field=field))
    return amount


# ── showing ──
def fields_of(visit: Visit, row: Any, freight: Freight) -> TemplateFields:
    """A kept template as its form shows it, with what it says in words."""
    rules = [_shown(visit, rule) for rule in freight.rules]
    return TemplateFields(
        freight=FREIGHT.show(row["id"]),
        name=row["name"],
        measure=row["measure"],
        is_usual=row["is_usual"],
        rules=rules + [BLANK] * (len(rules) < RULES_MAX),
        key=visit.fresh_key(),
        drop_key=visit.fresh_key(),
        words=[sentence(visit, rule, freight.measure) for rule in freight.rules],
    )


def _shown(visit: Visit, rule: FreightRule) -> RuleFields:
    codes = {name: code for code, name in tree().provinces.items()}
    others = sorted(rule.regions - codes.keys())
    return RuleFields(
        provinces=[codes[name] for name in sorted(rule.regions & codes.keys())],
        is_rest=not rule.regions,
        places="、".join(others),
        delivers="yes" if rule.delivers else "no",
        first_units=str(rule.first_units),
        first=_typed(visit, rule.first_minor),
        next_units=str(rule.next_units),
        next=_typed(visit, rule.next_minor),
        free_above="" if rule.free_above_minor is None else _typed(visit, rule.free_above_minor),
    )


def _typed(visit: Visit, minor: int) -> str:
    return written_amount(Money(minor, visit.market.currency))


def sentence(visit: Visit, rule: FreightRule, measure: str) -> str:
    """What a rule says."""
    where = "、".join(sorted(rule.regions)) or visit.gettext("Everywhere else")
    if not rule.delivers:
        return visit.gettext("%(where)s: not sent there", where=where)
    unit = {
        Measure.PIECES: visit.gettext("pieces"),
        Measure.WEIGHT: visit.gettext("grams"),
        Measure.VOLUME: visit.gettext("cubic centimetres"),
    }[Measure(measure)]
    said = visit.gettext(
        "%(where)s: the first %(first_units)s %(unit)s %(first)s, each further %(next_units)s %(next)s",
        where=where, first_units=rule.first_units, unit=unit, first=_worded(visit, rule.first_minor),
        next_units=rule.next_units, next=_worded(visit, rule.next_minor),
    )  # fmt: skip
    if rule.free_above_minor is None:
        return said
    return visit.gettext("%(said)s; free from %(amount)s on", said=said, amount=_worded(visit, rule.free_above_minor))


def _worded(visit: Visit, minor: int) -> str:
    return visit.words.money_text(Money(minor, visit.market.currency))


def field_words(visit: Visit, field: str) -> str:
    """What a field that does not fit is called on the page."""
    words = {
        "name": visit.gettext("Its name"),
        "measure": visit.gettext("Measured by"),
        "rules": visit.gettext("Each rule names places, and one at most is for everywhere else"),
        "rest": visit.gettext("Everywhere else"),
        "regions": visit.gettext("A place stands in one rule only"),
        "places": visit.gettext("Cities or districts, commas between"),
        "first_units": visit.gettext("The first (pieces, grams, cm³)"),
        "next_units": visit.gettext("Each further"),
        "free_above": visit.gettext("Free from so much on (may be empty)"),
        "weight_grams": visit.gettext("Grams of one"),
        "volume_cm3": visit.gettext("Cubic centimetres of one"),
        "units_per_person_max": visit.gettext("At most so many per person (may be empty)"),
    }
    steps, amounts = words["next_units"], visit.gettext("cost")
    return (words | {"steps": steps, "amounts": amounts, "first": amounts, "next": amounts}).get(field, field)
