"""The picture beside a link in a chat: a JPEG that every fetcher of previews shows, of the size that the page says."""

import io
import re

import pytest
from litestar import Litestar
from PIL import Image

from tests.faces.conftest import Visitors
from tests.faces.test_links import FETCHERS, by_hand
from tests.given import goods as given
from tests.given import houses
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given.houses import Place
from tests.given.pictures import picture
from tuan.goods.catalog.model import PRODUCT
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.parties.model import SHOP
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import Target
from tuan.platform import files
from tuan.platform.files import made_anew
from tuan.play import shops
from tuan.play.groupbuy.model import TEAM_ID
from tuan.surfaces.web import previews
from tuan.surfaces.web.app import App


async def fetched(visitors: Visitors, agent: str, said: dict[str, str]) -> None:
    """The picture is what the page says of it, and of a kind that every fetcher shows; none of them knows a WebP for sure."""
    answer = await (await by_hand(visitors, agent=agent)).get(said["og:image"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, said["og:image:type"])
    assert "immutable" in answer.headers["cache-control"] and len(answer.content) < 300_000
    with Image.open(io.BytesIO(answer.content), formats=("JPEG", "PNG")) as picture:
        assert picture.size == (int(said["og:image:width"]), int(said["og:image:height"]))


@pytest.mark.parametrize("agent", FETCHERS.values(), ids=FETCHERS)
async def test_every_page_that_is_shown_in_a_chat_has_a_picture_that_chats_show(
    place: Place, visitors: Visitors, agent: str
) -> None:
    of = await given.campaign(place, await given.goods(place), size=2)
    team, (shop, _) = await given.paid_team(place, await given.buyer(place), of), await share.shop(place)
    looks = await by_hand(visitors, agent=agent)
    for path in (f"/p/{PRODUCT.show(of.product)}", f"/t/{TEAM_ID.show(team.team)}", f"/shop/{SHOP.show(shop)}", "/"):
        page = await looks.get(path)
        said = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)"', page.text))
        await fetched(visitors, agent, said)


async def test_a_link_to_a_shop_shows_its_cover_or_else_its_first_goods(place: Place, visitors: Visitors) -> None:
    shop, owner = await shopping.shop(place)
    code = granted(await place.do(sharing.make_link, MakeLink(owner.id, Target("shop", shop), "web")))
    name = await place.house.pictures.keep(place.market, picture(900, 300))
    assert isinstance(name, str)
    looks = await by_hand(visitors, agent=next(iter(FETCHERS.values())))

    async def shown(time: int) -> str:
        page = (await looks.get(f"/s/{code}/card?time={time}")).text
        said = dict(re.findall(r'<meta (?:property|itemprop)="([^"]+)" content="([^"]*)"', page))
        assert said["og:image"] == said["image"]
        await fetched(visitors, "", said)
        return said["og:image"]

    assert "/icon-512" in await shown(1), "it has nothing of its own yet"
    await shopping.picked(place, shop)
    await shopping.picked(place, shop)
    goods = await shown(2)
    assert "/icon-512" not in goods
    await place.do(shops.set_cover, shop, name)
    assert (await shown(3)).endswith(previews.address(files.url(name) or ""))
    await place.do(shops.set_cover, shop, "")
    assert await shown(4) == goods


async def test_an_uploaded_picture_is_shown_in_chats_of_its_market_only(
    app: Litestar, place: Place, visitors: Visitors
) -> None:
    assert isinstance(app, App)
    name = await place.house.pictures.keep(place.market, picture(900, 300))
    assert isinstance(name, str)
    url = previews.address(files.url(name) or "")
    answer = await (await visitors()).get(url)
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content), formats=("JPEG",)) as drawn:
        assert drawn.size == (previews.SIDE, previews.SIDE)
    _, host = await houses.make_market(place.house)
    assert (await (await visitors(host=host)).get(url)).status_code == 404
    looks, before = await visitors(), app.front.previews._drawn._bytes
    for wrong in (url.replace(".jpg", ".webp"), url.replace("-640", "-641"), "/previews/assets/../pyproject.jpg",
                  "/previews/assets/icon-512.jpg", "/previews/x.jpg", "/previews/.jpg"):  # fmt: skip
        assert (await looks.get(wrong)).status_code == 404, wrong
    assert app.front.previews._drawn._bytes == before


async def test_previews_are_kept_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    one = (made_anew(picture(640, 640)) or {})[640]  # type: ignore[union-attr]
    monkeypatch.setattr(previews, "KEPT_BYTES_MAX", len(previews.draw(one)))
    kept = previews.Previews()
    drawn = await kept.get(1, "/pictures/a", one)
    assert await kept.get(1, "/pictures/a", one) is drawn, "made once"
    await kept.get(2, "/pictures/a", one)
    assert list(kept._drawn._kept) == [(2, "/pictures/a")] and kept._drawn._bytes == len(drawn)
