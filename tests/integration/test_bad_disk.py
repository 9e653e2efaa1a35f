"""A store that may not be written and a disk that is full: one sentence, nothing broken, and the work goes on when there is room."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from pantau.newsroom.server import Reply
from tests.integration.stage import NOW, Stage, pantau
from tests.small_disk import mounted, remount

TEXT = "".join(
    f"<p>Kapal nomor {n} menunggu air pasang di muara sebelum berlayar ke hulu, kata nakhoda.</p>" for n in range(60)
)


def answer(host, path):
    if path == "/rss":
        items = "".join(f"<item><title>Kapal {n} menunggu</title><link>/berita/{n}</link></item>" for n in range(30))
        feed = f'<rss version="2.0"><channel><title>S</title>{items}</channel></rss>'
        return Reply(body=feed.encode(), content_type="application/rss+xml")
    if path.startswith("/berita/"):
        noise = os.urandom(60_000).hex()
        return Reply(body=f"<html><body><h1>Kapal {path}</h1>{TEXT}<!-- {noise} --></body></html>".encode())
    return Reply(status=404)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    with mounted(tmp_path / "disk", "1m") as folder:
        yield folder


def test_a_full_disk_is_said_in_one_sentence_and_the_work_goes_on_when_there_is_room(stage, small_disk):
    site: Stage = stage(answer)
    archive = site.folder / "data" / "archive"
    archive.parent.mkdir()
    archive.symlink_to(small_disk)
    full = pantau(site.bench, "crawl")
    assert "Traceback" not in full.stderr
    assert "No space left" in full.stderr
    stored = site.bench.count("select count(*) from article")
    assert 0 < stored < 30
    remount(small_disk, "size=40m")
    site.bench.set_clock(NOW + timedelta(hours=1))
    again = pantau(site.bench, "crawl")
    assert again.returncode == 0, again.stderr
    assert site.bench.compare().findings == []
    assert site.bench.count("select count(*) from article") == 30


def test_a_store_on_a_full_disk_is_said_in_one_sentence(stage, small_disk):
    site: Stage = stage(answer)
    config = site.bench.config
    text = config.read_text("utf-8")
    config.write_text(text.replace(f'data = "{site.folder / "data"}"', f'data = "{small_disk}"').replace(
        f"{site.folder / 'data' / 'pantau.db'}", f"{small_disk / 'pantau.db'}"), "utf-8")  # fmt: skip
    full = pantau(site.bench, "crawl")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "full" in full.stderr or "No space left" in full.stderr
    remount(small_disk, "size=60m")
    config.write_text(
        config.read_text("utf-8").replace(NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()), "utf-8"
    )
    again = pantau(site.bench, "crawl")
    assert again.returncode == 0, again.stderr
    assert "30" in pantau(site.bench, "sql", "select count(*) as n from articles", "--format", "csv").stdout


def test_a_store_on_a_read_only_file_system_is_said_in_one_sentence_and_can_be_asked(newsroom, small_disk):
    bench = newsroom.bench
    remount(small_disk, "size=60m")
    config: Path = bench.config
    text = config.read_text("utf-8").replace(str(bench.folder / "data"), str(small_disk))
    config.write_text(text, "utf-8")
    assert pantau(bench, "crawl").returncode == 0
    remount(small_disk, "ro")
    refused = pantau(bench, "crawl")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert "read" in refused.stderr.lower()
    asked = pantau(bench, "sql", "select count(*) as n from changes")
    assert asked.returncode == 0, asked.stderr
