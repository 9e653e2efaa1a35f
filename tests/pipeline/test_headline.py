"""The headline is what the page's claims agree on; the language is the text's."""

import pytest

from pipeline.records import SourceHints
from pipeline.steps.decode import parse
from pipeline.steps.headline import pick
from pipeline.steps.language import detect
from pipeline.steps.metadata import Metadata, read

TITLE = "Perahu Pagi Berangkat dari Hulu"


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
