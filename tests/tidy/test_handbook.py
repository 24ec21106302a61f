"""What an operator is told to type exists: commands, files, links."""

import re

from tests.tidy.house import ROOT, name
from tuan.cli import app

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]
DEPLOYED = [path for path in sorted((ROOT / "deploy").rglob("*")) if path.is_file()]
COMMAND = re.compile(r"(?:\./tuan|\.venv/bin/tuan|; tuan) ([a-z]+)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
COPIED = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)
OF_THE_LAUNCHER = {"test"}
"""`./tuan test` is shell."""


def known() -> set[str]:
    named = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    return named | {group.name for group in app.registered_groups if group.name} | OF_THE_LAUNCHER


def test_every_command_that_is_named_exists() -> None:
    said = {
        (name(p), word) for p in [*PAGES, *DEPLOYED, ROOT / "compose.yaml"] for word in COMMAND.findall(p.read_text())
    }
    assert {(page, word) for page, word in said if word not in known()} == set()
    assert {"backup", "restore", "verify", "migrate", "serve", "worker"} <= {word for _, word in said}


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        (name(page), target)
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_image_copies_what_is_there() -> None:
    sources = [word for line in COPIED.findall((ROOT / "Dockerfile").read_text()) for word in line.split()]
    assert len(sources) > 5 and [word for word in sources if not (ROOT / word).exists()] == []


def test_the_locks_agree() -> None:
    """One set of versions; write all three again when a dependency changes (docs/decisions/0037-operations.md)."""
    run, otel, dev = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / f"{lock}.lock").read_text(), re.MULTILINE))
        for lock in ("run", "otel", "dev")
    )
    assert run - otel == set() and otel - dev == set()
    assert {word.split("==")[0] for word in otel - run} >= {"opentelemetry-sdk", "protobuf"}
