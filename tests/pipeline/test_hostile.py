"""Whatever the bytes are, reading them ends soon in an article or a verdict, never in an error."""

import gzip
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Announced, Page, SourceHints, Verdict
from pipeline.run import read_article

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
GOOD = "".join(
    f"<p>Perahu nomor {n} berangkat sebelum fajar membawa hasil kebun ke pasar terapung, kata juragannya.</p>"
    for n in range(8)
)
LD = '<script type="application/ld+json">{}</script>'


URL = "https://situs.test/berita/1"


def read(content, content_type="text/html", url=URL, **known):
    return read_article(Page(url=url, content=content, content_type=content_type, fetched_at=NOW, **known))


def assert_whole(article):
    """What is stored of any page: a known verdict, and a text that is its blocks, of one line each."""
    assert article.verdict in get_args(Verdict)
    assert article.article_body == "\n".join(block.text for block in article.blocks)
    assert not any(mark in block.text for block in article.blocks for mark in "\n\x00\ud800")
    assert all(block.text.strip() for block in article.blocks)
    assert msgspec.json.decode(msgspec.json.encode(article))["verdict"] == article.verdict


PAGES = {
    "nothing": b"",
    "a zero": b"\x00",
    "cut in a tag": f"<html><body><article>{GOOD}<p cla".encode(),
    "deep": b"<div>" * 200_000 + GOOD.encode(),
    "deep and closed": b"<div>" * 100_000 + GOOD.encode() + b"</div>" * 100_000,
    "deep inline": b"<b><i>" * 50_000 + GOOD.encode(),
    "empty tags": b"<p></p>" * 40_000 + GOOD.encode(),
    "many titles": (b"<h1>" + b"x" * 20 + b"</h1>") * 15_000 + GOOD.encode(),
    "many links": b"<a href='/x'>y</a>" * 20_000 + GOOD.encode(),
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
    "empty boxes": b"<div></div>" * 40_000 + GOOD.encode(),
    "line breaks": b"<br>" * 40_000 + GOOD.encode(),
    "links in one line": b"<p>" + b"<a href='/x'>y z</a> " * 8_000 + b"</p>" + GOOD.encode(),
    "times": b"<p><time datetime='2026-01-01'>1 Januari 2026</time></p>" * 5_000 + GOOD.encode(),
    "authors": b"<a rel=author href='/author/x'>Budi Santoso</a>" * 8_000 + GOOD.encode(),
    "bylines": b"<p class=byline>" + b"By A, " * 20_000 + b"</p>" + GOOD.encode(),
    "captions": b"<figure><img><figcaption>Foto: Budi/Antara</figcaption></figure>" * 4_000 + GOOD.encode(),
    "read-also lines": b"<p>Baca juga: <a href='/x'>Perahu lain berangkat</a></p>" * 4_000 + GOOD.encode(),
    "meta tags": b"<meta name=a content=b>" * 60_000 + GOOD.encode(),
    "many JSON-LD": LD.format('{"@type":"Person","name":"x","@id":"#a"}').encode() * 6_000 + GOOD.encode(),
    "long JSON-LD": LD.format(
        f'[{",".join(["""{"@type":"NewsArticle","headline":"x","datePublished":"2026"}"""] * 9_000)}]'
    ).encode()
    + GOOD.encode(),
    "JSON-LD in itself": LD.format('{"@graph":' * 900 + "1" + "}" * 900).encode() + GOOD.encode(),
    "long class": b"<div class='" + b"share related " * 200_000 + b"'>" + GOOD.encode(),
    "long id and title": b"<article id='" + b"x" * 4_000_000 + b"'>" + GOOD.encode(),
    "long address": b"<link rel=canonical href='https://situs.test/" + b"b/" * 500_000 + b"'>" + GOOD.encode(),
    "long title": b"<title>" + b"perahu " * 60_000 + b"</title><h1>" + b"perahu " * 60_000 + b"</h1>" + GOOD.encode(),
    "bracket after bracket": b"<p>" + b"(" * 100_000 + b"</p>" + GOOD.encode(),
    "dash after dash": b"<p>air" + b" --" * 60_000 + b"</p>" + GOOD.encode(),
    "accents on one letter": "<p>a{}</p>{}".format("\u0301" * 200_000, GOOD).encode(),
    "turned around": "<p>{}</p>{}".format("\u202eמים \u200f" * 60_000, GOOD).encode(),
    "less than": b"<" * 500_000 + GOOD.encode(),
    "ampersands": b"&" * 500_000 + GOOD.encode(),
    "open quotes": b"<p a='" * 100_000 + GOOD.encode(),
    "frames": b"<frameset>" * 30_000 + b"<frame src=x>" * 30_000,
    "marked sections": b"<![CDATA[x]]>" * 100_000 + GOOD.encode(),
    "scripts within": b"<article>" + b"<script>var a = '<p>';</script>" * 10_000 + GOOD.encode() + b"</article>",
    "nested scripts off": b"<noscript>" * 60_000 + GOOD.encode(),
    "nested links": b"<a href=x><div>" * 40_000 + GOOD.encode(),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_is_answered_soon(name):
    began = time.process_time()
    article = read(PAGES[name])
    assert time.process_time() - began < 20
    assert_whole(article)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "content",
    [
        b"<p>" + b"air pasang surut di muara sungai itu. " * 1_350_000 + b"</p>",
        b"<i></i>" * 1_000_000 + GOOD.encode(),
        b"<div>" * 200_000 + GOOD.encode() + b"</div>" * 200_000,
        b"<div class='" + b"share " * 8_000_000 + b"'>" + GOOD.encode(),
    ],
    ids=["fifty megabytes", "a million tags", "200,000 deep", "fifty megabytes of class"],
)
def test_a_huge_page_is_answered(content):
    began = time.process_time()
    assert_whole(read(content))
    assert time.process_time() - began < 60


@pytest.mark.slow
def test_a_huge_page_fits_into_memory():
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))\n"
        "from datetime import UTC, datetime\n"
        "from pipeline.records import Page\n"
        "from pipeline.run import read_article\n"
        "content = b'<p>air pasang surut di muara sungai itu.</p>' * 1_200_000\n"
        "print(read_article(Page(url='https://situs.test/1', content=content, fetched_at=datetime.now(UTC))).verdict)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout.strip(), done.stderr) == ("article", "")


def test_a_line_of_many_pieces_is_read_in_bounded_time():
    began = time.process_time()
    read(b"<p>" + b"<span>air </span>" * 100_000 + b"</p>" + GOOD.encode())
    assert time.process_time() - began < 40  # looking at all of the line before each piece would take two minutes


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


TAGS = st.sampled_from(
    ["html", "head", "body", "div", "p", "span", "a", "b", "article", "section", "main", "aside", "nav", "header", "footer", "form", "button", "select", "option", "table", "tr",
     "td", "ul", "li", "dl", "dd", "h1", "h2", "h3", "figure", "figcaption", "img", "br", "hr", "iframe", "script", "style", "noscript", "template", "svg", "math", "title", "meta",
     "link", "base", "time", "blockquote", "pre", "code", "amp-consent", "dialog", "frameset", "plaintext", "textarea", "noembed", "object", "q", "a:b", "x-y"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["class", "id", "href", "rel", "itemprop", "itemtype", "itemscope", "datetime", "property", "name", "content", "lang", "xml:lang", "src", "type", "value", "hidden", "http-equiv", "charset"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["", "x", "author", "related share", "article-body", "#", "http://[", "//", "/author/budi", "?page=2", "next", "canonical", "2026-03-10", "9999-99-99T99:99:99+99:99", "31/02/2026",
     "article", "datePublished", "articleBody", "og:type", "article:published_time", "\x00", "é", "\u202eر", "😀", "a" * 3_000, "\" ' < > &", "https://schema.org/Product", "zz-ZZ", "utf-7",
     "application/ld+json", "5 menit lalu", "Senin, 99 Foo 2026", "https://x.test/%zz", "mailto:?x", "page-id-3 single-post"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["Perahu berangkat pagi ini dari dermaga lama di hulu sungai, kata juragannya.", "BACA JUGA: ", "Penulis: Budi | Editor: Ani", "Senin, 10 Maret 2026 | 14.00 WIB", "(abc/def)",
     "Copyright ©", "&#xD800;", "&#99999999999;", "&tidakada;", "<!", "<![CDATA[", "]]>", "<?php", "<!--", "-->", "\x00", "\x1b[31m", "\u202e", "\ufeff", "\u2028", "\r", "船は夜明けに出た。",
     "a" * 900, "ـ" * 300, "404", "Subscribe to continue", "Oleh: ", "By ", " -- ", "\u0301" * 90]
)  # fmt: skip
LIES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(["2026-03-10", "#a", "NewsArticle", "Person"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "headline", "name", "author", "editor", "datePublished", "dateModified", "publisher", "mainEntity", "itemListElement", "articleSection", "description", "url"]),
            inner, max_size=6,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@st.composite
def elements(draw):
    tag, names = draw(TAGS), draw(st.lists(st.tuples(NAMES, VALUES, st.sampled_from(["'", '"', ""])), max_size=3))
    written = "".join(f" {name}={quote}{value}{quote}" for name, value, quote in names)
    return draw(
        st.sampled_from(
            [f"<{tag}{written}>", f"<{tag}{written}>", f"</{tag}>", f"<{tag}{written}/>", f"<{tag}{written}"]
        )
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(elements(), WORDS), max_size=80).map("".join))
def test_any_nesting_of_elements_is_read(soup):
    assert_whole(read(soup.encode("utf-8", "surrogatepass")))


@settings(max_examples=150, deadline=None)
@given(LIES, st.sampled_from(["NewsArticle", "Product", None]), st.integers(0, 400))
def test_any_lie_in_json_ld_is_read(lie, kind, cut):
    told = json.dumps({"@type": kind, **lie} if isinstance(lie, dict) and kind else lie)
    assert_whole(read(f"{LD.format(told)}{LD.format(told[:cut])}{GOOD}".encode()))


@pytest.mark.parametrize(
    "key", ["headline", "datePublished", "dateModified", "articleSection", "description", "@graph", "mainEntity"]
)
@pytest.mark.parametrize("nest", ["[]", "{}"])
def test_json_ld_may_be_deep(key, nest):
    assert_whole(read(deep(key, nest)))


@pytest.mark.parametrize("key", ["author", "publisher", "editor"])
def test_people_in_json_ld_may_be_deep(key):
    assert_whole(read(deep(key, "[]")))


def deep(key, nest):
    opened = "[" if nest == "[]" else '{"name":'
    inner = f'{opened * 800}"Budi Santoso"{nest[1] * 800}'
    told = (
        f'{{"@type":"NewsArticle","headline":"x","datePublished":"2026-03-09","author":"x",{json.dumps(key)}:{inner}}}'
    )
    return f"{LD.format(told)}{GOOD}".encode()


@cache
def invented():
    """Pages in real-looking markup, one a layout."""
    folders = sorted(path for path in (Path(__file__).parents[1] / "golden").iterdir() if path.is_dir())
    return tuple(gzip.decompress(next(folder.rglob("page*.html.gz")).read_bytes()) for folder in folders)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.large_base_example])
@given(st.data())
def test_a_cut_and_spliced_page_is_read(data):
    content = data.draw(st.sampled_from(invented()))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 1, 40, 3_000])))
        put = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"\x00",
                    b"<",
                    b'"',
                    b"<!--",
                    b"<script>",
                    b"<table><p>",
                    b"</div>" * 9,
                    b"\xff\xfe",
                    content[:900],
                    content[end : end + 5_000],
                ]
            )
        )
        content = content[:start] + put + content[end:]
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    assert_whole(read(content))


CHARSETS = [
    "utf-8",
    "utf-16",
    "utf-7",
    "idna",
    "punycode",
    "zlib",
    "hex",
    "base64",
    "rot13",
    "undefined",
    "unicode_escape",
    "shift_jis",
    "iso2022_jp",
    "gb18030",
    "cp037",
    "é",
    "",
    '"',
    "x" * 300,
]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "content", [GOOD.encode(), f"<meta charset=hex>{GOOD}é".encode("cp1252"), bytes(range(128, 256)) * 9]
)
def test_any_charset_may_be_told(charset, content):
    assert_whole(read(b"<html><body>" + content, f"text/html; charset={charset}"))


@pytest.mark.parametrize(
    "url",
    ["about:blank", "//x", "file:///tmp/x.html", "https://x.test:99999/", "https://x.test/a?page=２", "https://x.test/" + "a/" * 2_000, "HTTP://X.TEST/%00", "http://a b/", "https://x.test/?page=9"],
)  # fmt: skip
def test_any_address_may_be_told(url):
    hints = SourceHints(article_url=r"/(?P<id>\w+)(?:/(?P<page>\d+))?$", canonical_url="/baca/{id}")
    head = "<link rel=canonical href='http://['><link rel=next href='http://[::1'><meta property='og:url' content='//'>"
    page = Page(url=url, content=f"{head}{GOOD}".encode(), fetched_at=NOW, hints=hints)
    assert_whole(read_article(page, Announced(url=url, headline="\x00", description="\ud800")))


@pytest.mark.parametrize(("url", "canonical"), [("http://[", "/"), ("http://[::1", "/"), ("", "http://[")])
def test_an_address_that_is_none_may_be_told(url, canonical):
    assert_whole(read(f"<link rel=canonical href='{canonical}'>{GOOD}".encode(), url=url))


def test_a_codec_that_is_no_charset_is_not_used():
    assert_whole(read(f"<html><body>{GOOD}<p>\\d".encode(), "text/html; charset=unicode_escape"))


def test_a_charset_that_is_slow_in_python_is_not_used():
    content = b"<html><body>" + b"<p>x-" + b"b" * 150_000 + GOOD.encode()
    began = time.process_time()
    assert_whole(read(content, "text/html; charset=punycode"))
    assert time.process_time() - began < 5


def test_of_a_page_with_more_tags_than_people_write_the_first_are_read():
    article = read(GOOD.encode() + b"<br>x" * 400_000)
    assert_whole(article)
    assert "x x x" in article.article_body or article.verdict != "article"


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_soup_of_markup_is_read(soup):
    assert_whole(read(soup.encode("utf-8", "surrogatepass")))


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html", "text/html; charset=shift_jis", "text/html; charset=", "x" * 300]),
)
def test_any_bytes_are_read(content, content_type):
    assert_whole(read(b"<html><body>" + content, content_type))
