"""Reading stored pages again: what is counted, what is written, what stays as a person said, and what cannot be read."""

import json
import threading
import time
from datetime import UTC, datetime

import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, text, update

import db.engine
from crawlers.catalogue import Catalogue
from db.archive import Archive
from db.check import check
from db.engine import open_engine, reading, writing
from db.errors import ArchiveError, StoreBusy
from db.models import article, article_version, download, policy_change, report, reprocess_run, review
from db.reprocess import Which
from pantau.cli.app import app
from pantau.config import ReadSettings
from pantau.reprocess import HereReader, Reprocess, rules_mark, workers
from pantau.tally import lines_of
from pipeline.steps.annotate import entries
from tests.integration.shelf import (
    BAN,
    CONCERNED,
    FLASH,
    LATER,
    STORIES,
    alter_rules,
    fill_shelf,
    forget_rules,
    page_of,
    put,
)

EMPTY = Catalogue(sources=())


@pytest.fixture
def shelf(engine, tmp_path):
    """A small store and its archive."""
    return engine, fill_shelf(engine, tmp_path / "archive")


@pytest.fixture
def altered(monkeypatch, tmp_path):
    """One more noise rule."""
    alter_rules(monkeypatch, tmp_path)
    yield
    monkeypatch.undo()
    forget_rules()


def reread(shelf, *, writes=False, which=None, readers=None, **more):
    engine, archive = shelf
    work = Reprocess(engine, archive, EMPTY, readers or HereReader(), which=which or Which(), **more)
    return work.run(lambda: LATER, writes=writes)


def count(engine, statement):
    with reading(engine) as conn:
        return conn.scalar(text(statement))


def keys(shelf, tally):
    with reading(shelf[0]) as conn:
        ids = dict(conn.execute(select(article.c.id, article.c.site_key)).all())
    return sorted(int(ids[sample.article_id]) for sample in tally.samples)


@pytest.mark.parametrize("writes", [False, True])
def test_under_the_same_rules_nothing_differs_and_nothing_is_written(shelf, writes):
    before = count(shelf[0], "select count(*) from article_version"), count(shelf[0], "select count(*) from report")
    tally = reread(shelf, writes=writes)
    assert (tally.articles, tally.same, tally.differing, tally.retold) == (len(STORIES), len(STORIES), 0, 0)
    assert (tally.unreadable, tally.entries, tally.samples) == ({}, {}, [])
    after = count(shelf[0], "select count(*) from article_version"), count(shelf[0], "select count(*) from report")
    assert before == after
    assert count(shelf[0], "select count(*) from reprocess_run") == int(writes)


def test_after_one_rule_is_altered_just_the_articles_concerned_differ(shelf, altered):
    tally = reread(shelf)
    assert keys(shelf, tally) == CONCERNED
    assert (tally.differing, tally.changed, tally.losing, tally.gaining) == (
        len(CONCERNED),
        len(CONCERNED),
        len(CONCERNED),
        0,
    )
    assert tally.lost_chars == len(CONCERNED) * sum(len(word) for word in FLASH.split())
    assert all(sample.lost == (FLASH,) and sample.text == ("article_body",) for sample in tally.samples)
    assert tally.entries == {}
    assert count(shelf[0], "select count(*) from article_version where seq > 1") == 0
    assert count(shelf[0], "select count(*) from reprocess_run") == 0
    assert any("3 lose" in line for line in lines_of(tally))


def test_what_is_applied_is_a_version_by_the_extractor_and_then_nothing_differs(shelf, altered):
    engine, archive = shelf
    found = reread(shelf, writes=True)
    assert found.differing == len(CONCERNED)
    with reading(engine) as conn:
        rows = conn.execute(
            select(article_version.c.cause, article_version.c.is_current).where(article_version.c.seq == 2)
        )
        assert [tuple(row) for row in rows] == [("extractor", True)] * len(CONCERNED)
        old = conn.scalars(
            select(report.c.superseded_at)
            .join(article_version, article_version.c.id == report.c.version_id)
            .where(~article_version.c.is_current)
        ).all()
    assert old == [LATER]
    assert check(engine, archive).findings == []
    assert count(engine, "select count(*) from article_edits") == 0
    again = reread(shelf, writes=True)
    assert (again.differing, again.same, again.retold) == (0, len(STORIES), 0)


def test_a_rule_with_another_name_is_put_right_beside_the_text(shelf, monkeypatch, tmp_path):
    alter_rules(monkeypatch, tmp_path)
    path = tmp_path / "noise" / "id.toml"
    reread(shelf, writes=True)
    path.write_text(path.read_text("utf-8").replace("id-kabar-kilat", "id-kilat"), "utf-8")
    forget_rules()
    found = reread(shelf, writes=True)
    assert (found.differing, found.changed, found.details) == (len(CONCERNED), 0, {"removed": len(CONCERNED)})
    assert count(shelf[0], "select max(seq) from article_version") == 2
    assert count(shelf[0], "select count(*) from removed where rule = 'id-kilat'") == len(CONCERNED)
    assert check(*shelf).findings == []
    monkeypatch.undo()
    forget_rules()


def rename(monkeypatch, version):
    for module in ("pipeline.steps.annotate.entries", "pipeline.save", "pipeline.reprocess", "pipeline.run"):
        monkeypatch.setattr(f"{module}.ANNOTATOR_VERSION", version, raising=False)


def read_no_bans(monkeypatch):
    """Let the annotator read no ban any more."""
    entries_of = entries.entries_of
    fewer = lambda *args: [change for change in entries_of(*args) if change.action != "ban"]  # noqa: E731
    monkeypatch.setattr("pipeline.steps.annotate.entries_of", fewer)


@pytest.mark.parametrize("version", ["later", None], ids=["another-version", "the-same-version"])
def test_entries_that_are_read_no_more_are_superseded_and_kept(shelf, monkeypatch, version):
    engine, archive = shelf
    assert count(engine, "select count(*) from changes where action = 'ban'") == 1
    reports = count(engine, "select count(*) from report")
    if version:
        rename(monkeypatch, version)
    with monkeypatch.context() as patched:
        read_no_bans(patched)
        looked = reread(shelf)
        assert (looked.entries, keys(shelf, looked)) == ({"vanishes": 2}, [3, 4])
        assert looked.retold == (6 if version else 0)
        assert reread(shelf, writes=True).entries == {"vanishes": 2}
        assert reread(shelf).differing == 0
    assert count(engine, "select count(*) from changes where action = 'ban'") == 0
    assert count(engine, "select count(*) from report where superseded_at is not null and action = 'ban'") == 2
    assert count(engine, "select count(*) from article_version where seq > 1") == 0
    assert check(engine, archive).findings == []
    back = reread(shelf, writes=True)
    assert back.entries == {"appears": 2}
    assert count(engine, "select count(*) from changes where action = 'ban' and report_count = 2") == 1
    assert count(engine, "select count(*) from report") > reports
    assert reread(shelf).differing == 0


def test_a_slot_that_is_read_otherwise_is_named_with_both_values(shelf, monkeypatch):
    entries_of = entries.entries_of
    monkeypatch.setattr(
        "pipeline.steps.annotate.entries_of",
        lambda *args: [
            msgspec.structs.replace(change, instrument="notice", jurisdiction="ID") for change in entries_of(*args)
        ],
    )
    found = reread(shelf)
    assert found.entries == {"changes": 3}
    assert found.slots["jurisdiction"] == found.slots["instrument"] == 3
    [entry] = found.samples[0].entries
    assert entry.slots["jurisdiction"] == ("", "ID")
    reread(shelf, writes=True)
    assert reread(shelf).differing == 0
    assert count(shelf[0], "select count(*) from reports where jurisdiction = 'ID'") == 3


def say(engine, verdict, **more):
    """Store a person's word on the ban, as reviews do."""
    with writing(engine) as conn:
        change = conn.scalar(select(policy_change.c.id).where(policy_change.c.action == "ban"))
        row = {"policy_change_id": change, "verdict": verdict, "reviewer": "Sari", "reviewed_at": LATER}
        conn.execute(insert(review).values(**row, **more))
        words = {"confirm": "confirmed", "wrong": "wrong"}
        if verdict in words:
            conn.execute(update(policy_change).where(policy_change.c.id == change).values(review=words[verdict]))


def test_what_a_person_has_confirmed_stays(shelf, monkeypatch):
    say(shelf[0], "confirm")
    read_no_bans(monkeypatch)
    rename(monkeypatch, "later")
    for _ in range(2):
        found = reread(shelf, writes=True)
        assert (found.entries, found.differing) == ({"confirmed": 2}, 0)
        assert count(shelf[0], "select count(*) from changes where action = 'ban' and report_count = 2") == 1


def test_an_article_whose_new_text_would_take_a_confirmed_proof_away_is_left(shelf, monkeypatch, altered):
    say(shelf[0], "confirm")
    read_no_bans(monkeypatch)
    found = reread(shelf, writes=True)
    assert found.held == 1
    assert count(shelf[0], "select count(*) from changes where action = 'ban' and report_count = 2") == 1
    assert count(shelf[0], "select count(*) from article_version where seq = 2") == len(CONCERNED) - 1


def test_what_a_person_has_mended_or_called_wrong_stays_so(shelf, altered):
    say(shelf[0], "set", slot="instrument", value="contract")
    say(shelf[0], "wrong")
    assert reread(shelf, writes=True).differing == len(CONCERNED)
    with reading(shelf[0]) as conn:
        row = conn.execute(
            select(policy_change.c.instrument, policy_change.c.review).where(policy_change.c.action == "ban")
        )
        assert row.one() == ("contract", "wrong")


def test_articles_of_several_pages_are_joined_again(shelf, monkeypatch, tmp_path):
    engine, archive = shelf
    parts = [page_of(9, "Perahu Malam Pulang ke Hulu", [FLASH]), page_of(9, "Perahu Malam Pulang ke Hulu", [BAN])]
    put(engine, archive, 9, parts)
    archive.close()
    assert reread(shelf).differing == 0
    alter_rules(monkeypatch, tmp_path)
    tally = reread(shelf, writes=True)
    monkeypatch.undo()
    forget_rules()
    assert keys(shelf, tally) == [*CONCERNED, 9]
    with reading(engine) as conn:
        body = conn.scalar(text("select article_body from articles where url like '%/9' "))
        pages = conn.scalar(
            text(
                "select count(*) from version_page p join articles a on a.version_id = p.version_id where a.url like '%/9'"
            )
        )
    assert FLASH not in body
    assert BAN in body
    assert pages == 2


def test_page_noise_makes_no_version_and_no_difference(shelf):
    engine, archive = shelf
    headline, _ = STORIES[5]
    put(engine, archive, 5, [page_of(5, headline, ["Baca juga: Perahu kedua tenggelam"])], LATER)
    archive.close()
    assert count(engine, "select max(seq) from article_version") == 1
    assert reread(shelf).differing == 0


def test_text_that_goes_and_comes_back_is_three_versions_with_their_differences(run, tmp_path):
    run("db", "upgrade")
    engine = open_engine(f"sqlite:///{tmp_path / 'pantau-data' / 'pantau.db'}")
    archive = fill_shelf(engine, tmp_path / "pantau-data" / "archive")
    added = "Gerobak ketiga berangkat\x1b[31m belakangan, kata juragannya kepada para pedagang."
    for lines in ([added], []):
        put(engine, archive, 1, [page_of(1, STORIES[1][0], lines)], LATER)
    archive.close()
    engine.dispose()
    last = run("diff", "1").output
    assert [line.split()[-3] for line in last.splitlines() if "version" in line] == ["first", "edit", "edit"]
    assert "\n- Gerobak ketiga berangkat" in last
    assert "\n+ Gerobak ketiga berangkat" in run("diff", "1", "1", "2").output
    assert "The two say the same." in run("diff", "1", "1", "3").output
    assert "\x1b" not in last
    assert "… 1 the same" in last


def test_bytes_that_are_not_there_or_damaged_are_counted_and_the_article_left(shelf, altered):
    engine, _archive = shelf
    with writing(engine) as conn:
        ids = list(conn.scalars(select(download.c.id).order_by(download.c.id)))
        conn.execute(
            update(download)
            .where(download.c.id == ids[1])
            .values(archive_file=None, archive_offset=None, archive_length=None)
        )
        conn.execute(update(download).where(download.c.id == ids[3]).values(sha256="0" * 64))
        conn.execute(update(download).where(download.c.id == ids[4]).values(archive_file="tidak-ada.warc.gz"))
    tally = reread(shelf, writes=True)
    assert tally.unreadable == {"its bytes were not kept": 1, "its bytes are missing or damaged in the archive": 2}
    assert [row["article_id"] for row in tally.unreadable_samples] == [2, 4, 5]
    assert keys(shelf, tally) == [7]
    assert count(engine, "select count(*) from article_version where seq > 1") == 1


def test_a_page_that_hangs_or_kills_its_worker_is_counted(shelf, monkeypatch):
    with workers(ReadSettings(workers=1, time_limit_s=0.001)) as readers:
        tally = reread(shelf, writes=True, readers=readers, which=Which())
    assert tally.unreadable == {"reading took longer than 0.001 seconds": len(STORIES)}
    assert count(shelf[0], "select count(*) from article_version") == len(STORIES)


def test_a_page_that_is_a_wall_by_today_s_rules_loses_its_text_and_keeps_its_history(shelf, monkeypatch):
    monkeypatch.setattr("pipeline.run.judge", lambda *_: "consent_wall")
    looked = reread(shelf)
    assert looked.walls == {"consent_wall": len(STORIES)}
    assert looked.entries == {"vanishes": 3}
    reread(shelf, writes=True)
    assert count(shelf[0], "select count(*) from articles where article_body = '' and verdict = 'consent_wall'") == len(
        STORIES
    )
    assert count(shelf[0], "select count(*) from article_version where article_body <> ''") == len(STORIES)
    monkeypatch.undo()
    reread(shelf, writes=True)
    assert count(shelf[0], "select count(*) from articles where article_body <> '' and version = 3") == len(STORIES)
    assert check(*shelf).findings == []


def test_what_a_model_told_is_left_to_it(shelf):
    with writing(shelf[0]) as conn:
        name = f"{entries.ANNOTATOR_VERSION}+kecil"
        conn.execute(update(report).values(annotator_version=name, instrument="contract"))
        told = select(report.c.version_id)
        conn.execute(update(article_version).where(article_version.c.id.in_(told)).values(annotator_version=name))
    tally = reread(shelf, writes=True)
    assert (tally.by_model, tally.differing) == (3, 0)
    assert count(shelf[0], "select count(*) from report where superseded_at is null") == 3


def test_only_and_since_choose_what_is_read(shelf):
    assert reread(shelf, which=Which(only=("lain",))).articles == 0
    assert reread(shelf, which=Which(only=("situs",), since=datetime(2026, 3, 10, tzinfo=UTC))).articles == len(STORIES)
    assert reread(shelf, which=Which(since=datetime(2026, 3, 11, tzinfo=UTC))).articles == 0


def test_what_the_crawler_changes_meanwhile_is_read_as_it_is_then(shelf, altered):
    engine, archive = shelf
    headline, lines = STORIES[7]

    class Slow(HereReader):
        """A reader beside which the crawler works."""

        done = False

        def begin(self, pages, announced):
            later = super().begin(pages, announced)

            def wait():
                if pages[0].url.endswith("/7") and not self.done:
                    self.done = True
                    put(
                        engine,
                        archive,
                        7,
                        [page_of(7, headline, [*lines, "Bengkel itu dibuka pukul tujuh pagi, kata juragannya."])],
                        LATER,
                    )
                    archive.close()
                return later()

            return wait

    tally = reread(shelf, writes=True, readers=Slow())
    with reading(engine) as conn:
        causes = list(
            conn.scalars(
                select(article_version.c.cause).where(article_version.c.article_id == 7).order_by(article_version.c.seq)
            )
        )
        body = conn.scalar(
            select(article_version.c.article_body).where(
                article_version.c.article_id == 7, article_version.c.is_current
            )
        )
    assert causes == ["first", "edit"]
    assert "Bengkel itu dibuka" in body
    assert FLASH not in body
    assert tally.articles == len(STORIES)


def test_what_changes_again_and_again_is_left_to_the_crawler(shelf, altered):
    engine, archive = shelf

    class Restless(HereReader):
        """A reader beside which the crawler stores an edit every time."""

        edits = 0

        def begin(self, pages, announced):
            later = super().begin(pages, announced)

            def wait():
                if pages[0].url.endswith("/7"):
                    self.edits += 1
                    told = f"Bengkel itu dibuka {self.edits} kali sehari, kata juragannya kepada pembeli."
                    put(engine, archive, 7, [page_of(7, STORIES[7][0], [told])], LATER)
                    archive.close()
                return later()

            return wait

    tally = reread(shelf, writes=True, readers=Restless())
    assert tally.unreadable == {"it changed again and again": 1}
    assert (tally.articles, keys(shelf, tally)) == (len(STORIES), [2, 4])
    assert check(engine, archive).findings == []


def test_a_store_that_another_program_holds_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(db.engine, "_BUSY_S", 0.1)
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    db_upgrade(engine)
    shelf = engine, fill_shelf(engine, tmp_path / "archive")
    told, ready = [], threading.Event()

    def hold():
        with writing(engine) as conn:
            conn.execute(text("update article set vanished_at = null"))
            ready.set()
            time.sleep(1.5)

    other = threading.Thread(target=hold)
    other.start()
    ready.wait()
    tally = reread(shelf, writes=True, say=told.append)
    other.join()
    assert tally.articles == len(STORIES)
    assert told
    assert not any("locked" in line for line in told)
    monkeypatch.setattr("pantau.reprocess._PATIENCE_S", 0.0)
    other = threading.Thread(target=hold)
    ready.clear()
    other.start()
    ready.wait()
    with pytest.raises(StoreBusy, match="goes on from here"):
        reread(shelf, writes=True)
    other.join()
    engine.dispose()


def db_upgrade(engine):
    from db.upgrade import upgrade

    upgrade(engine)


def test_two_do_not_write_at_once(shelf):
    from db.lock import reprocessor

    with reprocessor(shelf[0]), pytest.raises(StoreBusy, match="another `pantau reprocess --apply`"):
        reread(shelf, writes=True)
    assert reread(shelf, writes=True).articles == len(STORIES)


def test_a_stopped_run_goes_on_only_under_the_same_rules_and_options(shelf, monkeypatch):
    engine, _ = shelf
    monkeypatch.setattr("pantau.reprocess._BATCH", 2)
    told = []

    def stop(at):
        if at.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reread(shelf, writes=True, tell=stop)
    with reading(engine) as conn:
        assert conn.scalar(select(reprocess_run.c.last_article_id)) == 4
    tally = reread(shelf, writes=True, say=told.append)
    assert tally.articles == len(STORIES)
    assert "behind article 4" in told[0]
    with pytest.raises(KeyboardInterrupt):
        reread(shelf, writes=True, tell=stop)
    told.clear()
    monkeypatch.setattr("pantau.reprocess.rules_mark", lambda _: "lain")
    assert reread(shelf, writes=True, say=told.append).articles == len(STORIES)
    assert told == []
    assert count(engine, "select count(*) from reprocess_run where finished_at is null") == 0


def test_the_mark_of_the_rules_is_the_same_for_the_same_rules():
    assert rules_mark(EMPTY) == rules_mark(EMPTY)


def test_an_archive_that_is_missing_is_said(engine, tmp_path):
    fill_shelf(engine, tmp_path / "archive")
    with pytest.raises(ArchiveError, match="there is no archive at"):
        reread((engine, Archive(tmp_path / "lain")))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANTAU_DATABASE_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_bad_input_is_one_sentence(run, tmp_path):
    missing = run("reprocess")
    assert (missing.exit_code, "pantau db upgrade" in missing.output) == (1, True)
    run("db", "upgrade")
    unknown = run("reprocess", "--only", "disw")
    assert (unknown.exit_code, "did you mean disway?" in unknown.output) == (2, True)
    assert run("reprocess", "--only", "'; drop table article").exit_code == 2
    for day in ("kemarin", "2026-02-30", "2026", ""):
        wrong = run("reprocess", "--since", day)
        assert (wrong.exit_code, "write it as 2026-01-31" in wrong.output) == (2, True)
    empty = run("reprocess")
    assert (empty.exit_code, empty.output) == (0, "There is no stored article to read again.\n")
    assert json.loads(run("reprocess", "--format", "json").output)["articles"] == 0
    engine = open_engine(f"sqlite:///{tmp_path / 'pantau-data' / 'pantau.db'}")
    fill_shelf(engine, tmp_path / "arsip")
    engine.dispose()
    lost = run("reprocess")
    assert (lost.exit_code, lost.output.count("\n")) == (1, 1)
    assert "there is no archive at" in lost.output
    (tmp_path / "pantau-data" / "archive").mkdir()
    none = run("reprocess")
    assert none.exit_code == 1
    assert "no article could be read again" in none.output


def test_the_command_shows_what_differs_and_says_that_nothing_was_written(run, tmp_path):
    run("db", "upgrade")
    engine = open_engine(f"sqlite:///{tmp_path / 'pantau-data' / 'pantau.db'}")
    fill_shelf(engine, tmp_path / "pantau-data" / "archive")
    with writing(engine) as conn:
        conn.execute(
            update(article_version)
            .where(article_version.c.seq == 1, article_version.c.article_id == 1)
            .values(section="\x1b[31mLama", text_sha256="x", headline="\x1b[31mLama")
        )
    engine.dispose()
    shown = run("reprocess")
    assert shown.exit_code == 0, shown.output
    assert "8 articles read again: 7 the same, 1 differ." in shown.output
    assert "Nothing was written" in shown.output
    assert "\x1b" not in shown.output
    [sample] = json.loads(run("reprocess", "--format", "json").stdout)["samples"]
    assert sample["text"] == ["headline"]
    assert sample["values"] == {"headline": ["\x1b[31mLama", "Perahu Pagi Berangkat dari Hulu"]}
    assert "    headline: [31mLama → Perahu Pagi Berangkat dari Hulu\n" in shown.output
    assert "Written." in run("reprocess", "--apply").output
    assert "0 differ" in run("reprocess").output
    told = run("diff", "1").output
    assert "* version 2" in told
    assert "extractor" in told
    assert "\n- [31mLama\n+ Perahu Pagi Berangkat dari Hulu\n" in told
    assert "\x1b" not in told
    assert run("diff", "https://situs.test/berita/1", "1", "2").output == told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("99",), 1, "there is no article 99"),
        (("9" * 40,), 1, "there is no article"),
        (("https://situs.test/x\x1b[31m",), 1, "there is no article https://situs.test/x[31m"),
        (("1", "1", "7"), 1, "article 1 has no version 7; it has 1"),
        (("1", "1"), 2, "name two versions"),
        (("1", "a", "b"), 2, "not a valid integer"),
        (("1",), 0, "one version only"),
        (("1", "1", "1"), 0, "The two say the same."),
    ],
)
def test_diff_says_what_it_lacks(run, tmp_path, arguments, code, said):
    run("db", "upgrade")
    engine = open_engine(f"sqlite:///{tmp_path / 'pantau-data' / 'pantau.db'}")
    fill_shelf(engine, tmp_path / "pantau-data" / "archive")
    engine.dispose()
    found = run("diff", *arguments)
    assert (found.exit_code, said in found.output) == (code, True), found.output
