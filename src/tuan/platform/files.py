"""Pictures that people upload: decoded, made anew in several widths, kept in the data folder under names of our own.

Nothing of what was sent reaches a visitor: no byte, no name, no type, no place where it was taken. What is kept is never
deleted, since orders show the picture that they were placed with.
"""

import asyncio
import io
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuan.kit.refusals import Invalid, Refusal

BYTES_MAX = 8 * 2**20
"""Of one uploaded file; a phone's photograph has 2 to 6 MiB."""
PIXELS_MAX = 50_000_000
"""Width times height; decoded this is 150 MB, so one picture is decoded at a time."""
STRETCH_MAX = 4
"""How many times longer than broad a picture may be; nothing of ours could show more."""
WIDTHS = (320, 640, 1280)
"""Of the kept versions, in pixels; a smaller picture is not made larger."""
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/webp"
UPLOAD = "upload/"
"""Before the name of an uploaded picture, where others name a file of the house."""

_FILE = re.compile(r"([0-9a-f]{32})-(320|640|1280)\.webp", re.ASCII)


class PictureUnreadable(Invalid):
    """No picture, or none of a kind that is taken."""

    code = "files.picture_unreadable"


class PictureTooLarge(Invalid):
    code = "files.picture_too_large"


class Pictures:
    """The pictures of every market below one folder; a market's are found under its own number only."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "pictures"
        self._one = asyncio.Lock()

    async def keep(self, market: int, raw: bytes) -> str | Refusal:
        """The name (`upload/` and 32 hexadecimal digits) under which the picture is kept from now on."""
        if len(raw) > BYTES_MAX:
            return PictureTooLarge(most_mib=BYTES_MAX >> 20, most_megapixels=PIXELS_MAX // 10**6)
        async with self._one:
            made = await asyncio.to_thread(made_anew, raw)
        if isinstance(made, Refusal):
            return made
        name = secrets.token_hex(16)
        await asyncio.to_thread(self._write, market, name, made)
        return UPLOAD + name

    async def drop(self, market: int, name: str) -> None:
        """Forget a picture that was kept a moment ago and that nothing names, because the act it was for was refused."""
        for width in WIDTHS:
            if (path := self._path(market, f"{name.removeprefix(UPLOAD)}-{width}.webp")) is not None:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def read(self, market: int, file: str) -> bytes | None:
        """The bytes of a file named as `url` names it; None for every other text, whatever it says."""
        path = self._path(market, file)
        return None if path is None else await asyncio.to_thread(_read, path)

    def _path(self, market: int, file: str) -> Path | None:
        found = _FILE.fullmatch(file)
        return self._folder / str(market) / found[1][:2] / file if found else None

    def _write(self, market: int, name: str, made: Mapping[int, bytes]) -> None:
        for width, content in made.items():
            path = self._path(market, f"{name}-{width}.webp")
            assert path is not None
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial = path.with_suffix(".partial")
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # the database is about to name it for good
            partial.replace(path)


def url(name: str, width: int = 640) -> str | None:
    """Where a kept picture is served; None for a name that is no upload's."""
    file = f"{name.removeprefix(UPLOAD)}-{width}.webp"
    return f"/pictures/{file}" if name.startswith(UPLOAD) and _FILE.fullmatch(file) else None


def made_anew(raw: bytes) -> dict[int, bytes] | Refusal:
    """WebP by width, upright and without anything but the pixels of the first frame. Takes up to a second of CPU."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the bound below is lower, and refuses where that one warns
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                return PictureTooLarge(most_mib=BYTES_MAX >> 20, most_megapixels=PIXELS_MAX // 10**6)
            if max(image.size) > STRETCH_MAX * min(image.size):
                return PictureUnreadable()
            image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))  # a JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(image)
            has_gaps = "A" in upright.getbands() or "transparency" in upright.info
            plain = upright.convert("RGBA" if has_gaps else "RGB")
    except Exception:  # a decoder that is fed anything at all raises whatever it likes
        return PictureUnreadable()
    return {width: _encoded(plain, width) for width in WIDTHS}


def _encoded(image: Any, width: int) -> bytes:
    from PIL import Image

    height = max(1, round(image.height * width / image.width))
    small = image.resize((width, height), Image.Resampling.LANCZOS) if image.width > width else image.copy()
    small.info.clear()
    made = io.BytesIO()
    small.save(made, "WEBP", quality=QUALITY, method=4)
    return made.getvalue()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
