"""The product as a user has it: `tuan up` in a process of its own, watched from outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30
COLOURS = re.compile(r"\x1b\[[\d;]*m")
ERROR = re.compile(r"\[(error|critical)\s*\]|status=500")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Product:
    """A started product: its address, its processes, what it says."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        self._heard = threading.Condition()
        command = [sys.executable, "-P", "-m", "tuan.cli", "up", "--data", str(data), "--port", str(self.port)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TUAN_")}
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Its children write to the same place, the log lines of every request among it."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._heard:
                self.said.append(COLOURS.sub("", line.rstrip()))
                self._heard.notify_all()

    def wait_until_said(self, words: str, seconds_max: float = START_SECONDS_MAX, after: int = 0) -> None:
        """Wait for a line that begins with these words, among those after the first `after` ones."""

        def is_said() -> bool:
            return any(line.startswith(words) for line in self.said[after:])

        with self._heard:
            assert self._heard.wait_for(is_said, seconds_max), f"no “{words}” after {self.said[-20:]}"

    def errors(self, after: int = 0) -> list[str]:
        """The log lines of level error, with the traceback that follows each."""
        lines = self.said[after:]
        return ["\n".join(lines[n : n + 60]) for n, line in enumerate(lines) if ERROR.search(line)]

    def child(self, name: str) -> psutil.Process:
        """The process that serves, or the one that works."""
        (found,) = [p for p in psutil.Process(self._process.pid).children() if name in p.cmdline()]
        return found

    def postmaster(self) -> psutil.Process:
        """The server's first process; root's cluster may lie outside the data folder, so its files are asked."""
        (found,) = [p for p in self.processes() if is_postmaster(p)]
        return found

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this data folder."""
        return [p for p in psutil.process_iter() if self._is_ours(p)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and any(str(self.data) in w for w in process.cmdline())
        except psutil.NoSuchProcess:
            return False

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C or a service manager does, and return its exit code."""
        known = [*psutil.Process(self._process.pid).children(recursive=True), *self.processes()]
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_SECONDS_MAX)
        finally:
            self.clear_away()
        _, left = psutil.wait_procs(known, timeout=5)
        assert [p for p in left if p.is_running()] == [], "no process of it is left"
        assert self.processes() == []
        return code

    def clear_away(self) -> None:
        """End what a failed stop has left, so that nothing outlives the tests."""
        if self._process.poll() is None:
            for process in [*self.processes(), psutil.Process(self._process.pid)]:
                process.kill()
            self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()


def is_postmaster(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False
    return len(words) > 1 and Path(words[0]).name == "postgres" and "-D" in words
