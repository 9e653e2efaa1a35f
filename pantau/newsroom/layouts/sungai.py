"""A regional network's layout: numbered and AMP pages, read-also paragraphs, reporter and editor lines, a category tail."""

from datetime import datetime
from html import escape

from pantau.newsroom.story import Story

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
OFFSET = 16


def page(story: Story, base: str, number: int, title: str, related: list[tuple[str, str]], *, amp: bool = False) -> str:
    """Return page `number` (from 0) of a story; the second lies behind `/16`, as paragraph offsets do."""
    path = f"{'amp' if amp else 'read'}/{story.id}/{story.slug}"
    canonical = f"{base}/read/{story.id}/{story.slug}"
    body = _body(story, number, related)
    pager = _pager(f"{base}/{path}", len(story.pages), number)
    caption = ""
    if story.caption:
        caption = f'<figure><img src="https://cms.{_domain(base)}/uploads/{story.id}.jpg"><figcaption>{escape(story.caption)}</figcaption></figure>'
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)} - Warta Sungai</title>
<link rel="canonical" href="{canonical}"><link rel="amphtml" href="{base}/amp/{story.id}/{story.slug}">
<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="Warta Sungai"><meta property="og:type" content="article"></head>
<body><header><h1 class="logo">Warta Sungai</h1><nav><a href="/">Beranda</a> <a href="/kategori/teknologi">Teknologi</a></nav></header>
<div class="container"><div class="post"><h1 class="text-black">{escape(title)}</h1>
<div class="date"><small>{stamp(story.published)}</small></div>
<div class="post-author"><p>Reporter : {escape(story.author)}</p><p>Editor : {escape(story.editor or "")}</p></div>
{caption}<div class="post-content">{body}</div>{pager}
<p class="post-kategori">Kategori : <a href="/kategori/x">{escape(story.category or "")}</a></p></div>
<aside><h3>Terkini</h3>{_list(related)}<h3>Terpopuler</h3>{_list(related[::-1])}</aside></div>
<p>Cek Berita dan Artikel yang lain di Google News dan WhatsApp Channel kami</p><footer>© Warta Sungai</footer></body></html>"""


def stamp(moment: datetime) -> str:
    """Return a time as this network prints it: "Senin 20-10-2025,14:27 WIB"."""
    return f"{DAYS[moment.weekday()]} {moment:%d-%m-%Y,%H:%M} WIB"


def listing(base: str, items: list[tuple[str, str]]) -> str:
    """Return a category's list page."""
    rows = "".join(
        f'<div class="media"><h2 class="media-heading"><a href="{url}">{escape(title)}</a></h2></div>'
        for url, title in items
    )
    return f'<!doctype html><html lang="id"><head><title>Teknologi - Warta Sungai</title></head><body><h1>Teknologi</h1>{rows}<a href="{base}/">Beranda</a></body></html>'


def _body(story: Story, number: int, related: list[tuple[str, str]]) -> str:
    paragraphs = list(story.pages[number])
    dateline = "PALEMBANG, WARTASUNGAI.TEST - " if number == 0 else ""
    out = []
    for index, text in enumerate(paragraphs):
        tag = "h3" if len(text) < 45 else "p"
        out.append(f"<{tag}>{dateline if index == 0 else ''}{escape(text)}</{tag}>")
        if related and index % 3 == 0:
            url, title = related[index // 3 % len(related)]
            out.append(f'<p><a href="{url}">BACA JUGA:{escape(title)}</a></p>')
    return "\n".join(out)


def _pager(path: str, count: int, number: int) -> str:
    if count == 1:
        return ""
    links = "".join(f'<a href="{path}{f"/{n * OFFSET}" if n else ""}">{n + 1}</a> ' for n in range(count))
    following = (
        f'<a class="next" rel="next" href="{path}/{(number + 1) * OFFSET}">Selanjutnya »</a>'
        if number + 1 < count
        else ""
    )
    return f'<div class="pagination">{links}{following}</div>'


def _list(items: list[tuple[str, str]]) -> str:
    return "<ul>" + "".join(f'<li><a href="{url}">{escape(title)}</a></li>' for url, title in items) + "</ul>"


def _domain(base: str) -> str:
    return base.partition("://")[2]
