"""Search answers what a plain scan of the newest versions answers, on both databases, whatever is saved, changed or removed."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, delete, func, insert, select, text, update

from db import indexing
from db.engine import open_engine, read_only_address, reading, writing
from db.indexing import compact_index, count_stale, index_all, mark_stale
from db.models import article, article_version, credit, search_entry, search_pending, source
from db.search import search
from db.upgrade import _config, check_revision, head, upgrade
from db.words import lines_of, read_query
from tests.db.rows import NOW, fill, save, source_row, version

V = article_version


@pytest.fixture(params=["indexed", "waiting"])
def store(request, engine):
    """A few articles of two languages, once in the index and once still waiting to be."""
    fill(engine)
    with writing(engine) as conn:
        for number, (headline, body) in enumerate(ARTICLES, 1):
            published = NOW - timedelta(days=number)
            save(conn, version(body, headline=headline, date_published=published), str(number))
        if request.param == "indexed":
            assert index_all(conn) == len(ARTICLES)
    return engine


FAR = "Perahu berlayar pelan. " * 30
ARTICLES = (
    ("WhatsApp Melarang Chatbot Umum", "Aturan baru berlaku Januari. Meta menyebutnya perlu."),
    ("WhatsApp bans general-purpose bots", f"{FAR}The café owner’s résumé bot was blocked, said Meta. GPT-4 too."),
    ("Kapal tiba di hulu", f"{FAR}WhatsApp melarang apa pun, tulisnya. Melarangnya keliru, tulisnya."),
    ("Aturan kecerdasan buatan", "WhatsApp kini melarang bot, kata x.com; 100% benar. É́dition spéciale."),
    ("Judul saja", ""),
)


def keys(engine, words, **more):
    with reading(engine) as conn:
        return [hit.url.rpartition("/")[2] for hit in search(conn, words, **more).hits]


ASKED = [
    ("whatsapp", ["1", "2", "4", "3"]),
    ("WHATSAPP melarang", ["1", "4", "3"]),
    ("melarang whatsapp", ["1", "4", "3"]),
    ('"whatsapp melarang"', ["1", "3"]),
    ('"melarang whatsapp"', []),
    ("melarang*", ["1", "4", "3"]),
    ("melarangn*", ["3"]),
    ("melar", []),
    ("whatsapp -meta", ["4", "3"]),
    ("whatsapp -“kini melarang” -hulu", ["1", "2"]),
    ("bot*", ["2", "4"]),
    ("-bot* whatsapp", ["1", "3"]),
    ("cafe resume", ["2"]),
    ("CAFÉ Résumé", ["2"]),
    ("edition", ["4"]),
    ("gpt-4", ["2"]),
    ('"gpt 4 t"*', ["2"]),
    ("general-purpose", ["2"]),
    ("x.com", ["4"]),
    ("100%", ["4"]),
    ("judul", ["5"]),
    ("zzz", []),
    ("whatsapp zzz", []),
]


def test_what_is_asked_is_found_in_its_order(store):
    for words, found in ASKED:
        assert keys(store, words) == found, words


HOSTILE = [
    '"', '""', "'", "*", "-", "(", ")", "bot)", "(bot", "bot*)", "NEAR(bot", "NEAR(bot umum, 3)", "bot AND", "OR bot", "NOT bot",
    "headline:bot", "{headline}: bot", "bot ^ meta", "+bot", "bot:*", "!bot", "bot & | !", "<->", "\\", "\\'", "%", "_", "$1", ":limit",
    "%(limit)s", "bot\x00umum", "\x00", "\ud800", "🤖", "bot 🤖", "؟", "机器人", "\u202ebot", "'; drop table article; --", "a" * 5000,
    '"' + "bot " * 5000 + '"', "bot* " * 3000, " ".join(f"-k{n}" for n in range(500)), " ".join(f"k{n}*" for n in range(500)),
    "x" * 1_000_000, "bot " * 250_000, "\n", "", "bot\\", "bot''", 'bot""umum', "bot-", "--bot", "rowid", "rank", "search_index",
]  # fmt: skip


def test_no_text_is_an_error(store):
    for words in HOSTILE:
        with reading(store) as conn:
            answer = search(conn, words)
            assert bool(answer.note) or bool(read_query(words).wanted), words[:40]
            assert conn.scalar(select(func.count()).select_from(article)) == len(ARTICLES)


NOTES = [
    (" ?! … \x00🤖", "There is no word to search for."),
    ("-bot", "There are only words to leave out; name one to look for."),
    (" ".join(f"kata{n}" for n in range(65)), "The text is long; only its first words were searched for."),
    ("bot", None),
]


def test_what_cannot_be_taken_as_it_is_put_is_said(store):
    with reading(store) as conn:
        for words, note in NOTES:
            assert search(conn, words).note == note


def test_a_hit_tells_where_it_was_found_and_shows_it(store):
    with reading(store) as conn:
        first, second, third = search(conn, "whatsapp melarang").hits
        assert (first.place, second.place, third.place) == ("headline", "opening", "text")
        assert (first.source_id, first.headline, first.in_language) == ("situs", ARTICLES[0][0], "id")
        assert first.date_published == NOW - timedelta(days=1)
        assert first.snippet == ARTICLES[0][1]
        assert second.snippet.startswith("**WhatsApp** kini **melarang** bot, kata x.com")
        assert third.snippet.startswith("… ")
        assert "<WhatsApp> <melarang> apa pun" in search(conn, "whatsapp melarang", marks=("<", ">")).hits[2].snippet


def test_limit_day_and_source_narrow_it(store):
    with writing(store) as conn:
        conn.execute(insert(source).values(**source_dict("lain")))
        conn.execute(update(article).where(article.c.site_key == "4").values(source_id="lain"))
    assert keys(store, "whatsapp", limit=2) == ["1", "2"]
    assert keys(store, "whatsapp", since=NOW - timedelta(days=3)) == ["1", "2", "3"]
    assert keys(store, "whatsapp", since=NOW - timedelta(days=2)) == ["1", "2"]
    assert keys(store, "whatsapp", source="lain") == ["4"]
    assert keys(store, "whatsapp", source="lain' or '1' = '1") == []
    assert keys(store, "whatsapp", source="situs", since=NOW - timedelta(days=3), limit=2) == ["1", "2"]


def source_dict(name):
    row = source_row(name)
    return {field: getattr(row, field) for field in row.__struct_fields__}


def test_without_a_date_an_article_counts_from_its_first_sight(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("bot lama", date_published=datetime(2001, 1, 1, tzinfo=UTC)), "1")
        save(conn, version("bot entah", date_published=None), "2")
    for _ in range(2):
        assert keys(engine, "bot") == ["2", "1"]
        assert keys(engine, "bot", since=NOW) == ["2"]
        with writing(engine) as conn:
            index_all(conn)


WORDS = [
    "bot",
    "botak",
    "umum",
    "meta",
    "larang",
    "melarang",
    "café",
    "cafe",
    "gpt-4",
    "gpt 4",
    "Straße",
    "x.com",
    "ai",
]
QUERIES = [
    *WORDS, "bot*", "meta -bot", '"bot umum"', '-"umum meta" ai', "la* me*", '"gpt 4" ai', '"ai la"*', "cafe bot umum", "strasse", "-bot* ai",
]  # fmt: skip


def scanned(conn, words):
    """Return what a plain scan of the newest versions answers: article ids, best first."""
    query, found = read_query(words), []
    rows = conn.execute(select(article_version).where(article_version.c.is_current)).all()
    for row in rows:
        place = lines_of(row.headline, row.article_body).place_of(query)
        if place:
            found.append((("text", "opening", "headline").index(place), row.date_published, row.article_id))
    return [number for *_, number in sorted(found, reverse=True)]


def assert_answers_as_a_scan(engine):
    with reading(engine) as conn:
        for words in QUERIES:
            assert [hit.article_id for hit in search(conn, words, limit=10_000).hits] == scanned(conn, words), words


class Chance:
    """Does at random what may happen to articles."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.works = [self.save, self.remove, self.merge, self.go_back, self.mend]

    def do(self, conn):
        for work in self.random.choices(self.works, weights=[8, 1, 1, 2, 1], k=6):
            work(conn)

    def text(self):
        return " ".join(self.random.choices(WORDS, k=self.random.choice((0, 1, 3, 12, 120))))

    def save(self, conn):
        published = NOW - timedelta(days=self.random.randrange(5))
        row = version(self.text(), headline=self.text() or None, date_published=published)
        save(conn, row, str(self.random.randrange(25)))

    def remove(self, conn):
        ids = list(conn.scalars(select(article.c.id).order_by(article.c.id)))
        if ids:
            number = self.random.choice(ids)
            conn.execute(delete(credit).where(credit.c.version_id.in_(select(V.c.id).where(V.c.article_id == number))))
            conn.execute(delete(V).where(V.c.article_id == number))
            conn.execute(delete(article).where(article.c.id == number))

    def merge(self, conn):
        ids = list(conn.scalars(select(article.c.id).order_by(article.c.id).limit(2)))
        if len(ids) == 2:
            mine = V.c.article_id == ids[0]
            last = conn.scalar(select(func.max(V.c.seq)))
            conn.execute(update(V).where(mine).values(is_current=False, seq=V.c.seq + last + 1000))
            conn.execute(update(V).where(mine).values(article_id=ids[1]))
            conn.execute(delete(article).where(article.c.id == ids[0]))

    def go_back(self, conn):
        old = conn.execute(select(V).where(~V.c.is_current).order_by(V.c.id).limit(1)).one_or_none()
        if old:
            last = conn.scalar(select(func.max(V.c.seq)).where(V.c.article_id == old.article_id))
            conn.execute(update(V).where(V.c.article_id == old.article_id).values(is_current=False))
            conn.execute(update(V).where(V.c.id == old.id).values(is_current=True, seq=last + 1))

    def mend(self, conn):
        conn.execute(
            update(V).where(V.c.is_current, V.c.seq == 2).values(headline=self.text(), article_body=self.text())
        )


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_index_answers_as_a_scan(engine, monkeypatch, seed):
    monkeypatch.setattr(indexing, "_BATCH", 7)
    chance = Chance(seed)
    fill(engine)
    for _ in range(12):
        with writing(engine) as conn:
            chance.do(conn)
        assert_answers_as_a_scan(engine)
        if chance.random.random() < 0.4:
            with writing(engine) as conn:
                index_all(conn)
            assert_answers_as_a_scan(engine)
    with writing(engine) as conn:
        index_all(conn)
        compact_index(conn)
        assert_is_whole(conn)
    assert_answers_as_a_scan(engine)


def assert_is_whole(conn):
    """Nothing waits, nothing is missing, there is no ghost, and SQLite finds its index sound."""
    assert count_stale(conn) == 0
    assert conn.scalar(select(func.count()).select_from(search_pending)) == 0
    current = conn.scalar(select(func.count()).select_from(article_version).where(article_version.c.is_current))
    assert conn.scalar(select(func.count()).select_from(search_entry)) == current
    assert conn.scalar(text("select count(*) from search_index")) == current
    if conn.dialect.name == "sqlite":
        conn.execute(text("insert into search_index (search_index, rank) values ('integrity-check', 1)"))


def test_a_removed_article_leaves_no_word_behind(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("rahasia besar"), "1")
        save(conn, version("tetap ada"), "2")
        index_all(conn)
        conn.execute(text("delete from credit"))
        conn.execute(delete(article_version).where(article_version.c.article_body == "rahasia besar"))
        assert search(conn, "rahasia").hits == ()
        index_all(conn)
        compact_index(conn)
        if conn.dialect.name == "sqlite":
            blocks = conn.execute(text("select block from search_index_data")).scalars().all()
            assert not any(b"rahasia" in block for block in blocks)
        assert conn.scalar(text("select count(*) from search_index")) == 1
    assert keys(engine, "ada") == ["2"]


def test_saving_indexes_by_itself_once_enough_has_gathered(engine, monkeypatch):
    monkeypatch.setattr(indexing, "_BATCH", 8)
    fill(engine)
    for number in range(30):
        with writing(engine) as conn:
            save(conn, version(f"bot nomor k{number}"), str(number))
        assert keys(engine, f"k{number}") == [str(number)]
        with reading(engine) as conn:
            assert conn.scalar(select(func.count()).select_from(search_pending)) < 8


def test_saving_the_same_again_marks_nothing(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("bot"))
        index_all(conn)
        save(conn, version("bot"))
        assert conn.scalar(select(func.count()).select_from(search_pending)) == 0


def test_a_text_beyond_all_measure_is_kept_and_found(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version(" ".join(f"kata{n}ø" for n in range(150_000)), headline="bot " * 50_000))
        index_all(conn)
    assert keys(engine, "bot kata0ø kata9ø") == ["1"]
    assert keys(engine, '"kata70000ø kata70001ø"') == ["1"]


def test_a_common_phrase_is_found_at_any_depth(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("di sana " * 20_000 + "di situ"))
        index_all(conn)
    assert keys(engine, '"sana di situ"') == ["1"]
    assert keys(engine, '"situ di sana"') == []


OLD_ROWS = 3_000


def old_store(store_url):
    """Return a store of the shape before search, with articles in it: half of them edited, some taken apart."""
    engine = open_engine(store_url)
    with writing(engine) as conn:
        command.upgrade(_config(conn), "0002")
        conn.execute(insert(source).values(**source_dict("situs")))
        rows = [{"id": n, "source_id": "situs", "site_key": str(n), "canonical_url": f"https://situs.test/{n}", "extent": "full",
                 "first_seen_at": NOW} for n in range(1, OLD_ROWS + 1)]  # fmt: skip
        conn.execute(insert(article), rows)
        said = version("").values
        conn.execute(
            insert(article_version),
            [said | {"article_id": n, "seq": seq, "is_current": seq == 1 + n % 2, "cause": "first", "observed_at": NOW,
                     "text_sha256": "0", "extractor_version": "1", "headline": f"Judul {n}",
                     "article_body": f"{'lama' if seq == 1 and n % 2 else 'bot'} nomor{n} {WORDS[n % len(WORDS)]}",
                     "date_published": NOW - timedelta(days=n % 900)}
             for n in range(1, OLD_ROWS + 1) for seq in range(1, 2 + n % 2)],
        )  # fmt: skip
    return engine


def test_a_store_from_before_search_is_indexed_by_its_upgrade(store_url):
    engine = old_store(store_url)
    upgrade(engine)
    check_revision(engine)
    with writing(engine) as conn:
        assert_is_whole(conn)
        assert len(search(conn, "bot", limit=10_000).hits) == OLD_ROWS
        assert search(conn, "lama").hits == ()
        conn.execute(update(article_version).where(article_version.c.article_id == 7).values(headline="Baru saja"))
        assert [hit.article_id for hit in search(conn, '"baru saja"').hits] == [7]
    assert_answers_as_a_scan(engine)
    engine.dispose()


def dying_after(count, work):
    """Return `work`, which dies when it has been done so often."""
    left = iter(range(count))

    def mortal(*arguments):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return work(*arguments)

    return mortal


def test_an_upgrade_that_is_killed_leaves_all_as_it_was_and_runs_again(store_url, monkeypatch):
    engine = old_store(store_url)
    monkeypatch.setattr("db.upgrade.mark_stale", dying_after(0, mark_stale))
    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    monkeypatch.undo()
    with reading(engine) as conn:
        assert conn.scalar(text("select version_num from alembic_version")) == "0002"
        assert conn.scalar(text("select count(*) from article_version")) == OLD_ROWS * 3 // 2
    upgrade(engine)
    with writing(engine) as conn:
        assert conn.scalar(text("select version_num from alembic_version")) == head()
        assert_is_whole(conn)
    engine.dispose()


def test_a_store_that_was_half_indexed_answers_and_is_indexed_to_its_end(store_url, monkeypatch):
    engine = old_store(store_url)
    monkeypatch.setattr(indexing, "_BATCH", 64)
    monkeypatch.setattr(indexing, "_index_batch", dying_after(20, indexing._index_batch))
    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    monkeypatch.undo()
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(search_entry)) == 16 * 64
    assert_answers_as_a_scan(engine)
    heard = []
    upgrade(engine, heard.append)
    assert sum(heard) == OLD_ROWS - 16 * 64
    with writing(engine) as conn:
        assert_is_whole(conn)
    assert_answers_as_a_scan(engine)
    engine.dispose()


def test_rows_that_changed_without_the_triggers_are_found(store):
    with writing(store) as conn:
        indexing.drop_triggers(conn)
        save(conn, version("bot diam-diam"), "1")
        conn.execute(text("delete from search_entry where article_id = (select max(article_id) from search_entry)"))
        # One was not in the index; where it was, two of them are other than the index says.
        waits = conn.scalar(select(func.count()).select_from(search_pending))
        assert count_stale(conn) == (0 if waits else 2)
        mark_stale(conn)
        assert count_stale(conn) == 0
        indexing.create_triggers(conn)
        index_all(conn)
        assert_is_whole(conn)
    assert keys(store, "diam") == ["1"]


def test_who_may_only_read_may_search(store):
    if store.dialect.name == "sqlite":
        import sqlite3

        path = store.url.database
        reader = create_engine("sqlite://", creator=lambda: sqlite3.connect(read_only_address(path), uri=True))
        assert keys(reader, "whatsapp melarang") == ["1", "4", "3"]
        reader.dispose()
        return
    with writing(store) as conn:
        conn.execute(text("create role pembaca_cari"))
        conn.execute(text("grant select on all tables in schema public to pembaca_cari"))
        conn.execute(text("set local role pembaca_cari"))
        conn.execute(text("set transaction read only"))
        assert [hit.article_id for hit in search(conn, "whatsapp melarang").hits] == [1, 4, 3]
        conn.rollback()


# SQLite has one writer at a time.
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_mark_of_a_transaction_under_way_is_not_lost(engine):
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("bot satu"))
    with writing(engine) as slow:
        save(slow, version("bot dua"))
        with writing(engine) as conn:
            index_all(conn)
            assert [hit.snippet for hit in search(conn, "bot").hits] == ["**bot** satu"]
            indexing.index_when_due(slow)
    with reading(engine) as conn:
        assert [hit.snippet for hit in search(conn, "bot").hits] == ["**bot** dua"]
        assert search(conn, "satu").hits == ()
