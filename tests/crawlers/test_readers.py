"""Feeds, sitemaps, lists, the gate, and when to come back."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.gate import lets_through
from crawlers.patience import next_attempt, next_check, next_poll
from crawlers.spiders.feed import NotAFeedError, read_feed
from crawlers.spiders.listing import NoLinksError, read_listing
from crawlers.spiders.sitemap import NotASitemapError, read_sitemap
from pipeline.records import SourceHints

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ITEM = "<item><title>Perahu {n}</title><link>https://situs.test/{n}</link><pubDate>Tue, 10 Mar 2026 08:00:00 +0700</pubDate></item>"


def rss(items, title="Situs"):
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def test_a_feed_tells_titles_links_and_times():
    [item] = read_feed(rss(ITEM.format(n=1)), None, limit=10)
    assert (item.headline, item.url, item.date_published) == (
        "Perahu 1",
        "https://situs.test/1",
        datetime(2026, 3, 10, 1, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "feed",
    [
        rss(ITEM.format(n=1) + ITEM.format(n=2), title="Situs & Kawan"),
        rss(ITEM.format(n=1) + "<item><title>tanpa tautan</title></item>" + ITEM.format(n=2)),
        rss(ITEM.format(n=1) + "<item><title>&tidakada;</title><link>https://situs.test/2</link></item>"),
        rss(ITEM.format(n=1) + ITEM.format(n=2)).replace(b"</channel></rss>", b""),
        b"\n\n  " + rss(ITEM.format(n=1) + ITEM.format(n=2)),
    ],
    ids=["ampersand", "no link", "unknown entity", "cut", "blank lines"],
)
def test_a_broken_feed_costs_no_good_item(feed):
    assert {item.url for item in read_feed(feed, "text/xml", limit=10)} == {
        "https://situs.test/1",
        "https://situs.test/2",
    }


def test_what_no_database_keeps_is_left_out_of_a_title():
    feed = rss(
        "<item><title>Perahu &#xD800;&#0; pagi\x00</title><link>https://situs.test/1</link><category>a&#xDFFF;b</category></item>"
    )
    [item] = read_feed(feed, None, limit=5)
    told = f"{item.headline} {item.url} {item.tags}"
    assert told.encode("utf-8")
    assert "\x00" not in told
    assert item.headline is not None
    assert item.headline.startswith("Perahu")


def test_a_feed_s_items_are_bounded():
    assert len(read_feed(rss("".join(ITEM.format(n=n) for n in range(10_000))), None, limit=50)) == 50


@pytest.mark.parametrize("content", [b"", b"<html><body><h1>Masuk</h1></body></html>", b"\x00\x01", b"{}", b"%PDF-1.7"])
def test_what_is_no_feed_is_said(content):
    with pytest.raises(NotAFeedError, match="no feed"):
        read_feed(content, None, limit=10)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        f'<!ENTITY a{n} "{"&a;" if n == 0 else f"&a{n - 1};"}{("&a;" if n == 0 else f"&a{n - 1};") * 9}">'.encode()
        for n in range(12)
    )
    + b"]>"
)


def test_entities_are_not_expanded():
    items = read_feed(
        BOMB
        + b"<rss version='2.0'><channel><title>&a11;</title><item><title>&a11;</title><link>https://situs.test/1</link></item></channel></rss>",
        None,
        limit=5,
    )
    assert all(len(item.headline or "") <= 4_000 for item in items)
    with pytest.raises(NotASitemapError):
        read_sitemap(b"<html/>", limit=5)
    found, _ = read_sitemap(BOMB + b"<urlset><url><loc>https://situs.test/&a11;</loc></url></urlset>", limit=5)
    assert all(len(item.url) < 1_000 for item in found)


def test_an_external_entity_is_not_read(tmp_path):
    (tmp_path / "rahasia").write_text("rahasia", "utf-8")
    evil = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file://{tmp_path}/rahasia">]><urlset><url><loc>https://situs.test/&f;</loc></url></urlset>'
    found, _ = read_sitemap(evil.encode(), limit=5)
    assert "rahasia" not in str(found)


SITEMAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    b"<url><loc> https://situs.test/1 </loc><news:news><news:publication_date>2026-03-10T08:00:00+07:00</news:publication_date>"
    b"<news:title>Perahu 1</news:title><news:keywords>AI, perahu</news:keywords></news:news></url><url><lastmod>x</lastmod></url></urlset>"
)


@pytest.mark.parametrize("content", [SITEMAP, gzip.compress(SITEMAP)], ids=["plain", "gzip"])
def test_a_news_sitemap_tells_its_items(content):
    [item], more = read_sitemap(content, limit=10)
    assert (item.url, item.headline, item.tags, more) == ("https://situs.test/1", "Perahu 1", ("AI", "perahu"), [])
    assert item.date_published == datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def test_pictures_and_bare_ampersands_do_not_change_an_address():
    xml = (
        b'<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><image:image><image:loc>https://situs.test/a.jpg'
        b"</image:loc></image:image><loc>https://situs.test/x?a=1&b=2</loc></url></urlset>"
    )
    [item], _ = read_sitemap(xml, limit=5)
    assert item.url == "https://situs.test/x?a=1&b=2"


def test_an_index_names_its_sitemaps():
    assert read_sitemap(
        b"<sitemapindex><sitemap><loc>https://situs.test/a.xml</loc></sitemap></sitemapindex>", limit=5
    ) == ([], ["https://situs.test/a.xml"])


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b rusak", gzip.compress(b"x" * 1000)[:-9], b"<rss/>"])
def test_what_is_no_sitemap_is_said(content):
    with pytest.raises(NotASitemapError, match="no sitemap"):
        read_sitemap(content, limit=5)


def test_a_gzip_bomb_is_unpacked_no_further_than_its_bound():
    with pytest.raises(NotASitemapError):
        read_sitemap(gzip.compress(b"\0" * (200 << 20)), limit=5)


def test_a_list_tells_each_article_once_with_its_longest_text():
    page = b"<a href='/berita/1-a'><img></a><a href='/berita/1-a'>Perahu pagi berangkat lagi</a><a href='/tentang'>Tentang</a><a href='https://lain.test/berita/2-b'>x</a>"
    found = read_listing(page, "https://situs.test/", SourceHints(article_url=r"/berita/(?P<id>\d+)-"), limit=10)
    assert [(item.url, item.headline) for item in found] == [
        ("https://situs.test/berita/1-a", "Perahu pagi berangkat lagi"),
        ("https://lain.test/berita/2-b", None),
    ]


@pytest.mark.parametrize("page", [b"", b"<p>tidak ada tautan</p>", b"<a href='/tentang'>Tentang</a>", b"\x00"])
def test_a_list_without_articles_is_said(page):
    with pytest.raises(NoLinksError, match="links no article"):
        read_listing(page, "https://situs.test/", SourceHints(), limit=10)


@pytest.mark.parametrize(
    "title",
    [
        "WhatsApp Melarang Chatbot",
        "X bans bots",
        "Aturan kecerdasan buatan baru",
        "New rules for A.I. music",
        "Kebijakan privasi berubah",
        "OpenAI's new terms",
        None,
        "",
    ],
)
def test_the_gate_lets_platforms_and_ai_through(title):
    assert lets_through(title)


@pytest.mark.parametrize(
    "title",
    ["Harga cabai naik di pasar", "Maxx menang tipis", "Kapal berlayar ke metro", "Rain said to stay", "x plus y"],
)
def test_the_gate_lets_other_news_pass_by(title):
    assert not lets_through(title)


@pytest.mark.parametrize(
    ("retry_after", "least"),
    [
        (None, 900),
        ("", 900),
        ("60", 900),
        ("7200", 7200),
        ("Tue, 10 Mar 2026 06:00:00 GMT", 14400),
        ("kapan-kapan", 900),
        ("²", 900),
        ("-5", 900),
        ("9" * 40, 604800),
        ("Tue, 10 Mar 2099 06:00:00 GMT", 604800),
    ],
)
def test_a_server_that_asks_for_time_gets_it(retry_after, least):
    assert next_poll(NOW, 900, 0, retry_after) == NOW + timedelta(seconds=least)


def test_failures_wait_longer_each_time_up_to_a_day():
    waits = [next_poll(NOW, 900, failures) - NOW for failures in range(40)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=15)
    assert waits[-1] == timedelta(days=1)
    assert next_attempt(NOW, 0) - NOW == timedelta(minutes=5)
    assert next_attempt(NOW, 60) - NOW == timedelta(days=1)


def test_an_article_is_looked_at_again_on_a_ladder_that_ends():
    assert [next_check(NOW, n) - NOW for n in range(5)] == [
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
        timedelta(days=7),
        timedelta(days=30),
    ]
    assert next_check(NOW, 5) is None
