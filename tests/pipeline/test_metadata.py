"""What pages say of themselves: JSON-LD, however it is packed or broken, and the elements of the head."""

import pytest

from pipeline.steps.decode import parse
from pipeline.steps.metadata import Metadata, read

URL = "https://situs.test/2025/perahu-pagi"
ARTICLE = '{"@type": "NewsArticle", "headline": "Perahu Pagi", "datePublished": "2025-10-20"}'


def metadata(head="", lang="id", body=""):
    return read(parse(f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>"), URL)


def ld(text):
    return f"<script type='application/ld+json'>{text}</script>"


@pytest.mark.parametrize(
    "head",
    [
        ld(ARTICLE),
        ld(f"[{ARTICLE}]"),
        ld(f'{{"@graph": [{{"@type": "WebSite", "name": "x"}}, {ARTICLE}]}}'),
        ld(f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}'),
        ld(f"<!-- {ARTICLE} -->"),
        ld(f"{ARTICLE};"),
        ld(ARTICLE.replace('"}', '",}')),
        ld(ARTICLE.replace("Pagi", "Pagi\n")),
        ld(
            '{"@type": "NewsArticle", "name": "kata "juru" mudi", "headline": "Perahu Pagi", "datePublished": "2025-10-20"}'
        ),
        f"<meta name='script:ld+json' content='{ARTICLE}'>",
    ],
)
def test_an_article_is_found_however_its_json_is_packed(head):
    found = metadata(head).ld
    assert (found["headline"].strip(), found["datePublished"]) == ("Perahu Pagi", "2025-10-20")


@pytest.mark.parametrize("text", ["", "{", "null", "[1, 2]", '"NewsArticle"', '{"@type": 3}', "[" * 2_000])
def test_json_that_says_nothing_costs_only_itself(text):
    found = metadata(ld(text) + "<title>Perahu</title>")
    assert (found.ld, found.title) == ({}, "Perahu")


@pytest.mark.parametrize(
    "own",
    [
        f'"url": "{URL}"',
        f'"mainEntityOfPage": "{URL}/"',
        f'"mainEntityOfPage": {{"@type": "WebPage", "@id": "{URL}"}}',
        '"headline": "Perahu Pagi"',
    ],
)
def test_of_several_articles_the_page_s_own_is_taken(own):
    other = '{"@type": "NewsArticle", "headline": "Pasar Lain", "url": "https://situs.test/pasar"}'
    mine = f'{{"@type": "NewsArticle", "datePublished": "2025-10-20", {own}}}'
    found = metadata(ld(f"[{other}, {mine}]") + "<title>Perahu Pagi | Warta</title>").ld
    assert found["datePublished"] == "2025-10-20"


def test_the_first_of_several_articles_is_taken_when_none_is_known_as_the_page_s():
    first, second = (f'{{"@type": "NewsArticle", "headline": "{name}"}}' for name in ("Satu", "Dua"))
    assert metadata(ld(f"[{first}, {second}]")).ld["headline"] == "Satu"


def test_a_web_page_that_says_when_it_was_published_is_kept_apart():
    found = metadata(ld('{"@graph": [{"@type": "WebPage", "datePublished": "2025-10-20"}]}'))
    assert (found.ld, found.ld_page["datePublished"]) == ({}, "2025-10-20")


def test_people_named_by_reference_are_followed():
    people = '{"@id": "#s", "@type": "Person", "name": "Sari Wulan"}'
    article = '{"@type": "Article", "headline": "x", "author": [{"@id": "#s"}], "publisher": {"name": "Warta"}}'
    found = metadata(ld(f'{{"@graph": [{article}, {people}]}}'))
    assert (found.ld["author"][0]["name"], found.publisher) == ("Sari Wulan", "Warta")


def test_the_head_is_read_once_and_the_first_value_counts():
    found = metadata(
        "<meta property='og:title' content=' Perahu  Pagi '><meta property='og:title' content='Lain'>"
        "<meta name='KEYWORDS' content='a'><meta name='kosong' content=' '>"
        "<link rel='canonical' href='/perahu'><link rel='amphtml' href='https://situs.test/amp'>"
        "<title> Perahu </title>",
        body="<svg><title>Ikon</title></svg>",
    )
    assert found.meta == {"og:title": "Perahu Pagi", "keywords": "a"}
    assert (found.title, found.canonical_url, found.amp_url) == (
        "Perahu",
        "https://situs.test/perahu",
        "https://situs.test/amp",
    )


@pytest.mark.parametrize(
    ("lang", "language", "region"),
    [("id", "id", None), ("en-US", "en", "us"), ("en_GB", "en", "gb"), ("zh-Hans", "zh", None), ("", None, None)],
)
def test_language_and_region_are_told_apart(lang, language, region):
    found = metadata(lang=lang)
    assert (found.html_language, found.html_region) == (language, region)


def test_a_page_that_says_nothing_is_nothing():
    assert read(parse("<p>x</p>"), "") == Metadata()
