"""The words by which a text is found: those that spaces part, and where a script writes without spaces, pairs of signs.

No dictionary is asked: every two neighbouring signs of a run of Chinese or Japanese count as a word, so that whatever part of
a title somebody remembers is found. Case, accents and widths make no difference.
"""

import re
import unicodedata

WORD_MAX = 40
"""Letters of a word that count; a longer one is found by its beginning."""
TERMS_MAX = 8
"""Terms of a question that count: each is one more look into the index."""
LAST = "\U0010ffff"
"""Sorts behind every letter, byte by byte."""

_SIGN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"(?P<signs>[{_SIGN}]+)|(?:(?![{_SIGN}])[^\\W_])+")


def words_of(text: str) -> set[str]:
    """Every word by which this text is found. The last sign of a run stands alone too, so that each begins some word."""
    found: set[str] = set()
    for run in _RUNS.finditer(_folded(text)):
        found |= {*_pairs(run[0]), run[0][-1]} if run["signs"] else {run[0][:WORD_MAX]}
    return found


def terms_of(asked: str) -> list[str]:
    """What words must begin with for their text to be found, in the order asked; empty where nothing can be found."""
    found: list[str] = []
    for run in _RUNS.finditer(_folded(asked)):
        found += _pairs(run[0]) or [run[0]] if run["signs"] else [run[0][:WORD_MAX]]
    return list(dict.fromkeys(found))[:TERMS_MAX]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))
