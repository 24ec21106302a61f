"""What somebody who may upload could send to hurt: refused in words, or made anew without anything that was sent. (A5, A7)"""

import io

import pytest
from PIL import Image

from tests.faces.conftest import Clerks
from tests.faces.test_goods import files_of, pictures_of, upload
from tests.given import goods as given
from tests.given.houses import Place
from tests.given.pictures import PLACE, POLYGLOTS, photograph_with_a_place, picture
from tuan.goods.catalog.model import PRODUCT


@pytest.mark.parametrize("raw", POLYGLOTS.values(), ids=POLYGLOTS)
async def test_a5_what_is_a_picture_and_something_else_becomes_a_picture(
    place: Place, clerks: Clerks, raw: bytes
) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    answer = await upload(clerk, f"/office/products/{PRODUCT.show(of.product)}/pictures", raw, name="x.html")
    assert answer.status_code == 303, answer.text[:300]
    assert len(files_of(place)) == 3
    for name in files_of(place):
        sent = (await clerk.get(f"/pictures/{name}")).content
        assert b"script" not in sent and b"PK\x03\x04" not in sent and len(sent) < 20_000
        with Image.open(io.BytesIO(sent), formats=["WEBP"]) as kept:
            assert getattr(kept, "n_frames", 1) == 1


async def test_a7_where_a_photograph_was_taken_is_told_to_nobody(place: Place, clerks: Clerks) -> None:
    raw = photograph_with_a_place()
    with Image.open(io.BytesIO(raw)) as sent:
        assert sent.getexif().get_ifd(0x8825)[2] == (30.0, 15.0, 0.0) and raw.count(PLACE.encode()) >= 4
    of, clerk = await given.goods(place), await clerks("goods")
    assert (await upload(clerk, f"/office/products/{PRODUCT.show(of.product)}/pictures", raw)).status_code == 303
    for name in files_of(place):
        content = (await clerk.get(f"/pictures/{name}")).content
        with Image.open(io.BytesIO(content)) as kept:
            assert not kept.getexif() and set(kept.info) <= {"loop", "background", "timestamp", "duration"}
        assert PLACE.encode() not in content and b"EXIF" not in content and b"XMP" not in content


@pytest.mark.parametrize(
    "cut", ["no end", "no boundary", "another boundary", "a part without a name", "a thousand parts"]
)
async def test_a5_a_form_that_is_not_what_it_says_changes_nothing(place: Place, clerks: Clerks, cut: str) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    url, before = f"/office/products/{PRODUCT.show(of.product)}/pictures", await pictures_of(place, of.product)
    fields = {"_csrf_token": clerk.token, "key": given.fresh_key(), "reason": "photo"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    file = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="x.jpg"\r\n\r\n' + picture() + b"\r\n"
    body, kind = "".join(parts).encode() + file + b"--b--\r\n", "multipart/form-data; boundary=b"
    if cut == "no end":
        body = body[:-2000]
    elif cut == "no boundary":
        kind = "multipart/form-data"
    elif cut == "another boundary":
        kind = "multipart/form-data; boundary=c"
    elif cut == "a part without a name":
        body = body.replace(b'; name="picture"', b"")
    else:
        body = parts[0].encode() * 1000 + body
    answer = await clerk.http.post(url, content=body, headers={"content-type": kind})
    assert answer.status_code in (403, 422) and "data-code" in answer.text
    assert await pictures_of(place, of.product) == before and files_of(place) == []
