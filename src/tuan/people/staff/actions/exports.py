"""What leaves the market as a file is written down first."""

from tuan.platform import audit
from tuan.platform.work import Work


async def record_export(work: Work, name: str, query: str) -> None:
    """Who took which view of which table; the rows themselves are not kept twice."""
    await audit.record(work, "staff.record_export", f"table {name}", reason="export", before={}, after={"view": query})
