"""A fast news portal's layout: all pages in one HTML, tables of links, ad labels, signatures outside paragraphs."""

from html import escape

from pantau.newsroom.layouts.sungai import DAYS
from pantau.newsroom.story import Story

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def page(story: Story, base: str, title: str, related: list[tuple[str, str]]) -> str:
    """Return a story with every page in it, the later ones hidden."""
    when = story.published
    stamp = f"{DAYS[when.weekday()]}, {when.day:02d} {_MONTHS[when.month - 1]} {when.year} {when:%H:%M} WIB"
    sections = "".join(
        f'<section id="section-detail-{n + 1}" class="multi-card{" show" if n == 0 else ""}" data-page="{n + 1}">{_section(part, related, n)}</section>'
        for n, part in enumerate(story.pages)
    )
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="Kabar Cepat"><meta property="og:type" content="article">
<link rel="canonical" href="{base}/berita/d-{story.id}/{story.slug}"></head><body>
<div class="header"><a href="/">Kabar Cepat</a></div><article class="detail"><div class="detail__header"><h1 class="detail__title">{escape(title)}</h1>
<div class="detail__author">{escape(story.author)} - <span class="detail__label">kabarCepat</span></div><div class="detail__date">{stamp}</div></div>
<div class="detail__body"><div class="detail__body-text itp_bodycontent">{sections}<strong>({story.signature})</strong></div></div>
<div class="detail__body-tag"><a href="/tag/a">kabar</a> <a href="/tag/b">hari ini</a></div>
<div class="cb-berita-terkait"><h3>Berita Terkait</h3>{_links(related)}</div></article></body></html>"""


def _section(paragraphs: tuple[str, ...], related: list[tuple[str, str]], number: int) -> str:
    out = []
    for index, text in enumerate(paragraphs):
        out.append(f"<p>{escape(text)}</p>")
        if index == 0:
            out.append('<div class="parallax"><p>ADVERTISEMENT</p><p>SCROLL TO CONTINUE WITH CONTENT</p></div>')
        if related and index == 1:
            url, title = related[number % len(related)]
            out.append(
                f'<div class="noncontent"><table class="linksisip"><tbody><tr><td><div class="lihatjg"><strong>Baca juga: </strong>'
                f'<a href="{url}">{escape(title)}</a></div></td></tr></tbody></table></div>'
            )
    if number == 0 and related:
        out.append(f"<p><strong>Simak juga Video: {escape(related[0][1])}</strong></p><p>[Gambas:Video 20cepat]</p>")
    return "".join(out)


def _links(items: list[tuple[str, str]]) -> str:
    return "".join(f'<div><a href="{url}">{escape(title)}</a></div>' for url, title in items)
