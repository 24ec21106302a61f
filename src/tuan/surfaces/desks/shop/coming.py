"""What a shop is told of coming terms: old beside new, and from when."""

from typing import Any

from tuan.platform.work import Work
from tuan.play import distribution
from tuan.play.distribution.model import Change, Rate, Terms
from tuan.surfaces.backoffice.commissions import words
from tuan.surfaces.backoffice.settlement.words import written_percent
from tuan.surfaces.desks.shop.context import ChangedLine, ComingTerms
from tuan.surfaces.storefront.showing import amount
from tuan.surfaces.web.visits import Visit

Target = tuple[str, Any, int]


async def coming_terms(work: Work, visit: Visit) -> list[ComingTerms]:
    """How plans will pay from a later day on, the soonest first."""
    found = await distribution.coming(work)
    plans = await distribution.plan_names(work, {one.plan_id for one in found})
    rates = [rate for one in found for terms in (one.before, one.after) if terms for rate in terms.rates]
    names = await words.names_of(work, rates)
    return [
        ComingTerms(plan=plans[one.plan_id], since=one.since, is_end=one.after is None, lines=_lines(visit, one, names))
        for one in found
    ]


def _lines(visit: Visit, change: Change, names: dict[Any, str]) -> list[ChangedLine]:
    before, after = _rates(change.before), _rates(change.after)
    lines = [
        ChangedLine(
            what=_what(visit, before.get(target) or after[target], names),
            before=_pays(visit, before.get(target)),
            after=_pays(visit, after.get(target)),
        )
        for target in before | after
        if before.get(target) != after.get(target)
    ]
    return lines + _caps(visit, change.before, change.after)


def _rates(terms: Terms | None) -> dict[Target, Rate]:
    return {(rate.scope, rate.object_id, rate.depth): rate for rate in (terms.rates if terms else ())}


def _what(visit: Visit, rate: Rate, names: dict[Any, str]) -> str:
    scope, of = words.scopes(visit)[rate.scope], words.shown(rate, names)
    level = visit.gettext("level 2, by shops that you invited") if rate.depth == 2 else ""
    return " · ".join(filter(None, (scope, of, level)))


def _pays(visit: Visit, rate: Rate | None) -> str:
    return "" if rate is None else f"{words.pays(visit, rate)} · {words.where(visit, rate)}"


def _caps(visit: Visit, before: Terms | None, after: Terms | None) -> list[ChangedLine]:
    """What changes besides the rates, where a plan goes on."""
    if before is None or after is None:
        return []
    said = [
        (visit.gettext("At most of a line"), *(f"{written_percent(one.line_most_bp)} %" for one in (before, after))),
        (visit.gettext("Paid after receipt"), *(_days(visit, one.hold_days) for one in (before, after))),
        (visit.gettext("Budget"), *(_budget(visit, one.budget_minor) for one in (before, after))),
    ]
    return [ChangedLine(what=what, before=old, after=new) for what, old, new in said if old != new]


def _days(visit: Visit, days: int) -> str:
    return visit.words.ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def _budget(visit: Visit, minor: int | None) -> str:
    return visit.gettext("without an end") if minor is None else visit.words.money_text(amount(visit, minor))
