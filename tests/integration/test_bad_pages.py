"""Pages that nobody wants to meet: each is counted with its verdict, and the rest goes on."""

import gzip

import pytest

from pantau.newsroom.server import Reply, SiteServer
from tests.integration.stage import Stage, pantau, run_demo

GOOD = "".join(
    f"<p>Perahu nomor {n} berangkat sebelum fajar membawa hasil kebun ke pasar terapung di hilir, kata juragannya.</p>"
    for n in range(8)
)


def page(body, head=""):
    return f"<!doctype html><html lang='id'><head><title>Perahu pagi</title>{head}</head><body>{body}</body></html>"


PAGES = {
    "baik": Reply(body=page(f"<h1>Perahu Pagi Berangkat</h1><article>{GOOD}</article>").encode()),
    "kosong": Reply(body=b""),
    "putih": Reply(body=b"  \n\t "),
    "pdf": Reply(body=b"%PDF-1.7 \x00\x01\x02", content_type="application/pdf"),
    "gambar": Reply(body=b"\x89PNG\r\n\x1a\n" + bytes(2000), content_type="text/html"),
    "dalam": Reply(body=page("<div>" * 200_000 + GOOD).encode()),
    "salah-aksara": Reply(
        body=page(f"<h1>Perahu</h1>{GOOD}“é”").encode("cp1252"), content_type="text/html; charset=utf-8"
    ),
    "raksasa": Reply(body=page("<p>" + "air pasang surut " * 2_000_000 + "</p>").encode()),
    "terpotong": Reply(body=page(f"<article>{GOOD}")[:-400].encode()),
    "rusak": Reply(body=b"<html><body>\x00\xff\xfe<p>" + bytes(range(256)) * 40),
    "lama": Reply(body=page("<table>" * 1_500 + "<a>" * 20_000 + "<p>" * 20_000 + GOOD).encode()),
}


def site(home):
    items = "".join(f"<item><title>Perahu {name}</title><link>{home}/berita/{name}</link></item>" for name in PAGES)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Situs & Kawan</title>{items}</channel></rss>'

    def answer(_, path):
        if path == "/rss":
            return Reply(body=feed.encode(), content_type="application/rss+xml")
        return PAGES.get(path.removeprefix("/berita/"), Reply(status=404))

    return answer


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The store after one crawl of all bad pages, reading limited to three seconds a page, answers to 8 MB."""
    with SiteServer(site("")) as server:
        stage = Stage(tmp_path_factory.mktemp("bad"), server)
        stage.set("crawl", "max_bytes = 8000000\nmax_attempts = 1")
        stage.set("read", "time_limit_s = 3")
        done = pantau(stage.bench, "crawl", timeout=110)
        assert done.returncode == 0, done.stderr
        yield stage.bench


@pytest.mark.parametrize(
    ("name", "state", "verdicts"),
    [
        ("baik", "read", {"article"}),
        ("kosong", "read", {"empty"}),
        ("putih", "read", {"empty"}),
        ("pdf", "read", {"not_html"}),
        ("gambar", "read", {"not_html"}),
        ("dalam", "read", {"article", "listing", "empty", "unread"}),
        ("salah-aksara", "read", {"article"}),
        ("raksasa", "failed", {None}),
        ("terpotong", "read", {"article"}),
        ("rusak", "read", {"listing", "empty", "not_html", "article"}),
        ("lama", "read", {"article", "listing", "empty", "unread"}),
    ],
)
def test_a_bad_page_is_counted(crawled, name, state, verdicts):
    [found] = crawled.ask(
        "select a.state, d.verdict, coalesce(a.reason, '') from address a left join download d on d.id = a.download_id"
        " where a.url like :url",
        url=f"%/berita/{name}",
    )
    assert found[0] == state
    assert found[1] in verdicts
    assert "\n" not in found[2]


def test_the_good_page_is_an_article_and_the_store_is_sound(crawled):
    assert (
        crawled.count(
            "select count(*) from articles where url like '%/berita/baik' and headline = 'Perahu Pagi Berangkat'"
        )
        == 1
    )
    assert crawled.compare().findings == []


def test_an_answer_that_is_too_large_says_so(crawled):
    [(reason,)] = crawled.ask("select reason from address where url like '%/raksasa'")
    assert "larger" in reason or "size" in reason.lower()


def test_a_page_that_takes_too_long_is_given_up_and_said(stage):
    def answer(_, path):
        if path == "/rss":
            feed = b'<rss version="2.0"><channel><title>S</title><item><title>Perahu lama</title><link>/berita/1</link></item></channel></rss>'
            return Reply(body=feed, content_type="application/rss+xml")
        return Reply(body=page(GOOD * 20_000).encode()) if path == "/berita/1" else Reply(status=404)

    slow = stage(answer)
    slow.set("read", "time_limit_s = 0.2")
    done = pantau(slow.bench, "crawl")
    assert done.returncode == 0, done.stderr
    assert slow.bench.ask("select state, reason from address") == [("read", "reading took longer than 0.2 seconds")]
    assert slow.bench.ask("select verdict from download where url like '%/berita/1'") == [("unread",)]


def test_a_folder_of_saved_pages_is_read_whole(tmp_path):
    for name in ("baik", "kosong", "pdf", "terpotong"):
        (tmp_path / f"{name}.html.gz").write_bytes(gzip.compress(PAGES[name].body))
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(b"<p>air</p>" * 100)[:-20])
    (tmp_path / "& aneh ü.html").write_bytes(PAGES["baik"].body)
    done = run_demo("--pages", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 pages fetched, archived and read" in done.stdout
    assert "1 file cannot be unpacked and is left out: cut.html.gz" in done.stdout
    assert "Round 2   2 requests, 0 pages fetched again" in done.stdout


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_pages_is_refused_in_one_sentence(tmp_path, name):
    done = run_demo("--pages", tmp_path / name)
    assert done.returncode == 1
    assert "holds no *.html or *.html.gz file" in done.stderr
    assert done.stderr.count("\n") == 1
