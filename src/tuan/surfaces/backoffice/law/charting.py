"""The last month of the law's figures as charts, each the same numbers as its table."""

from collections.abc import Sequence

from babel.numbers import get_currency_precision

from tuan.kit.money import Money
from tuan.people.compliance.model import Metrics, Pay
from tuan.surfaces.backoffice.today.context import Chart, Point
from tuan.surfaces.web.visits import Visit

BASIS_POINTS_PER_CENT = 100


def charts(visit: Visit, days: Sequence[Metrics]) -> list[Chart]:
    """Chains and pay by day; a day that nobody measured is not drawn."""
    return [_chains(visit, days), _pay(visit, days)]


def _label(one: Metrics) -> str:
    return f"{one.day:%m-%d}"


def _chains(visit: Visit, days: Sequence[Metrics]) -> Chart:
    points = [
        Point(label=_label(one), values=values, words=[str(value) for value in values])
        for one in days
        if one.chains and (values := [one.chains.longest, one.chains.widest])
    ]
    columns = [visit.gettext("Levels of the longest chain"), visit.gettext("People of the widest chain")]
    return Chart(name="chains", title=visit.gettext("Chains by day"), kind="line", columns=columns, points=points)


def _pay(visit: Visit, days: Sequence[Metrics]) -> Chart:
    def words(minor: int) -> str:
        return visit.words.money_text(Money(minor, visit.market.currency))

    points = [
        Point(label=_label(one), values=values, words=[words(value) for value in values])
        for one in days
        if one.pay and (values := [one.pay.all_minor, one.pay.retail_minor])
    ]
    scale = 10 ** get_currency_precision(visit.market.currency)
    columns = [visit.gettext("Commissions"), visit.gettext("of buyers who sell nothing")]
    return Chart(name="pay", title=visit.gettext("Commissions by day"), kind="bars", columns=columns, points=points,
                 scale=scale)  # fmt: skip


def retail_words(pay: Pay) -> str:
    """The share of retail in per cent, or that nothing was paid."""
    return "—" if pay.retail_bp is None else f"{pay.retail_bp // BASIS_POINTS_PER_CENT} %"
