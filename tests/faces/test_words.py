"""Everything that is said is said in three languages."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.faces.spoken import PLACEHOLDER, data_of, refusals, sample, texts
from tuan.kit.money import Money
from tuan.surfaces.web.i18n import LANGUAGES, Words, choose_language, load_words, zone_of

WORDS = load_words()


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return WORDS[request.param]


def test_every_refusal_has_words(words: Words) -> None:
    for code, kind in refusals().items():
        text = words.gettext(code)
        assert text != code, f"{words.tag} has no words for {code}"
        assert len(lines := text.split("\n")) == 3 and all(lines), f"{code}: what happened, what is safe, what to do"
        assert words.has(f"web.status.{kind.status}"), f"{words.tag} has no headline for {kind.status}"


def test_words_of_refusals_name_only_what_they_carry(words: Words) -> None:
    for code, kind in refusals().items():
        named = set(PLACEHOLDER.findall(words.gettext(code)))
        assert named <= data_of(kind), f"{words.tag} {code} names {named - data_of(kind)}"


def test_every_refusal_can_be_told(words: Words) -> None:
    for kind in refusals().values():
        told = words.told(sample(kind), "CNY")
        assert "%" not in told.happened + told.safe + told.advice


def test_every_text_is_translated() -> None:
    for tag in ("zh-CN", "es"):
        missing = {(file, text) for file, text in texts() if not WORDS[tag].has(text)}
        assert not missing, f"{tag} lacks {missing}"


def test_money_is_written_as_people_write_it() -> None:
    amount = Money(-123456789, "CNY")
    assert WORDS["zh-CN"].money_text(amount) == "−¥1,234,567.89"
    assert WORDS["es"].money_text(amount) == "−1.234.567,89\u00a0¥"
    assert WORDS["en"].money_text(Money(500, "JPY")) == "¥500"
    shown = WORDS["en"].money(Money(1990, "CNY"))
    assert shown == (
        '<span class="money"><span class="money-sign">¥</span><span class="money-whole">19</span>'
        '<span class="money-cents">.90</span></span>'
    )


def test_times_are_those_of_the_market() -> None:
    instant, zone = datetime(2026, 11, 22, 16, 4, tzinfo=UTC), zone_of("Asia/Shanghai")
    assert (WORDS["zh-CN"].day(instant, zone), WORDS["zh-CN"].clock(instant, zone)) == ("11月23日", "00:04")
    assert WORDS["en"].day(instant, zone) == "Nov 23"


@pytest.mark.parametrize(
    ("tag", "ago", "ahead"),
    [("zh-CN", "3天前", "2小时后"), ("en", "3 days ago", "in 2 hours"), ("es", "hace 3 días", "dentro de 2 horas")],
)
def test_relative_times_are_said_as_people_say_them(tag: str, ago: str, ahead: str) -> None:
    now = datetime(2026, 11, 22, 16, 4, tzinfo=UTC)
    assert WORDS[tag].ago(now - timedelta(days=3), now) == ago
    assert WORDS[tag].ago(now + timedelta(hours=2), now) == ahead


@pytest.mark.parametrize(
    ("asked", "kept", "person", "accepted", "chosen"),
    [
        ("es", "en", "zh-CN", "en", "es"),
        ("xx", "en", "zh-CN", "es", "en"),
        (None, None, "es", "en", "es"),
        (None, None, None, "fr;q=0.9, en-GB;q=0.8, es;q=0.85", "es"),
        (None, None, None, "fr, de;q=x", "zh-CN"),
        (None, None, None, "", "zh-CN"),
    ],
)
def test_the_language_is_negotiated(
    asked: str | None, kept: str | None, person: str | None, accepted: str, chosen: str
) -> None:
    assert choose_language(asked=asked, kept=kept, person=person, accepted=accepted) == chosen
