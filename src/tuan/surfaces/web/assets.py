"""Browser files: read once at start, served from memory under names that carry their content's hash."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from tuan.platform import files

DIST = Path(__file__).parent.parent / "assets" / "dist"
PREFIX = "/assets/"
FOR_EVER = "public, max-age=31536000, immutable"

# The framework adds the charset to texts.
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
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
        """The address of a picture named by data; the market's mark where it names none of ours."""
        return files.url(name) or self.url(name if name in self._names else "mark.svg")

    def find(self, hashed: str) -> Asset | None:
        return self._files.get(hashed)


def _read(dist: Path, name: str) -> Asset:
    path = dist / name
    body = path.read_bytes()
    zipped = gzip.compress(body, mtime=0)
    return Asset(body, TYPES[path.suffix], f'"{name}"', zipped if len(zipped) < len(body) * 0.9 else None)
