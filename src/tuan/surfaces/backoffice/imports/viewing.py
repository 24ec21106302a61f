"""An import as its page and its line in the list show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tuan.kit.money import Money
from tuan.kit.pages import Page
from tuan.surfaces.backoffice.acting import written_amount
from tuan.surfaces.backoffice.imports.context import ImportPage, Line, Sum
from tuan.surfaces.backoffice.imports.words import TONES, reason_words, state_words, what_words, why_words
from tuan.surfaces.backoffice.tables import Cell, Column
from tuan.surfaces.web.pages import Place
from tuan.surfaces.web.visits import Visit
from tuan.trade.imports.model import IMPORT, JobState, What

URL = "/office/imports"
PLACE = Place(name="imports", label="Imports", url=URL, permission="imports.see", icon="basket")
SAID_MAX = 160
COLUMNS = (
    Column("made", "Uploaded", sort="newest"),
    Column("name", "Name of the table"),
    Column("what", "What it brings"),
    Column("state", "State"),
    Column("lines", "Lines of the file", is_number=True),
    Column("refused", "Left out", is_number=True),
    Column("by", "By"),
)


def said(cells: Sequence[str]) -> str:
    """How a line begins."""
    return ", ".join(cell for cell in cells if cell)[:SAID_MAX]


def cells_of(visit: Visit, row: Any, names: Mapping[Any, str]) -> list[Cell]:
    lines = row["waiting"] + row["unchanged"] + row["refused"] + row["done"]
    return [
        Cell(at=row["made_at"], url=f"{URL}/{IMPORT.show(row['id'])}"),
        Cell(text=row["name"]),
        Cell(text=what_words(visit)[row["what"]]),
        Cell(text=state_words(visit)[row["state"]], tone=TONES[row["state"]]),
        Cell(text=str(lines), is_number=True),
        Cell(text=str(row["refused"] or ""), is_number=True),
        Cell(text=names.get(row["made_by"], "")),
    ]


def import_page(
    visit: Visit, row: Any, refused: Page[Any], changes: Page[Any], names: Mapping[Any, str], *, may_confirm: bool
) -> ImportPage:
    url, state = f"{URL}/{IMPORT.show(row['id'])}", row["state"]
    is_waiting = state == JobState.CHECKED and row["waiting"] > 0
    return ImportPage(
        url=url,
        name=row["name"],
        what=what_words(visit)[row["what"]],
        state=state_words(visit)[state],
        tone=TONES[state],
        is_moving=state in (JobState.UPLOADED, JobState.RUNNING),
        why=why_words(visit, row["why"]),
        sums=_sums(visit, row),
        done=row["done"],
        of=row["done"] + row["waiting"],
        made_by=names.get(row["made_by"], ""),
        made_at=row["made_at"],
        confirmed_by=names.get(row["confirmed_by"], ""),
        ended_at=row["ended_at"],
        refused=[_refused(visit, line) for line in refused.items],
        refused_url=f"{url}/refused.csv" if refused.items else "",
        refused_next_url=visit.url_with(refused=refused.next_key) if refused.next_key else None,
        changes=[_change(visit, line) for line in changes.items],
        changes_next_url=visit.url_with(changes=changes.next_key) if changes.next_key else None,
        may_confirm=may_confirm and is_waiting,
        needs_confirming=visit.staff is not None and not visit.staff.is_confirmed,
        confirm_key=visit.fresh_key(),
        drop_key=visit.fresh_key() if state == JobState.CHECKED and visit.may("imports.make") else "",
    )


def _sums(visit: Visit, row: Any) -> list[Sum]:
    """How many lines did what; of past orders also what they come to."""
    if row["state"] in (JobState.UPLOADED, JobState.REFUSED):
        return []
    is_orders = row["what"] == What.ORDERS
    unchanged = visit.gettext("Cancellations that give back in full") if is_orders else visit.gettext("As it is")
    pairs = [
        (visit.gettext("To be done"), str(row["waiting"])),
        (visit.gettext("Done"), str(row["done"])),
        (unchanged, str(row["unchanged"])),
        (visit.gettext("Left out"), str(row["refused"])),
    ]
    if sums := row["sums"]:
        currency = visit.market.currency
        pairs += [
            (visit.gettext("Orders"), str(sums["orders"])),
            (visit.gettext("Their sum"), visit.words.money_text(Money(sums["sales_minor"], currency))),
            (visit.gettext("Given back"), visit.words.money_text(Money(sums["refunded_minor"], currency))),
        ]
    return [Sum(label=label, value=value) for label, value in pairs]


def _refused(visit: Visit, line: Any) -> Line:
    return Line(number=line["number"], said=said(line["cells"]), words=reason_words(visit, line["reason"]))


def _change(visit: Visit, line: Any) -> Line:
    """What the line changes: each value before and after; one that has no value before is new."""
    effect = line["effect"] or {}
    told = []
    if "price_minor" in effect:
        before, after = (_amount(visit, minor) for minor in effect["price_minor"])
        told.append(visit.gettext("price %(change)s", change=f"{before} → {after}" if before else after))
    if "on_hand" in effect:
        before, after = effect["on_hand"]
        told.append(visit.gettext("stock %(change)s", change=after if before is None else f"{before} → {after}"))
    if effect.get("price_minor", (0,))[0] is None:
        told.insert(0, visit.gettext("new"))
    return Line(number=line["number"], said=said(line["cells"]), words="; ".join(told), is_done=line["is_done"])


def _amount(visit: Visit, minor: int | None) -> str:
    return "" if minor is None else written_amount(Money(minor, visit.market.currency))
