"""Exports: every view in every form, the same from both databases, without what was asked to be left out."""

import csv
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import text, update

from db.archive import Archive
from db.engine import writing
from db.errors import StoreError
from db.export import open_views
from db.models import article_version
from db.upgrade import VIEWS
from pantau.export import ExportError, export
from tests.db.kept import RULE, build, say

HEADLINE = '=cmd|" /C calc"!A1\x1b[31m'


def quiet(about, done, total):
    assert about in VIEWS
    assert 0 < done <= total


@pytest.fixture
def kept(engine, tmp_path):
    """A filled store of either kind, one headline of which would run in a spreadsheet."""
    found = build(engine, Archive(tmp_path / "archive"))
    with writing(engine) as conn:
        conn.execute(update(article_version).where(article_version.c.article_body == RULE).values(headline=HEADLINE))
    return found


@pytest.fixture
def exported(kept, tmp_path):
    """Export it in a form and return the folder."""

    def run(form, *, bodies=True):
        with open_views(kept.engine, bodies=bodies) as views:
            counts = export(views, tmp_path / f"keluar-{form}", form, quiet)
        assert counts == {view: counts[view] for view in sorted(VIEWS)}
        assert (counts["articles"], counts["changes"], counts["removed"]) == (12, 3, 12)
        return tmp_path / f"keluar-{form}"

    return run


def rows_of(folder, form, view):
    """Return a view's rows as an export of a form holds them."""
    if form == "jsonl":
        return [json.loads(line) for line in (folder / f"{view}.jsonl").read_text("utf-8").splitlines()]
    if form == "csv":
        with (folder / f"{view}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if form == "parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(folder / f"{view}.parquet").to_pylist()
    connection = sqlite3.connect(folder / "pantau.db")
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(f"select * from {view}")]
    connection.close()
    return found


@pytest.mark.parametrize("form", ["jsonl", "sqlite", "parquet"])
def test_every_view_is_there_with_its_values(exported, form):
    if form == "parquet":
        pytest.importorskip("pyarrow", exc_type=ImportError)
    folder = exported(form)
    [change] = [row for row in rows_of(folder, form, "changes") if row["change_id"] == first_change(folder, form)]
    assert (change["company"], change["action"], change["report_count"], change["sure"]) == ("Meta", "ban", 1, 1)
    assert (change["effective"], change["proof"], change["product"]) == ("2026-01-15", "WhatsApp melarang", "WhatsApp")
    article = next(row for row in rows_of(folder, form, "articles") if row["url"] == "https://semua.test/berita/aturan")
    assert (article["headline"], article["article_body"]) == (HEADLINE, RULE)
    seen = article["first_seen_at"]
    assert (seen if isinstance(seen, str) else seen.isoformat()) == "2026-01-09T02:00:00+00:00"
    assert article["vanished_at"] is None
    assert not list(Path(folder).parent.glob("*.part"))


def first_change(folder, form):
    return min(row["change_id"] for row in rows_of(folder, form, "changes"))


def test_csv_cannot_be_run_by_a_spreadsheet(exported):
    folder = exported("csv")
    told = [row["headline"] for row in rows_of(folder, "csv", "articles") if row["article_body"] == RULE]
    assert told == ['\'=cmd|" /C calc"!A1[31m'] * 3
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@") and not cell[1:].isdigit()]


def test_what_people_said_is_exported(kept):
    first = say(kept.engine)
    with open_views(kept.engine) as views:
        assert views.count("change_ids") == 3
        assert {"reviews", "waiting", "change_ids", "status_events"} <= set(views.names)
        said = [dict(zip(views.columns("reviews"), row, strict=True)) for row in views.rows("reviews")]
    assert [row["verdict"] for row in said if row["change_id"] == first] == ["confirm", "merge", "set"]
    with open_views(kept.engine, bodies=False) as views:
        assert not {"copy_adds", "article_body"} & {*views.columns("reports"), *views.columns("articles")}


@pytest.mark.parametrize("form", ["jsonl", "sqlite", "csv"])
def test_bodies_stay_at_home_when_asked(exported, form):
    folder = exported(form, bodies=False)
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    for body in (RULE, "Perahu 1 berangkat", "Baca juga"):
        assert body.encode() not in content
    assert b"WhatsApp melarang" in content
    assert "article_body" not in rows_of(folder, form, "articles")[0]


def test_a_taken_folder_and_a_place_that_cannot_be_written_are_one_sentence(kept, tmp_path):
    (tmp_path / "penuh").mkdir()
    (tmp_path / "penuh" / "catatan").touch()
    with open_views(kept.engine) as views, pytest.raises(StoreError, match="already and is not overwritten"):
        export(views, tmp_path / "penuh", "csv", quiet)
    (tmp_path / "berkas").touch()
    with open_views(kept.engine) as views, pytest.raises(ExportError, match="cannot be written"):
        export(views, tmp_path / "berkas" / "keluar", "csv", quiet)
    assert sorted(path.name for path in tmp_path.iterdir() if "store" not in path.name) == [
        "archive",
        "berkas",
        "penuh",
    ]


def test_an_export_that_fails_leaves_nothing(kept, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    with open_views(kept.engine) as views, pytest.raises(ExportError, match="No space left on device"):
        export(views, tmp_path / "keluar", "jsonl", full)
    assert not list(tmp_path.glob("keluar*"))


def test_parquet_without_its_library_is_one_sentence(kept, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with open_views(kept.engine) as views, pytest.raises(ExportError, match=r"pantau\[parquet\]"):
        export(views, tmp_path / "keluar", "parquet", quiet)
    assert not list(tmp_path.glob("keluar*"))


def test_an_export_is_of_one_moment(kept, tmp_path):
    with open_views(kept.engine) as views:
        before = views.count("articles")
        with writing(kept.engine) as conn:
            conn.execute(text("update article_version set headline = 'Baru'"))
        rows = list(views.rows("articles"))
        assert len(rows) == before
        assert not [row for row in rows if "Baru" in row]
