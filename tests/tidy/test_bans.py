"""Words and calls that the house does without, each with the few places that need them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.tidy.house import ROOT, files, name, nodes, text, tracked

CLOCKS = {
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
    "time": ("time", "time_ns", "localtime", "gmtime"),
}
"""An instant comes from the database; `monotonic` and `perf_counter` measure durations and are free."""

Check = Callable[[Iterable[ast.AST]], Iterator[str]]


def inexact(found: Iterable[ast.AST]) -> Iterator[str]:
    """Floats and true divisions: money and points are integers, and a division says how it rounds."""
    for node in found:
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"line {node.lineno}: a division that may leave the integers"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"line {node.lineno}: {node.value} is a float"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"line {node.lineno}: the type float"


def clocks(found: Iterable[ast.AST]) -> Iterator[str]:
    """Readings of this host's clock."""
    for node in found:
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in CLOCKS.get(owner, ()):
                yield f"line {node.lineno}: {owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"line {node.lineno}: {a.name}" for a in node.names if a.name in CLOCKS["time"])


def prints(found: Iterable[ast.AST]) -> Iterator[str]:
    for node in found:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            yield f"line {node.lineno}: print"


def unfinished(found: Iterable[ast.AST]) -> Iterator[str]:
    """What raises instead of being written."""
    for node in found:
        if isinstance(node, ast.Name) and node.id == NotImplementedError.__name__:
            yield f"line {node.lineno}: {node.id}"


BANS: dict[str, tuple[Check, tuple[str, ...], dict[str, str]]] = {
    "inexact": (inexact, ("src/tuan/value", "src/tuan/trade"), {}),
    "clocks": (
        clocks,
        ("src",),
        {
            "src/tuan/kit/ids.py": "a UUIDv7 begins with the time it was made at, for order only",
            "src/tuan/platform/gateways/threads.py": "another company compares our signature's time with its own clock",
        },
    ),
    "prints": (prints, ("src",), {}),
    "unfinished": (unfinished, ("src",), {}),
}
"""Each ban: the check, the folders it holds in, and the files that are free of it with the reason."""

SAMPLES = {
    "inexact": ("a = b / c", "a /= 2", "a = 0.5", "a = float(b)"),
    "clocks": (
        "a = datetime.now(UTC)",
        "import time\na = time.time()",
        "a = datetime.datetime.utcnow()",
        "from time import time",
    ),
    "prints": ("print(1)",),
    "unfinished": ("raise NotImplementedError('later')",),
}

FINE = "import time\na = b // c + time.monotonic()\nlog.info('print')\nassert now < later"


@pytest.mark.parametrize("ban", BANS)
def test_ban_holds(ban: str) -> None:
    check, folders, free = BANS[ban]
    found = [f"{name(p)} {what}" for p in files(*folders) if name(p) not in free for what in check(nodes(p))]
    assert found == []


@pytest.mark.parametrize("ban", BANS)
def test_ban_sees_a_breach(ban: str) -> None:
    check = BANS[ban][0]
    assert [sample for sample in SAMPLES[ban] if not list(check(ast.walk(ast.parse(sample))))] == []
    assert list(check(ast.walk(ast.parse(FINE)))) == []


@pytest.mark.parametrize("ban", BANS)
def test_every_escape_is_needed(ban: str) -> None:
    check, _, free = BANS[ban]
    assert [path for path in free if not list(check(nodes(ROOT / path)))] == []


MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(?:work|root|home)/")
REGISTRY = re.compile(
    r"https?://[^/\s\"']*(?:pypi|pythonhosted|npm|registry|mirror|artifactory|nexus|devpi|proxy)[^/\s]*"
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

WORDS = {
    "machine path": (MACHINE_PATH, ("cd /home" + "/ann", '"/work' + '/main"'), ("storefront/home/page.html", "/homes")),
    "registry": (
        REGISTRY,
        ("https://" + "pypi.org/simple", "http://" + "npm.local:4873"),
        ("https://example.com/npm",),
    ),
    "left for later": (UNFINISHED, ("# TO" + "DO: later",), ("TODOS", "to do")),
}
"""Each banned word: its pattern, samples that are breaches, samples that are none."""

WORDS_FREE: dict[tuple[str, str], str] = {}
"""(word, path) with the reason."""


def readable(path: Path) -> str:
    """The text of a file, empty for a picture."""
    try:
        return text(path)
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("word", WORDS)
def test_word_is_not_in_tracked_files(word: str) -> None:
    pattern = WORDS[word][0]
    found = [(word, name(path)) for path in tracked() if pattern.search(readable(path))]
    assert sorted(found) == sorted(free for free in WORDS_FREE if free[0] == word)


@pytest.mark.parametrize("word", WORDS)
def test_word_is_seen(word: str) -> None:
    pattern, breaches, fine = WORDS[word]
    assert [sample for sample in breaches if not pattern.search(sample)] == []
    assert [sample for sample in fine if pattern.search(sample)] == []
