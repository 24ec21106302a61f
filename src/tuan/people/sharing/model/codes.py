"""Codes and share words 口令: ten letters that name a link, and a text around them that survives being copied and read aloud."""

import re
import unicodedata

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o, u, which look or sound like others."""
CODE_LETTERS = 10
CODE_BITS = 50
CHECK_LETTERS = 2
PRIME = 1021
"""The largest prime below 32²: two letters of check, and no single letter that was mistaken nor two that changed places go unseen."""
_MEANT = str.maketrans("oilu", "011v")
_WORD = re.compile(rf"[⟨<《【〈「]\s*([0-9a-z]{{{CODE_LETTERS + CHECK_LETTERS}}})\s*[⟩>》】〉」]")
SCENE = "s="
"""Before a code in the scene of a mini-program."""
WORD_LENGTH_MAX = 500
"""Of a text that is pasted, no more is read."""


def code_of(number: int) -> str:
    """Fifty random bits as ten letters."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))


def read_code(text: str) -> str | None:
    """The code as it is kept, from one that was typed or read aloud; None where it can be none."""
    letters = unicodedata.normalize("NFKC", text).strip().lower().translate(_MEANT)
    return letters if len(letters) == CODE_LETTERS and set(letters) <= set(ALPHABET) else None


def check_of(code: str) -> str:
    """Two letters that tell whether the ten before them were copied right."""
    rest = sum(place * ALPHABET.index(letter) for place, letter in enumerate(code, 1)) % PRIME
    return ALPHABET[rest >> 5] + ALPHABET[rest & 31]


def share_word(code: str, title: str) -> str:
    """A line to paste anywhere: what it is about, and the code in its brackets."""
    return f"{title} ⟨{code}{check_of(code)}⟩"


def scene_of(code: str) -> str:
    """What a mini-program's code passes on: at most 32 signs, of those that are allowed there."""
    return SCENE + code


def read_scene(text: str) -> str | None:
    """The code of a scene; None for one that is none of ours."""
    return read_code(text.removeprefix(SCENE)) if text.startswith(SCENE) else None


def find_code(text: str) -> str | None:
    """The code of the first share word in a pasted text whose check is right; None where there is none.

    It only finds: what a code is of is shown, and nothing is done with it.
    """
    for found in _WORD.finditer(unicodedata.normalize("NFKC", text[:WORD_LENGTH_MAX]).lower()):
        letters = found[1].translate(_MEANT)
        code, check = letters[:CODE_LETTERS], letters[CODE_LETTERS:]
        if set(letters) <= set(ALPHABET) and check == check_of(code):
            return code
    return None
