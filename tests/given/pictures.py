"""Pictures as people send them, and files that only pretend."""

import io
import struct
import zlib

from PIL import Image

PLACE = "somewhere at home"
"""What a phone writes into its photographs."""


def picture(
    width: int = 800, height: int = 600, kind: str = "JPEG", colour: tuple[int, int, int] = (214, 96, 40)
) -> bytes:
    """A photograph with an orientation (lying on its side) and a place in its EXIF data."""
    image = Image.new("RGB", (width, height), colour)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE
    made = io.BytesIO()
    image.save(made, kind, exif=exif)
    return made.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is side × side pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


PRETENDERS = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing that runs": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a moving picture": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "a document that Pillow would hand to Ghostscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "half a picture": picture()[:200],
    "a program with a picture's first bytes": b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>",
    "a ribbon": picture(2000, 100),
}
