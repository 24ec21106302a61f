"""The next choice of a place: cities of a province, districts of a city. Codes only, nothing of anybody."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.surfaces.storefront.divisions.context import Choice, Divisions
from tuan.surfaces.storefront.divisions.tree import tree
from tuan.surfaces.storefront.parts import AddressDraft
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.visits import Visit

ELSEWHERE = "elsewhere"


@get("/divisions", opt=PUBLIC)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    draft = AddressDraft(province=visit.query.get("province", ""), city=visit.query.get("city", ""))
    return visit.page("storefront/divisions/page.html", choices(draft, {}), blocks=("divisions",))


def choices(draft: AddressDraft, errors: dict[str, str]) -> Divisions:
    """What a form with this draft offers; codes that do not belong together count as not chosen yet."""
    all_of = tree()
    province, city, district = _chosen(draft)
    cities, districts = all_of.cities_of(province), all_of.districts_of(city)
    return Divisions(
        province=province,
        city=city,
        district=district,
        provinces=_list(dict(all_of.provinces)),
        cities=_list(cities),
        districts=_list(districts),
        region=draft.region if province == ELSEWHERE else "",
        errors=errors,
    )


def _chosen(draft: AddressDraft) -> tuple[str, str, str]:
    """The codes that were chosen; for an address that was written, those it was made of, or `elsewhere`."""
    all_of = tree()
    if not draft.province and draft.region:
        found = all_of.find(draft.region)
        return (f"{found[:2]}0000", f"{found[:4]}00", found) if found else (ELSEWHERE, "", "")
    if draft.province == ELSEWHERE:
        return ELSEWHERE, "", ""
    province = draft.province if draft.province in all_of.provinces else ""
    cities = all_of.cities_of(province)
    city = draft.city if draft.city in cities else next(iter(cities)) if len(cities) == 1 else ""
    return province, city, draft.district if draft.district in all_of.districts_of(city) else ""


def _list(named: dict[str, str]) -> list[Choice]:
    return [Choice(code, name) for code, name in named.items()]


HANDLERS = (show,)
