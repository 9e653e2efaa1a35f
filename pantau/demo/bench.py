"""What a demo works with: a folder, a settings file, the scheduler in a process of its own, and the store to ask."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from db.archive import Archive
from db.check import CheckReport, check
from db.engine import open_engine
from db.readonly import read_only
from pantau.newsroom.server import SiteServer

_ROUND_S = 300.0
_TEMPLATE = """data = "{data}"
catalogue = "{catalogue}"
database_url = "{store}"
now = "{now}"
[crawl]
delay_s = 0
contact = "demo"
[crawl.hosts]
{hosts}
[read]
workers = 2
"""


class Bench:
    """A demo's folder and the ways to run the scheduler on it and to ask its store."""

    def __init__(self, folder: Path, hosts: Mapping[str, str], store_url: str | None = None) -> None:
        self.folder = folder
        self.hosts = hosts
        self.config = folder / "pantau.toml"
        self.checks: list[tuple[str, bool]] = []
        self._store_url = store_url or f"sqlite:///{folder / 'data' / 'pantau.db'}"

    def set_clock(self, now: datetime) -> None:
        """Write the settings with the clock at `now`."""
        text = _TEMPLATE.format(
            data=self.folder / "data",
            catalogue=self.folder / "catalogue",
            store=self._store_url,
            now=now.isoformat(),
            hosts="\n".join(f'"{host}" = "{address}"' for host, address in self.hosts.items()),
        )
        self.config.write_text(text, "utf-8")

    def run_round(self) -> None:
        """Run the scheduler until nothing is due."""
        code = self.start().wait(_ROUND_S)
        self.check(code == 0, f"the scheduler ended cleanly (exit {code})")

    def run_and_kill(self, server: SiteServer, after_requests: int) -> None:
        """Run the scheduler and kill it (kill -9) when the server has been asked so often."""
        process = self.start()
        deadline = time.monotonic() + _ROUND_S
        while len(server.log) < after_requests and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def check(self, holds: bool, what: str) -> None:  # noqa: FBT001 - a check is its outcome and its name
        """Note a check."""
        self.checks.append((what, bool(holds)))

    def ask(self, statement: str, **params: Any) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        engine = open_engine(self._store_url)
        try:
            return read_only(engine, statement, params, max_rows=100_000)[1]
        finally:
            engine.dispose()

    def count(self, statement: str, **params: Any) -> int:
        """Return the first figure of a statement."""
        return int(self.ask(statement, **params)[0][0] or 0)

    def compare(self) -> CheckReport:
        """Return what is stored, and whether archive, rows, quotes and texts agree."""
        engine = open_engine(self._store_url)
        try:
            return check(engine, Archive(self.folder / "data" / "archive"))
        finally:
            engine.dispose()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the scheduler, which ends by itself when nothing is due."""
        command = [sys.executable, "-m", "pantau", "--config", str(self.config), "run", "--until-idle"]
        # The demo has a store of its own: one that the environment names must not be touched.
        environment = {name: value for name, value in os.environ.items() if name != "PANTAU_DATABASE_URL"}
        return subprocess.Popen(command, env=environment)  # noqa: S603 - our own program


@contextmanager
def demo_folder(keep: Path | None) -> Iterator[Path]:
    """Yield the folder to keep, or one that is gone afterwards.

    Raises:
        FolderInUseError: the folder to keep holds a store already.
    """
    if keep:
        if (keep / "data").exists():
            raise FolderInUseError(f"{keep} holds an earlier demo; name a new folder with --keep, or remove it")
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="pantau-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class FolderInUseError(ValueError):
    """The folder to keep holds an earlier demo: name a new one."""
