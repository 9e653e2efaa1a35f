"""Killed at any moment, thirty times in all: nothing is lost, nothing is there twice, archive and rows agree."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.dying import MOMENTS
from tests.integration.stage import environment, pantau, start

SCRIPT = Path(__file__).with_name("dying.py")
# What a store holds after a crawl that nobody disturbed: the same must be there after any number of kills.
QUESTIONS = (
    "select source_id, site_key, extent, canonical_url from article order by 1, 2",
    "select url, role, state from address order by 1",
    "select source_id, url, version, headline, article_body, extent from articles order by 1, 2",
    "select company, product, action, object, report_count, effective, proof from changes order by 1, 2, 3, 4",
    "select url, ordinal, kind, text from removed order by 1, 2",
    "select endpoint_id, outcome, items_new from poll where outcome = 'new' order by 1",
)


def answers(bench):
    return [[tuple(row) for row in bench.ask(question)] for question in QUESTIONS]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The answers after one quiet crawl."""
    from pantau.demo.bench import Bench
    from pantau.newsroom.server import SiteServer
    from pantau.newsroom.world import World

    world, folder = World(), tmp_path_factory.mktemp("quiet")
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(folder / "catalogue")
        bench = Bench(folder, world.hosts)
        bench.set_clock(world.now)
        assert pantau(bench, "crawl").returncode == 0
        return [without_port(rows, server.port) for rows in answers(bench)]


def without_port(rows, port):
    return [tuple(c.replace(f":{port}", "") if isinstance(c, str) else c for c in row) for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_kills_lose_nothing_and_double_nothing(newsroom, undisturbed, seed):
    choose = random.Random(seed)
    config = newsroom.bench.config
    config.write_text(config.read_text("utf-8").replace("delay_s = 0\n", "delay_s = 0.3\n"), "utf-8")
    kills = [lambda moment=moment: die_at(newsroom.bench, moment, choose.randint(1, 3)) for moment in MOMENTS]
    kills += [lambda: kill_after(newsroom.bench, choose.uniform(0.5, 1.5)) for _ in range(6)]
    assert [kill() for kill in kills] == [-signal.SIGKILL] * 10
    assert_nothing_is_lost_or_doubled(newsroom, undisturbed)


@pytest.mark.parametrize("moment", sorted(MOMENTS))
def test_a_kill_at_this_moment_is_survived(newsroom, undisturbed, moment):
    assert die_at(newsroom.bench, moment, 2) == -signal.SIGKILL
    assert_nothing_is_lost_or_doubled(newsroom, undisturbed)


def die_at(bench, moment, times):
    """Crawl until the program kills itself at a moment; return its exit code."""
    command = [sys.executable, str(SCRIPT), moment, str(times), "--config", str(bench.config), "crawl"]
    return subprocess.run(command, env=environment(), capture_output=True, timeout=60, check=False).returncode


def kill_after(bench, seconds):
    """Crawl for a while and kill the program; return its exit code."""
    process = start(bench, "crawl")
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode


def assert_nothing_is_lost_or_doubled(newsroom, undisturbed):
    done = pantau(newsroom.bench, "crawl")
    assert done.returncode == 0, done.stderr
    assert newsroom.bench.compare().findings == []
    found = [without_port(rows, newsroom.server.port) for rows in answers(newsroom.bench)]
    for question, mine, quiet in zip(QUESTIONS, found, undisturbed, strict=True):
        assert mine == quiet, question
