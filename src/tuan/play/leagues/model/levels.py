"""Which level a shop has, why, and what it lacks for the next. Pure."""

import re
from collections.abc import Collection

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people.parties.model import BENEFITS
from tuan.play.leagues.errors import TableInvalid
from tuan.play.leagues.model.words import Lack, Level, LevelTable, Sales, Service

SERVICE_MAX = 1000
FAULT_WEIGHT = 3
EVIDENCE = 20
"""Orders that everybody is believed to have served well, so that one bad parcel among two says little."""
LEVELS_MAX = 8
NAME_MAX = 30
DAYS_MAX = 366
RIGHTS_MAX = 8
RIGHT = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)


def service_of(service: Service) -> int:
    """In thousandths: three times the faults and once the unanswered asks, as a share of the orders and twenty more."""
    bad = FAULT_WEIGHT * service.faults + service.unanswered
    return SERVICE_MAX - min(SERVICE_MAX, SERVICE_MAX * bad // (service.orders + EVIDENCE))


def lacks(level: Level, sales: Sales, service: Service, rights: Collection[str]) -> list[Lack]:
    """All that a level asks for, beside what there is of it."""
    asked = [Lack("sales", level.sales_minor, sales.kept_minor), Lack("service", level.service, service_of(service))]
    asked += [Lack("right", 1, int(right in rights), right) for right in level.rights]
    return [one for one in asked if one.need]


def level_of(table: LevelTable, sales: Sales, service: Service, rights: Collection[str]) -> int:
    """The place of the highest level whose needs, and those of all below it, are met; the lowest asks for nothing."""
    reached = 0
    for place, level in enumerate(table.levels):
        if not all(one.is_met for one in lacks(level, sales, service, rights)):
            break
        reached = place
    return reached


def reasons(
    table: LevelTable, before: int, after: int, sales: Sales, service: Service, rights: Collection[str]
) -> list[Lack]:
    """Why a shop moved: what it met of the level that it rose to, or what it no longer meets of the one above where it fell."""
    if after > before:
        return lacks(table.levels[after], sales, service, rights)
    above = table.levels[after + 1 : after + 2]
    return [one for level in above for one in lacks(level, sales, service, rights) if not one.is_met]


def why_not_table(table: LevelTable) -> Refusal | None:
    """Each level asks for more sales than the one below it and for no less of anything else, and gives no less."""
    levels, pairs = table.levels, list(zip(table.levels, table.levels[1:], strict=False))
    fits = {
        "levels": 2 <= len(levels) <= LEVELS_MAX,
        "days": 7 <= table.days <= DAYS_MAX,
        "name": all(0 < len(level.name.strip()) <= NAME_MAX for level in levels)
        and len({level.name.strip() for level in levels}) == len(levels),
        "first": bool(levels) and not lacks(levels[0], Sales(), Service(), ()),
        "sales": all(0 <= level.sales_minor <= AMOUNT_MINOR_MAX for level in levels)
        and all(low.sales_minor < high.sales_minor for low, high in pairs),
        "service": all(0 <= level.service <= SERVICE_MAX for level in levels)
        and all(low.service <= high.service for low, high in pairs),
        "rights": all(_are_rights(level.rights) for level in levels)
        and all(set(low.rights) <= set(high.rights) for low, high in pairs),
        "benefits": all(set(level.benefits) <= set(BENEFITS) for level in levels)
        and all(set(low.benefits) <= set(high.benefits) for low, high in pairs),
    }
    field = next((name for name, is_right in fits.items() if not is_right), None)
    return TableInvalid(field=field) if field is not None else None


def _are_rights(rights: tuple[str, ...]) -> bool:
    return len(rights) <= RIGHTS_MAX and len(set(rights)) == len(rights) and all(map(RIGHT.fullmatch, rights))
