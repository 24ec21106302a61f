"""Tables come and go as texts; what is hostile is refused, and a formula is never run."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuan.platform import sheets
from tuan.platform.sheets import SheetError, read_sheet, write_csv, write_workbook

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=12)
TRICKY = st.sampled_from(
    ["=1+1", "'=1", "''=1", "-5", "+x", "@y", "'", "007", "1.50", "TRUE", "_x0041_", '<&>"', "a\nb", " "]
)
ROWS = st.lists(st.lists(st.one_of(CELL, TRICKY), max_size=5).map(lambda row: [*row, "."]), min_size=1, max_size=6)


@settings(deadline=None)  # the first workbook loads its library
@given(ROWS)
def test_what_was_written_is_what_is_read(rows: list[list[str]]) -> None:
    assert read_sheet(write_csv(rows)) == rows
    assert read_sheet(write_workbook(rows)) == rows


@settings(deadline=None)  # the first workbook loads its library
@given(st.binary(max_size=300), st.booleans())
def test_whatever_comes_is_rows_or_refused(raw: bytes, is_zip: bool) -> None:
    try:
        rows = read_sheet(sheets.ZIP_MAGIC + raw if is_zip else raw)
    except SheetError:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)


@settings(deadline=None)  # the first workbook loads its library
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_workbook_with_a_wrong_byte_is_rows_or_refused(place: int, byte: int) -> None:
    raw = bytearray(WORKBOOK)
    raw[place % len(raw)] = byte
    try:
        rows = read_sheet(bytes(raw))
    except SheetError:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)


WORKBOOK = write_workbook([["sku", "price"], ["a", "1.50"]])
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(content: bytes) -> bytes:
    """A workbook whose only sheet is these bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == SHEET else old.read(part))
    return out.getvalue()


def sheet_of(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()


def test_a_formula_is_the_text_of_a_formula() -> None:
    assert read_sheet(with_sheet(sheet_of('<c r="A1"><f>1+1</f><v>2</v></c>'))) == [["=1+1"]]


def test_numbers_of_a_spreadsheet_are_as_one_would_type_them() -> None:
    cells = '<c r="A1"><v>5</v></c><c r="B1"><v>19.9</v></c><c r="C1" t="b"><v>1</v></c>'
    assert read_sheet(with_sheet(sheet_of(cells))) == [["5", "19.9", "TRUE"]]


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_sheet(b" " * (sheets.UNPACKED_BYTES_MAX + 1))
    assert len(bomb) < sheets.BYTES_MAX

    def explode(*_: object, **__: object) -> None:
        raise AssertionError("it was unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", explode)
    with pytest.raises(SheetError, match="too large"):
        read_sheet(bomb)


def test_a_thousand_small_parts_are_too_many() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as many:
        for number in range(sheets.PARTS_MAX + 1):
            many.writestr(str(number), b"")
    with pytest.raises(SheetError, match="too large"):
        read_sheet(out.getvalue())


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused(doctype: str) -> None:
    content = sheet_of('<c r="A1" t="inlineStr"><is><t>&x;</t></is></c>')
    with pytest.raises(SheetError):
        read_sheet(with_sheet(doctype.encode() + content))


def test_what_is_too_long_or_too_broad_is_refused() -> None:
    with pytest.raises(SheetError, match="too large"):
        read_sheet(b"a\n" * (sheets.ROWS_MAX + 1))
    with pytest.raises(SheetError, match="too large"):
        read_sheet(b"," * sheets.COLUMNS_MAX)
    with pytest.raises(SheetError, match="too large"):
        read_sheet(b"a" * (sheets.BYTES_MAX + 1))
