"""The README and its Chinese twin: the same commands, the same links, the same names in the same places."""

import re
from collections import Counter

import pytest

from tests.tidy.house import ROOT

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
LINK = re.compile(r"\]\(([^)]+)\)")
NAME = re.compile(r"`([^`\n]+)`")
SHELL = re.compile(r"^(\./\S.*?)\s+#", re.MULTILINE)


def said(text: str) -> dict[str, Counter[str]]:
    """What a program or a browser would take from it, by kind; the links to each other are no part of it."""
    text = re.sub(r"\[[^\]]+\]\(README[^)]*\)", "", text)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return {
        "names": Counter(NAME.findall(prose)),
        "links": Counter(LINK.findall(text)),
        "commands": Counter(SHELL.findall(text)),
        "headings": Counter(len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)),
    }  # type: ignore[dict-item]


@pytest.mark.parametrize("kind", ["names", "links", "commands", "headings"])
def test_both_say_the_same(kind: str) -> None:
    english, chinese = said(ENGLISH.read_text())[kind], said(CHINESE.read_text())[kind]
    assert english, "there is something to compare"
    assert english - chinese == Counter(), f"README.zh-CN.md lacks these {kind}"
    assert chinese - english == Counter(), f"README.md lacks these {kind}"


def test_a_command_that_one_of_them_lacks_is_seen() -> None:
    text = ENGLISH.read_text()
    assert said(text.replace("`tuan demo`", ""))["names"] != said(text)["names"]
    assert said(text.replace("./tuan test    #", ""))["commands"] != said(text)["commands"]
