"""What a read costs: the plans of its statements, as the server ran them."""

import json
from typing import Any


class Explained:
    """A connection that keeps the plan of each read."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.plans: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        text = await self._connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args)
        self.plans += [one["Plan"] for one in (json.loads(text) if isinstance(text, str) else text)]
        rows: list[Any] = await self._connection.fetch(sql, *args)
        return rows


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(found for one in plan.get("Plans", []) for found in nodes(one))]


def rows_touched(plan: dict[str, Any], *tables: str) -> float:
    """Rows that the scans of a plan read, those among them that they threw away too; of these tables, where some are named."""
    return sum(
        (one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"]
        for one in nodes(plan)
        if one["Node Type"].endswith("Scan") and (not tables or one.get("Relation Name") in tables)
    )
