"""Which page of an article an address is, which page comes next, and which address stands for all."""

import pytest

from pipeline.records import SourceHints
from pipeline.steps.decode import parse
from pipeline.steps.paging import canonical_of, later_page_of, next_page

NUMBERED = SourceHints(
    article_url=r"/(?:read|amp)/(?P<id>\d+)/(?P<slug>[\w-]+)(?:/(?P<page>\d+))?$", canonical_url="/read/{id}/{slug}"
)


@pytest.mark.parametrize(
    ("url", "stated", "hints", "is_later"),
    [
        ("https://a.test/amp/43058/judul-berita/16", None, NUMBERED, True),
        ("https://a.test/amp/43058/judul-berita", None, NUMBERED, False),
        ("https://a.test/amp/43058/judul-berita/16", "https://a.test/read/43058/judul-berita", SourceHints(), True),
        ("https://a.test/read/43058/judul-berita", "https://a.test/read/43058/judul-berita", SourceHints(), False),
        ("https://a.test/berita/2025/10", "https://a.test/berita/2025/10", SourceHints(), False),
        ("https://a.test/judul-berita/1", "https://a.test/judul-berita", SourceHints(), False),
        ("https://a.test/judul?page=2", None, SourceHints(), True),
        ("https://a.test/judul?page=1", None, SourceHints(), False),
        ("https://a.test/judul?hal=3&x=1", None, SourceHints(), True),
        ("https://a.test/judul/page/2/", None, SourceHints(), True),
        ("https://a.test/", None, SourceHints(), False),
    ],
)
def test_a_later_page_is_told_by_its_address(url, stated, hints, is_later):
    assert later_page_of(url, stated, hints) == is_later


URL = "https://a.test/read/1/judul-berita"


@pytest.mark.parametrize(
    ("html", "url", "found"),
    [
        ("<a rel='next' href='/read/1/judul-berita/16'>2</a>", URL, f"{URL}/16"),
        ("<link rel='next' href='?page=2'>", URL, f"{URL}?page=2"),
        ("<div class='pagination'><a href='/read/1/judul-berita/16'>Selanjutnya »</a></div>", URL, f"{URL}/16"),
        ("<a href='/read/1/judul-berita/16'>Selanjutnya</a>", URL, None),
        ("<a rel='next' href='/read/2/berita-lain'>Berita berikutnya</a>", URL, None),
        ("<a rel='next' href='https://lain.test/read/1/judul-berita/16'>2</a>", URL, None),
        (
            "<a rel='next' href='javascript:x()'>2</a><a rel='next' href='#b'>2</a><a rel='next' href='http://['>2</a>",
            URL,
            None,
        ),
        ("<p>tidak ada</p>", URL, None),
    ],
)
def test_the_next_page_is_one_of_the_same_article(html, url, found):
    assert next_page(parse(f"<html><body>{html}</body></html>"), url, SourceHints()) == found


@pytest.mark.parametrize(
    ("url", "stated", "hints", "found"),
    [
        ("https://a.test/amp/1/judul/16", "https://evil.test/x", NUMBERED, "https://a.test/read/1/judul"),
        ("https://a.test/x?y=1", "https://a.test/x", SourceHints(), "https://a.test/x"),
        ("https://amp.a.test/x", "https://www.a.test/x", SourceHints(), "https://www.a.test/x"),
        ("https://a.test/x", "https://a.test/", SourceHints(), "https://a.test/x"),
        ("https://a.test/x", "https://lain.test/x", SourceHints(), "https://a.test/x"),
        ("https://a.test/x", None, SourceHints(), "https://a.test/x"),
    ],
)
def test_a_canonical_address_is_believed_only_where_it_can_be(url, stated, hints, found):
    assert canonical_of(url, stated, hints) == found
