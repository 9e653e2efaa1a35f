"""The newsroom's three rounds and every command that asks, on SQLite and on PostgreSQL."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pantau.demo.bench import Bench
from pantau.newsroom.server import SiteServer
from pantau.newsroom.world import World
from tests.integration.questions import assert_answers
from tests.integration.stage import Newsroom, pantau


@pytest.fixture
def newsroom(tmp_path: Path, store_url: str) -> Iterator[Newsroom]:
    """The newsroom, crawled on a store of either kind by the test."""
    world = World()
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(tmp_path / "catalogue")
        yield Newsroom(world, server, Bench(tmp_path, world.hosts, store_url))


def run_to(newsroom: Newsroom, last: int) -> list[dict[str, int]]:
    """Run the rounds up to `last`; return the store's counts after each."""
    counts = []
    for number in range(1, last + 1):
        newsroom.world.round = number
        newsroom.bench.set_clock(newsroom.world.now)
        newsroom.bench.run_round()
        counts.append(newsroom.bench.compare().counts)
    return counts


def test_three_rounds_store_what_happened_and_no_more(newsroom):
    first, second, third = run_to(newsroom, 3)
    assert first["article"] == World().article_count
    assert {name for name in second if second[name] != first[name]} == {"poll"}
    assert third["article"] - second["article"] == 1
    assert third["article_version"] - second["article_version"] == 2
    assert newsroom.bench.compare().findings == []
    edits = newsroom.bench.ask("select old_headline, new_headline from article_edits")
    assert [new for _, new in edits] == ["YouTube Perketat Aturan Monetisasi, Video AI Massal Tak Lagi Dibayar"]
    assert newsroom.bench.count("select count(*) from articles where vanished_at is not null") == 1
    assert_answers(newsroom.bench, newsroom.world)


def test_every_command_that_asks_answers(newsroom):
    run_to(newsroom, 1)
    bench = newsroom.bench
    changes = json.loads(pantau(bench, "changes", "--format", "json").stdout)
    [ban] = [
        c for c in changes if (c["product"], c["action"], c["object"]) == ("WhatsApp", "ban", "general_purpose_chatbot")
    ]
    assert (ban["company"], ban["effective"]) == ("Meta", "2026-01-15")
    assert ban["reports"] >= 4
    proof = pantau(bench, "proof", ban["change_id"])
    assert "sha256" in proof.stdout
    assert f"“{ban['proof']}”" in proof.stdout
    rows = list(csv.DictReader(io.StringIO(pantau(bench, "changes", "--format", "csv").stdout)))
    assert len(rows) == len(changes)
    assert "policy changes" in pantau(bench, "status").stdout
    assert "Archive and rows agree." in pantau(bench, "db", "check").stdout
    assert pantau(bench, "db", "upgrade").returncode == 0


@pytest.mark.parametrize(
    "statement",
    [
        "delete from article",
        "update article set site_key = 'x'",
        "with gone as (delete from article returning 1) select * from gone",
        "select 1; delete from article",
        "create table mine (n integer)",
        "drop view changes",
        "",
        "bukan sql",
    ],
)
def test_sql_that_would_write_is_refused_and_changes_nothing(newsroom, statement):
    newsroom.bench.set_clock(newsroom.world.now)
    assert pantau(newsroom.bench, "db", "upgrade").returncode == 0
    before = newsroom.bench.compare().counts
    refused = pantau(newsroom.bench, "sql", statement)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert newsroom.bench.compare().counts == before
