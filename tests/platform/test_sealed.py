"""Signed archives: read by the tools that everybody has, and whatever is changed in one is seen."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platform.test_commands import tuan
from tuan.platform import sealed
from tuan.platform.sealed import SealBroken, fingerprint, key_of, open_sealed, seal

SECRET = b"s" * 32
KEY = key_of(SECRET, 1)
FILES = {"about.json": b"{}", "chains.csv": "店铺,层级\n".encode()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_was_sealed_comes_out_and_says_whose_key_it_was() -> None:
    found = open_sealed(seal(FILES, KEY))
    assert found.files == FILES
    assert found.key == fingerprint(KEY.public_key()) != fingerprint(key_of(SECRET, 2).public_key())
    assert seal(FILES, KEY) == seal(dict(reversed(FILES.items())), key_of(SECRET, 1))


CHANGES: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a file": lambda p: {**p, "chains.csv": b"none"},
    "a file more": lambda p: {**p, "more.csv": b""},
    "a file less": lambda p: {name: content for name, content in p.items() if name != "chains.csv"},
    "a file and its hash": lambda p: {
        **p, "about.json": b"[]",
        sealed.SUMS: p[sealed.SUMS].replace(hashlib.sha256(b"{}").hexdigest().encode(), hashlib.sha256(b"[]").hexdigest().encode()),
    },
    "the signature": lambda p: {**p, sealed.SIGNATURE: bytes(64)},
    "the key": lambda p: {**p, sealed.PUBLIC: parts(seal({}, key_of(SECRET, 2)))[sealed.PUBLIC]},
    "no key": lambda p: {**p, sealed.PUBLIC: b"-----BEGIN PUBLIC KEY-----"},
    "no list": lambda p: {name: content for name, content in p.items() if name != sealed.SUMS},
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_seen(change: str) -> None:
    changed = CHANGES[change](parts(seal(FILES, KEY)))
    with pytest.raises(SealBroken):
        open_sealed(packed(changed))
    assert open_sealed(packed(parts(seal(FILES, KEY)))).files == FILES, "packing it anew is no change"


@given(st.binary(max_size=200) | st.integers(0, 800).map(lambda cut: seal(FILES, KEY)[:cut]))
def test_what_is_no_archive_is_refused_and_breaks_nothing(raw: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(raw)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "LONGEST_BYTES", 10)
    with pytest.raises(SealBroken, match="too large"):
        open_sealed(seal(FILES, KEY))
    monkeypatch.setattr(sealed, "FILES_MAX", 1)
    with pytest.raises(SealBroken, match="too large"):
        open_sealed(seal({}, KEY))


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("sha256sum")), reason="the tools are not here")
def test_the_tools_that_everybody_has_say_the_same(tmp_path: Path) -> None:
    """The two commands of docs/handbook/regulators.md."""
    for name, content in parts(seal(FILES, KEY)).items():
        (tmp_path / name).write_bytes(content)
    verify = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "public.pem",
        "-rawin",
        "-in",
        "SHA256SUMS",
        "-sigfile",
        "SHA256SUMS.sig",
    ]
    subprocess.run(verify, cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "chains.csv").write_text("none")
    assert subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True).returncode == 1
    (tmp_path / "SHA256SUMS").write_text("none")
    assert subprocess.run(verify, cwd=tmp_path, capture_output=True).returncode == 1


def test_the_command_says_whether_a_report_is_as_it_was_signed(tmp_path: Path) -> None:
    report, key = tmp_path / "report.zip", fingerprint(KEY.public_key())
    report.write_bytes(seal(FILES, KEY))
    good = tuan("verify-report", str(report), "--key", key, "--json")
    assert (good.returncode, json.loads(good.stdout)) == (0, {"files": sorted(FILES), "key": key})
    other = tuan("verify-report", str(report), "--key", "0" * 64)
    report.write_bytes(packed({**parts(seal(FILES, KEY)), "about.json": b"[]"}))
    changed, gone = tuan("verify-report", str(report)), tuan("verify-report", str(tmp_path / "none.zip"))
    assert [done.returncode for done in (other, changed, gone)] == [1, 1, 1]
    assert "another key" in other.stderr and "about.json" in changed.stderr and "Traceback" not in gone.stderr
