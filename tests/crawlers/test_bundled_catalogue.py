"""The catalogue that comes with Pantau."""

import re
from collections import Counter

import pytest

from crawlers.address import read_address
from crawlers.catalogue import load
from pantau.config import BUNDLED_CATALOGUE

CATALOGUE = load(BUNDLED_CATALOGUE)
# An address of the kind that each layout has, with the site's own id in it; the words are ours.
EXAMPLES = [
    ("disway-paltv", "https://paltv.disway.id/read/43058/judul-berita", "43058", None),
    ("disway-paltv", "https://paltv.disway.id/amp/43058/judul-berita/16", "43058", "16"),
    ("detik", "https://inet.detik.com/law-and-policy/d-8123456/judul-berita", "8123456", None),
    ("kompas", "https://tekno.kompas.com/read/2025/10/20/14270067/judul-berita", "2025/10/20/14270067", None),
    ("liputan6", "https://www.liputan6.com/tekno/read/6012345/judul-berita", "6012345", None),
    ("republika", "https://tekno.republika.co.id/berita/t4abc1234/judul-berita", "t4abc1234", None),
    (
        "cnnindonesia",
        "https://www.cnnindonesia.com/teknologi/20251020142700-185-1286543/judul-berita",
        "20251020142700-185-1286543",
        None,
    ),
    (
        "cnbcindonesia",
        "https://www.cnbcindonesia.com/tech/20251020142700-37-677001/judul-berita",
        "20251020142700-37-677001",
        None,
    ),
    ("antaranews", "https://www.antaranews.com/berita/5183201/judul-berita", "5183201", None),
    ("okezone", "https://techno.okezone.com/read/2025/10/20/54/3178901/judul-berita", "2025/10/20/54/3178901", None),
    ("suara", "https://www.suara.com/tekno/2025/10/20/142700/judul-berita", "2025/10/20/142700", None),
    ("techcrunch", "https://techcrunch.com/2025/10/18/a-headline-of-ours/", "2025/10/18/a-headline-of-ours", None),
    (
        "arstechnica",
        "https://arstechnica.com/tech-policy/2025/10/a-headline-of-ours/",
        "2025/10/a-headline-of-ours",
        None,
    ),
]


def test_it_is_as_large_as_promised():
    kinds = Counter(source.kind for source in CATALOGUE.sources)
    assert kinds["news"] >= 100
    assert kinds["platform"] >= 30
    assert sum(source.kind == "news" and source.country == "ID" for source in CATALOGUE.sources) >= 58


@pytest.mark.parametrize("source", CATALOGUE.sources, ids=lambda source: source.id)
def test_a_source_says_why_it_is_on_or_off(source):
    assert source.evidence or source.terms_note
    assert source.endpoints or source.state != "active"
    assert source.scope == "matching"


@pytest.mark.parametrize("key", ["container", "headline", "date", "author", "editor", "next_page"])
def test_every_selector_can_be_read(key):
    from cssselect import parse

    for source in CATALOGUE.sources:
        for selector in getattr(source.hints, key):
            assert parse(selector)
        assert all(parse(removal.select) for removal in source.hints.remove)


@pytest.mark.parametrize(("source_id", "url", "key", "page"), EXAMPLES)
def test_the_site_s_own_id_is_found(source_id, url, key, page):
    source = CATALOGUE.get(source_id)
    assert source is not None
    found = read_address(url, source.hints)
    assert (found.site_key, found.page, found.is_article) == (key, page, True)


def test_every_pattern_has_an_example():
    patterns = {source.hints.article_url for source in CATALOGUE.sources if source.hints.article_url}
    shown = {CATALOGUE.get(source_id).hints.article_url for source_id, *_ in EXAMPLES}
    assert shown == patterns
    assert all(re.compile(pattern) for pattern in patterns)
