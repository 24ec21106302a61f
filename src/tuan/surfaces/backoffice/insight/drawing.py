"""Charts from integers: where each mark of an SVG stands. No script draws them, and a table beside each says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuan.surfaces.backoffice.insight.context import Drawing, Label, Line, Mark, Named, Tone

WIDTH = 480
LABEL_WIDTH, WORDS_WIDTH = 150, 96
BAR_STEP, BAR_HEIGHT = 30, 18
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM, PLOT_HEIGHT = 56, 472, 14, 178, 206
CELL_LEFT, CELL_TOP, CELL_HEIGHT = 74, 22, 24
LABELS_MAX = 4
LEVELS = 5
WHOLE = 10_000
"""What the scale goes up to where all values are nothing."""
DOT = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """From `begin` to `end`, in whatever is counted; `words` stand at its end."""

    label: str
    end: int
    words: str
    begin: int = 0
    tone: Tone = "ripe"


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each label; None where there is none."""

    label: str
    tone: Tone
    values: Sequence[int | None]


def bars(rows: Sequence[Bar]) -> Drawing:
    """Lying bars under each other, their names on the left."""
    most = max((max(row.begin, row.end) for row in rows), default=0) or 1
    room = WIDTH - LABEL_WIDTH - WORDS_WIDTH
    marks, labels = [], []
    for place, row in enumerate(rows):
        low, high = (LABEL_WIDTH + max(at, 0) * room // most for at in sorted((row.begin, row.end)))
        y = place * BAR_STEP + 6
        marks.append(Mark(x=low, y=y, width=max(high - low, 1), height=BAR_HEIGHT, tone=row.tone, words=row.words))
        labels.append(Label(x=LABEL_WIDTH - 8, y=y + 14, text=row.label, anchor="end"))
        labels.append(Label(x=high + 6, y=y + 14, text=row.words))
    return Drawing(width=WIDTH, height=len(rows) * BAR_STEP + 6, marks=marks, labels=labels)


def lines(names: Sequence[str], series: Sequence[Series], said: Callable[[int], str]) -> Drawing:
    """A line per series, in ten-thousandths, over names from left to right; where a value is missing the line breaks."""
    most = max((value for one in series for value in one.values if value is not None), default=0) or WHOLE
    count = len(names)
    xs = [PLOT_LEFT + (2 * at + 1) * (PLOT_RIGHT - PLOT_LEFT) // (2 * count) for at in range(count)]
    every = -(-count // LABELS_MAX)
    labels = [
        Label(x=x, y=PLOT_BOTTOM + 20, text=name, anchor="middle")
        for at, (x, name) in enumerate(zip(xs, names, strict=True))
        if (count - 1 - at) % every == 0
    ]
    rules = [PLOT_BOTTOM - part * (PLOT_BOTTOM - PLOT_TOP) // 2 for part in range(3)]
    labels += [
        Label(x=PLOT_LEFT - 8, y=y + 4, text=said(most * part // 2), anchor="end") for part, y in enumerate(rules)
    ]
    drawn, marks = [], []
    for one in series:
        for stretch in _stretches(one.values):
            points = [(xs[at], PLOT_BOTTOM - value * (PLOT_BOTTOM - PLOT_TOP) // most) for at, value in stretch]
            drawn.append(Line(points=" ".join(f"{x},{y}" for x, y in points), tone=one.tone))
            marks += [
                Mark(x=x - DOT // 2, y=y - DOT // 2, width=DOT, height=DOT, tone=one.tone, words=f"{names[at]} {said(value)}")
                for (x, y), (at, value) in zip(points, stretch, strict=True)
            ]  # fmt: skip
    named = [Named(tone=one.tone, label=one.label) for one in series]
    return Drawing(width=WIDTH, height=PLOT_HEIGHT, marks=marks, labels=labels, lines=drawn, rules=rules, named=named)


def _stretches(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """The runs of values that stand next to each other, each value with its place."""
    found: list[list[tuple[int, int]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [run for run in found if run]


def heat(names: Sequence[str], cells: Sequence[Sequence[int | None]]) -> Drawing:
    """A row per name and a column per month since; the darker, the nearer to the first of its row, and grey where nobody is."""
    count = max(map(len, cells), default=1)
    step = (WIDTH - CELL_LEFT) // count
    marks, labels = [], [
        Label(x=CELL_LEFT + at * step + step // 2, y=14, text=str(at), anchor="middle") for at in range(count)
    ]  # fmt: skip
    for line, (name, row) in enumerate(zip(names, cells, strict=True)):
        y = CELL_TOP + line * CELL_HEIGHT
        labels.append(Label(x=CELL_LEFT - 8, y=y + 16, text=name, anchor="end"))
        for at, value in enumerate(row):
            if value is None:
                continue
            level = -(-value * LEVELS // max(row[0] or 0, value, 1)) or 1
            tone: Tone = "ripe" if value else "stone"
            marks.append(
                Mark(
                    x=CELL_LEFT + at * step,
                    y=y,
                    width=step - 2,
                    height=CELL_HEIGHT - 2,
                    tone=tone,
                    level=level,
                    words=str(value),
                )
            )
    return Drawing(width=WIDTH, height=CELL_TOP + len(names) * CELL_HEIGHT, marks=marks, labels=labels)
