"""The catalogs against each other and against what is shown: nothing missing, nothing left over, nothing in a wrong tongue."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.faces.spoken import PLACEHOLDER, SURFACES, refusals, texts
from tuan.surfaces.web.i18n import FOLDER, LANGUAGES

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[^\W\d_]{2,}")
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<[^>]*>", re.DOTALL)
READ_OUT = re.compile(r'\s(?:aria-label|alt|title|placeholder)="([^"]*)"')

SAME_IN_SPANISH = frozenset(("Total %(amount)s", "Total", "Error", "No", "Roles", "WeChat", "WeChat Pay", "Alipay"))
"""Texts that Spanish writes with the same letters."""
SAME_IN_CHINESE = frozenset(("SKU",))
"""Texts that Chinese writes in Latin letters."""
NO_WORDS = frozenset(("API", "CSV", "JSON", "SKU", "TOTP", "QR", "UTC", "XLSX"))
"""What a template may say as it stands, in every language."""


FAMILIAR = re.compile(
    r"\b(?:tú|tus?|te|ti|tuy[ao]s?|puedes|tienes|eres|quieres|necesitas|haz|envía una?)\b",
    re.IGNORECASE,
)
"""How Spanish speaks to a friend; the market says usted."""
TO_A_FRIEND = "%(name)s for %(price)s when we buy it together. Will you join me?"

FOR_MAKERS = frozenset(("api/reference/page.html", "storefront/components/page.html"))
"""Pages for who builds: what they name is code."""


def catalog(tag: str) -> Catalog:
    with (FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "tuan.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


CATALOGS = {tag: catalog(tag) for tag in LANGUAGES}


def forms(message: Message) -> Iterator[str]:
    """Every form of a translation."""
    yield from (message.string,) if isinstance(message.string, str) else message.string


def sources(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def messages(tag: str) -> Iterator[Message]:
    yield from (message for message in CATALOGS[tag] if message.id)


def constants() -> set[str]:
    """Texts that stand in a table of a place, or are the law's, and are looked up when they are shown."""
    law = SURFACES.parent / "people" / "compliance" / "model"
    trees = [ast.parse(path.read_text()) for folder in (SURFACES, law) for path in folder.rglob("*.py")]
    return {
        n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


@pytest.fixture(params=LANGUAGES)
def tag(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_no_form_is_empty_or_doubtful(tag: str) -> None:
    assert [m.id for m in messages(tag) if m.fuzzy or not all(forms(m))] == []
    plural = {"zh-CN": 1, "en": 2, "es": 2}[tag]
    assert [m.id for m in messages(tag) if m.pluralizable and len(m.string) != plural] == []


def test_placeholders_are_those_of_the_text(tag: str) -> None:
    """A refusal's id is its code; what it may name, test_words.py asks."""
    wrong = {}
    for message in messages(tag):
        if sources(message)[0] in refusals() or sources(message)[0].startswith("web.status."):
            continue
        known = {name for source in sources(message) for name in PLACEHOLDER.findall(source)}
        needed = set.intersection(*(set(PLACEHOLDER.findall(source)) for source in sources(message)))
        for form in forms(message):
            named = set(PLACEHOLDER.findall(form))
            if not needed - {"num"} <= named <= known:
                wrong[form] = named ^ known
    assert wrong == {}


def test_percent_signs_are_placeholders_or_doubled(tag: str) -> None:
    """A page fills in every text of its own, also one without placeholders: a stray sign there is a page that breaks."""
    stray = re.compile(r"(?<!%)(?:%%)*%(?!\(\w+\)s|%)")
    filled = {text for file, text in texts() if file.endswith(".html")}
    spoken = [(sources(m)[0] in filled, form) for m in messages(tag) for form in forms(m)]
    assert [form for is_filled, form in spoken if (is_filled or "%(" in form) and stray.search(form)] == []


def test_chinese_is_chinese_and_spanish_is_not_english() -> None:
    plain = [m.id for m in messages("zh-CN") if not any(map(CHINESE.search, forms(m)))]
    assert set(plain) <= SAME_IN_CHINESE
    same = [m.id for m in messages("es") if m.id == m.string and LETTERS.search(PLACEHOLDER.sub("", m.id))]
    assert set(same) <= SAME_IN_SPANISH
    for other in ("en", "es"):
        assert [m.id for m in messages(other) if any(map(CHINESE.search, forms(m)))] == []


ONE_WORD = {"zh-CN": "你", "es": r"equipo|\bpuesto "}
"""Words for which the catalogs have another one: people are addressed as 您; a team is un grupo, a seat una plaza."""


@pytest.mark.parametrize("tag", ONE_WORD)
def test_one_thing_has_one_word(tag: str) -> None:
    spoken = [form for message in messages(tag) for form in forms(message)]
    assert [form for form in spoken if re.search(ONE_WORD[tag], form.lower())] == []


def test_nothing_in_the_catalogs_is_said_nowhere(tag: str) -> None:
    said = {text for _, text in texts()} | refusals().keys()
    left = {sources(m)[0] for m in messages(tag)} - said - constants()
    assert {text for text in left if not text.startswith("web.status.")} == set()


def test_the_catalogs_say_the_same_things() -> None:
    """English texts stand in the templates; its catalog has the refusals and the plurals."""
    chinese, spanish, english = ({sources(m)[0] for m in messages(t)} for t in ("zh-CN", "es", "en"))
    assert chinese == spanish
    assert english <= chinese


def bare_words(template: str) -> list[str]:
    """What a template shows or reads out without asking a catalog."""
    text = JINJA.sub(" ", template)
    shown = [*READ_OUT.findall(text), *TAG.sub("\n", text).splitlines()]
    return [line.strip() for line in shown if set(LETTERS.findall(line)) - NO_WORDS]


def test_templates_say_nothing_past_the_catalogs() -> None:
    found = {
        path.relative_to(SURFACES).as_posix(): words
        for path in SURFACES.rglob("*.html")
        if (words := bare_words(path.read_text())) and path.relative_to(SURFACES).as_posix() not in FOR_MAKERS
    }
    assert found == {}


def test_a_bare_word_is_seen() -> None:
    assert bare_words('<p class="empty">{{ _("Buy") }} × {{ n }}</p>') == []
    assert bare_words("<p>Buy now</p>") == ["Buy now"]
    assert bare_words('<img alt="A mango">') == ["A mango"]
    assert bare_words("<b>买</b><i>立即购买</i>") == ["立即购买"]


def test_scripts_say_nothing_past_the_catalogs() -> None:
    """Words of scripts stand in `data-` attributes, where templates write them."""
    sources_of = [p for p in (SURFACES / "assets").glob("*.js")]
    assert sources_of
    assert [p.name for p in sources_of if CHINESE.search(p.read_text())] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_translation_follows_its_text(tag: str) -> None:
    """Two branches that were merged line by line have left one without; the reader lets it replace its neighbour's."""
    lines = (FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "tuan.po").read_text().splitlines()
    pairs = pairwise(lines)
    assert [line for before, line in pairs if line.startswith("msgstr ") and not before.startswith("msgid ")] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_text_stands_twice(tag: str) -> None:
    """Of two entries the second is never shown, whatever it says."""
    ids = re.findall(r'(?m)^msgid "(.+)"$', (FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "tuan.po").read_text())
    assert sorted({text for text in ids if ids.count(text) > 1}) == []


def test_spanish_says_usted() -> None:
    """Never tú: neither its pronouns nor how it commands. But what a buyer sends to a friend."""
    said = [form for message in CATALOGS["es"] if message.id and message.id != TO_A_FRIEND for form in forms(message)]
    assert [form for form in said if FAMILIAR.search(form)] == []
