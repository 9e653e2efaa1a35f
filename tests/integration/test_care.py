"""The store's care on the command line, against the newsroom, on SQLite and on PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.archive import Archive
from db.check import check
from db.engine import open_engine
from pantau.demo.bench import Bench
from pantau.newsroom.server import SiteServer
from pantau.newsroom.world import World
from tests.integration.stage import Newsroom, pantau, start


@pytest.fixture
def newsroom(tmp_path: Path, store_url: str) -> Iterator[Newsroom]:
    """The newsroom, crawled once on a store of either kind."""
    world = World()
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(tmp_path / "catalogue")
        bench = Bench(tmp_path, world.hosts, store_url)
        bench.set_clock(world.now)
        assert pantau(bench, "crawl").returncode == 0
        yield Newsroom(world, server, bench)


ANSWERS = (
    "select source_id, url, headline, article_body, extent from articles order by 1, 2",
    "select company, product, action, object, report_count, effective, proof from changes order by 1, 2, 3, 4, 5, 6, 7",
    "select url, ordinal, kind, text from removed order by 1, 2",
)


def answers(bench):
    return [[tuple(row) for row in bench.ask(question)] for question in ANSWERS]


def keep(bench, value):
    """Set what every source of the catalogue keeps."""
    for path in (bench.folder / "catalogue").glob("*.toml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("[[source]]\n", f'[[source]]\nkeep = "{value}"\n'), "utf-8")


def test_a_backup_while_it_crawls_is_restored_with_the_same_answers(newsroom, tmp_path):
    bench = newsroom.bench
    newsroom.world.round = 2
    bench.set_clock(newsroom.world.now)
    crawler = start(bench, "run", "--for", "20s")
    done = pantau(bench, "db", "backup", str(tmp_path / "aman.tar"))
    crawler.terminate()
    crawler.communicate()
    assert done.returncode == 0, done.stderr
    text = bench.config.read_text("utf-8")
    other = tmp_path / "baru"
    again = Bench(tmp_path, bench.hosts, f"sqlite:///{other / 'pantau.db'}")
    bench.config.write_text(
        text.replace(f'data = "{tmp_path / "data"}"', f'data = "{other}"').replace(bench._store_url, again._store_url),
        "utf-8",
    )
    restored = pantau(bench, "db", "restore", str(tmp_path / "aman.tar"))
    assert restored.returncode == 0, restored.stderr
    assert answers(again) == answers(bench)
    assert "Archive and rows agree." in pantau(bench, "db", "check").stdout
    refused = pantau(bench, "db", "restore", str(tmp_path / "aman.tar"))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "not overwritten" in refused.stderr
    asked = len(newsroom.server.take_log())
    assert pantau(bench, "crawl").returncode == 0
    assert answers(again) == answers(bench)
    assert asked


def test_a_forgotten_article_is_not_fetched_again(newsroom):
    bench = newsroom.bench
    plain = "select url from articles where url not in (select url from reports) and extent = 'full' order by 1"
    url = bench.ask(plain)[0][0]
    proven = bench.ask("select url from reports order by 1")[0][0]
    unasked = pantau(bench, "forget", url)
    assert (unasked.returncode, bench.count("select count(*) from tombstone")) == (1, 0)
    done = pantau(bench, "forget", url, "--yes")
    assert done.returncode == 0, done.stderr
    refused = pantau(bench, "forget", proven, "--yes")
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert pantau(bench, "forget", proven, "--yes", "--force").returncode == 0
    newsroom.server.take_log()
    newsroom.world.round = 2
    bench.set_clock(newsroom.world.now + timedelta(days=1))
    assert pantau(bench, "crawl").returncode == 0
    left = [row[0] for row in bench.ask("select url from articles")]
    assert url not in left
    assert proven not in left
    paths = [item.path for item in newsroom.server.take_log()]
    assert not [path for path in paths if url.endswith(path) or proven.endswith(path)]
    assert bench.compare().findings == []


def test_a_forgotten_source_stays_away(newsroom):
    bench = newsroom.bench
    [name] = {row[0] for row in bench.ask("select source_id from articles order by 1 limit 1")}
    assert pantau(bench, "forget", name, "--yes", "--force").returncode == 0
    bench.set_clock(newsroom.world.now + timedelta(days=1))
    assert pantau(bench, "crawl").returncode == 0
    assert bench.count("select count(*) from download where source_id = :s", s=name) == 0
    assert bench.count("select count(*) from articles where source_id = :s", s=name) == 0
    assert "may be fetched again" in pantau(bench, "forget", name, "--lift").stdout
    assert pantau(bench, "crawl").returncode == 0
    assert bench.count("select count(*) from articles where source_id = :s", s=name) > 0
    assert bench.compare().findings == []


def test_the_crawler_lets_go_by_itself_and_goes_on(newsroom):
    bench = newsroom.bench
    keep(bench, "days:5")
    before = answers(bench)
    size = sum(path.stat().st_size for path in (bench.folder / "data" / "archive").glob("*.gz"))
    bench.set_clock(newsroom.world.now + timedelta(hours=1))
    assert pantau(bench, "crawl").returncode == 0
    told = json.loads(
        pantau(bench, "sql", "select count(*) as n from articles where extent = 'headline'", "--format", "json").stdout
    )
    bench.set_clock(newsroom.world.now + timedelta(days=9))
    shown = pantau(bench, "db", "tidy", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "days:5" in shown.stdout
    done = pantau(bench, "run", "--until-idle")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    after = answers(bench)
    assert after[1] == before[1]
    assert len(after[0]) == len(before[0])
    assert bench.count("select count(*) from articles where extent = 'headline'") > told[0]["n"]
    assert bench.compare().findings == []
    assert sum(path.stat().st_size for path in (bench.folder / "data" / "archive").glob("*.gz")) < size


def test_tidying_beside_a_running_crawler_is_refused(newsroom):
    bench = newsroom.bench
    crawler = start(bench, "run", "--for", "30s")
    try:
        import time

        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            refused = pantau(bench, "db", "tidy")
            if refused.returncode:
                break
            time.sleep(0.2)
        assert "stop it first" in refused.stderr
        assert refused.stderr.count("\n") == 1
    finally:
        crawler.terminate()
        crawler.communicate()
    engine = open_engine(bench._store_url)
    assert check(engine, Archive(bench.folder / "data" / "archive")).findings == []
    engine.dispose()
