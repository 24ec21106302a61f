"""Pages from templates: one environment per language, whole pages or one block of them."""

from datetime import tzinfo
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from tuan.kit.money import Money
from tuan.kit.time import Instant
from tuan.surfaces.web import previews
from tuan.surfaces.web.assets import Assets
from tuan.surfaces.web.i18n import Words
from tuan.surfaces.web.pages import Frame

ROOT = Path(__file__).parent.parent


class Renderer:
    """Templates below `surfaces`, with the words of every language."""

    def __init__(self, words: dict[str, Words], assets: Assets) -> None:
        self._environments = {tag: _environment(of, assets) for tag, of in words.items()}

    def page(self, name: str, page: object, frame: Frame, csrf_input: object, zone: tzinfo) -> str:
        template = self._environments[frame.language].get_template(name)
        return template.render(page=page, frame=frame, csrf_input=csrf_input, zone=zone)

    def block(self, name: str, block: str, page: object, frame: Frame, csrf_input: object, zone: tzinfo) -> str:
        """One block of a page alone; the blocks import what they need themselves."""
        template = self._environments[frame.language].get_template(name)
        context = template.new_context({"page": page, "frame": frame, "csrf_input": csrf_input, "zone": zone})
        return "".join(template.blocks[block](context))


def _environment(words: Words, assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True
    )

    @pass_context
    def day(context: Context, instant: Instant) -> str:
        return words.day(instant, _zone(context))

    @pass_context
    def clock(context: Context, instant: Instant) -> str:
        return words.clock(instant, _zone(context))

    environment.filters.update(money=words.money, decimal=decimal, day=day, clock=clock, ago=words.ago)
    environment.globals.update(asset=assets.url, gap=words.gap, preview=previews.address, preview_side=previews.SIDE)
    return environment


def decimal(amount: Money) -> str:
    """As machines write it: 24.90, without a sign of the currency."""
    digits = get_currency_precision(amount.currency)
    whole, cents = divmod(amount.amount_minor, 10**digits)
    return f"{whole}.{cents:0{digits}d}" if digits else str(whole)


def _zone(context: Context) -> Any:
    """The market's time zone."""
    return context["zone"]
