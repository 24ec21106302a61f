"""The words by which a text is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.kit.words import LAST, TERMS_MAX, WORD_MAX, terms_of, words_of

TITLES = st.text(max_size=120)


def finds(asked: str, title: str) -> bool:
    """What the index answers, without the index."""
    terms, words = terms_of(asked), sorted(words_of(title))
    return bool(terms) and all(any(term <= word < term + LAST for word in words) for term in terms)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("西红柿", "普罗旺斯西红柿 5 斤装"),
        ("柿", "普罗旺斯西红柿 5 斤装"),
        ("5斤", "普罗旺斯西红柿 5 斤装"),
        ("装 西红", "普罗旺斯西红柿 5 斤装"),
        ("PLATANOS", "Plátanos de Canarias"),
        ("cana plat", "Plátanos de Canarias"),
        ("STRASSE", "Straße"),
        ("５００ｇ", "黄油 500g"),
        ("りんご", "青森りんご"),
        ("사과", "사과 한 상자"),
        ("x" * 60, "x" * 70),
    ],
)
def test_a_title_is_found_by_its_parts(asked: str, title: str) -> None:
    assert finds(asked, title)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("西瓜", "普罗旺斯西红柿"),
        ("红西", "西红柿"),
        ("anos", "Plátanos"),
        ("%", "100 %"),
        ("", "茶"),
        ("_", "_"),
        ("\0", "茶"),
    ],
)
def test_what_is_not_in_a_title_does_not_find_it(asked: str, title: str) -> None:
    assert not finds(asked, title)


@given(TITLES)
def test_every_title_with_a_word_is_found_by_itself_and_fits_the_index(title: str) -> None:
    assert finds(title, title) == bool(words_of(title))
    assert len(terms_of(title)) <= TERMS_MAX
    assert all(0 < len(word) <= WORD_MAX for word in words_of(title))
    for word in words_of(title):
        word.encode()  # the database takes it: no half of a surrogate pair, no zero byte
        assert "\0" not in word
