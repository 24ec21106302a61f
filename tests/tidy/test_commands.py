"""Commands that are said in words: whoever types one in this checkout has what it names."""

import re
from pathlib import Path

from tests.tidy.house import ROOT, name, text, tracked

MODULE = re.compile(r"python (-P )?-m ([a-z_]+)((?:\.[a-z_]+)*)")
"""`python -m benchmarks.load`; with -P the folder one stands in is not looked through."""
OURS = {"tests", "benchmarks"}


def why_not(isolated: str, package: str, rest: str) -> str | None:
    if package not in OURS:
        return None
    if isolated:
        return "is not found with -P"
    path = Path(ROOT, package, *rest.split(".")[1:])
    return None if path.is_dir() or path.with_suffix(".py").exists() else "is not there"


def test_each_module_that_is_named_is_found() -> None:
    texts = {path: text(path) for path in tracked() if path.suffix in (".py", ".md")}
    said = [(name(path), found) for path, words in texts.items() for found in MODULE.finditer(words)]
    assert len(said) > 10, "there is something to look for"
    assert not [(where, found[0], why) for where, found in said if (why := why_not(*found.groups("")))]


def test_one_that_is_not_is_seen() -> None:
    assert why_not("-P ", "tests", ".mutation") and why_not("", "tests", ".mutations")
    assert not why_not("", "tests", ".mutation") and not why_not("-P ", "pytest", "")
