"""One article, whatever address leads to it; versions that are an outlet's, not a cache's or a counter's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from crawlers.address import read_address, resolve
from db.archive import Archive
from db.articles import save_version
from db.check import check
from db.downloads import add_download
from db.engine import reading, writing
from db.identity import article_named, article_of
from db.models import (
    address,
    article,
    article_version,
    evidence,
    policy_change,
    removed_block,
    report,
    review_pin,
    version_page,
)
from db.outcomes import finish_fetch, is_known_body, look_again, mark_read
from db.reviews import Pin, Telling, add_review, pin
from pipeline.records import Page, SourceHints
from pipeline.run import read_article
from pipeline.save import digest, merge_known
from pipeline.steps.paging import canonical_of, later_page_of
from tests.db.rows import NOW, announce, answer, due_address, fill, found, version
from tests.db.test_versions import TEXT, causes, downloads, tell

HOME = "https://situs.test/"
BY_ID = SourceHints(
    article_url=r"/(?:amp/)?(?:read/)?(?P<id>\d{4,})/(?P<slug>[\w-]+)(?:/amp)?(?:/(?P<page>\d{1,3}))?/?(?:\?.*)?$"
)


@pytest.mark.parametrize("hints", [BY_ID, SourceHints()], ids=["known layout", "unknown layout"])
@pytest.mark.parametrize(
    "link",
    [
        "https://situs.test/read/43058/judul-berita",
        "http://situs.test/read/43058/judul-berita",
        "https://www.situs.test/read/43058/judul-berita/",
        "https://m.situs.test/read/43058/judul-berita",
        "https://amp.situs.test/read/43058/judul-berita",
        "https://situs.test/read/43058/judul-berita/amp",
        "https://situs.test/read/43058/judul-berita?amp=1",
        "https://situs.test/read/43058/judul-berita?page=2",
        "https://situs.test/read/43058/judul-berita?page=all",
        "https://situs.test/read/43058/judul-berita?hal=3",
        "https://situs.test/read/43058/judul-berita?utm_source=rss&fbclid=x#komentar",
    ],
)
def test_the_addresses_of_one_article_share_its_key(link, hints):
    keys = {read_address(resolve(HOME, item), hints).site_key for item in (f"{HOME}read/43058/judul-berita", link)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://tekno.situs.test/read/43058/judul-berita",
        "https://situs.test/amp/43058/judul-berita",
        "https://situs.test/amp/read/43058/judul-berita/16",
        "https://situs.test/read/43058/judul-berita/2",
        "https://situs.test/read/43058/judul-yang-diubah",
    ],
)
def test_where_the_layout_is_known_the_site_s_own_id_is_the_key_on_every_host_of_the_network(link):
    assert read_address(resolve(HOME, link), BY_ID).site_key == "43058"


@pytest.mark.parametrize(
    "other", ["https://situs.test/read/43059/judul-berita", "https://situs.test/read/43058/judul-lain?id=2"]
)
def test_another_article_has_another_key(other):
    for hints in (BY_ID, SourceHints())[: 1 + ("43058" in other)][-1:]:
        keys = {read_address(item, hints).site_key for item in (f"{HOME}read/43058/judul-berita", other)}
        assert len(keys) == 2


HERE = "https://situs.test/read/43058/judul"


@pytest.mark.parametrize(
    ("stated", "trusted"),
    [
        ("https://www.situs.test/read/43058/judul-penuh", True),
        ("https://situs.test/", False),
        ("https://situs.test", False),
        ("https://lain.test/read/43058/judul", False),
        ("https://situs.test.lain.test/read/43058/judul", False),
        ("https://situs.test/read/99999/judul", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_a_stated_canonical_address_counts_only_where_it_can_be_trusted(stated, trusted):
    assert canonical_of(HERE, stated, BY_ID) == (stated if trusted else HERE)


@pytest.mark.parametrize("url", [f"{HERE}/2", f"{HERE}?page=2", f"{HERE}?hal=2", f"{HERE}/page/2"])
def test_a_later_page_alone_is_incomplete(url):
    hints = BY_ID if url.endswith("/2") and "page" not in url else SourceHints()
    assert later_page_of(url, HERE, hints)
    assert not later_page_of(f"{HERE}?page=all", HERE, SourceHints())


def save_at(conn, row, minutes=0, key="1", url=None):
    """Store a version as it was seen some minutes later."""
    return save_version(
        conn,
        source_id="situs",
        site_key=key,
        canonical_url=url or f"https://situs.test/berita/{key}",
        observed_at=NOW + timedelta(minutes=minutes),
        row=row,
    )


def see(conn, words, minutes, key="1"):
    """Store what a fresh answer says."""
    return save_at(conn, version(words, tuple(downloads(conn, 1))), minutes, key).cause


def test_caches_that_take_turns_make_no_version_at_every_poll(engine):
    fill(engine)
    with writing(engine) as conn:
        made = [see(conn, "AB"[n % 2], 5 * n) for n in range(20)]
        assert made == ["first", "edit", "edit", *[None] * 17]
        assert conn.execute(
            select(article_version.c.article_body, article_version.c.flaps).where(article_version.c.is_current)
        ).one() == ("A", 9)
        # What is new is a version at once, and so is a return that has waited.
        assert see(conn, "C", 101) == "edit"
        assert see(conn, "B", 101 + 361) == "edit"
        assert causes(conn) == ["first", "edit", "edit", "edit", "edit"]


def test_three_caches_that_take_turns_are_seen_through_too(engine):
    fill(engine)
    with writing(engine) as conn:
        assert [see(conn, "ABC"[n % 3], 5 * n) for n in range(12)] == ["first", "edit", "edit", "edit", *[None] * 8]


def test_a_text_that_was_set_aside_is_looked_at_again(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        for minutes, words in enumerate("ABA"):
            kept = add_download(conn, answer("https://situs.test/berita/1", sha256=words * 64))
            save_at(conn, version(words, (kept,)), minutes)
        due = due_address(conn)
        late = finish_fetch(conn, due, answer("https://situs.test/berita/1", sha256="B" * 64), state="fetched")
        saved = save_at(conn, version("B", (late,)), 9)
        assert (saved.cause, saved.is_flap) == (None, True)
        mark_read(
            conn, due.id, download_id=late, verdict="article", article_id=saved.article_id, next_fetch_at=NOW
        )  # fmt: skip
        look_again(conn, due.id, saved.version_id)
        again = due_address(conn)
        assert (again.etag, again.last_modified) == (None, None)
        assert is_known_body(conn, again, "A" * 64)
        assert not is_known_body(conn, again, "B" * 64)


PAGE = """<html><head><title>Perahu berangkat</title></head><body><article><h1>Perahu berangkat</h1>
<div class="meta">{meta}</div><p>Perahu “pagi” berangkat dari dermaga Muara Angke pada Senin pagi dengan dua puluh penumpang di atasnya.</p>
{between}<p>Nakhoda mengatakan cuaca cerah dan ombak kecil, sehingga perjalanan ke Pulau Pramuka hanya memakan waktu dua jam saja.</p>
<p>Petugas pelabuhan memeriksa setiap pelampung sebelum kapal itu dilepas menuju laut lepas di utara Jakarta.</p></article></body></html>"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"meta": "Dibaca 1.204 kali"}, {"meta": "Dibaca 1.377 kali"}),
        ({"meta": "2 jam yang lalu"}, {"meta": "5 jam yang lalu"}),
        (
            {"between": '<p>BACA JUGA: <a href="/a">Kapal lain tiba di dermaga</a></p>'},
            {"between": '<p>BACA JUGA: <a href="/b">Nelayan pulang lebih awal</a></p>'},
        ),
        ({"between": '<div class="ads">ADVERTISEMENT</div>'}, {"between": ""}),
    ],
    ids=["counter", "age", "read also", "advertisement"],
)
def test_what_changes_on_a_page_by_itself_is_no_edit(one, other):
    pages = [PAGE.format(**({"meta": "", "between": ""} | parts)).encode() for parts in (one, other)]
    read = [read_article(Page(url=HERE, content=page, fetched_at=NOW, content_type="text/html")) for page in pages]
    assert read[0].article_body.count("\n") == 2
    assert digest(read[0]) == digest(read[1])


def test_an_article_is_found_by_every_key_and_by_a_trusted_name_with_the_same_headline(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        saved = save_at(conn, version("A", tuple(downloads(conn, 1))), url="https://situs.test/berita/satu")
        conn.execute(update(address).values(article_id=saved.article_id, site_key="singkat"))
        for key in ("1", "singkat"):
            assert article_of(conn, "situs", key) == saved.article_id
        assert article_of(conn, "situs", "lain") is None
        assert article_of(conn, "situs", "lain", 99) is None
        named = {"apart_from": None}
        url = ["https://situs.test/berita/satu"]
        assert article_named(conn, "situs", url, "Perahu", **named) == saved.article_id
        assert article_named(conn, "situs", url, "Kapal", **named) is None
        assert article_named(conn, "situs", url, "Perahu", apart_from=saved.article_id) is None


BLOCK = {"kind": "read_also", "rule": "id-read-also", "text": "BACA JUGA", "after_block": 0, "char_offset": None}


def test_an_alias_that_is_found_later_merges_two_articles_without_loss(engine, tmp_path):
    fill(engine)
    announce(engine, found(1), found(2))
    with writing(engine) as conn:
        pages = downloads(conn, 3)
        old = save_at(conn, version(TEXT, (pages[0],), removed=[BLOCK]), 0)
        change = tell(conn, old.version_id)
        save_at(conn, version(f"{TEXT} Sari.", (pages[1],), removed=[BLOCK]), 20)
        other = save_at(conn, version(f"{TEXT} Budi.", (pages[2],), removed=[BLOCK]), 10, key="2")
        second = tell(conn, other.version_id, change)
        word = add_review(conn, second, "split", "Sari", None, NOW)
        pin(conn, word, [Pin(telling=Telling(other.article_id, 0), change_id=second, was_in_id=second)])
        for number, article_id in (("1", old.article_id), ("2", other.article_id)):
            conn.execute(
                update(address).where(address.c.site_key == number).values(article_id=article_id, state="read")
            )
        tables = (article_version, removed_block, version_page, report, evidence, policy_change, address)
        before = [conn.scalar(select(func.count()).select_from(table)) for table in tables]
        merge_known(conn, other.article_id, old.article_id, NOW + timedelta(hours=1))
    v = article_version.c
    with reading(engine) as conn:
        assert [conn.scalar(select(func.count()).select_from(table)) for table in tables] == before
        assert conn.scalar(select(func.count()).select_from(article)) == 1
        rows = conn.execute(select(v.article_id, v.seq, v.cause, v.is_current).order_by(v.seq)).all()
        assert [tuple(row) for row in rows] == [
            (old.article_id, 1, "first", False), (old.article_id, 2, "merge", False), (old.article_id, 3, "edit", True),
        ]  # fmt: skip
        assert set(conn.scalars(select(address.c.article_id))) == {old.article_id}
        assert conn.execute(select(review_pin.c.article_id, review_pin.c.strand)).all() == [(old.article_id, 0)]
        assert article_of(conn, "situs", "2") == old.article_id
        assert conn.scalar(text("select count(*) from articles")) == 1
    with writing(engine) as conn:
        assert save_at(conn, version("D", tuple(downloads(conn, 1))), 90).cause == "edit"
        assert list(conn.scalars(select(v.seq).order_by(v.seq))) == [1, 2, 3, 4]
    kinds = {finding.message for finding in check(engine, Archive(tmp_path)).findings}
    assert not any("search" in message or "current version" in message for message in kinds)


def test_of_two_that_are_merged_the_fuller_is_current(engine):
    fill(engine)
    with writing(engine) as conn:
        full = save_at(conn, version("A", tuple(downloads(conn, 1))), 0)
        lead = save_at(conn, version("", extent="headline"), 30, key="2")
        merge_known(conn, full.article_id, lead.article_id, NOW)
        row = conn.execute(
            select(article_version.c.article_body, article_version.c.seq).where(article_version.c.is_current)
        ).one()
        assert tuple(row) == ("A", 2)
        assert conn.execute(select(article.c.extent, article.c.site_key)).one() == ("full", "2")
        assert set(causes(conn)) == {"first", "merge"}
