"""What the supplier's desk shows of sending: templates, and what his goods weigh."""

import msgspec

from tuan.surfaces.storefront.divisions.context import Choice


class RuleFields(msgspec.Struct, frozen=True, kw_only=True):
    """One rule as a form shows it: amounts as people type them. `is_rest`: it is for everywhere else."""

    provinces: list[str] = []
    is_rest: bool = False
    places: str = ""
    delivers: str = "yes"
    first_units: str = "1"
    first: str = "0"
    next_units: str = "1"
    next: str = "0"
    free_above: str = ""


class TemplateFields(msgspec.Struct, frozen=True, kw_only=True):
    """A template as a form shows it; `freight` is empty for a new one."""

    freight: str = ""
    name: str = ""
    measure: str = "pieces"
    is_usual: bool = False
    rules: list[RuleFields]
    key: str
    drop_key: str = ""
    error: str = ""
    words: list[str] = []
    """What it says, a sentence for each rule."""


class GoodsFields(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU's parcel as a form shows it, and the template of its product."""

    sku: str
    product: str
    name: str
    freight: str
    weight: str
    volume: str
    most: str
    key: str
    error: str = ""


class FreightPage(msgspec.Struct, frozen=True, kw_only=True):
    """Templates, the usual one first, then a blank one; the supplier's goods, the newest first."""

    supplier: str
    templates: list[TemplateFields]
    goods: list[GoodsFields]
    provinces: list[Choice]
    next_url: str | None = None
    open: str = ""
    """What is to be open: a template, `new`, or a SKU."""
