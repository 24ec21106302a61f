"""The market's showcase: the shops whose level or season has won them a place there. Nothing of it is paid for."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from tuan.kit.pages import PAGE_SIZE, Page
from tuan.people import parties
from tuan.people.parties.model import SHOP
from tuan.platform.work import Work
from tuan.play import shops
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.showcase.context import ShowcasePage, ShownShop
from tuan.surfaces.web.policies import PUBLIC
from tuan.surfaces.web.visits import Visit


@get("/shops", opt=PUBLIC)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        found = await shown_shops(work, visit, after=visit.query.get("page"))
    next_url = visit.url_with(page=found.next_key) if found.next_key else None
    page = ShowcasePage(shops=list(found.items), next_url=next_url)
    return visit.page("storefront/showcase/page.html", page, blocks=("list",))


async def shown_shops(work: Work, visit: Visit, *, after: str | None, size: int = PAGE_SIZE) -> Page[ShownShop]:
    """The open shops that hold `showcase`, with what each says of itself."""
    found = await parties.shops_with(work, "showcase", after=after, size=size)
    some = [row["id"] for row in found.items]
    said, won = await shops.pages_of(work, some), await parties.benefits_of(work, some)
    items = [
        ShownShop(
            shop=SHOP.show(row["id"]),
            name=row["name"],
            url=f"/shop/{SHOP.show(row['id'])}",
            words=said[row["id"]]["words"] if row["id"] in said else "",
            cover=_cover(visit, said, row),
            has_badge="badge" in won[row["id"]],
        )
        for row in found.items
    ]
    return Page(items, found.next_key)


def _cover(visit: Visit, said: dict[Any, Any], row: Any) -> Any:
    name = said[row["id"]]["cover"] if row["id"] in said else ""
    return showing.picture(visit, name, "") if name else None


HANDLERS = (show,)
