"""Makes the demo's pictures of goods, `src/tuan/surfaces/assets/goods/*`, and the app's icons.

The things are those of Microsoft's Fluent Emoji (MIT), as the npm package below packs them; the backgrounds, the light
and the shadows are drawn here. The result is committed, since a start should need neither Pillow nor 16 MB of emoji.

    .venv/bin/python -P pictures/compose.py        (a minute; needs npm and Pillow)
"""

from __future__ import annotations

import hashlib
import math
import subprocess
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
PACKAGE_SHA256 = "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58"
ASSETS = Path(__file__).resolve().parent.parent / "src/tuan/surfaces/assets"
SIDE = 800
WIDTHS = (256, 480, 800)
PLAIN_WIDTH = 480
"""The one width that is also there as WebP, for browsers without AVIF."""

Spot = tuple[int, int, int, int]
"""Centre x, y, side and turn in degrees on the canvas of 800; drawn from back to front."""

HEAP: tuple[Spot, ...] = (
    (400, 226, 292, 6), (232, 352, 312, -16), (568, 352, 312, 14), (400, 424, 356, -4), (172, 556, 268, 20), (636, 560, 268, -18),
)  # fmt: skip
TRIO: tuple[Spot, ...] = ((248, 342, 384, -10), (566, 356, 384, 9), (408, 478, 404, -2))
PAIR: tuple[Spot, ...] = ((512, 342, 420, 8), (298, 434, 444, -6))
ONE: tuple[Spot, ...] = ((400, 398, 540, 0),)
GUESTS: tuple[Spot, ...] = ((664, 632, 184, -14), (140, 640, 172, 16))

# name -> (hue of the wall in oklch, arrangement, the thing, what lies beside it)
GOODS: dict[str, tuple[int, tuple[Spot, ...], str, tuple[str, ...]]] = {
    "navel-orange": (68, HEAP, "1f34a", ("1f33f",)),
    "strawberry": (12, HEAP, "1f353", ("1f33f",)),
    "mango": (85, TRIO, "1f96d", ()),
    "cherry": (20, HEAP, "1f352", ()),
    "peach": (38, HEAP, "1f351", ()),
    "grape": (310, TRIO, "1f347", ("1f33f",)),
    "watermelon": (140, TRIO, "1f349", ()),
    "tomato": (30, HEAP, "1f345", ("1f33f",)),
    "sweet-potato": (58, TRIO, "1f360", ()),
    "corn": (95, TRIO, "1f33d", ()),
    "broccoli": (150, TRIO, "1f966", ()),
    "rice": (90, PAIR, "1f35a", ("1f33e",)),
    "noodles": (48, ONE, "1f35c", ("1f9c5", "1f95a")),
    "honey": (78, ONE, "1f36f", ("1f33b",)),
    "eggs": (65, HEAP, "1f95a", ()),
    "tea": (155, ONE, "1f375", ("1f343", "1f33f")),
    "croissant": (62, HEAP, "1f950", ()),
    "bread": (70, PAIR, "1f35e", ("1f956",)),
    "shrimp": (215, HEAP, "1f990", ("1f34b",)),
    "socks": (180, PAIR, "1f9e6", ()),
    "mug": (260, PAIR, "2615", ("1f36a",)),
    "soap": (335, TRIO, "1f9fc", ("1f338",)),
    "umbrella": (290, ONE, "2602-fe0f", ()),
    "plant": (130, ONE, "1fab4", ("1f331",)),
    "notebook": (55, PAIR, "1f4d2", ("270f-fe0f",)),
    "candle": (45, TRIO, "1f56f-fe0f", ()),
}
SHELVES = ("1f353", "1f966", "1f35a", "1f950", "1f990", "1f375", "1fab4", "1f4d2")
"""The tiles of shelves.avif from left to right; see storefront/shelves.py."""
SHELF_SIDE = 112


def colour(light: float, chroma: float, hue: float) -> tuple[int, int, int]:
    """An oklch colour in sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, middle, short = (
        (light + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.291485548))
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
    )
    curved = (
        12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in (min(1, max(0, v)) for v in linear)
    )
    red, green, blue = (round(255 * c) for c in curved)
    return red, green, blue


def soft_ellipse(box: tuple[int, int, int, int], fill: tuple[int, int, int, int], blur: float) -> Image.Image:
    layer = Image.new("RGBA", (SIDE, SIDE), (*fill[:3], 0))
    ImageDraw.Draw(layer).ellipse(box, fill=fill)
    return layer.filter(ImageFilter.GaussianBlur(blur))


def wall(hue: int) -> Image.Image:
    """A warm wall, a light behind the goods, a table before it."""
    warmth = 1 if hue < 110 or hue > 330 else 0.6
    top, foot = colour(0.955, 0.035 * warmth, hue), colour(0.88, 0.075 * warmth, hue)
    column = Image.linear_gradient("L").resize((SIDE, SIDE))
    base = Image.composite(Image.new("RGB", (SIDE, SIDE), foot), Image.new("RGB", (SIDE, SIDE), top), column).convert(
        "RGBA"
    )
    base.alpha_composite(soft_ellipse((130, 60, 670, 600), (*colour(0.985, 0.03, hue), 210), 46))
    base.alpha_composite(soft_ellipse((-160, 520, 960, 1120), (*colour(0.83, 0.085 * warmth, hue), 255), 3))
    base.alpha_composite(soft_ellipse((-120, 532, 920, 1000), (*colour(0.87, 0.07 * warmth, hue), 255), 30))
    return base


def lay(canvas: Image.Image, thing: Image.Image, spot: Spot) -> None:
    """One thing with the shadow it casts and the dark where it touches what is below."""
    x, y, side, turn = spot
    turned = thing.resize((side, side), Image.Resampling.LANCZOS).rotate(turn, Image.Resampling.BICUBIC, expand=True)
    where = (x - turned.width // 2, y - turned.height // 2)
    alpha = Image.new("L", (SIDE, SIDE))
    alpha.paste(turned.getchannel("A"), (where[0] + 4, where[1] + side // 14))
    dark = Image.new("RGBA", (SIDE, SIDE), (70, 34, 14, 255))
    for blur, strength in ((side / 9, 0.34), (side / 28, 0.16)):
        dark.putalpha(alpha.filter(ImageFilter.GaussianBlur(blur)).point(lambda a, s=strength: round(a * s)))
        canvas.alpha_composite(dark)
    whole = Image.new("RGBA", (SIDE, SIDE))
    whole.paste(turned, where)
    canvas.alpha_composite(whole)


def scene(things: dict[str, Image.Image], name: str, detail: bool) -> Image.Image:
    """The goods as they stand on the shelf, or one of them alone from nearer by."""
    hue, spots, thing, guests = GOODS[name]
    canvas = wall((hue + 14) % 360 if detail else hue)
    places = [(400, 396, 590, -8)] if detail else list(spots)
    reach = max(y + side // 2 for _, y, side, _ in places)
    canvas.alpha_composite(soft_ellipse((90, reach - 84, 710, reach + 24), (70, 34, 14, 92), 26))
    for spot in places:
        lay(canvas, things[thing], spot)
    for guest, spot in zip(guests, GUESTS, strict=False):
        if not detail:
            lay(canvas, things[guest], spot)
    return canvas.convert("RGB")


def save(picture: Image.Image, stem: Path) -> None:
    for width in WIDTHS:
        scaled = picture.resize((width, width), Image.Resampling.LANCZOS)
        scaled.save(stem.with_name(f"{stem.name}-{width}.avif"), quality=62, speed=6)
        if width == PLAIN_WIDTH:
            scaled.save(stem.with_name(f"{stem.name}-{width}.webp"), quality=74, method=6)


def shelves(things: dict[str, Image.Image]) -> Image.Image:
    strip = Image.new("RGBA", (SHELF_SIDE * len(SHELVES), SHELF_SIDE))
    for place, name in enumerate(SHELVES):
        strip.paste(things[name].resize((SHELF_SIDE, SHELF_SIDE), Image.Resampling.LANCZOS), (place * SHELF_SIDE, 0))
    return strip


def app_icon(side: int) -> Image.Image:
    """The mark as an icon: a ring of seats, one still free; safe to be cut round."""
    big = 4 * side
    icon = Image.new("RGB", (big, big), "#d9481f")
    draw, centre, ring = ImageDraw.Draw(icon), big / 2, big * 0.27
    draw.ellipse((centre - ring, centre - ring, centre + ring, centre + ring), outline="#ee9a80", width=big // 22)
    for seat in range(5):
        angle = math.radians(-90 + 72 * seat)
        x, y, r = centre + ring * math.cos(angle), centre + ring * math.sin(angle), big * 0.105
        draw.ellipse((x - r, y - r, x + r, y + r), fill="#ffffff")
        if seat == 4:
            draw.ellipse((x - r * 0.68, y - r * 0.68, x + r * 0.68, y + r * 0.68), fill="#d9481f")
    return icon.resize((side, side), Image.Resampling.LANCZOS)


def fetch(folder: Path) -> dict[str, Image.Image]:
    """The emoji that are used, from the package whose hash is known."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == PACKAGE_SHA256, "the package is not the one we know"
    wanted = {name for _, _, thing, guests in GOODS.values() for name in (thing, *guests)} | set(SHELVES)
    with tarfile.open(archive) as packed:
        found = {n: packed.extractfile(f"package/assets/{n}.webp") for n in sorted(wanted)}
        return {n: Image.open(BytesIO(file.read())).convert("RGBA") for n, file in found.items() if file}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        things = fetch(Path(folder))
    (ASSETS / "goods").mkdir(exist_ok=True)
    for name in GOODS:
        save(scene(things, name, detail=False), ASSETS / "goods" / name)
        save(scene(things, name, detail=True), ASSETS / "goods" / f"{name}-near")
    shelves(things).save(ASSETS / "goods" / "shelves.avif", quality=60, speed=3)
    shelves(things).save(ASSETS / "goods" / "shelves.webp", quality=78, method=6)
    for side in (192, 512):
        app_icon(side).quantize(64).save(ASSETS / f"icon-{side}.png", optimize=True)


if __name__ == "__main__":
    main()
