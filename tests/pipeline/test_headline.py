"""The headline is what the page's claims agree on; the language is the text's."""

import pytest

from pipeline.records import SourceHints
from pipeline.steps.decode import parse
from pipeline.steps.headline import pick
from pipeline.steps.language import detect
from pipeline.steps.metadata import Metadata, read

TITLE = "Perahu Pagi Berangkat dari Hulu"
OTHER = "Pasar Terapung Kembali Ramai"


def headline(head="", body="", hints=None):
    root = parse(f"<html><head>{head}</head><body>{body}</body></html>")
    return pick(root, read(root, "https://situs.test/x"), hints or SourceHints())


@pytest.mark.parametrize(
    ("head", "body", "found"),
    [
        (f"<title>{TITLE} - Warta Sungai</title>", f"<h1>Warta Sungai</h1><h1>{TITLE}</h1>", TITLE),
        (f"<title>{TITLE} | Warta Sungai</title>", "", TITLE),
        (
            f'<meta property="og:title" content="{TITLE} - Warta Sungai"><meta property="og:site_name" content="Warta Sungai">',
            "",
            TITLE,
        ),
        (
            f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"2025"}}</script>',
            "",
            TITLE,
        ),
        ("", f"<h1>{TITLE}</h1>", TITLE),
        (f"<title>{TITLE}</title>", f"<h2>{TITLE}</h2><h1>Kanal</h1>", TITLE),
        # Claims are written for search engines; readers see the heading.
        ("<title>Jadwal Perahu | Warta</title>", f"<h1>{TITLE}</h1>", TITLE),
        ("<title>Jadwal Perahu | Warta</title>", f"<h1><a href='/'>Warta Sungai Hulu</a></h1><h1>{TITLE}</h1>", TITLE),
        (f"<title>{OTHER}</title>", "<h1><a href='https://situs.test/'>Warta Sungai Hulu</a></h1>", OTHER),
        (f"<title>{OTHER}</title>", "<h1>Pesan dari penerbit kami:</h1>", OTHER),
        (f"<title>{OTHER}</title>", "<h1>Ikuti Kami</h1><h1>Hubungi redaksi kami sekarang</h1>", OTHER),
        (f"<title>{OTHER}</title>", f"<h1>Ikuti Kami</h1><h1 class='post-title'>{TITLE}</h1>", TITLE),
        # A section's label in a heading is an element of its own.
        (f"<meta property='og:title' content='{TITLE}'>", f"<h1><span>Opini</span> {TITLE}</h1>", TITLE),
        (f"<meta property='og:title' content='{TITLE}'>", f"<h1><div>SUNGAI |</div><span>{TITLE}</span></h1>", TITLE),
        (f"<meta property='og:title' content='{TITLE}'>", f"<h1><b>Blog:</b> {TITLE}</h1>", TITLE),
        (f"<title>{TITLE}</title>", "<h1><b>Perahu</b> Pagi Berangkat dari Hulu</h1>", TITLE),
        (f"<meta property='og:title' content='{TITLE}'>", f"<h1>Dalam Gambar: {TITLE}</h1>", f"Dalam Gambar: {TITLE}"),
        # A title says more behind or in front of what the heading says.
        (
            f"<title>{TITLE} - Panduan Lengkap ke Hilir dan Kembali - Warta</title>",
            f"<h1>Peta</h1><h1>{TITLE}</h1>",
            TITLE,
        ),
        ("<title>Iklim Sungai | Badan Pengamat Air</title>", "<h1>Iklim Sungai</h1>", "Iklim Sungai"),
        (f"<title>Warta Sungai | Rubrik - {TITLE}</title>", f"<h1>Rubrik</h1><h2>{TITLE}</h2>", TITLE),
        ("<title>Warta Sungai | Rubrik</title>", "<h1>Warta Sungai</h1>", "Warta Sungai"),
        ("<title>x</title>", f"<h1><style>.a{{top:0}}</style>{TITLE}</h1>", TITLE),
        # A headline that is no heading may be printed with the kind of article.
        (f"<title>{TITLE} | Warta</title>", f"<h1>Foto</h1><div>Dalam Gambar: {TITLE}</div>", f"Dalam Gambar: {TITLE}"),
        (f"<title>{TITLE} | Warta</title>", f"<p>Kami menulis kemarin di halaman ini: {TITLE}</p>", TITLE),
        ("", "", None),
        ("<title></title>", "<h1> </h1>", None),
    ],
)
def test_the_headline_is_found_without_the_outlet(head, body, found):
    assert headline(head, body) == found


def test_a_layout_s_own_selector_wins():
    hints = SourceHints(headline=("h2.judul",))
    assert headline("<title>Lain</title>", f"<h1>Lain sama sekali</h1><h2 class='judul'>{TITLE}</h2>", hints) == TITLE


SENTENCES = {
    "id": "Perahu pertama berangkat sebelum fajar membawa hasil kebun ke pasar terapung di hilir sungai, kata juragannya.",
    "en": "The first boat left before dawn and carried the harvest to the floating market down the river, its owner said.",
    "de": "Das erste Boot fuhr vor dem Morgengrauen los und brachte die Ernte zum schwimmenden Markt am Unterlauf des Flusses.",
    "fr": "Le premier bateau est parti avant l'aube et a transporté la récolte jusqu'au marché flottant en aval du fleuve.",
    "es": "El primer barco salió antes del amanecer y llevó la cosecha al mercado flotante río abajo, dijo su dueño.",
    "ja": "最初の船は夜明け前に出発し、収穫物を川下の水上市場まで運んだと船主は話した。",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_text_s_language_is_told(language):
    assert detect(SENTENCES[language], Metadata(), SourceHints()) == language


@pytest.mark.parametrize(
    ("text", "stated", "found"),
    [("Perahu", "id", "id"), ("", None, None), ("Perahu", None, None), ("1234 5678", "en", "en")],
)
def test_a_text_too_short_to_tell_has_the_language_its_page_states(text, stated, found):
    assert detect(text, Metadata(html_language=stated), SourceHints()) == found
