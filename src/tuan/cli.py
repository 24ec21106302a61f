"""The commands. Heavy imports live inside them, so that `tuan --help` answers at once."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from tuan.measuring import bench
from tuan.terminal import DEFAULT_DATA, Data, Development, Host, Json, Phone, finish, run, say

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Tuan 团: goods find people."
)

app.add_typer(bench, name="bench")

simulation = typer.Typer(
    no_args_is_help=True, help="Play seeded worlds against the product, with faults and an auditor."
)
app.add_typer(simulation, name="simulate")

staff = typer.Typer(no_args_is_help=True, help="Who works in the office: let somebody in, or in anew.")
app.add_typer(staff, name="staff")

File = Annotated[Path, typer.Argument(help="The file.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it.")]
Small = Literal["watts_strogatz", "kleinberg"]
Report = Annotated[Path | None, typer.Option(help="Write here what was left out, a line each with its reason.")]


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the demo market.")] = True,
) -> None:
    """Start everything for a look: database, demo market, server and worker in one terminal."""
    from tuan import up as command

    run(command.up(data, port=port, demo=demo, say=say))


@app.command()
def serve(
    data: Data = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    development: Development = False,
) -> None:
    """Answer requests; one process per core behind a proxy."""
    from tuan import up as command

    run(command.serve(data, host=host, port=port, development=development, say=say))


@app.command()
def worker(
    data: Data = DEFAULT_DATA,
    development: Development = False,
    metrics_port: Annotated[int, typer.Option(help="Answer Prometheus here, on this machine only; 0: not at all.")] = 0,
) -> None:
    """Deliver facts, do what is due, call the outside."""
    from tuan import up as command

    run(command.work(data, development=development, metrics_port=metrics_port, say=say))


@app.command()
def migrate(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Bring the database to the newest migration, as its owner."""
    from tuan.launch import stand_on
    from tuan.migrations.migrate import migrate as bring_up
    from tuan.platform.embedded import OWNER

    async def main() -> None:
        with stand_on(data, say=say, development=True) as ground:
            before, now = await bring_up(ground.url(OWNER), say=say)
        finish({"before": before, "now": now}, as_json=as_json, text=f"{before or 'nothing'} → {now}")

    run(main())


@app.command()
def demo(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Load the demo market; loading it twice changes nothing."""
    from tuan import up as command

    logins = run(command.load_demo(data, say=say))
    finish({"logins": logins}, as_json=as_json, text="\n".join(logins))


@app.command()
def key(
    data: Data = DEFAULT_DATA,
    phone: Annotated[str, typer.Option(help="The number of the person as whom the key acts.")] = "",
    name: Annotated[str, typer.Option(help="By which the key is known again.")] = "key",
    scope: Annotated[list[str] | None, typer.Option(help="What it may do; may be said several times.")] = None,
    days: Annotated[int | None, typer.Option(help="After so many days it ends.", min=1)] = None,
    revoke: Annotated[str, typer.Option(help="Revoke this key instead of making one.")] = "",
    host: Annotated[str, typer.Option(help="The market, by its host name; else the oldest.")] = "",
    as_json: Json = False,
) -> None:
    """Make a key of the API, and show it once; or revoke one."""
    from tuan import keys as command
    from tuan.people.developers.model import KEY

    if revoke:
        run(command.revoke(data, host=host, key=revoke, say=say))
        finish({"revoked": revoke}, as_json=as_json, text=f"{revoke} is revoked.")
        return
    made = run(command.make(data, host=host, phone=phone, name=name, scopes=scope or (), days=days, say=say))
    shown = KEY.show(made.id)
    finish(
        {"id": shown, "key": made.text},
        as_json=as_json,
        text=f"{made.text}\n(its name is {shown}; this text is not shown again)",
    )


@app.command()
def check(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Ask the live database whether everything adds up; exit code 1 on a breach."""
    from tuan import check as command

    if run(command.check(data, as_json=as_json, say=say)):
        raise typer.Exit(1)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A folder that is not there yet; best on another disk.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Keep one moment of everything, while it goes on: database, secret, uploaded files. Readable by you alone."""
    from tuan import backups

    result = run(backups.take(target, data, say=say))
    text = f"{result['backup']}: {result['rows']} rows, {result['bytes'] / 1e6:.1f} MB, {result['seconds']} s"
    finish(result, as_json=as_json, text=text)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A backup.")], data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Bring a backup back into an empty data folder, or an empty database of TUAN_OWNER_DATABASE_URL."""
    from tuan import backups

    result = run(backups.restore(source, data, say=say))
    text = f"{result['rows']} rows as of {result['taken_at']}, {result['seconds']} s. Next: migrate, check, worker."
    finish(result, as_json=as_json, text=text)


@app.command("verify-report")
def verify_report(
    file: File,
    key: Annotated[
        str, typer.Option(help="The fingerprint that the market tells of its key; another one is a breach.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Verify a signed report to an authority: each file's hash, and whose key signed them; exit code 1 if anything differs."""
    from tuan.platform.sealed import SealBroken, open_sealed

    try:
        found = open_sealed(file.read_bytes())
        if key and key.lower() != found.key:
            raise SealBroken(f"signed with another key: {found.key}")
    except (SealBroken, OSError) as error:
        say(f"{file}: {error}")
        raise typer.Exit(1) from error
    text = "\n".join([*sorted(found.files), f"as they were signed, with the key {found.key}"])
    finish({"files": sorted(found.files), "key": found.key}, as_json=as_json, text=text)


@app.command()
def verify(source: Annotated[Path, typer.Argument(help="A backup.")], as_json: Json = False) -> None:
    """Restore a backup into a scratch cluster and check it; exit code 1 if anything does not add up."""
    from tuan import backups
    from tuan.check import print_table

    result = run(backups.verify(source, say=say))
    if not as_json:
        print_table(result["markets"])
    words = "adds up" if result["ok"] else "does NOT add up"
    text = f"{source} {words}: {result['rows']} rows as of {result['taken_at']}, {result['seconds']} s"
    finish(result, as_json=as_json, text=text)
    if not result["ok"]:
        raise typer.Exit(1)


@app.command()
def reconcile(
    provider: Annotated[str, typer.Option(help="The payment provider: sandbox, wechat, alipay or stripe.")],
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The statement's day.")],
    data: Data = DEFAULT_DATA,
    development: Development = False,
    as_json: Json = False,
) -> None:
    """Compare a provider's statement of a day with the books; exit code 1 while something differs."""
    from tuan import reconcile as command

    result = run(command.reconcile(data, provider, day.date(), development=development, say=say))
    for market in result["markets"]:
        for one in () if as_json else market["unmatched"]:
            say(
                f"{market['market']}: {one['kind']} {one['about']}: {one['why']} (ours {one['ours_minor']}, theirs {one['theirs_minor']})"
            )
    open_ones = sum(len(market["unmatched"]) for market in result["markets"])
    lines = sum(market["lines"] for market in result["markets"])
    finish(result, as_json=as_json, text=f"{provider} {day.date()}: {lines} lines, {open_ones} unmatched")
    if not result["ok"]:
        raise typer.Exit(1)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A launches file: initiator, item, participants, separated by tabs.")],
    data: Data = DEFAULT_DATA,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many launches files' parts are played at once.")] = 6,
    price: Annotated[int, typer.Option(min=1, help="What a seat costs, in minor units.")] = 1000,
    lines: Annotated[int, typer.Option(min=1, help="Play only so many lines.")] = 10**9,
    as_json: Json = False,
) -> None:
    """Play a real group-buying log through the same verbs as the pages."""
    from tuan import replay as command

    result = run(command.replay(file, data, workers=workers, price_minor=price, lines=lines, say=say))
    finish(result, as_json=as_json, text="\n".join(f"{name:>22}  {value}" for name, value in result.items()))


@app.command("import")
def bring_in(
    what: Annotated[Literal["orders", "goods"], typer.Argument(help="Past invoices, or prices and stock.")],
    file: File, data: Data = DEFAULT_DATA, market: str = "", dry_run: Dry = False, report: Report = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Bring in past invoices (without a market into one of their own), or goods: each line once, with a reason if not."""
    from tuan import imports

    host, verb = (market, imports.import_orders) if what == "orders" else (market or "localhost", imports.import_goods)
    result = run(verb(file, data, host=host, is_dry=dry_run, report=report, say=say))
    finish(result, as_json=as_json, text=json.dumps(result, indent=2))


@app.command("export")
def export_goods(file: File, data: Data = DEFAULT_DATA, market: Host = "localhost", as_json: Json = False) -> None:
    """Every SKU with its price and its stock, as `tuan import goods` reads it: .xlsx is a workbook, anything else CSV."""
    from tuan import imports

    result = run(imports.export_goods(file, data, host=market, say=say))
    finish(result, as_json=as_json, text=json.dumps(result, indent=2))


@simulation.command()
def world(
    data: Annotated[
        Path, typer.Option(help="A data folder of its own: worlds are played here and stay.")
    ] = DEFAULT_DATA / "world",
    seed: Annotated[int | None, typer.Option(envvar="SEED", help="Play this seed; without it a fresh one.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="So many seeds, one after the other.")] = 1,
    steps: Annotated[
        int, typer.Option(envvar="STEP", min=1, help="So many steps, then everything comes to its end.")
    ] = 150,
    hours: Annotated[float, typer.Option(min=0, help="Go on with the next seeds for so long.")] = 0.0,
    as_json: Json = False,
) -> None:
    """Buyers, suppliers, a provider and clocks by chance; exit code 1 and SEED=… STEP=… at the first unlawful step."""
    from tuan import simulate as command

    result, account = run(command.simulate(data, seed=seed, seeds=seeds, steps=steps, hours=hours, say=say))
    finish(result, as_json=as_json, text=account)
    if "step" in result:
        raise typer.Exit(1)


@simulation.command()
def campaign(
    people: Annotated[int, typer.Option(help="How many people there are.")] = 2000,
    friends: Annotated[int, typer.Option(help="How many each of them knows.")] = 10,
    graph: Annotated[Small, typer.Option(help="The small world.")] = "watts_strogatz",
    opened: Annotated[int, typer.Option(help="Teams that are opened.")] = 200,
    size: Annotated[int, typer.Option(help="Seats of a team.")] = 2,
    price: Annotated[int, typer.Option(help="At the team price, in minor units.")] = 990,
    single: Annotated[int, typer.Option(help="At the single price.")] = 1990,
    leader_off: Annotated[int, typer.Option(help="Off for the leader.")] = 0,
    appeal: Annotated[int, typer.Option(help="How strongly it attracts; 10000 as in real launches.")] = 10_000,
    passed_on: Annotated[int, typer.Option(help="How many times an invitation is passed on.")] = 1,
    rate: Annotated[int, typer.Option(help="Commission of the recommending shop, in ten-thousandths.")] = 0,
    runs: Annotated[int, typer.Option(help="How many times it is played.")] = 100,
    seed: Annotated[int, typer.Option(envvar="SEED")] = 1,
    as_json: Json = False,
) -> None:
    """How many teams would form, and what it would cost, before a campaign is launched."""
    from tuan.simulate import planning

    result = planning.campaign(
        people=people, friends=friends, world=graph, opened=opened, size=size, price_minor=price, single_minor=single,
        leader_off_minor=leader_off, appeal=appeal, passed_on=passed_on, rate_one=rate, runs=runs, seed=seed,
    )  # fmt: skip
    finish(result, as_json=as_json, text=planning.told(result))


@simulation.command()
def plan(
    people: Annotated[int, typer.Option(help="How many people there are.")] = 2000,
    friends: Annotated[int, typer.Option(help="How many each of them knows.")] = 10,
    graph: Annotated[Small, typer.Option(help="The small world.")] = "watts_strogatz",
    shops: Annotated[int, typer.Option(help="How many of ten thousand people have a shop.")] = 500,
    opened: Annotated[int, typer.Option(help="Links that shops share.")] = 1000,
    price: Annotated[int, typer.Option(help="Of a unit, in minor units.")] = 1990,
    rate: Annotated[int, typer.Option(help="Of the selling shop, in ten-thousandths of the line.")] = 1000,
    second: Annotated[int, typer.Option(help="Of whoever invited that shop.")] = 0,
    signed: Annotated[bool, typer.Option(help="Somebody has signed for level 2.")] = False,
    hold_days: Annotated[int, typer.Option(help="From receipt to pay-out.")] = 15,
    profile: Annotated[str, typer.Option(help="CN, EU or US.")] = "CN",
    passed_on: Annotated[int, typer.Option(help="How many times a link is passed on.")] = 2,
    runs: Annotated[int, typer.Option(help="How many times it is played.")] = 100,
    seed: Annotated[int, typer.Option(envvar="SEED")] = 1,
    as_json: Json = False,
) -> None:
    """What a commission plan would pay, to whom, and whether it may be; exit code 1 where it may not."""
    from tuan.simulate import planning

    result = planning.plan(
        people=people, friends=friends, world=graph, shops=shops, opened=opened, price_minor=price, single_minor=price,
        rate_one=rate, rate_two=second, is_signed=signed, hold_days=hold_days, profile=profile, passed_on=passed_on,
        runs=runs, seed=seed,
    )  # fmt: skip
    finish(result, as_json=as_json, text=planning.told(result))
    if result["breaches"]:
        raise typer.Exit(1)


@simulation.command("fit")
def fit_chances(
    file: Annotated[Path, typer.Argument(help="Launches: initiator, item, participants, separated by tabs.")],
    as_json: Json = False,
) -> None:
    """How attractive goods are, fitted to every other launch and held against the rest (docs/design/planner.md)."""
    from tuan.simulate.fitting import calibrate

    result = calibrate(file)
    finish(result, as_json=as_json, text="\n".join(f"{name:>24}  {value}" for name, value in result.items()))


@staff.command("admit")
def admit_member(
    phone: Phone,
    role: Annotated[str, typer.Option(help="owner, goods, orders, care, audit, or a role of your own.")] = "owner",
    name: Annotated[str, typer.Option(help="What he is called in the office.")] = "",
    host: Host = "localhost",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make somebody a member of staff; his first password and the key of his authenticator are printed once."""
    from tuan import enrol

    lines = run(enrol.admit(data, phone=phone, name=name, role=role, host=host, say=say))
    finish({}, as_json=False, text="\n".join(lines))


@staff.command("renew")
def renew_member(phone: Phone, host: Host = "localhost", data: Data = DEFAULT_DATA) -> None:
    """For a lost telephone or password: both are made new and printed once, and all his sessions end."""
    from tuan import enrol

    lines = run(enrol.renew(data, phone=phone, host=host, say=say))
    finish({}, as_json=False, text="\n".join(lines))


if __name__ == "__main__":
    app()
