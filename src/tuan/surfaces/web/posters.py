"""Posters: what is recommended, its price and the code that leads there, drawn as one picture to be sent on or printed.

Drawn on the server, one at a time beside the loop, and kept by content. The letters need a Chinese font of this machine.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import segno

from tuan.kit.refusals import Refusal
from tuan.surfaces.web.drawn import Drawn
from tuan.surfaces.web.errors import PosterFontMissing

CONTENT_TYPE = "image/png"
WIDTH, HEIGHT, MARGIN, INSET = 750, 1316, 30, 34
SIDE = WIDTH - 2 * MARGIN
"""Of the square picture."""
CODE_SIDE = 228
CODE_BORDER = 2
"""Light modules around the code; its ground is light anyway."""
KEPT_BYTES_MAX = 24 * 1024 * 1024
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
FONTS = (
    ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Bold.otf", "NotoSansCJKsc-Regular.otf", 0),
    ("SourceHanSansSC-Bold.otf", "SourceHanSansSC-Regular.otf", 0),
    ("PingFang.ttc", "PingFang.ttc", 0),
    ("msyhbd.ttc", "msyh.ttc", 0),
    ("wqy-microhei.ttc", "wqy-microhei.ttc", 0),
)
"""Files for heavy and for plain letters, and which face of them writes simplified Chinese; the first pair that is there is taken."""
NOT_FIRST = frozenset("，。！？、；：）」』”’》】,.!?;:)%")
"""Signs that do not begin a line."""
LATIN_APOSTROPHE = re.compile(r"(?<=[A-Za-zÀ-ÿ])’")
"""A Chinese font gives it the room of a whole sign."""
PAPER, CARD, INK, SOFT, LINE = "#fbf7f1", "#fffefd", "#2a1f19", "#645850", "#e6ded6"
PRICE, WASH, RIPE_INK, RIPE = "#c93700", "#ffece1", "#c22f00", "#ee5d2b"


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. price: (before, whole, behind) as the language writes it, empty texts where there is none.

    picture: bytes of a square picture, None where there is none. url: what the code leads to. note: who gains by it.
    """

    title: str
    price: tuple[str, str, str]
    tag: str
    beside: str
    market: str
    shop: str
    ask: str
    note: str
    url: str
    picture: bytes | None


class Posters:
    """Drawn posters of one process, the ones looked at last; two that say the same are one."""

    def __init__(self) -> None:
        self._drawn = Drawn(KEPT_BYTES_MAX)

    async def get(self, poster: Poster) -> tuple[str, bytes] | Refusal:
        """Its tag and its bytes (PNG). Refused where this machine has no font that can write it."""
        if fonts() is None:
            return PosterFontMissing()
        tag = hashlib.blake2b(repr(astuple(poster)).encode(), digest_size=16).hexdigest()
        return tag, await self._drawn.get(tag, partial(draw, poster))


@cache
def fonts() -> tuple[Path, Path, int] | None:
    """The fonts of this machine: heavy, plain, and which face of the files."""
    found: dict[str, Path] = {}
    names = {name for *pair, _ in FONTS for name in pair}
    for folder in FOLDERS:
        for path in Path(folder).rglob("*"):
            if path.name in names:
                found.setdefault(path.name, path)
    return next(((found[b], found[p], face) for b, p, face in FONTS if b in found and p in found), None)


@cache
def _font(size: int, *, is_heavy: bool) -> Any:
    from PIL import ImageFont

    known = fonts()
    assert known is not None
    heavy, plain, face = known
    return ImageFont.truetype(heavy if is_heavy else plain, size, index=face)


def draw(poster: Poster) -> bytes:
    """PNG, WIDTH by HEIGHT pixels; takes a third of a second of CPU."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    bottom = HEIGHT - 98
    pen.rounded_rectangle((MARGIN, MARGIN, WIDTH - MARGIN, bottom), 36, CARD, LINE)
    _put_picture(image, poster.picture)
    left, top = MARGIN + INSET, MARGIN + SIDE + 24
    for line in wrapped(poster.title, _font(38, is_heavy=True), SIDE - 2 * INSET, 2):
        pen.text((left, top), line, INK, _font(38, is_heavy=True))
        top += 52
    _put_price(pen, poster, left, MARGIN + SIDE + 212)
    fold = MARGIN + SIDE + 244
    for x in range(left, WIDTH - MARGIN - INSET, 14):
        pen.line((x, fold, x + 7, fold), LINE, 2)
    _put_code(image, poster.url, WIDTH - MARGIN - INSET + 12 - CODE_SIDE, fold + 12)
    _put_words(pen, poster, left, fold + 40)
    top = bottom + 14
    for line in wrapped(poster.note, _font(21, is_heavy=False), SIDE - 8, 2):
        pen.text((MARGIN + 4, top), line, SOFT, _font(21, is_heavy=False))
        top += 32
    made = io.BytesIO()
    image.save(made, "PNG", compress_level=4)
    return made.getvalue()


def _put_picture(image: Any, picture: bytes | None) -> None:
    """In the upper part of the card, cut to a square, its upper corners round; without one the mark's ring of friends."""
    from PIL import Image, ImageDraw, ImageOps

    if picture is None:
        twice = Image.new("RGB", (2 * SIDE, 2 * SIDE), WASH)
        pen = ImageDraw.Draw(twice)
        pen.circle((SIDE, SIDE), 300, None, RIPE, 20)
        for x, y in ((0, -300), (286, -92), (176, 242), (-176, 242), (-286, -92)):
            pen.circle((SIDE + x, SIDE + y), 88, RIPE)
        square = twice.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    else:
        with Image.open(io.BytesIO(picture)) as read:
            square = ImageOps.fit(read.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    mask = Image.new("L", (SIDE, SIDE), 255)
    corner = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(corner).rounded_rectangle((0, 0, SIDE - 1, SIDE + 60), 36, 255)
    mask.paste(corner)
    image.paste(square, (MARGIN, MARGIN), mask)


def _put_price(pen: Any, poster: Poster, left: int, baseline: int) -> None:
    """The sign small, the whole large, the cents small; then how many buy together, and what it costs alone."""
    before, whole, behind = poster.price
    for text, size in ((before, 36), (whole, 72), (behind, 36)):
        pen.text((left, baseline), text, PRICE, _font(size, is_heavy=True), anchor="ls")
        left += int(_font(size, is_heavy=True).getlength(text)) + 3
    if poster.tag:
        font = _font(26, is_heavy=True)
        width = int(font.getlength(poster.tag))
        pen.rounded_rectangle((left + 16, baseline - 40, left + 48 + width, baseline + 4), 22, WASH)
        pen.text((left + 32, baseline - 9), poster.tag, RIPE_INK, font, anchor="ls")
        left += 48 + width
    if poster.beside:
        pen.text((left + 20, baseline - 8), poster.beside, SOFT, _font(24, is_heavy=False), anchor="ls")


def _put_words(pen: Any, poster: Poster, left: int, top: int) -> None:
    """Whose market it is, who recommends it, and what to do with the code."""
    room = SIDE - 2 * INSET - CODE_SIDE - 16
    for line in wrapped(poster.market, _font(32, is_heavy=True), room, 1):
        pen.text((left, top), line, INK, _font(32, is_heavy=True))
    top += 52
    for text, lines in ((poster.shop, 2), (poster.ask, 2)):
        for line in wrapped(text, _font(25, is_heavy=False), room, lines):
            pen.text((left, top), line, SOFT, _font(25, is_heavy=False))
            top += 38


def _put_code(image: Any, url: str, left: int, top: int) -> None:
    """As large as whole pixels per module allow."""
    from PIL import Image

    matrix = segno.make(url, error="m", micro=False).matrix
    modules = len(matrix) + 2 * CODE_BORDER
    code = Image.new("L", (modules, modules), 255)
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                code.putpixel((x + CODE_BORDER, y + CODE_BORDER), 20)
    side = modules * max(1, CODE_SIDE // modules)
    image.paste(code.resize((side, side), Image.Resampling.NEAREST), (left + CODE_SIDE - side, top))


def wrapped(text: str, font: Any, width: int, most: int) -> list[str]:
    """At most so many lines of so many pixels; what does not fit ends with an ellipsis. Latin words stay whole where they can."""
    lines = list(_lines(LATIN_APOSTROPHE.sub("'", " ".join(text.split())), font, width))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(last + "…") > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def _lines(text: str, font: Any, width: int) -> Iterator[str]:
    line = ""
    for letter in text:
        if font.getlength(line + letter) <= width or letter in NOT_FIRST or not line:
            line += letter
            continue
        head, space, word = line.rpartition(" ")
        if letter != " " and space and word.isascii() and letter.isascii():  # in the middle of a word
            yield head
            line = word + letter
        else:
            yield line
            line = letter.strip()
    if line:
        yield line
