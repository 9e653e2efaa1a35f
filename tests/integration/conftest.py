"""A newsroom on loopback with a scheduler to run against it, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pantau.demo.bench import Bench
from pantau.newsroom.server import Reply, SiteServer
from pantau.newsroom.world import World
from tests.integration.stage import Newsroom, Stage


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """The newsroom in its first round, nothing crawled yet."""
    world = World()
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(tmp_path / "catalogue")
        bench = Bench(tmp_path, world.hosts)
        bench.set_clock(world.now)
        yield Newsroom(world, server, bench)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[[Callable[[str, str], Reply]], Stage]]:
    """Make a site of one host, `situs.test`, with a feed; what it answers is the test's."""
    opened: list[SiteServer] = []

    def build(answer: Callable[[str, str], Reply]) -> Stage:
        server = SiteServer(answer)
        opened.append(server)
        server.__enter__()
        return Stage(tmp_path, server)

    yield build
    for server in opened:
        server.__exit__(None, None, None)
