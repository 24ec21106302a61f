"""Under whose name PostgreSQL runs: it refuses to be root, and another user cannot enter root's private folders.

Started by root, it runs in a user namespace in which root's files belong to `nobody`: outside, everything stays root's
and no folder changes its mode. Where the kernel or the container forbids namespaces, a system user of its own runs it,
with the database and a copy of the programs under /var/lib/tuan; this is said aloud.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from tuan.platform.embedded.binaries import WHEEL, Binaries
from tuan.platform.embedded.errors import EmbeddedError

SYSTEM_USER = "tuan-postgres"
SYSTEM_FOLDER = Path("/var/lib/tuan")


@dataclass(frozen=True, slots=True)
class Account:
    """Words put before each command, and the uid and gid it runs under where that is not our own."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, command: list[str], *, folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run to the end, with `text` as its input, and return what it said (stdout and stderr in one).

        In a session of its own: Ctrl-C in the terminal is for Tuan, which then stops the server in good order.
        """
        return subprocess.run(
            [*self.prefix, *command],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"},
            start_new_session=True,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def own(self, path: Path) -> Path:
        """Hand a file or folder that we made to the account."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)
        return path


def plain_account() -> Account | None:
    """The account that can work in our own folders; None if we are root and may not make a user namespace.

    A container's user without a name gets a namespace too, as initdb wants to know what it is called.
    """
    root = os.geteuid() == 0
    users = {entry.pw_uid: entry for entry in pwd.getpwall()}
    if os.geteuid() in users and not root:
        return Account()
    stranger = min((entry for uid, entry in users.items() if uid != 0), key=_preference, default=None)
    if stranger and shutil.which("unshare"):
        namespace = ("unshare", "--user", f"--map-user={stranger.pw_uid}", f"--map-group={stranger.pw_gid}")
        if subprocess.run([*namespace, "true"], capture_output=True).returncode == 0:
            return Account(namespace)
    return None if root else Account()


def _preference(entry: pwd.struct_passwd) -> bool:
    return entry.pw_name != "nobody"


def system_account() -> Account:
    """The system user for the case that namespaces are forbidden, made on first use. Raises EmbeddedError."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
    try:
        if all(entry.pw_name != SYSTEM_USER for entry in pwd.getpwall()):
            subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, this machine forbids user namespaces, and the system user {SYSTEM_USER} "
            f"could not be made ({error}). Run Tuan as an ordinary user."
        ) from error
    entry = pwd.getpwnam(SYSTEM_USER)
    return Account(user=entry.pw_uid, group=entry.pw_gid)


def reachable_copy(binaries: Binaries) -> Binaries:
    """The same programs where every user may run them: the wheel's are copied under /var/lib/tuan, once per build.

    The copy keeps the wheel's layout, because the programs find their libraries by the way from one to the other.
    """
    package = binaries.folder.parents[1]
    if package.name != WHEEL:
        return binaries
    built = int((binaries.folder / "postgres").stat().st_mtime)
    copy = SYSTEM_FOLDER / f"postgresql-{binaries.major}-{built}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in (binaries.folder.parent, package.with_name(f"{WHEEL}.libs")):
            if part.exists():
                shutil.copytree(part, partial / part.relative_to(package.parent), symlinks=True)
        partial.rename(copy)
    return replace(binaries, folder=copy / binaries.folder.relative_to(package.parent))
