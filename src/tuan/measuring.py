"""`tuan bench …`: one command per benchmark; what they measure lies in `benchmarks/` of a checkout."""

import json
from typing import Annotated, Any

import typer

from tuan.terminal import Json, finish, run, say

bench = typer.Typer(no_args_is_help=True, help="Measure beside what people would use instead; needs a checkout.")


def measure(name: str, *, as_json: bool, **options: Any) -> None:
    """Run `benchmarks/<name>` of this checkout and print what it measured."""
    from tuan.bench import benchmark

    result = run(benchmark(name)(say=say, **options))
    finish(result, as_json=as_json, text=json.dumps(result, indent=2))


@bench.command()
def orders(
    every: Annotated[bool, typer.Option("--all", help="All numbers of clients, one hot SKU and a thousand.")] = False,
    as_json: Json = False,
) -> None:
    """A seat held over HTTP, beside an empty POST, pgbench and a naive ORM."""
    measure("orders", every=every, as_json=as_json)


@bench.command()
def growth(
    orders: Annotated[int, typer.Option(min=1000, help="How many past orders; a million takes some 7 GB.")] = 5_000_000,
    as_json: Json = False,
) -> None:
    """A join in a market without a past, and in one with millions of past orders."""
    measure("growth", orders=orders, as_json=as_json)


@bench.command()
def figures(
    orders: Annotated[int, typer.Option(min=1000, help="How many past orders.")] = 200_000, as_json: Json = False
) -> None:
    """Every report over a market with a past: how long it takes, and what it reads whole."""
    measure("figures", orders=orders, as_json=as_json)


@bench.command("backup")
def backup_bench(
    orders: Annotated[int, typer.Option(min=1000, help="How many past orders.")] = 100_000, as_json: Json = False
) -> None:
    """A backup of a market with a past, restored and verified."""
    measure("backup", orders=orders, as_json=as_json)


@bench.command()
def lapse(
    teams: Annotated[int, typer.Option(min=1, help="How many teams are due at once.")] = 10_000, as_json: Json = False
) -> None:
    """Teams whose time is over at the same moment, until the last member has his money."""
    measure("lapse", teams=teams, as_json=as_json)


@bench.command()
def settle(
    lines: Annotated[int, typer.Option(min=2500, help="How many kept lines; a million takes some 3 GB.")] = 1_000_000,
    as_json: Json = False,
) -> None:
    """Kept lines shared out to the ledger, beside a plain INSERT … SELECT of the same rows."""
    measure("settle", lines=lines, as_json=as_json)


@bench.command()
def live(
    clients: Annotated[int, typer.Option(min=1, help="How many pages are open.")] = 1000, as_json: Json = False
) -> None:
    """Open pages of one team, until each has heard of a seat that was taken."""
    measure("live", clients=clients, as_json=as_json)


@bench.command()
def pages(as_json: Json = False) -> None:
    """Home, product and team pages for who has not signed in, beside a static response of the same size."""
    measure("pages", as_json=as_json)


@bench.command()
def links(
    codes: Annotated[int, typer.Option(min=100, help="How many links there are.")] = 1_000_000, as_json: Json = False
) -> None:
    """Short links opened at random, and one that everybody opens, beside an empty GET of the same server."""
    measure("links", codes=codes, as_json=as_json)


@bench.command()
def quote(
    seconds: Annotated[float, typer.Option(min=0.01, help="How long each round lasts.")] = 0.3, as_json: Json = False
) -> None:
    """Quotes of a cart of five lines with three coupons, pure."""
    measure("quote", seconds=seconds, as_json=as_json)


@bench.command("join-cost")
def join_cost(
    before: Annotated[
        str | None, typer.Option(help="A git revision: the last commit without what is measured.")
    ] = None,
    by_link: Annotated[bool, typer.Option(help="Joins by a shop's link, beside joins by none.")] = False,
    as_json: Json = False,
) -> None:
    """A join, beside the same join at an earlier revision or one that nobody recommended."""
    if (before is None) is not by_link:
        raise typer.BadParameter("Say either --before REVISION or --by-link.")
    measure("join_cost", before=before, as_json=as_json)
