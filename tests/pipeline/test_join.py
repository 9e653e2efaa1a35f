"""Pages of one article become one: each text once, in order, cut sentences whole, what was removed where it stood."""

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import Article, Block, Caption, Page, Removed, SourceHints
from pipeline.run import read_pages
from pipeline.steps.join import join

LEAD = "Dermaga baru dibuka untuk kapal penumpang mulai Senin."


def page(*texts, removed=(), captions=(), url="https://situs.test/1", **more):
    blocks = tuple(Block(kind="paragraph", text=text) for text in texts)
    return Article(url=url, blocks=blocks, removed=removed, captions=captions, page_urls=(url,), **more)


def test_a_sentence_that_the_page_cuts_goes_on_in_its_block():
    end = Removed(kind="pager", rule="pager", text="Halaman 1 2", after_block=1)
    start = Removed(kind="read_also", rule="id-read-also", text="Baca juga: Tarif", after_block=-1)
    inside = Removed(kind="ad", rule="ad", text="Iklan", after_block=0, char_offset=6)
    joined = join(
        [
            page(LEAD, "Petugas meminta penumpang datang", removed=(end,)),
            page("lebih awal supaya tidak terlambat.", "Selesai.", removed=(start, inside)),
        ]
    )
    assert [block.text for block in joined.blocks] == [
        LEAD,
        "Petugas meminta penumpang datang lebih awal supaya tidak terlambat.",
        "Selesai.",
    ]
    cut = len("Petugas meminta penumpang datang")
    assert [(item.after_block, item.char_offset) for item in joined.removed] == [(1, cut), (1, cut), (1, cut + 7)]
    assert joined.blocks[1].text[cut + 7 :] == "awal supaya tidak terlambat."


def test_a_new_sentence_is_a_new_block():
    joined = join([page("Judul kecil tanpa titik"), page("Kalimat baru dimulai di sini.")])
    assert len(joined.blocks) == 2


def test_a_lead_that_later_pages_repeat_is_told_once_whole_or_cut_short():
    joined = join([page(LEAD, "Satu."), page(LEAD, "Dua."), page("Dermaga baru dibuka untuk kapal…", "Tiga.")])
    assert joined.article_body == f"{LEAD}\nSatu.\nDua.\nTiga."


def test_a_page_that_comes_twice_is_told_once():
    joined = join([page(LEAD, "Satu.", "Dua."), page(LEAD, "Satu.", "Dua.", url="https://situs.test/1?page=2")])
    assert joined.article_body == f"{LEAD}\nSatu.\nDua."
    assert joined.page_urls == ("https://situs.test/1", "https://situs.test/1?page=2")


def test_what_is_said_again_further_down_stays():
    joined = join([page(LEAD, "Ya."), page("Dua.", "Ya.")])
    assert joined.article_body == f"{LEAD}\nYa.\nDua.\nYa."


def test_captions_and_removed_blocks_keep_their_places():
    caption = Caption(text="Dermaga.", after_block=0)
    removed = Removed(kind="ad", rule="ad", text="Iklan", after_block=0)
    joined = join([page("Satu."), page("Dua.", "Tiga.", captions=(caption,), removed=(removed,))])
    assert joined.captions[0].after_block == 1
    assert joined.removed[0].after_block == 1


def test_what_the_last_page_lacks_makes_the_article_incomplete():
    whole = join([page("Satu."), page("Dua.")])
    cut = join([page("Satu."), page("Dua.", next_page_url="https://situs.test/1?page=3")])
    assert (whole.extent, cut.extent) == ("full", "incomplete")


HINTS = SourceHints(article_url=r"/read/(?P<id>\d+)(?:/(?P<page>\d+))?$", canonical_url="/read/{id}")
SENTENCES = [
    f"Kalimat nomor {n} dari berita tentang dermaga yang dibangun warga sejak tahun lalu itu." for n in range(1, 9)
]


def html(numbers):
    body = "".join(f"<p>{SENTENCES[n]}</p>" for n in numbers)
    return f"<html><head><title>Dermaga dibuka</title></head><body><h1>Dermaga dibuka</h1><article>{body}</article></body></html>"


@settings(deadline=None)  # the language model loads on first use
@given(st.permutations([("", (0, 1, 2)), ("/16", (3, 4, 5)), ("/32", (6, 7))]))
def test_pages_are_put_in_the_order_of_their_numbers(pages):
    read = read_pages(
        [
            Page(
                url=f"https://situs.test/read/7{path}",
                content=html(numbers).encode(),
                fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
                hints=HINTS,
            )
            for path, numbers in pages
        ]
    )
    assert read.article.url == "https://situs.test/read/7"
    assert re.findall(r"nomor (\d)", read.article.article_body) == list("12345678")
