"""Several writers and readers on one store at once: nothing is lost, nobody hears of a lock, and the log stays small."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from db.articles import save_version
from db.downloads import add_download
from db.engine import open_engine, reading, writing
from db.models import article, article_version
from db.upgrade import upgrade
from tests.db.rows import NOW, answer, fill, version

_ROUNDS = 25


def save_text(engine, number, words, at=NOW):
    """Save one version of an article, in a transaction of its own."""
    url = f"https://situs.test/berita/{number}"
    with writing(engine) as conn:
        page = add_download(conn, answer(url, fetched_at=at))
        return save_version(
            conn,
            source_id="situs",
            site_key=str(number),
            canonical_url=url,
            observed_at=at,
            row=version(words, (page,)),
        )


def all_at_once(*works: Callable[[], object]) -> list[Exception]:
    """Run these in threads that start together and return what they raised."""
    start, raised = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it would reach a person
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def test_two_who_save_the_same_article_lose_nothing(engine):
    fill(engine)

    def writer(name):
        def work():
            for number in range(_ROUNDS):
                # Both are the first to save each article, and both edit it.
                save_text(engine, number, f"{name} pertama {number}")
                save_text(engine, number, f"{name} kedua {number}")

        return work

    assert all_at_once(writer("satu"), writer("dua")) == []
    v = article_version.c
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(article)) == _ROUNDS
        rows = conn.execute(
            select(func.count(), func.min(v.seq), func.max(v.seq), func.count().filter(v.is_current)).group_by(
                v.article_id
            )
        ).all()
        assert set(rows) == {(4, 1, 4, 1)}
        assert conn.scalar(select(func.count(func.distinct(v.article_body)))) == 4 * _ROUNDS


def test_two_who_save_the_same_articles_in_other_orders_do_not_wait_for_each_other_for_ever(engine):
    fill(engine)

    def batch(name, numbers):
        def work():
            with writing(engine) as conn:
                for number in numbers:
                    save_version(
                        conn,
                        source_id="situs",
                        site_key=str(number),
                        canonical_url=f"https://situs.test/berita/{number}",
                        observed_at=NOW,
                        row=version(f"{name} {number}"),
                    )

        return work

    forth, back = range(20), range(19, -1, -1)
    assert all_at_once(batch("satu", forth), batch("dua", back)) == []
    with reading(engine) as conn:
        assert conn.scalar(select(func.count()).select_from(article_version)) == 40


def test_a_reader_that_stays_neither_stops_writers_nor_lets_the_log_grow_without_end(tmp_path, monkeypatch):
    # Ten minutes beside a log of 64 MiB, made smaller: seconds beside one of 4 MiB.
    cap, stays_s = 4 << 20, 20.0
    monkeypatch.setattr("db.engine._WAL_CAP_BYTES", cap)
    path = tmp_path / "store.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    fill(engine)
    until = time.monotonic() + stays_s
    saved: dict[str, list[str]] = {"crawl": [], "reread": []}
    longest = [0]
    waits: list[float] = []
    body = "Perahu berangkat pagi ini dari dermaga. " * 100

    def crawl():
        while time.monotonic() < until:
            words = f"{body}{len(saved['crawl'])}"
            began = time.monotonic()
            save_text(engine, len(saved["crawl"]), words)
            waits.append(time.monotonic() - began)
            saved["crawl"].append(words)

    def reread():
        while time.monotonic() < until:
            words = f"{body}dibaca ulang {len(saved['reread'])}"
            save_text(engine, "tetap", words, NOW + timedelta(days=len(saved["reread"])))
            saved["reread"].append(words)

    def stay():
        with reading(engine) as conn:
            count = select(func.count()).select_from(article_version)
            before = conn.scalar(count)
            time.sleep(stays_s * 0.8)
            assert conn.scalar(count) == before

    def look():
        while time.monotonic() < until:
            with reading(engine) as conn:
                conn.execute(text("select count(*), max(version) from articles")).all()
            log = Path(f"{path}-wal")
            longest[0] = max(longest[0], log.stat().st_size if log.exists() else 0)
            time.sleep(0.02)

    assert all_at_once(crawl, reread, stay, look, look) == []
    assert cap // 2 < longest[0] <= cap
    assert max(waits) < 15
    with reading(engine) as conn:
        stored = set(conn.scalars(select(article_version.c.article_body)))
    assert stored == {*saved["crawl"], *saved["reread"]}
    save_text(engine, "akhir", "akhir")
    assert Path(f"{path}-wal").stat().st_size <= cap // 2
    engine.dispose()
