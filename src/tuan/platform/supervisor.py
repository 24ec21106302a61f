"""What systemd, or who speaks like it, and a process of ours tell each other: the socket to answer on, ready, stopping."""

import os
import socket
from contextlib import suppress

from tuan.platform.settings import SettingsError

FIRST_HANDED_OVER = 3


def handed_socket() -> socket.socket | None:
    """The listening socket that was handed to this process (sd_listen_fds(3)); None if it is to open one itself.

    It stays open in the supervisor: whoever connects while a process is replaced waits in its queue for the next one.
    Raises SettingsError for more than one.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    if (count := os.environ.get("LISTEN_FDS", "")) != "1":
        raise SettingsError(f"One socket is answered on and {count or 'none'} handed over: look at the .socket unit.")
    return socket.socket(fileno=FIRST_HANDED_OVER)


def tell(state: str) -> None:
    """Say `READY=1` or `STOPPING=1` to the supervisor that asked for it (sd_notify(3)); nothing without one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one, suppress(OSError):
            one.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            one.send(state.encode())
