"""An English technology site's layout: JSON-LD, newsletter boxes, related lists."""

import json
from html import escape

from pantau.newsroom.story import Story


def page(story: Story, base: str, title: str, related: list[tuple[str, str]]) -> str:
    """Return a story."""
    url = f"{base}/{story.published:%Y/%m/%d}/{story.slug}/"
    ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": story.published.isoformat(),
        "author": [{"@type": "Person", "name": story.author}],
        "publisher": {"@type": "Organization", "name": "The Harbour Wire"},
        "articleSection": story.section,
    }
    out = []
    for index, text in enumerate(story.paragraphs):
        out.append(f"<p>{escape(text)}</p>")
        if index == 0 and related:
            out.append(f'<p><strong>READ MORE: <a href="{related[0][0]}">{escape(related[0][1])}</a></strong></p>')
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | The Harbour Wire</title>
<script type="application/ld+json">{json.dumps(ld)}</script><link rel="canonical" href="{url}">
<meta property="og:title" content="{escape(title)}"><meta property="og:type" content="article"></head><body><header><a href="/">The Harbour Wire</a></header>
<main><article><h1>{escape(title)}</h1><div class="byline">By <a rel="author" href="/author/x">{escape(story.author)}</a></div>
<time datetime="{story.published.isoformat()}">{story.published:%B %d, %Y}</time><div class="entry-content">{"".join(out)}
<div class="newsletter-box"><p>Sign up for our newsletter to get the tide in your inbox.</p></div></div>
<section class="related"><h3>Related Articles</h3><ul>{"".join(f'<li><a href="{u}">{escape(t)}</a></li>' for u, t in related)}</ul></section></article></main>
<footer>Copyright 2026 The Harbour Wire. All rights reserved.</footer></body></html>"""
