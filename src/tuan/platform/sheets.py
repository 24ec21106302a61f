"""Tables that people bring and take along: comma-separated values and Excel workbooks, read as texts and written as texts.

What comes is hostile until it was read: a workbook is a zip of XML, so its unpacked size and its number of parts are looked
at before anything is unpacked, entities are forbidden (defusedxml), and a formula is the text it was typed as, never run.
"""

import csv
import io
import zipfile
from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

BYTES_MAX = 8 * 2**20
UNPACKED_BYTES_MAX = 64 * 2**20
PARTS_MAX = 500
"""Files inside a workbook; one with a sheet has about ten."""
ROWS_MAX = 20_000
COLUMNS_MAX = 50
CELL_LENGTH_MAX = 5_000
ZIP_MAGIC = b"PK\x03\x04"
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run as a formula by whoever opens it, unless an apostrophe stands before it."""


class SheetError(ValueError):
    """A file that is not taken: neither text nor a workbook, broken, or too large. Its message is for a person."""


class SheetTooLarge(SheetError):
    """It may be a table; it is more than is read."""


UNREADABLE = "The file is neither comma-separated UTF-8 text nor an Excel workbook that can be read."
TOO_LARGE = f"The file is too large: at most {BYTES_MAX // 2**20} MB, {ROWS_MAX} rows and {COLUMNS_MAX} columns."


def read_sheet(raw: bytes) -> list[list[str]]:
    """The rows of a file, of a workbook those of its first sheet, each cell as the text one would type.

    Rows without any text are left in, so that a line keeps its number. Raises SheetError.
    """
    if len(raw) > BYTES_MAX:
        raise SheetTooLarge(TOO_LARGE)
    rows = _of_workbook(raw) if raw.startswith(ZIP_MAGIC) else _of_text(raw)
    if len(rows) > ROWS_MAX or any(len(row) > COLUMNS_MAX for row in rows):
        raise SheetTooLarge(TOO_LARGE)
    return [[_plain(cell) for cell in row] for row in rows]


def _of_text(raw: bytes) -> list[list[str]]:
    try:
        text = raw.decode("utf-8-sig")
        return list(islice(csv.reader(io.StringIO(text, newline=""), strict=True), ROWS_MAX + 1))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SheetError(UNREADABLE) from error


def _of_workbook(raw: bytes) -> list[list[str]]:
    """Whatever a broken workbook makes the reader raise, it is one that cannot be read."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
        if len(sizes) > PARTS_MAX or sum(sizes) > UNPACKED_BYTES_MAX:
            raise SheetTooLarge(TOO_LARGE)
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size is not believed
            rows = islice(sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX + 1), ROWS_MAX + 1)
            return [_trimmed([_as_typed(cell) for cell in row]) for row in rows]
        finally:
            book.close()
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(UNREADABLE) from error


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _as_typed(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell)


def _plain(cell: str) -> str:
    """Without the apostrophe that kept it from being run."""
    is_kept = cell.startswith("'") and cell.lstrip("'").startswith(RUN_BY_SPREADSHEETS)
    return (cell[1:] if is_kept else cell)[:CELL_LENGTH_MAX]


def _kept_from_running(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(RUN_BY_SPREADSHEETS) else cell


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it; `read_sheet` gives the same rows back."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_kept_from_running(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


async def gather_csv(rows: AsyncIterable[Sequence[str]]) -> bytes:
    """What `write_csv` makes of rows that come one after the other: they lie in memory as the file they become."""
    out = io.BytesIO()
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(text)
    async for row in rows:
        writer.writerow([_kept_from_running(cell) for cell in row])
    text.flush()
    return out.getvalue()


def write_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet, every cell a text; `read_sheet` gives the same rows back."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")

    def cells(row: Sequence[str]) -> Iterator[Any]:
        for text in row:
            cell = WriteOnlyCell(sheet, value=_kept_from_running(_without_controls(text)))
            cell.data_type = "s"
            cell.number_format = "@"
            yield cell

    for row in rows:
        sheet.append(list(cells(row)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _without_controls(text: str) -> str:
    """XML cannot hold them."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
