"""A QR code as the path of a drawing, so that a template writes it like any other text: escaped, and without a script."""

import msgspec
import segno

QUIET = 4
"""Free modules around a code, as ISO 18004 asks for."""


class QrCode(msgspec.Struct, frozen=True, kw_only=True):
    """`path` draws the dark modules, each one unit wide, in a square of `side` units with the free margin in it."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code of a text, of which up to a seventh may be unreadable."""
    made = segno.make(text, error="m", micro=False)
    runs = []
    for y, row in enumerate(made.matrix):
        x = 0
        while x < len(row):
            length = next((n for n, module in enumerate(row[x:]) if module != row[x]), len(row) - x)
            if row[x]:
                runs.append(f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z")
            x += length
    return QrCode(side=len(made.matrix) + 2 * QUIET, path="".join(runs))
