"""Nonsense cannot be stored, by whomever: words of the vocabulary, references, times in UTC; and no store loses a row on the way there."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from sqlalchemy import CheckConstraint, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from db import vocabulary
from db.engine import open_engine, reading, writing
from db.errors import StoreError
from db.models import article, article_version, download, metadata, policy_change, policy_status, removed_block, report
from db.upgrade import upgrade
from pipeline import records
from tests.db.rows import NOW
from tests.db.test_upgrade import EARLIER, make_old


def words_of(kind):
    """Return the words of a vocabulary, also of one that is made of others."""
    found = []
    for item in get_args(kind):
        found += words_of(item) if get_args(item) else [item]
    return tuple(found)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PAGE_VERDICTS", records.Verdict),
        ("EXTENTS", records.Extent),
        ("REMOVED_KINDS", records.RemovedKind),
        ("PRECISIONS", records.Precision),
        ("ACTIONS", records.Action),
        ("SECOND_ACTIONS", records.Action2),
        ("OBJECTS", records.PolicyObject),
        ("DIRECTIONS", records.Direction),
        ("STATUSES", records.Status),
        ("INSTRUMENTS", records.Instrument),
        ("ATTRIBUTIONS", records.Attribution),
        ("NEGATIVE_KINDS", records.NegativeKind),
        ("FIELDS", records.Field),
    ],
)
def test_columns_take_the_words_of_the_records_and_no_others(name, kind):
    assert getattr(vocabulary, name) == words_of(kind)


def test_the_migrations_make_the_checks_that_the_models_say(engine):
    with reading(engine) as conn:
        looked = inspect(conn)
        for table in metadata.sorted_tables:
            said = {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}
            assert {check["name"] for check in looked.get_check_constraints(table.name)} == said, table.name


@pytest.fixture
def stored(store_url):
    """A store with a row in every table that matters, brought from the first shape to today's."""
    engine = open_engine(store_url)
    make_old(engine, "0001")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    "nonsense",
    [
        update(article_version).values(verdict="berita"),
        update(article_version).values(extent="setengah"),
        update(article_version).values(cause="iseng"),
        update(article_version).values(date_published_precision="kira-kira"),
        update(article_version).values(date_published_zone="?"),
        update(article_version).values(negative_kind="bukan"),
        update(article_version).values(confidence=1.5),
        update(article_version).values(seq=0),
        update(article_version).values(article_id=99),
        update(policy_change).values(action="larang"),
        update(policy_change).values(object=""),
        update(policy_change).values(merged_into=99),
        update(report).values(action2="larang"),
        update(report).values(direction="maju"),
        update(report).values(instrument="surat"),
        update(report).values(attribution="teman"),
        update(report).values(status="berlaku"),
        update(report).values(confidence=-0.1),
        update(report).values(version_id=99),
        update(policy_status).values(status="berlaku"),
        update(policy_status).values(means="berlaku"),
        update(policy_status).values(from_precision="kira-kira"),
        insert(removed_block).values(version_id=1, ordinal=0, kind="apa", rule="r", text="x", after_block=0),
        insert(download).values(source_id="situs", url="x", fetched_at=NOW, robots="allowed", verdict="apa"),
        insert(download).values(source_id="situs", url="x", fetched_at=NOW, robots="allowed", archive_file="a.warc.gz"),
        insert(article).values(source_id="lain", site_key="9", canonical_url="x", extent="full", first_seen_at=NOW),
    ],
)
def test_nonsense_is_refused_by_a_store_of_any_age(stored, nonsense):
    with pytest.raises(IntegrityError), writing(stored) as conn:
        conn.execute(nonsense)


def test_times_are_stored_in_utc_and_never_without_a_zone(stored):
    at = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=7)))
    with writing(stored) as conn:
        conn.execute(update(article).values(first_seen_at=at))
        assert set(conn.scalars(select(article.c.first_seen_at))) == {datetime(2026, 3, 10, 2, 0, tzinfo=UTC)}
        assert "2026-03-10 02:00" in str(conn.scalar(text("select first_seen_at from article")))
    with pytest.raises(StatementError, match="no time zone"), writing(stored) as conn:
        conn.execute(update(article).values(first_seen_at=at.replace(tzinfo=None)))


# From 0006 on the tables themselves refuse such rows.
@pytest.mark.parametrize("revision", [revision for revision in EARLIER if revision < "0006"])
def test_rows_that_stand_against_a_check_are_told_of_and_none_is_lost(store_url, revision):
    engine = open_engine(store_url)
    make_old(engine, revision)
    with writing(engine) as conn:
        conn.execute(text("update article_version set verdict = 'berita'"))
    with pytest.raises(StoreError, match=r"^2 rows of the table article_version hold what no verdict can be") as found:
        upgrade(engine)
    assert "\n" not in str(found.value)
    with writing(engine) as conn:
        assert conn.scalar(text("select version_num from alembic_version")) == revision
        assert conn.scalar(select(func.count()).select_from(article)) == 2
        conn.execute(text("update article_version set verdict = 'article'"))
    upgrade(engine)
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(article_version)) == 2
    engine.dispose()
