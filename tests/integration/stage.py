"""What integration tests work with: a server on loopback, a catalogue that names it, and the command line in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pantau.demo.bench import Bench
from pantau.newsroom.server import SiteServer
from pantau.newsroom.world import World

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


class Newsroom(NamedTuple):
    """The newsroom's world, its server, and the bench that crawls it."""

    world: World
    server: SiteServer
    bench: Bench


class Stage:
    """One site on loopback and a store of its own."""

    def __init__(self, folder: Path, server: SiteServer) -> None:
        self.folder = folder
        self.server = server
        self.home = f"http://situs.test:{server.port}"
        self.bench = Bench(folder, {"situs.test": "127.0.0.1"})
        self.write_catalogue(f'[[source.endpoints]]\nkind = "feed"\nurl = "{self.home}/rss"\n')
        self.bench.set_clock(NOW)

    def write_catalogue(self, endpoints: str, hints: str = "") -> None:
        """Write a catalogue of one source."""
        text = (
            f'[[source]]\nid = "situs"\nname = "Situs"\nhomepage = "{self.home}/"\nin_language = "id"\n'
            f'timezone = "Asia/Jakarta"\nscope = "all"\n{endpoints}{hints}'
        )
        (self.folder / "catalogue").mkdir(exist_ok=True)
        (self.folder / "catalogue" / "situs.toml").write_text(text, "utf-8")

    def set(self, section: str, line: str) -> None:
        """Add one line to a section of the settings."""
        text = self.bench.config.read_text("utf-8")
        self.bench.config.write_text(text.replace(f"[{section}]\n", f"[{section}]\n{line}\n"), "utf-8")


def pantau(bench: Bench, *arguments: str, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command(bench, *arguments), capture_output=True, text=True, timeout=timeout, env=environment(), check=False
    )


def run_demo(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the demo to its end."""
    return subprocess.run(
        [sys.executable, "-m", "pantau", "demo", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=110,
        check=False,
    )


def start(bench: Bench, *arguments: str) -> "subprocess.Popen[str]":
    """Start a command."""
    return subprocess.Popen(
        command(bench, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )


def command(bench: Bench, *arguments: str) -> Sequence[str]:
    """Return the command line of a command on a bench's settings."""
    return [sys.executable, "-m", "pantau", "--config", str(bench.config), *arguments]


def environment() -> dict[str, str]:
    """Return the environment without a store of the person who runs the tests."""
    return {name: value for name, value in os.environ.items() if name != "PANTAU_DATABASE_URL"}
