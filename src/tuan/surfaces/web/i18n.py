"""The words of the faces: catalogs read once at start, the language of a visitor, money and time as he writes them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from babel import Locale
from babel.dates import format_skeleton, format_time, format_timedelta, get_timezone
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import (
    format_compact_decimal,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)
from babel.support import Translations
from markupsafe import Markup

from tuan.kit.money import Money
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant

FOLDER = Path(__file__).parent / "locale"
LANGUAGES = {"zh-CN": "简体中文", "en": "English", "es": "Español"}
"""Language tags with their names in themselves; the first is the default."""
DEFAULT_LANGUAGE = "zh-CN"

CURRENCY_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "MXN": "$"}
"""A market has one currency, so its short sign says enough."""


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal in words: a headline, what happened, what is safe, what can be done."""

    title: str
    happened: str
    safe: str
    advice: str


class Words:
    """One language: its catalog and its ways of writing numbers, money and time."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.locale = Locale.parse(tag, sep="-")
        self._catalog, self._known = _read_catalog(FOLDER / tag.replace("-", "_") / "LC_MESSAGES" / "tuan.po")

    def gettext(self, text: str) -> str:
        return self._catalog.gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self._catalog.ngettext(one, many, count)

    def has(self, text: str) -> bool:
        """Whether the catalog says it, be it with the same letters."""
        return text in self._known

    @cached_property
    def _sign_stands_first(self) -> bool:
        pattern: str = self.locale.currency_formats["standard"].pattern
        return pattern.startswith("¤")

    @property
    def gap(self) -> str:
        """What stands between two sentences: Chinese punctuation brings its own room."""
        return "" if self.locale.language == "zh" else " "

    # ── money ──
    def money_parts(self, amount: Money) -> tuple[str, str, str, str]:
        """Minus or nothing, sign, whole, fraction with its separator (empty where the currency has no cents)."""
        digits = get_currency_precision(amount.currency)
        whole, cents = divmod(abs(amount.amount_minor), 10**digits)
        sign = CURRENCY_SIGNS.get(amount.currency) or get_currency_symbol(amount.currency, self.locale)
        point = self.locale.number_symbols["latn"]["decimal"]
        return (
            "−" if amount.amount_minor < 0 else "",
            sign,
            format_decimal(whole, locale=self.locale),
            f"{point}{cents:0{digits}d}" if digits else "",
        )

    def money(self, amount: Money) -> Markup:
        """The sign small, the whole large, the cents small."""
        minus, sign, whole, cents = self.money_parts(amount)
        shown = Markup('<span class="money-sign">{}</span>').format(sign)
        number = Markup('<span class="money-whole">{}</span><span class="money-cents">{}</span>').format(whole, cents)
        body = minus + shown + number if self._sign_stands_first else minus + number + Markup("&nbsp;") + shown
        return Markup('<span class="money">{}</span>').format(body)

    def money_text(self, amount: Money) -> str:
        minus, sign, whole, cents = self.money_parts(amount)
        return f"{minus}{sign}{whole}{cents}" if self._sign_stands_first else f"{minus}{whole}{cents}\u00a0{sign}"

    # ── numbers ──
    def count(self, number: int) -> str:
        return format_decimal(number, locale=self.locale)

    def short(self, number: int) -> str:
        """A number as an axis has room for: 12K, 1.2万."""
        return format_compact_decimal(number, locale=self.locale, fraction_digits=1)

    def percent(self, permyriad: int) -> str:
        return format_percent(Decimal(permyriad).scaleb(-4), format="#,##0.0#%", locale=self.locale)

    def ratio(self, permyriad: int) -> str:
        return format_decimal(Decimal(permyriad).scaleb(-4), format="#,##0.00", locale=self.locale)

    # ── time ──
    def day(self, instant: Instant, zone: tzinfo) -> str:
        return format_skeleton("MMMd", instant, tzinfo=zone, locale=self.locale)

    def month(self, day: date) -> str:
        return format_skeleton("yMMM", day, locale=self.locale)

    def clock(self, instant: Instant, zone: tzinfo) -> str:
        return format_time(instant, "short", tzinfo=zone, locale=self.locale)

    def ago(self, instant: Instant, now: Instant) -> str:
        """How long ago, or how far ahead, in the largest unit that says it."""
        return format_timedelta(instant - now, add_direction=True, threshold=0.95, locale=self.locale)

    # ── refusals ──
    def told(self, refusal: Refusal, currency: str) -> Told:
        """A refusal's words; amounts in its data (`…_minor`) are written as money."""
        data = {name: self._datum(name, value, currency) for name, value in refusal.data.items()}
        lines = (self.gettext(refusal.code) % data).split("\n")
        return Told(self.gettext(f"web.status.{refusal.status}"), *lines)

    def _datum(self, name: str, value: int | str | None, currency: str) -> str:
        if name.endswith("_minor") and isinstance(value, int):
            return self.money_text(Money(value, currency))
        return "" if value is None else str(value)


def _read_catalog(path: Path) -> tuple[Translations, frozenset[str]]:
    """The catalog compiled, and the ids of its messages (of plural ones the singular)."""
    with path.open("rb") as file:
        catalog = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    known = frozenset(m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.string)
    return Translations(compiled), known


def load_words() -> dict[str, Words]:
    """Every language of the faces by its tag."""
    return {tag: Words(tag) for tag in LANGUAGES}


def zone_of(name: str) -> tzinfo:
    return get_timezone(name)


def choose_language(*, asked: str | None, kept: str | None, person: str | None, accepted: str) -> str:
    """The first that is one of ours: asked for now, kept in a cookie, the person's own, what the browser accepts."""
    for tag in (asked, kept, person):
        if tag in LANGUAGES:
            return tag
    return _best_accepted(accepted) or DEFAULT_LANGUAGE


def _best_accepted(header: str) -> str | None:
    """The language with the highest quality in an Accept-Language header; ties to the one named first."""
    wanted: Mapping[str, str] = {tag.partition("-")[0]: tag for tag in LANGUAGES}
    best, best_quality = None, 0.0
    for part in header.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        found = wanted.get(tag.strip().lower().partition("-")[0])
        quality = _quality(parameters)
        if found and quality > best_quality:
            best, best_quality = found, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
