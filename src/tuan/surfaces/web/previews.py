"""Pictures for whoever shows a link: square JPEGs, since WeChat and others show nothing of a WebP.

Made from a picture that is there already, in its own bytes' name, so that one stays what it is for ever; kept in memory, those
asked for last.
"""

import io
from functools import partial

from tuan.surfaces.web.drawn import Drawn

SIDE = 600
"""Pixels of each edge: above what every fetcher wants, below what it leaves out as too heavy."""
QUALITY = 84
CONTENT_TYPE = "image/jpeg"
PREFIX = "/previews"
SOURCES = ("/assets/", "/pictures/")
KEPT_BYTES_MAX = 8 * 1024 * 1024
GROUND = "#fbf7f1"
"""Paper, where a picture lets something through."""


def address(url: str) -> str:
    """Where the preview of the picture at this address is; empty for what is none of our pictures."""
    is_ours = url.startswith(SOURCES) and url.endswith(".webp")
    return f"{PREFIX}{url.removesuffix('.webp')}.jpg" if is_ours else ""


def source_of(name: str) -> str:
    """The address of the picture that `address` had made this of; empty for every other text."""
    url = f"/{name.strip('/').removesuffix('.jpg')}.webp"
    return url if name.endswith(".jpg") and url.startswith(SOURCES) else ""


class Previews:
    """The previews of one process that were asked for last."""

    def __init__(self) -> None:
        self._drawn = Drawn(KEPT_BYTES_MAX)

    async def get(self, market: int, url: str, picture: bytes) -> bytes:
        """The picture at this address as JPEG, SIDE by SIDE pixels."""
        return await self._drawn.get((market, url), partial(draw, picture))


def draw(picture: bytes) -> bytes:
    """Cut to a square around its middle, as pages show it."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture), formats=("WEBP",)) as image:
        whole = image.convert("RGBA")
    ground = Image.new("RGBA", whole.size, GROUND)
    ground.alpha_composite(whole)
    made = io.BytesIO()
    ImageOps.fit(ground.convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS).save(
        made, "JPEG", quality=QUALITY, optimize=True, progressive=True
    )
    return made.getvalue()
