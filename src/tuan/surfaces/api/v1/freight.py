"""A supplier's freight templates, and what his goods weigh."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from tuan.goods import catalog
from tuan.goods.catalog.model import (
    FREIGHT,
    FREIGHT_NAME_MAX,
    FREIGHT_RULES_MAX,
    MEASURE_MAX,
    PRODUCT,
    REGIONS_MAX,
    SKU,
    UNITS_PER_PERSON_MAX,
    Freight,
    FreightRule,
    NewFreight,
    Parcel,
    read_freight,
)
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, FreightId, Listing, ProductId, Reason, SkuId
from tuan.surfaces.desks.freight.forms import read_place
from tuan.surfaces.web.once import once, remembered
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

Amount = Annotated[int, Meta(description="Minor units.", ge=0, le=AMOUNT_MINOR_MAX, examples=[800])]
Step = Annotated[int, Meta(description="Pieces, grams or cubic centimetres.", ge=1, le=MEASURE_MAX, examples=[1])]
Size = Annotated[int, Meta(ge=0, le=MEASURE_MAX, examples=[500])]
Place = Annotated[
    str, Meta(description="A province, city or district by its code, or as an address writes it.", min_length=1,
              max_length=60, pattern=NO_NUL, examples=["浙江省 杭州市"])
]  # fmt: skip


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What sending into some places costs: the first so many, then each further step begun. Without places: everywhere else.

    Of all places that hold an address the smallest counts. `free_above_minor`: from so many goods on it costs nothing.
    """

    regions: Annotated[list[Place], Meta(max_length=REGIONS_MAX)] = []
    delivers: bool = True
    first_units: Step = 1
    first_minor: Amount = 0
    next_units: Step = 1
    next_minor: Amount = 0
    free_above_minor: Annotated[int, Meta(ge=1, le=AMOUNT_MINOR_MAX, examples=[9900])] | None = None


class FreightTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template's terms. The usual one is for all goods that name no other; the first of a supplier is usual anyway."""

    name: Annotated[str, Meta(min_length=1, max_length=FREIGHT_NAME_MAX, pattern=NO_NUL, examples=["普通快递"])]
    measure: Annotated[Literal["pieces", "weight", "volume"], Meta(examples=["weight"])] = "pieces"
    rules: Annotated[list[Rule], Meta(min_length=1, max_length=FREIGHT_RULES_MAX)]
    is_usual: bool = False
    reason: Reason


class Template(Struct, frozen=True, kw_only=True):
    """A template as it stands."""

    freight: FreightId
    name: Annotated[str, Meta(examples=["普通快递"])]
    measure: Annotated[Literal["pieces", "weight", "volume"], Meta(examples=["weight"])]
    rules: list[Rule]
    is_usual: bool
    changed_at: datetime


class MadeTemplate(Struct, frozen=True, kw_only=True):
    """The new template."""

    freight: FreightId


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which template a product is sent; null for the usual one."""

    freight: FreightId | None
    reason: Reason


class ParcelTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one piece weighs (grams) and takes up (cubic centimetres), and how many one person may buy alone; null: any number."""

    weight_grams: Size = 0
    volume_cm3: Size = 0
    units_per_person_max: Annotated[int, Meta(ge=1, le=UNITS_PER_PERSON_MAX, examples=[2])] | None = None
    reason: Reason


@operation("GET", "/supplier/freight", scope="goods.read")
async def list_freight(visit: Visit) -> Listing[Template]:
    """The supplier's templates, the usual one first."""
    assert visit.supplier is not None
    async with visit.reading() as work:
        rows = await catalog.freights_of(work, visit.supplier)
    return Listing([_shown(row) for row in rows])


@operation("POST", "/supplier/freight", scope="goods.write", status=201)
async def add_freight(visit: Visit, data: FreightTerms, key: str) -> MadeTemplate | Refusal:
    """One more template. Whoever asks for a price from now on is told it; placed orders keep what they were placed at."""
    supplier, new = visit.supplier, _read(data)

    async def act(work: Work) -> Refusal | dict[str, Any]:
        assert supplier is not None
        kept = await catalog.keep_freight(work, supplier, new, reason=data.reason)
        return kept if isinstance(kept, Refusal) else {"freight": FREIGHT.show(kept)}

    outcome = await remembered(visit, "api.add_freight", key, repr(data), act)
    return outcome if isinstance(outcome, Refusal) else MadeTemplate(**outcome)


@operation("PUT", "/supplier/freight/{freight}", scope="goods.write", status=204)
async def change_freight(visit: Visit, freight: FreightId, data: FreightTerms, key: str) -> Refusal | None:
    """Other terms for one of the supplier's templates."""
    supplier, found, new = visit.supplier, read_id(FREIGHT, freight), _read(data)

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        kept = await catalog.keep_freight(work, supplier, new, freight=found, reason=data.reason)
        return kept if isinstance(kept, Refusal) else None

    return await once(visit, "api.change_freight", key, f"{freight} {data}", act)


@operation("DELETE", "/supplier/freight/{freight}", scope="goods.write", status=204)
async def drop_freight(visit: Visit, freight: FreightId, key: str) -> Refusal | None:
    """Goods that named it go by the usual one."""
    supplier, found = visit.supplier, read_id(FREIGHT, freight)

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await catalog.drop_freight(work, supplier, found, reason="API")

    return await once(visit, "api.drop_freight", key, freight, act)


@operation("PUT", "/supplier/products/{product}/freight", scope="goods.write", status=204)
async def choose_freight(visit: Visit, product: ProductId, data: Choice, key: str) -> Refusal | None:
    """Send one of the supplier's own products by this template."""
    supplier, found = visit.supplier, read_id(PRODUCT, product)
    freight = read_id(FREIGHT, data.freight) if data.freight else None

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await catalog.choose_freight(work, supplier, [found], freight, reason=data.reason)

    return await once(visit, "api.choose_freight", key, f"{product} {data}", act)


@operation("PUT", "/supplier/skus/{sku}/parcel", scope="goods.write", status=204)
async def set_parcel(visit: Visit, sku: SkuId, data: ParcelTerms, key: str) -> Refusal | None:
    """What one piece of the supplier's own SKU weighs, and how many one person may buy."""
    supplier, found = visit.supplier, read_id(SKU, sku)
    parcel = Parcel(data.weight_grams, data.volume_cm3, data.units_per_person_max)

    async def act(work: Work) -> Refusal | None:
        assert supplier is not None
        return await catalog.set_parcel(work, supplier, found, parcel, reason=data.reason)

    return await once(visit, "api.set_parcel", key, f"{sku} {data}", act)


def _read(data: FreightTerms) -> NewFreight:
    """Raises Refused for a place that there is none of."""
    rules = tuple(
        FreightRule(**{**structs.asdict(rule), "regions": frozenset(read_place(one) for one in rule.regions)})
        for rule in data.rules
    )
    return NewFreight(data.name, Freight(rules, data.measure), data.is_usual)


def _shown(row: Any) -> Template:
    freight = read_freight(row["measure"], row["rules"])
    rules = [
        Rule(**{name: getattr(rule, name) for name in Rule.__struct_fields__ if name != "regions"},
             regions=sorted(rule.regions))
        for rule in freight.rules
    ]  # fmt: skip
    return Template(freight=FREIGHT.show(row["id"]), name=row["name"], measure=row["measure"], rules=rules,
                    is_usual=row["is_usual"], changed_at=row["changed_at"])  # fmt: skip


HANDLERS = (list_freight, add_freight, change_freight, drop_freight, choose_freight, set_parcel)
