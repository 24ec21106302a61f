"""Accounts at real providers: one file per market and provider, read at start and checked as a whole. Nothing has a default.

`<folder>/<market>/<provider>.json`, for example `providers/1/wechat.json`; the folder is TUAN_PROVIDERS, else `providers`
in the data folder. A text may name where it stands instead: `env:NAME`, or `file:name` beside the file.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from tuan.platform.settings import SettingsError

FOLDER = "TUAN_PROVIDERS"

A = TypeVar("A", bound=msgspec.Struct)


class _Missing(Exception):
    """A text that is named and is not where it is said to be."""


def folder_of(data: Path) -> Path:
    return Path(os.environ[FOLDER]) if FOLDER in os.environ else data / "providers"


def read_accounts(folder: Path, kinds: Mapping[str, type[A]]) -> dict[str, dict[int, A]]:
    """By provider and market. kinds: what each provider needs.

    Raises SettingsError that names every fault of every file, so that one start shows all there is to do.
    """
    found: dict[str, dict[int, A]] = {name: {} for name in kinds}
    faults = []
    for path in sorted(folder.glob("*/*.json")):
        try:
            kind = kinds[path.stem]
            market = int(path.parent.name)
        except (KeyError, ValueError):
            faults.append(f"{path}: providers are {', '.join(kinds)}, and the folder above is a market's number")
            continue
        try:
            found[path.stem][market] = _read(path, kind)
        except (msgspec.MsgspecError, _Missing, ValueError) as error:
            faults.append(f"{path}: {error}")
    if faults:
        raise SettingsError("Accounts at payment providers are not complete:\n" + "\n".join(faults))
    return found


def _read(path: Path, kind: type[A]) -> A:
    written = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    account = msgspec.convert({name: _text(path, name, text) for name, text in written.items()}, kind)
    empty = [name for name in kind.__struct_fields__ if not getattr(account, name) and name in _needed(kind)]
    if empty:
        raise _Missing(f"empty: {', '.join(empty)}")
    return account


def _needed(kind: type[msgspec.Struct]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(kind) if field.required}


def _text(path: Path, name: str, text: str) -> str:
    where, colon, what = text.partition(":")
    if colon and where == "env":
        if what not in os.environ:
            raise _Missing(f"{name}: there is no {what} in the environment")
        return os.environ[what]
    if colon and where == "file":
        file = path.parent / what
        if not file.is_file():
            raise _Missing(f"{name}: there is no file {file}")
        return file.read_text()
    return text
