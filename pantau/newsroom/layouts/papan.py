"""A small site's layout: loose text and line breaks, list pages only."""

from html import escape

from pantau.newsroom.story import Story

_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def page(story: Story, base: str, title: str, related: list[tuple[str, str]]) -> str:
    """Return a story whose paragraphs are parted by line breaks, its lead loose."""
    when = story.published
    text = "<br><br>".join(escape(part) for part in story.paragraphs)
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)} - Papan Kabar</title>
<link rel="canonical" href="{base}/kabar/{story.id}-{story.slug}.html"></head><body><h1>{escape(title)}</h1>
<div class="info">{when.day} {_MONTHS[when.month - 1]} {when.year} | {when:%H.%M} WIB</div><div class="isi">{text}<br><br>Penulis: {escape(story.author)}</div>
<div class="lain"><b>Artikel Lainnya</b>{"".join(f'<div><a href="{u}">{escape(t)}</a></div>' for u, t in related)}</div></body></html>"""


def listing(base: str, items: list[tuple[str, str]]) -> str:
    """Return the list of all stories."""
    rows = "".join(f'<li><a href="{url}">{escape(title)}</a></li>' for url, title in items)
    return f'<!doctype html><html lang="id"><head><title>Papan Kabar</title></head><body><h1>Semua kabar</h1><ul>{rows}</ul><a href="{base}/tentang">Tentang</a></body></html>'
