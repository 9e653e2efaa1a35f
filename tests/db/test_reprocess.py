"""How far a re-reading has come, which articles it means, and the rows that it puts right."""

from datetime import timedelta

from sqlalchemy import insert, select

from db.articles import VersionRow
from db.engine import writing
from db.models import address, article_version, removed_block, report, reprocess_run
from db.reprocess import (
    Which,
    advance_run,
    begin_run,
    current_version,
    extent_of,
    finish_run,
    make_room,
    next_articles,
    refresh_version,
    stored_article,
    unfinished_run,
)
from db.versions import find_article, version_of, versions_of
from tests.db.rows import NOW, fill, save, version
from tests.db.test_versions import TEXT, downloads, tell

ASKED = {"only": ["situs"], "since": None}


def test_a_run_is_gone_on_with_only_if_it_was_asked_for_alike(engine):
    with writing(engine) as conn:
        run = begin_run(conn, asked=ASKED, rules="a", until=9, found={}, now=NOW)
        advance_run(conn, run.id, last=4, found={"articles": 4})
        again = unfinished_run(conn, asked=ASKED, rules="a")
        assert (again.id, again.last_article_id, again.until_article_id, again.found) == (run.id, 4, 9, {"articles": 4})
        assert unfinished_run(conn, asked=ASKED, rules="b") is None
        assert unfinished_run(conn, asked={"only": [], "since": None}, rules="a") is None
        finish_run(conn, run.id, NOW)
        assert unfinished_run(conn, asked=ASKED, rules="a") is None


def test_a_new_run_ends_what_was_left_unfinished(engine):
    with writing(engine) as conn:
        begin_run(conn, asked=ASKED, rules="a", until=9, found={}, now=NOW)
        begin_run(conn, asked=ASKED, rules="b", until=9, found={}, now=NOW)
        assert unfinished_run(conn, asked=ASKED, rules="a") is None
        assert conn.scalars(select(reprocess_run.c.finished_at).order_by(reprocess_run.c.id)).all() == [NOW, None]


def test_articles_are_chosen_by_source_and_day_and_handed_out_in_order(engine):
    fill(engine)
    with writing(engine) as conn:
        ids = [save(conn, version("A"), key).article_id for key in "123"]
        assert extent_of(conn, Which()) == (3, ids[-1])
        assert extent_of(conn, Which(only=("lain",))) == (0, 0)
        assert extent_of(conn, Which(since=NOW + timedelta(seconds=1))) == (0, 0)
        assert next_articles(conn, Which(since=NOW), after=ids[0], until=ids[2], limit=1) == [ids[1]]


def test_what_stands_beside_a_text_is_put_right_without_a_version(engine):
    fill(engine)
    block = {"kind": "ad", "rule": "lama", "text": "IKLAN", "after_block": 0, "char_offset": None}
    with writing(engine) as conn:
        saved = save(conn, version("A", tuple(downloads(conn, 1)), removed=[block], section="Lama"))
        row = version(
            "A", removed=[block | {"rule": "baru"}], section="Baru", extractor_version="2", annotator_version="9"
        )
        refresh_version(conn, saved.version_id, row)
        stored = stored_article(conn, saved.article_id)
        assert (stored.details["section"], stored.extractor_version, stored.annotator_version) == ("Baru", "2", "1")
        assert conn.scalars(select(removed_block.c.rule)).all() == ["baru"]
        assert current_version(conn, saved.article_id) == saved.version_id
        assert isinstance(row, VersionRow)


def test_reports_under_a_name_that_is_used_again_get_a_number(engine):
    fill(engine)
    with writing(engine) as conn:
        saved = save(conn, version(TEXT, tuple(downloads(conn, 1))))
        for expected in ("1~1", "1~2"):
            tell(conn, saved.version_id)
            make_room(conn, saved.version_id, "1")
            assert conn.scalar(select(article_version.c.annotator_version)) == expected
        assert conn.scalars(select(report.c.annotator_version).order_by(report.c.id)).all() == ["1~1", "1~2"]


def test_an_article_is_found_by_its_id_and_by_every_address_that_leads_to_it(engine):
    fill(engine)
    with writing(engine) as conn:
        saved = save(conn, version("A", tuple(downloads(conn, 1))))
        conn.execute(
            insert(address).values(
                url="https://situs.test/amp/1", source_id="situs", registrable_domain="situs.test", role="article",
                state="read", first_seen_at=NOW, article_id=saved.article_id,
            )
        )  # fmt: skip
        names = (str(saved.article_id), "https://situs.test/berita/1", "https://situs.test/amp/1")
        assert {find_article(conn, name).id for name in names} == {saved.article_id}
        assert find_article(conn, "' or 1=1 --") is None
        assert find_article(conn, "٣") is None
        [only] = versions_of(conn, saved.article_id)
        assert (only.seq, only.cause) == (1, "first")
        told = version_of(conn, only.id)
        assert (told.headline, told.paragraphs, told.credits) == ("Perahu", ["A"], [("author", "Sari")])
