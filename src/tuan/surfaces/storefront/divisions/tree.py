"""China's divisions: provinces, cities, districts by their six-digit codes (GB/T 2260), and as an address writes them.

The data are made at set-up out of a package (`hatch_build.py`); they are texts in Chinese in every language.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tuan.surfaces.web.assets import DIST

FILE = DIST / "divisions.json"
ONLY_GROUPS = frozenset(("省直辖县", "自治区直辖县", "县"))
"""Names that stand in the tree over districts which belong to no city; nobody writes them."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Name by code, one table for each level. A code's first two digits are its province's, the first four its city's."""

    provinces: Mapping[str, str]
    cities: Mapping[str, str]
    districts: Mapping[str, str]

    def cities_of(self, province: str) -> dict[str, str]:
        """Empty for a code that is none."""
        return {
            code: name for code, name in self.cities.items() if code[:2] == province[:2] and province in self.provinces
        }

    def districts_of(self, city: str) -> dict[str, str]:
        return {code: name for code, name in self.districts.items() if code[:4] == city[:4] and city in self.cities}

    def region(self, district: str) -> str:
        """As an address writes it: 浙江省 杭州市 西湖区; a city that is its own province stands once."""
        return " ".join(
            _written(self.provinces[f"{district[:2]}0000"], self.cities[f"{district[:4]}00"], self.districts[district])
        )

    def place(self, text: str) -> str | None:
        """A province, city or district as an address writes it, of such a text or of its code; None for what is none.

        A province's name may be cut short: 浙江, 内蒙古.
        """
        written = " ".join(text.split())
        found = _by_code(self).get(written) or (written if written in _places(self) else None)
        if found is None and written:
            begun = [name for name in self.provinces.values() if name.startswith(written)]
            return begun[0] if len(begun) == 1 else None
        return found

    def find(self, region: str) -> str | None:
        """The district of a region that was written so."""
        return _by_region(self).get(" ".join(region.split()))


def _written(*names: str) -> Iterable[str]:
    return dict.fromkeys(name for name in names if name not in ONLY_GROUPS)


@cache
def tree() -> Tree:
    """Read once; raises FileNotFoundError where the browser files were not built."""
    return Tree(**json.loads(FILE.read_text()))


@cache
def _by_region(of: Tree) -> dict[str, str]:
    return {of.region(code): code for code in of.districts}


@cache
def _by_code(of: Tree) -> dict[str, str]:
    """Each place of any level as an address writes it, by its code."""
    cities = {code: " ".join(_written(of.provinces[f"{code[:2]}0000"], name)) for code, name in of.cities.items()}
    return {**of.provinces, **cities, **{code: of.region(code) for code in of.districts}}


@cache
def _places(of: Tree) -> frozenset[str]:
    return frozenset(_by_code(of).values())
