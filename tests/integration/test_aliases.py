"""Two addresses of one article that share no id: one article where the page says so and may be believed, else two."""

import pytest

from pantau.newsroom.server import Reply
from tests.integration.stage import pantau

WORDS = {
    "satu": "Perahu pagi berangkat dari dermaga Muara Angke dengan dua puluh penumpang dan tiba di Pulau Pramuka sebelum siang.",
    "dua": "Kapal besar menurunkan muatan di pelabuhan Tanjung Priok setelah menunggu tiga hari karena ombak yang tinggi.",
}


def page(name, canonical):
    named = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    text = "".join(
        f"<p>{WORDS[name]} Begitu kata petugas yang {part} kapal itu.</p>" for part in ("melihat", "menjaga")
    )
    return Reply(
        body=f"""<html lang="id"><head><title>Kabar {name}</title>{named}<meta property="og:type" content="article">
        <meta property="article:published_time" content="2026-03-09T08:00:00+07:00"></head>
        <body><article><h1>Kabar {name}</h1>{text * 2}</article></body></html>""".encode()
    )


def site_of(pages, order):
    """A site whose feed names these addresses, in this order; `pages` gives for each its story and the canonical that it states."""

    def answer(host, path):
        if path == "/rss":
            items = "".join(f"<item><title>Kabar</title><link>{item}</link></item>" for item in order)
            return Reply(body=f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), content_type="text/xml")
        return page(*pages[path]) if path in pages else Reply(status=404)

    return answer


@pytest.mark.parametrize("turned", [False, True])
def test_a_short_address_and_the_one_that_it_names_are_one_article(stage, turned):
    order = ["/s/ab12", "/berita/perahu-pagi"]
    pages = {"/s/ab12": ("satu", "/berita/perahu-pagi"), "/berita/perahu-pagi": ("satu", None)}
    site = stage(site_of(pages, order[::-1] if turned else order))
    pages["/s/ab12"] = ("satu", f"{site.home}/berita/perahu-pagi")
    assert pantau(site.bench, "crawl").returncode == 0
    assert site.bench.ask("select count(*) from article") == [(1,)]
    assert site.bench.ask("select count(*), count(distinct article_id) from address where state = 'read'") == [(2, 1)]
    assert site.bench.ask("select cause from article_version order by seq") == [("first",)]
    assert site.bench.compare().findings == []


@pytest.mark.parametrize("named", ["/", "/berita", "http://lain.test/berita/perahu-pagi"])
def test_what_all_pages_name_makes_no_two_of_them_one(stage, named):
    order = ["/berita/perahu-pagi", "/berita/kapal-besar"]
    pages = {}
    site = stage(site_of(pages, order))
    canonical = named if named.startswith("http") else f"{site.home}{named}"
    pages.update({order[0]: ("satu", canonical), order[1]: ("dua", canonical)})
    assert pantau(site.bench, "crawl").returncode == 0
    assert site.bench.ask("select count(*) from articles") == [(2,)]
    assert site.bench.compare().findings == []
