"""A real shop's invoices, imported to figures that are counted here apart from the product; skipped where they are absent."""

import csv
import gzip
import io
import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks import replay_kills
from tuan.imports import import_orders
from tuan.platform.settings import SettingsError

SHARED = Path(os.environ.get("TUAN_SHARED") or Path(__file__).resolve().parents[3] / "shared")
FILE = SHARED / "data" / "orders" / "online-retail.csv.gz"
SLICE_LINES = 3000
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

whole_file = pytest.mark.skipif(
    not FILE.exists(), reason="the real invoices are not here; TUAN_SHARED names their folder"
)


def count(lines: Iterable[str]) -> dict[str, int]:
    """The sums of a file, line by line and without any rule but the sign, as awk would count them."""
    found = dict.fromkeys(("lines", "sales_minor", "cancellation_minor", "cancellations", "refused_lines"), 0)
    invoices = set()
    for invoice, _, _, quantity, _, price, _, _ in itertools.islice(csv.reader(lines), 1, None):
        pence = Decimal(price) * 100
        amount = int(quantity) * pence
        found["lines"] += 1
        if invoice.startswith("C"):
            found["cancellations"] += 1
            found["cancellation_minor"] += int(amount)
        elif int(quantity) <= 0 or pence <= 0 or pence != int(pence):
            found["refused_lines"] += 1
        else:
            found["sales_minor"] += int(amount)
            invoices.add(invoice)
    return {**found, "orders": len(invoices), "ledger_imbalance": 0}


def meets(result: dict[str, int], oracle: dict[str, int]) -> bool:
    wanted = {name: value for name, value in oracle.items() if name != "cancellations"}
    answered = result["refunds"] + result["remainder"] == oracle["cancellations"]
    return answered and {name: result[name] for name in wanted} == wanted


async def bring_in(file: Path, folder: Path, host: str = "") -> dict[str, int]:
    return await import_orders(
        file, folder / "data", host=host, is_dry=False, report=folder / "left-out.csv", say=lambda _: None
    )


@whole_file
async def test_the_first_lines_of_a_real_shop_come_in_to_the_penny_and_only_once(tmp_path: Path) -> None:
    with gzip.open(FILE, "rt", newline="") as stream:
        head = "".join(itertools.islice(stream, SLICE_LINES))
    file = tmp_path / "slice.csv"
    file.write_text(head, newline="")
    oracle = count(io.StringIO(head, newline=""))
    first = await bring_in(file, tmp_path)
    assert meets(first, oracle)
    assert await bring_in(file, tmp_path) == first
    assert replay_kills.check(tmp_path / "data")["ok"]
    left_out = (tmp_path / "left-out.csv").read_text().splitlines()
    assert len(left_out) == 1 + first["refused_lines"] + first["remainder"]


@pytest.mark.nightly
@whole_file
async def test_all_of_a_real_shop_comes_in_to_the_penny(tmp_path: Path) -> None:
    with gzip.open(FILE, "rt", newline="") as stream:
        oracle = count(stream)
    assert (oracle["lines"], oracle["sales_minor"], oracle["cancellation_minor"]) == (320_705, 630_482_606, -52_077_056)
    assert meets(await bring_in(FILE, tmp_path), oracle)
    assert replay_kills.check(tmp_path / "data")["ok"]


def made_up(folder: Path, invoices: int) -> Path:
    """Invoices of few customers and goods, a fifth of them cancelled later, whole, in part, or at another price."""
    rng = random.Random(7)
    lines = []
    for number in range(invoices):
        who, day = rng.choice(("", "1.0", "2.0", "3.0")), f"2011-01-{1 + number * 27 // invoices:02} 10:00:00"
        for code in rng.sample("abcdefgh", rng.randint(1, 5)):
            units, price = rng.randint(1, 9), rng.choice(("1.25", "0.99"))
            lines.append(f'{number},{code},"Thing, {code}",{units},{day},{price},{who},Here')
            if rng.random() < 0.2:
                later = day.replace("10:00", "11:00")
                back, at = rng.randint(1, units + 2), rng.choice((price, price, "0.50", "3.00"))
                lines.append(f"C{number},{code},Thing,{-back},{later},{at},{who},Here")
    file = folder / "made-up.csv"
    file.write_text(HEADER + "\n".join(lines) + "\n")
    return file


async def test_an_import_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    file, data = made_up(tmp_path, 3000), tmp_path / "data"
    command = [sys.executable, "-P", "-m", "tuan.cli", "import", "orders", str(file), "--data", str(data), "--json"]
    rng = random.Random(3)
    for seconds in (4.0, rng.uniform(1, 3), rng.uniform(1, 3)):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
    with file.open(newline="") as stream:
        oracle = count(stream)
    result = await bring_in(file, tmp_path)
    assert meets(result, oracle)
    assert result["refunds"] and result["remainder"]
    assert replay_kills.check(data)["ok"]


async def test_a_market_in_another_currency_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no market"):
        await bring_in(made_up(tmp_path, 3), tmp_path, host="nowhere.test")
