"""Amounts and times as Chinese providers write them: yuan with two decimals, Beijing's clock."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from uuid import UUID

from tuan.kit.time import Instant

BEIJING = timezone(timedelta(hours=8))
CURRENCY = "CNY"
AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


def shown(amount_minor: int) -> str:
    """1990 as 19.90."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def minor_of(text: str) -> int:
    """19.90, 19.9 or 19 as fen; raises ValueError for anything else."""
    found = AMOUNT.fullmatch(text.strip().lstrip("`"))
    if found is None:
        raise ValueError(f"{text!r} is no amount")
    minor = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -minor if found[1] else minor


def moment(text: str) -> Instant:
    """`2026-11-22 13:29:17` of Beijing; raises ValueError."""
    return datetime.strptime(text.strip().lstrip("`"), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def key_of(text: str) -> UUID | None:
    """Our key in a number that we gave; None for a number that somebody else gave."""
    try:
        return UUID(hex=text.strip().lstrip("`"))
    except ValueError:
        return None


def table(text: str, first: str) -> Iterator[dict[str, str]]:
    """The rows of a bill below the line whose first column is `first`, by column; ends where the columns do."""
    rows = csv.reader(line for line in text.lstrip("\ufeff").splitlines() if line.strip())
    names: list[str] = []
    for row in rows:
        cells = [cell.strip().strip("`").strip() for cell in row]
        if cells and cells[0] == first:
            names = cells
        elif names and len(cells) >= len(names) - 1 and not cells[0].startswith("#"):
            yield dict(zip(names, cells, strict=False))
        elif names:
            return
