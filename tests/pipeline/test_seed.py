"""The article that Pantau was asked for: page 2 of a paged article, full of read-also lines, its ban only in the headline."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from pipeline.records import Page, SourceHints
from pipeline.run import read_article, read_pages

SEED = sorted((Path(__file__).parents[3] / "shared" / "seed").glob("*.txt"))
URL = "https://paltv.disway.id/amp/43058/whatsapp-melarang-chatbot-ai-dari-platformnya/16"
HINTS = SourceHints(
    article_url=r"/(?:read|amp)/(?P<id>\d+)/(?P<slug>[\w-]+)(?:/(?P<page>\d+))?$",
    canonical_url="/read/{id}/{slug}",
    timezone="Asia/Jakarta",
    in_language="id",
)

pytestmark = pytest.mark.skipif(not SEED, reason="the seed is not here")


def texts():
    lines = SEED[0].read_text("utf-8").split("\n")
    return lines[0].strip(), [line.strip() for line in lines[1:] if line.strip()]


def caption_in_figure(text):
    return (
        f'<figure><amp-img src="https://cms.disway.id/uploads/1.jpg"></amp-img><figcaption>{text}</figcaption></figure>'
    )


def caption_in_paragraph(text):
    return f"<p>{text}</p>"


def seed_page(caption, tag="p"):
    """Return the seed as its network lays it out."""
    headline, lines = texts()
    head, out = [], []
    for line in lines:
        text = escape(line)
        if line.startswith(("Senin", "Reporter", "Editor")):
            head.append(f"<p>{text}</p>")
        elif line.startswith("BACA JUGA:"):
            out.append(f'<p><a href="/read/1/x">{text}</a></p>')
        elif "--ig@" in line:
            out.append(caption(text))
        elif line.startswith("Kategori"):
            out.append(f'<p class="post-kategori">{text} <a href="/kategori/1">Teknologi</a></p>')
        elif len(line) < 45:
            out.append(f"<{tag}>{text}</{tag}>")
        else:
            out.append(f"<p>{text}</p>")
    return f"""<!doctype html><html amp lang="id"><head><meta charset="utf-8"><title>{escape(headline)} - PALTV</title>
<link rel="canonical" href="https://paltv.disway.id/read/43058/whatsapp-melarang-chatbot-ai-dari-platformnya"></head><body>
<header><a href="/">PALTV</a><nav><a href="/kategori/a">Beranda</a> <a href="/kategori/b">Teknologi</a></nav></header>
<div class="post"><h1>{escape(headline)}</h1>{"".join(head)}<div class="post-content">{"".join(out)}</div>
<div class="pagination"><a href="/amp/43058/whatsapp-melarang-chatbot-ai-dari-platformnya">1</a> <a class="active">2</a></div>
<h3>Terkini</h3><ul><li><a href="/read/2/y">Pemkot Tata Ulang Kawasan Pasar Ikan</a></li><li><a href="/read/3/z">Jadwal Kapal Cepat Akhir Pekan Ini</a></li></ul></div>
<p>Cek Berita dan Artikel yang lain di Google News dan WhatsApp Channel kami</p><footer>© 2025 PALTV</footer></body></html>"""


@pytest.fixture(params=[(caption_in_figure, "h3"), (caption_in_paragraph, "p")], ids=["figure", "paragraph"])
def page(request):
    """The seed with its caption in a figure and headings as such, and with both as plain paragraphs."""
    caption, tag = request.param
    html = seed_page(caption, tag)
    return Page(url=URL, content=html.encode(), fetched_at=datetime(2025, 10, 21, tzinfo=UTC), hints=HINTS)


@pytest.fixture
def article(page):
    """The seed as read."""
    return read_article(page)


def test_all_ten_paragraphs_stay_and_no_read_also_line(article):
    _, lines = texts()
    noise = ("BACA JUGA:", "Senin", "Reporter", "Editor", "Kategori")
    wanted = [line.lstrip(".") for line in lines if not line.startswith(noise) and "--ig@" not in line]
    assert len(wanted) == 10
    assert [block.text for block in article.blocks] == wanted


def test_every_read_also_line_is_kept_as_removed(article):
    removed = [item.text for item in article.removed if item.kind == "read_also"]
    assert len(removed) == sum(line.startswith("BACA JUGA:") for line in texts()[1])


def test_reporter_and_editor_are_people(article):
    assert (article.authors, article.editors) == (("agung wahyudi",), ("Hanida Syafrina",))


def test_the_time_is_that_of_the_page_to_the_minute(article):
    assert article.date_published == "2025-10-20T14:27:00+07:00"
    assert article.date_published_zone == "stated"


def test_the_caption_has_its_credit(article):
    assert [(c.text, c.credit) for c in article.captions] == [
        ("ekosistem chatbot berbasis WhatsApp yang tengah berkembang pesat.", "ig@indian today")
    ]


def test_it_is_incomplete_and_its_address_is_that_of_the_first_page(article):
    assert article.extent == "incomplete"
    assert article.canonical_url == "https://paltv.disway.id/read/43058/whatsapp-melarang-chatbot-ai-dari-platformnya"


def test_its_one_entry_rests_on_the_headline(page):
    reading = read_pages([page])
    [change] = reading.annotation.policy_changes
    slots = (change.company, change.product, change.action, change.object, change.status, change.doubtful)
    assert slots == ("Meta", "WhatsApp", "ban", "general_purpose_chatbot", "announced", False)
    action = next(item for item in change.evidence if item.slot == "action")
    assert (action.field, action.quote) == ("headline", texts()[0])
    assert any("bot layanan pelanggan" in name for name in change.exempt)
    fields = {"headline": reading.article.headline, "article_body": reading.article.article_body}
    assert all(fields[item.field][item.start : item.end] == item.quote for item in change.evidence)
