"""Reading the newsroom again, on both databases: no difference without a reason, through kills, and beside a crawler."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from db.archive import Archive
from db.check import check
from db.engine import open_engine, writing
from db.models import article_version
from db.upgrade import upgrade
from pantau.demo.bench import Bench
from pantau.newsroom.server import SiteServer
from pantau.newsroom.world import World
from tests.integration.shelf import CONCERNED, LATER, STORIES, altered_rules, dump, fill_shelf
from tests.integration.stage import Newsroom, environment, pantau, start

SCRIPT = Path(__file__).with_name("dying_reprocess.py")


@pytest.fixture
def newsroom(tmp_path: Path, store_url: str) -> Iterator[Newsroom]:
    """The newsroom, crawled on a store of either kind by the test."""
    world = World()
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(tmp_path / "catalogue")
        yield Newsroom(world, server, Bench(tmp_path, world.hosts, store_url))


def reread(bench, *arguments):
    done = pantau(bench, "reprocess", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_newsroom_read_again_is_the_same(newsroom):
    bench = newsroom.bench
    for number in (1, 3):
        newsroom.world.round = number
        bench.set_clock(newsroom.world.now)
        bench.run_round()
        before = bench.compare().counts
        looked = reread(bench)
        assert looked["articles"] == looked["same"] == before["article"]
        assert (looked["differing"], looked["unreadable"]) == (0, {})
        assert bench.compare().counts == before
        written = reread(bench, "--apply")
        assert (written["differing"], written["retold"]) == (0, 0)
        after = bench.compare()
        assert {name for name in before if before[name] != after.counts[name]} == {"reprocess_run"}
        assert after.findings == []


def test_an_upgrade_of_ours_does_not_look_like_an_edit(newsroom):
    bench, world = newsroom.bench, newsroom.world
    bench.set_clock(world.now)
    bench.run_round()
    stored = bench.count("select count(*) from article")
    # As if an earlier extractor had left one line of noise at the end of every article.
    engine = open_engine(bench._store_url)
    with writing(engine) as conn:
        for row in conn.execute(
            select(article_version.c.id, article_version.c.blocks, article_version.c.article_body)
        ).all():
            blocks = [*row.blocks, {"kind": "paragraph", "text": "IKLAN LAMA"}]
            body = "\n".join(block["text"] for block in blocks)
            conn.execute(
                update(article_version)
                .where(article_version.c.id == row.id)
                .values(blocks=blocks, article_body=body, text_sha256="lama", extractor_version="0")
            )
    engine.dispose()
    world.round = 3
    bench.set_clock(world.now)
    bench.run_round()
    edits = bench.ask("select old_headline, new_headline, old_body from article_edits")
    assert [new for _, new, _ in edits] == ["YouTube Perketat Aturan Monetisasi, Video AI Massal Tak Lagi Dibayar"]
    assert "IKLAN LAMA" not in edits[0][2]
    causes = dict(bench.ask("select cause, count(*) from article_version group by 1"))
    assert (causes["first"], causes["edit"]) == (stored + 1, 1)
    assert causes["extractor"] >= 1
    found = reread(bench, "--apply")
    assert found["differing"] > 0
    assert bench.count("select count(*) from articles where article_body like '%IKLAN LAMA%'") == 0
    assert bench.compare().findings == []


def test_beside_a_running_crawler_neither_is_disturbed(newsroom):
    bench = newsroom.bench
    bench.set_clock(newsroom.world.now)
    assert pantau(bench, "db", "upgrade").returncode == 0
    crawl = start(bench, "crawl")
    runs = []
    while crawl.poll() is None:
        runs.append(pantau(bench, "reprocess", "--apply", "--format", "json"))
    _, said = crawl.communicate()
    assert (crawl.returncode, said) == (0, "")
    assert len(runs) > 1
    assert {done.returncode for done in runs} == {0}, [done.stderr for done in runs]
    assert not any("locked" in done.stderr for done in runs)
    assert bench.count("select count(*) from article") == newsroom.world.article_count
    assert reread(bench)["differing"] == 0
    assert bench.compare().findings == []


def bench_of(folder: Path, store_url: str) -> Bench:
    """Return a bench with the small store."""
    engine = open_engine(store_url)
    upgrade(engine)
    fill_shelf(engine, folder / "data" / "archive")
    engine.dispose()
    (folder / "catalogue").mkdir()
    (folder / "catalogue" / "situs.toml").write_text(
        '[[source]]\nid = "situs"\nname = "Situs"\nhomepage = "https://situs.test/"\nin_language = "id"\n', "utf-8"
    )
    bench = Bench(folder, {}, store_url)
    bench.set_clock(LATER)
    return bench


def apply_under(rules: Path, bench: Bench, moment: str = "never", times: int = 0) -> "subprocess.CompletedProcess[str]":
    """Write what the altered rules change, or die at a moment."""
    command = [sys.executable, str(SCRIPT), str(rules), moment, str(times)]
    command += ["--config", str(bench.config), "reprocess", "--apply", "--format", "json"]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)


def said_by(store_url: str):
    engine = open_engine(store_url)
    try:
        return dump(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("kills", [[("inside", 2), ("behind", 2)], [("behind", 1), ("inside", 1), ("behind", 1)]])
def test_killed_in_the_middle_it_goes_on_and_comes_to_the_same_end(tmp_path, store_url, kills):
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    quiet.mkdir()
    killed.mkdir()
    rules = altered_rules(tmp_path)
    quiet_url = f"sqlite:///{quiet / 'store.db'}"
    undisturbed = apply_under(rules, bench_of(quiet, quiet_url))
    assert undisturbed.returncode == 0, undisturbed.stderr
    bench = bench_of(killed, store_url)
    for moment, times in kills:
        assert apply_under(rules, bench, moment, times).returncode == -signal.SIGKILL
    done = apply_under(rules, bench)
    assert done.returncode == 0, done.stderr
    assert "Going on where the run" in done.stderr
    found = json.loads(done.stdout)
    assert found == json.loads(undisturbed.stdout)
    assert (found["articles"], found["differing"]) == (len(STORIES), len(CONCERNED))
    assert said_by(store_url) == said_by(quiet_url)
    engine = open_engine(store_url)
    assert check(engine, Archive(killed / "data" / "archive")).findings == []
    engine.dispose()
