"""Nothing is lost: every word of the container is in body, captions or removed, once, and what was removed can be put back."""

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.records import Page, SourceHints
from pipeline.run import read_article
from pipeline.steps.clean import clean
from pipeline.steps.decode import decode, parse
from pipeline.steps.lines import read_lines
from pipeline.steps.locate import locate
from tests.pipeline.fragments import fragment_of

WORD = re.compile(r"\w+")
PAGES = Path(__file__).parents[3] / "shared" / "eval" / "pages"


def words(text):
    """Return the letters of a text's words: a caption and its credit may stand in one word on the page."""
    return list("".join(WORD.findall(text)))


def put_back(cleaned):
    """Return the words of blocks and removed pieces, each where it stood."""
    out = []
    for index in range(-1, len(cleaned.blocks)):
        text = cleaned.blocks[index].text if index >= 0 else ""
        here = [item for item in cleaned.removed if item.after_block == index]
        at = 0
        for item in (item for item in here if item.char_offset is not None):
            out += [*words(text[at : item.char_offset]), *words(item.text)]
            at = item.char_offset
        out += words(text[at:])
        out += [word for item in here if item.char_offset is None for word in words(item.text)]
    return out


def assert_conserved(fragment, cleaned):
    container = [word for line in fragment.lines for word in words(line.text)]
    captions = [word for c in cleaned.captions for word in words(f"{c.text} {c.credit or ''}")]
    back = put_back(cleaned)
    assert Counter(container) == Counter(back) + Counter(captions)
    rest = iter(container)
    assert all(word in rest for word in back), "the pieces are not in reading order"


TEXTS = st.sampled_from(
    [
        "Perahu pagi berangkat sebelum fajar membawa hasil kebun ke pasar terapung di hilir.",
        ".Nakhoda menyebut air pasang datang lebih awal daripada biasanya pekan ini.",
        "Baca juga aturan baru itu sebelum berlayar, kata juru bicara pelabuhan.",
        "BACA JUGA:Harga Ikan Patin Turun Lagi",
        "Baca Juga",
        "ADVERTISEMENT",
        "Mengapa kapal menunggu?",
        "(abc/def)",
        "Kapal bersandar.--ig@sungai hulu",
        "Kapal bersandar (Foto: Dewi)",
        "Editor: Sari Dewi",
        "Kategori :",
        "The river rose twice that night, and nobody slept; the boats were tied to trees. (NKP)",
        "Sign up for our newsletter",
        "1 2 3 »",
        "Hak cipta © 2026",
        "",
        "   ",
        "\u200b",
    ]
)
INLINE = st.sampled_from(
    [
        "{}",
        "<b>{}</b>",
        "<a href='/x'>{}</a>",
        "<span class='picked-article'>{}</span>",
        "<em>{}</em><br>",
        "{}<br><br>",
    ]
)
RUN = st.lists(st.tuples(INLINE, TEXTS), min_size=1, max_size=4).map(
    lambda parts: " ".join(form.format(text) for form, text in parts)
)
BLOCK = st.sampled_from(
    ["<p>{}</p>", "<div>{}</div>", "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<blockquote>{}</blockquote>", "<div class='share'>{}</div>", "<aside>{}</aside>",
     "<figure><img><figcaption>{}</figcaption></figure>", "<table><tr><td>{}</td></tr></table>", "<p>{}", "{}"]
)  # fmt: skip
FRAGMENT = st.lists(st.tuples(BLOCK, RUN), min_size=1, max_size=12).map(
    lambda parts: f"<div>{''.join(form.format(run) for form, run in parts)}</div>"
)


A = "Nakhoda kapal itu menunggu muatan terakhir di dermaga sejak pagi ini."


@settings(max_examples=300, deadline=None)
@example(f"<div><p>{A}</p><p><span class='picked-article'>.Nakhoda menunggu.</span> <em></em><br> {A}</p></div>", None)
@given(FRAGMENT, st.sampled_from([None, "Mengapa kapal menunggu?"]))
def test_every_word_of_a_made_up_container_is_kept_once(html, headline):
    fragment = fragment_of(html)
    assert_conserved(fragment, clean(fragment, headline))


@settings(max_examples=50, deadline=None)
@given(FRAGMENT)
def test_the_same_container_is_read_the_same_way_again(html):
    fragment = fragment_of(html)
    assert clean(fragment, None) == clean(fragment_of(html), None)


@pytest.mark.skipif(not PAGES.exists(), reason="the evaluation pages are not here")
@pytest.mark.parametrize("name", ["aeb", "naeb", "wcxb", "wcxb-other", "id"])
def test_every_word_of_a_real_container_is_kept_once(name):
    for path in sorted((PAGES / name).glob("*.html.gz")):
        root = parse(decode(gzip.decompress(path.read_bytes())))
        located = locate(root, SourceHints())
        if located is not None:
            fragment = read_lines(located.element)
            assert_conserved(fragment, clean(fragment, None))


@pytest.mark.skipif(not PAGES.exists(), reason="the evaluation pages are not here")
def test_pages_read_the_same_in_any_order():
    urls = json.loads((PAGES / "id-gold.json").read_text("utf-8"))
    pages = [
        Page(
            url=gold.get("url") or "http://localhost/",
            content=gzip.decompress((PAGES / "id" / f"{key}.html.gz").read_bytes()),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for key, gold in urls.items()
    ]
    forward = [read_article(page) for page in pages]
    backward = [read_article(page) for page in reversed(pages)]
    assert forward == backward[::-1]
