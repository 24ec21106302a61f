"""What all commands share: their common options, running a coroutine, saying how it ended."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[Path, typer.Option(help="The data folder; the embedded server lives there.", envvar="TUAN_DATA")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object last on standard output.")]
Development = Annotated[bool, typer.Option("--development", help="Allow console codes and play money.")]
Phone = Annotated[str, typer.Option(help="The telephone number, by which he signs in.")]
Host = Annotated[str, typer.Option(help="The market, by its host name.")]
DEFAULT_DATA = Path("data")


def say(text: str) -> None:
    typer.echo(text, err=True)


def run(main: Any) -> Any:
    """Run a coroutine on uvloop; an error that a person can act on is one line and exit code 2."""
    from tuan.backups.errors import BackupError
    from tuan.migrations.migrate import MigrationError
    from tuan.platform.database import NOT_LET_IN
    from tuan.platform.embedded import EmbeddedError
    from tuan.platform.settings import SettingsError

    with suppress(ImportError):  # it is not made for every system
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        return asyncio.run(main)
    except (SettingsError, EmbeddedError, MigrationError, BackupError, PermissionError) as error:
        say(f"tuan: {error}")
    except NOT_LET_IN as error:
        # A socket that is not there has an errno and no name; a file has a name, and what we say ourselves has neither.
        if isinstance(error, FileNotFoundError) and (error.filename is not None or error.errno is None):
            say(f"tuan: {error}")
            raise typer.Exit(2) from None
        say(f"tuan: the database cannot be used ({error}). Look at TUAN_DATABASE_URL and whether the server runs.")
    raise typer.Exit(2)


def finish(result: dict[str, Any], *, as_json: bool, text: str) -> None:
    sys.stdout.write((json.dumps(result) if as_json else text) + "\n")
