"""What was typed into the planner's form, as terms, and back."""

from typing import Any
from uuid import UUID

from tuan.kit.money import Money
from tuan.kit.refusals import Refused
from tuan.play.distribution.model import PLAN_ID
from tuan.surfaces.backoffice.acting import read_amount, read_whole
from tuan.surfaces.backoffice.planner.context import Typed
from tuan.surfaces.backoffice.settlement.words import read_percent, written_percent
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit
from tuan.voice.planning.model import Terms, What, World

POINT = "."
FIELD_OF = {
    "plan": "paid_by", "version": "paid_by", "price_minor": "price", "single_minor": "single", "leader_off_minor": "off", "rate_one": "rate", "rate_two": "second",
}  # fmt: skip
"""Fields of the terms that are called otherwise in the form."""


def read_terms(visit: Visit, typed: Typed) -> Terms:
    """The terms that this means. Raises Refused(FieldInvalid) naming the first field that means nothing."""
    if typed.simulate not in tuple(What):
        raise Refused(FieldInvalid(field="simulate"))
    if typed.graph not in tuple(World):
        raise Refused(FieldInvalid(field="graph"))
    plan, version = read_version(typed.paid_by)
    whole: dict[str, Any] = {name: read_whole(getattr(typed, name), name) for name in
             ("people", "friends", "opened", "size", "passed_on", "hold_days", "runs", "seed")}  # fmt: skip
    money = {"price_minor": typed.price, "single_minor": typed.single, "leader_off_minor": typed.off}
    amounts: dict[str, Any] = {name: read_amount(visit, text, FIELD_OF[name]) for name, text in money.items()}
    percents = {"shops": typed.shops, "rate_one": typed.rate, "rate_two": typed.second}
    rates: dict[str, Any] = {name: read_percent(text, FIELD_OF.get(name, name)) for name, text in percents.items()}
    return Terms(
        what=What(typed.simulate), world=World(typed.graph), appeal=read_whole(typed.appeal, "appeal") * 100,
        profile=typed.profile, is_signed=bool(typed.signed), plan=plan, version=version, **whole, **amounts, **rates,
    )  # fmt: skip


def read_version(text: str) -> tuple[UUID | None, int]:
    """A plan and the number of its version, or none. Raises Refused(FieldInvalid)."""
    if not text:
        return None, 0
    named, _, number = text.partition(POINT)
    if (plan := PLAN_ID.parse(named)) is None or not (version := read_whole(number, "paid_by")):
        raise Refused(FieldInvalid(field="paid_by"))
    return plan, version


def written_version(plan: UUID | None, version: int) -> str:
    return f"{PLAN_ID.show(plan)}{POINT}{version}" if plan else ""


def typed_of(visit: Visit, name: str, terms: Terms) -> Typed:
    """The form that asks for these terms."""

    def amount(minor: int) -> str:
        _, _, whole, cents = visit.words.money_parts(Money(minor, visit.market.currency))
        return (whole + cents).replace(visit.words.locale.number_symbols["latn"]["group"], "")

    return Typed(
        name=name, simulate=terms.what, graph=terms.world, people=str(terms.people), friends=str(terms.friends),
        opened=str(terms.opened), size=str(terms.size), price=amount(terms.price_minor),
        single=amount(terms.single_minor), off=amount(terms.leader_off_minor), appeal=str(terms.appeal // 100),
        paid_by=written_version(terms.plan, terms.version), passed_on=str(terms.passed_on),
        shops=written_percent(terms.shops), rate=written_percent(terms.rate_one),
        second=written_percent(terms.rate_two), signed="yes" if terms.is_signed else "", profile=terms.profile,
        hold_days=str(terms.hold_days), runs=str(terms.runs), seed=str(terms.seed),
    )  # fmt: skip
