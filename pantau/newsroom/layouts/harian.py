"""A daily's layout that glues read-also and channel lines into its paragraphs."""

from html import escape

from pantau.newsroom.layouts.sungai import DAYS
from pantau.newsroom.story import Story

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def page(story: Story, base: str, title: str, related: list[tuple[str, str]]) -> str:
    """Return a story with one glued block in its second paragraph."""
    when = story.published
    stamp = f"{DAYS[when.weekday()]}   {when.day:02d} {_MONTHS[when.month - 1]} {when.year}  {when:%H:%M} WIB"
    out = []
    for index, text in enumerate(story.paragraphs):
        glued = ""
        if index == 1 and related:
            url, name = related[0]
            glued = (
                f'<span class="picked-article"><span>Baca Juga</span><a href="{url}">{escape(name)}</a></span>'
                '<span class="follow-channel">Ikuti Whatsapp Channel Harian Lentera</span>'
            )
        dateline = "HARIANLENTERA.TEST, BOGOR--" if index == 0 else ""
        out.append(f"<p>{dateline}{escape(text)}{glued}</p>")
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(title)} | Harian Lentera</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="Harian Lentera"><meta property="og:type" content="article">
<link rel="canonical" href="{base}/berita/{story.id}/{story.slug}"></head><body><div class="max-card__title"><h1>{escape(title)}</h1></div>
<div class="date">{stamp}</div><div class="by">Rep: {escape(story.author)}/ Red: {escape(story.editor or "")}</div>
<div class="article-content"><article>{"".join(out)}</article></div><p>Loading...</p></body></html>"""
