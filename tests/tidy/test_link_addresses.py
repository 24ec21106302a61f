"""A link's address is made from `visit.link_origin`, which knows the market's own domain for links."""

import re

from tests.tidy.house import files, name, text

ELSEWHERE = re.compile(r"(?<!link_)\borigin\b[^\n]{0,40}(?:/s/|\bcard\.url)")
SHOWN = re.compile(r"link_origin\b[^\n]{0,40}(?:/s/|\bcard\.url)")
SURFACES = "src/tuan/surfaces"


def test_no_address_of_a_link_leaves_the_own_domain_out() -> None:
    every = [path for suffix in (".py", ".html", ".js") for path in files(SURFACES, suffix=suffix)]
    assert [name(path) for path in every if ELSEWHERE.search(text(path))] == []
    assert len([path for path in every if SHOWN.search(text(path))]) >= 5, "this is how they are written"


def test_one_that_does_is_seen() -> None:
    for bad in ('url=f"{visit.origin}/s/{code}"', "{{ frame.origin }}/s/{{ code }}", 'f"{visit.origin}{card.url}"'):
        assert ELSEWHERE.search(bad), bad
    assert not ELSEWHERE.search('f"{visit.link_origin}/s/{code}" + visit.origin')
