"""Uploaded pictures: made anew, kept under names of our own, found by their market only. (A5, A7, A8)"""

import io

import pytest
from PIL import Image

from tests.given.houses import Place, make_market
from tests.given.pictures import PLACE, PRETENDERS, bomb, picture
from tuan.kit.refusals import granted
from tuan.platform import files
from tuan.platform.files import BYTES_MAX, WIDTHS, PictureTooLarge, PictureUnreadable


async def test_a_picture_is_made_anew_upright_and_without_what_it_said_of_its_maker(place: Place) -> None:
    raw = picture(2000, 1500)
    assert PLACE.encode() in raw
    name = granted(await place.house.pictures.keep(place.market, raw))
    for width in WIDTHS:
        address = files.url(name, width)
        assert address is not None
        kept = await place.house.pictures.read(place.market, address.removeprefix("/pictures/"))
        assert kept is not None and PLACE.encode() not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert image.format == "WEBP" and not image.getexif()
            assert image.size == (width, round(width * 2000 / 1500)), "it lay on its side"


async def test_a_small_picture_is_not_made_larger(place: Place) -> None:
    made = files.made_anew(picture(400, 400, "PNG"))
    assert isinstance(made, dict)
    assert [Image.open(io.BytesIO(made[width])).width for width in WIDTHS] == [320, 400, 400]


@pytest.mark.parametrize("raw", PRETENDERS.values(), ids=PRETENDERS)
async def test_a5_a7_what_is_no_picture_is_not_kept(place: Place, raw: bytes) -> None:
    folder = place.house.settings.data / "pictures" / str(place.market)
    assert await place.house.pictures.keep(place.market, raw) == PictureUnreadable()
    assert not folder.exists()


async def test_a_bomb_is_refused_by_its_head_alone(place: Place) -> None:
    assert isinstance(await place.house.pictures.keep(place.market, bomb()), PictureTooLarge)
    assert isinstance(await place.house.pictures.keep(place.market, bytes(BYTES_MAX + 1)), PictureTooLarge)


async def test_a8_no_text_names_a_file_but_those_that_we_make(place: Place) -> None:
    name = granted(await place.house.pictures.keep(place.market, picture()))
    file = f"{name.removeprefix('upload/')}-320.webp"
    assert await place.house.pictures.read(place.market, file)
    hostile = ("", "..", "../../application.json", f"../{place.market}/{file[:2]}/{file}", file.upper(), f"{file}\n",
               f"{file}\0", f"./{file}", file.replace("320", "321"), file.replace("320", "٣٢٠"), file + ".partial")  # fmt: skip
    assert [text for text in hostile if await place.house.pictures.read(place.market, text)] == []
    assert [text for text in hostile if files.url(f"upload/{text}")] == []
    await place.house.pictures.drop(place.market, "upload/../../application.json")
    assert await place.house.pictures.read(place.market, file), "what names nothing of ours deletes nothing"
    await place.house.pictures.drop(place.market, name)
    assert await place.house.pictures.read(place.market, file) is None


async def test_a_picture_is_found_by_its_market_only(place: Place) -> None:
    name = granted(await place.house.pictures.keep(place.market, picture()))
    file = f"{name.removeprefix('upload/')}-640.webp"
    elsewhere, _ = await make_market(place.house)
    assert await place.house.pictures.read(place.market, file)
    assert await place.house.pictures.read(elsewhere, file) is None
