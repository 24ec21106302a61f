"""How long the reference of the money machine is: code alone, without blank lines, comments and docstrings.

What says what money comes to (prices, coupons, points, shares, what every account must hold) is held to 300 lines. The rules of the game
beside it (which of some forty acts may be done when, and how orders, teams, cases and stock stand after it) are as long again and more:
an act is its name, what it needs and what it does, so forty of them leave no room for sums in 300 lines. Both are held, so that neither
grows unseen; whoever draws and sends the acts computes nothing.
"""

import tokenize

import pytest

from tests.tidy.house import ROOT

REFERENCE = ROOT / "tests" / "stories" / "reference"
SUMS, RULES = ("prices", "means", "sums"), ("__init__", "trade", "after")
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@pytest.mark.parametrize(("files", "most"), [(SUMS, 300), (RULES, 430)])
def test_the_reference_is_short(files: tuple[str, ...], most: int) -> None:
    assert sum(map(lines_of_code, files)) <= most


def test_nothing_else_belongs_to_it() -> None:
    assert {path.stem for path in REFERENCE.glob("*.py")} == {*SUMS, *RULES}


def test_it_knows_nothing_of_the_product() -> None:
    assert not [
        path.name for path in (*REFERENCE.glob("*.py"), REFERENCE.parent / "terms.py") if "tuan." in path.read_text()
    ]


def lines_of_code(name: str) -> int:
    with (REFERENCE / f"{name}.py").open() as file:
        said = [one for one in tokenize.generate_tokens(file.readline) if one.type not in LAYOUT]
    code = [one for one in said if not one.string.startswith('"""')]
    return len({line for one in code for line in range(one.start[0], one.end[0] + 1)})
