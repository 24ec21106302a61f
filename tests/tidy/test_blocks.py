"""A template fills only blocks that what it extends has: any other is silently never shown."""

import re
from collections.abc import Mapping

from tests.tidy.house import SOURCE, files, text

FOLDER = SOURCE / "surfaces"
EXTENDS = re.compile(r"{%-?\s*extends\s+\"([^\"]+)\"")
BLOCK = re.compile(r"{%-?\s*block\s+(\w+)")


def unknown_blocks(templates: Mapping[str, str]) -> list[str]:
    """The blocks that are filled and stand nowhere above, by template."""

    def above(path: str) -> set[str]:
        found = EXTENDS.search(templates[path])
        return above(found[1]) | set(BLOCK.findall(templates[found[1]])) if found else set()

    def filled(path: str) -> set[str]:
        """Those inside another one are the template's own."""
        depth, outer = 0, set()
        for what, block in re.findall(r"{%-?\s*(block|endblock)\b\s*(\w*)", templates[path]):
            if what == "block" and not depth:
                outer.add(block)
            depth += 1 if what == "block" else -1
        return outer

    return [
        f"{path}: {one}"
        for path in templates
        if EXTENDS.search(templates[path])
        for one in sorted(filled(path) - above(path))
    ]


def test_every_block_that_is_filled_is_shown() -> None:
    templates = {path.relative_to(FOLDER).as_posix(): text(path) for path in files("src/tuan/surfaces", suffix=".html")}
    assert len(templates) > 100 and unknown_blocks(templates) == []


def test_a_block_of_another_name_is_found() -> None:
    layout = "{% block styles %}{% endblock %}<main>{% block main %}{% endblock %}</main>"
    page = '{% extends "layout.html" %}{% block style %}x{% endblock %}{% block main %}{% block own %}{% endblock %}{% endblock %}'
    assert unknown_blocks({"layout.html": layout, "page.html": page}) == ["page.html: style"]
