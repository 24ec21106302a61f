"""Samples of everything that pages are made of; invented, and shown in development only."""

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.home.context import ProductCard
from tuan.surfaces.storefront.parts import Address, Category, Face, GoodsLine, MoneyLine, Refund, TeamCard
from tuan.surfaces.storefront.team.context import TeamPage


class ComponentsPage(msgspec.Struct, frozen=True, kw_only=True):
    """One of each, in each of its states."""

    colours: list[str]
    sizes: list[str]
    tones: list[str]
    icons: list[str]
    faces: list[Face]
    amounts: list[Money]
    cards: list[ProductCard]
    team_cards: list[TeamCard]
    categories: list[Category]
    line: GoodsLine
    sums: list[MoneyLine]
    total: Money
    refunds: list[Refund]
    teams: list[TeamPage]
    address: Address
    moments: list[str]
