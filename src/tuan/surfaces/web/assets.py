"""Browser files: read once at start, served from memory under names that carry their content's hash."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from tuan.platform import files

DIST = Path(__file__).parent.parent / "assets" / "dist"
PREFIX = "/assets/"
FOR_EVER = "public, max-age=31536000, immutable"

WIDTHS = (256, 480, 800)
PLAIN_WIDTH = 480
"""Pictures of goods are square and this many pixels wide; one width is there for browsers without AVIF."""

# The framework adds the charset to texts.
TYPES = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; its hashed name is its ETag."""

    body: bytes
    content_type: str
    etag: str
    zipped: bytes | None
    """The same, compressed once at start; None where that saves nothing."""


class Assets:
    """The built files by hashed name, and the hashed name of each logical one."""

    def __init__(self, dist: Path = DIST) -> None:
        manifest = dist / "manifest.json"
        if not manifest.is_file():
            raise FileNotFoundError(f"{manifest} is missing: the browser files were not built. Run ./tuan once.")
        self._names: dict[str, str] = json.loads(manifest.read_text())
        self._files = {name: _read(dist, name) for name in self._names.values()}

    def url(self, name: str) -> str:
        """The address of a logical name such as `components/card.css`; raises KeyError for one that was not built."""
        return PREFIX + self._names[name]

    def picture(self, name: str) -> str:
        """The address of a picture named by data, such as `goods/mango` or an upload; the market's mark where it names none."""
        plain = f"{_stem(name)}-{PLAIN_WIDTH}.webp"
        return files.url(name) or self.url(
            plain if plain in self._names else name if name in self._names else "mark.svg"
        )

    def widths(self, name: str) -> tuple[str, str]:
        """The picture's versions as a `srcset` with their type; both empty where there is one only."""
        if files.url(name):
            return ", ".join(f"{files.url(name, width)} {width}w" for width in files.WIDTHS), files.CONTENT_TYPE
        sizes = [(width, f"{_stem(name)}-{width}.avif") for width in WIDTHS]
        found = ", ".join(f"{self.url(avif)} {width}w" for width, avif in sizes if avif in self._names)
        return found, TYPES[".avif"] if found else ""

    def find(self, hashed: str) -> Asset | None:
        return self._files.get(hashed)


def _stem(name: str) -> str:
    """The first demo named its drawings with their suffix."""
    return name.removesuffix(".svg")


def _read(dist: Path, name: str) -> Asset:
    path = dist / name
    body = path.read_bytes()
    zipped = gzip.compress(body, mtime=0)
    return Asset(body, TYPES[path.suffix], f'"{name}"', zipped if len(zipped) < len(body) * 0.9 else None)
