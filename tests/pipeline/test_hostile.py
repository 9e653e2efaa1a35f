"""Whatever the bytes are, reading them ends soon in an article or a verdict, never in an error."""

import time
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Page, Verdict
from pipeline.run import read_article

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
GOOD = "".join(
    f"<p>Perahu nomor {n} berangkat sebelum fajar membawa hasil kebun ke pasar terapung, kata juragannya.</p>"
    for n in range(8)
)
LD = '<script type="application/ld+json">{}</script>'


def read(content, content_type="text/html"):
    return read_article(
        Page(url="https://situs.test/berita/1", content=content, content_type=content_type, fetched_at=NOW)
    )


PAGES = {
    "nothing": b"",
    "a zero": b"\x00",
    "cut in a tag": f"<html><body><article>{GOOD}<p cla".encode(),
    "deep": b"<div>" * 200_000 + GOOD.encode(),
    "deep and closed": b"<div>" * 100_000 + GOOD.encode() + b"</div>" * 100_000,
    "deep inline": b"<b><i>" * 50_000 + GOOD.encode(),
    "empty tags": b"<p></p>" * 300_000 + GOOD.encode(),
    "many titles": (b"<h1>" + b"x" * 20 + b"</h1>") * 30_000 + GOOD.encode(),
    "many links": b"<a href='/x'>y</a>" * 100_000 + GOOD.encode(),
    "one long line": b"<p>" + b"air pasang surut " * 600_000 + b"</p>",
    "no spaces": b"<p>" + b"a" * 5_000_000 + b"</p>",
    "many bytes of nothing": b" " * 20_000_000,
    "wrong charset": f"<meta charset=utf-16>{GOOD}“é”".encode("cp1252"),
    "two charsets": f"<meta charset=utf-8>{GOOD}é".encode() + "é“”".encode("cp1252"),
    "unknown charset": f"<meta charset=aneh>{GOOD}".encode(),
    "nulls inside": GOOD.replace("a", "a\x00").encode(),
    "only scripts": b"<html><body>" + b"<script>var a = 1;</script>" * 5_000 + b"</body></html>",
    "right to left": f"<html dir=rtl lang=ar><h1>قارب الصباح</h1>{'<p>غادر القارب الأول قبل الفجر محملا بالخضار إلى السوق العائم في أسفل النهر.</p>' * 6}".encode(),
    "broken JSON-LD": f"{LD.format('{{{{')}{GOOD}".encode(),
    "deep JSON-LD": f"{LD.format('[' * 50_000)}{GOOD}".encode(),
    "lying JSON-LD": LD.format(
        '{"@type": "NewsArticle", "headline": 5, "author": {"name": [null, {"name": {}}]}, "datePublished": ["x"], "publisher": "x"}'
    ).encode()
    + GOOD.encode(),
    "JSON-LD of nothing": f"{LD.format('null')}{LD.format('[[], 1]')}{GOOD}".encode(),
    "huge date": f"<time datetime='{'9' * 5_000}'>{'1/' * 5_000}</time>{GOOD}".encode(),
    "year zero": f"<time datetime='0000-00-00T99:99'>31-02-2025</time>{GOOD}".encode(),
    "attributes": b"<p " + b"a=b " * 200_000 + b">" + GOOD.encode(),
    "entities": b"&amp;" * 200_000 + b"&#0;&#xD800;&#99999999;" + GOOD.encode(),
    "comments": b"<!--" * 50_000 + GOOD.encode(),
    "tables": b"<table><tr><td>" * 3_000 + GOOD.encode(),
    "svg and math": b"<svg><math><title>x</title></math></svg>" * 2_000 + GOOD.encode(),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_is_answered_soon(name):
    began = time.process_time()
    article = read(PAGES[name])
    assert time.process_time() - began < 20
    assert article.verdict in get_args(Verdict)
    assert article.article_body == "\n".join(block.text for block in article.blocks)
    assert "\x00" not in article.article_body


@pytest.mark.parametrize(
    "name",
    [
        "cut in a tag",
        "wrong charset",
        "two charsets",
        "unknown charset",
        "broken JSON-LD",
        "lying JSON-LD",
        "year zero",
        "empty tags",
    ],
)
def test_a_page_that_is_only_ill_is_still_read(name):
    article = read(PAGES[name])
    assert article.verdict == "article"
    assert "Perahu nomor 3" in article.article_body


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class='share'>", "</div>", "<a href='x'>", "</a>", "<br>", "<table>", "<td>", "<script>", "</script>", "<!--", "-->", "<h1>", "<form>", "</form",
     "<svg>", "&amp", "&#0;", "<", ">", "\x00", "é", "\ud7ff", "BACA JUGA: ", "Perahu berangkat pagi ini dari dermaga lama di hulu sungai. ", "<meta charset=x>", "<title>",
     LD.format('{"@type":"NewsArticle","headline":"x","author":[{"@id":"#a"}],"datePublished":"2026"}'), "<time datetime='2026-03-10'>", "<figure>", "<li>", "<base href='//'>",
     "<link rel=canonical href='http://['>", "<link rel=next href='?page=2'>"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_soup_of_markup_is_read(soup):
    article = read(soup.encode("utf-8", "surrogatepass"))
    assert article.verdict in get_args(Verdict)
    assert not any("\n" in block.text for block in article.blocks)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html", "text/html; charset=shift_jis", "text/html; charset=", "x" * 300]),
)
def test_any_bytes_are_read(content, content_type):
    assert read(b"<html><body>" + content, content_type).verdict in get_args(Verdict)
