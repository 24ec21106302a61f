"""Pictures as people send them, and files that only pretend."""

import io
import struct
import zlib

from PIL import ExifTags, Image

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


def photograph_with_a_place() -> bytes:
    """A JPEG with where it was taken, by whom and with what, in every room that a camera has for it."""
    image, made = Image.new("RGB", (640, 480), (20, 120, 60)), io.BytesIO()
    exif = Image.Exif()
    exif[0x013B], exif[0x0110] = PLACE, PLACE
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0)})
    image.save(made, "JPEG", exif=exif, comment=PLACE.encode(), xmp=f"<x:xmpmeta>{PLACE}</x:xmpmeta>".encode())
    return made.getvalue()


def with_a_wrong_length(raw: bytes) -> bytes:
    """A PNG whose second chunk says that it is as long as a chunk can be."""
    return raw[:33] + struct.pack(">I", 0x7FFFFFFF) + raw[37:]


def many_frames() -> bytes:
    """A moving WebP: of its frames only the first may be decoded."""
    made = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), (n, 0, 0)) for n in range(60)]
    frames[0].save(made, "WEBP", save_all=True, append_images=frames[1:], duration=10)
    return made.getvalue()


NOISE = Image.effect_noise((640, 480), 90).convert("RGB")


def _noise(kind: str) -> bytes:
    made = io.BytesIO()
    NOISE.save(made, kind)
    return made.getvalue()


POLYGLOTS = {
    "a picture and a page": picture() + b"<html><script>alert(1)</script>",
    "a picture and an archive": picture() + b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18),
    "a page in a picture's comment": picture().replace(
        b"\xff\xdb", b"\xff\xfe\x00\x1b<script>alert(1)</script>\xff\xdb", 1
    ),
    "many frames": many_frames(),
}
"""They are pictures too, so they are taken: what else they are stays behind."""

PRETENDERS = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing that runs": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a moving picture": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "a document that Pillow would hand to Ghostscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "half a picture": picture()[:200],
    "a photograph that breaks off": _noise("JPEG")[:-20_000],
    "a PNG that breaks off": _noise("PNG")[:50_000],
    "a PNG with a wrong length": with_a_wrong_length(_noise("PNG")),
    "a PNG with a wrong sum": _noise("PNG")[:29] + bytes(4) + _noise("PNG")[33:],
    "a page named as a drawing": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "a program with a picture's first bytes": b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>",
    "a ribbon": picture(2000, 100),
}
