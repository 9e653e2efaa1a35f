"""A person's SQL can read and nothing else, whatever is tried."""

import pytest
from sqlalchemy import text

from db.engine import reading, writing
from db.errors import StatementRefused
from db.readonly import read_only
from tests.db.rows import NOW, fill, save, version

ATTACKS = [
    "insert into source (id) values ('x')",
    "update article set site_key = 'x'",
    "delete from article",
    "with gone as (delete from article returning id) select * from gone",
    "select 1; delete from article",
    "select 1; select 2",
    "create table mine (n integer)",
    "create view mine as select 1",
    "drop table article",
    "alter table article add column n integer",
    "begin",
    "rollback; begin read write; delete from article",
    "commit; delete from article",
    "attach 'lain.db' as lain",
    "vacuum into 'lain.db'",
    "pragma writable_schema = 1",
    "pragma journal_mode = delete",
    "select load_extension('x')",
    "select writefile('lain.db', 'x')",
    "reindex",
    "analyze",
    "copy article to program 'touch lain.db'",
    "copy (select 1) to '/tmp/lain'",
    "do $$ begin delete from article; end $$",
    "call x()",
    "select pg_read_file('/etc/passwd')",
    "select lo_export(1, '/tmp/lain')",
    "select pg_reload_conf()",
    "set role postgres",
    "reset role",
    "explain analyze delete from article",
    "select * into mine from article",
    "select nextval('article_id_seq')",
    "lock table article",
    "listen x",
    "prepare x as delete from article",
    "select set_config('role', 'postgres', false)",
    "select set_config('transaction_read_only', 'off', true)",
    "select set_config('statement_timeout', '0', false)",
    "select set_config('role', 'postgres', true), query_to_xml('select pg_read_file(''/etc/hostname'')', true, false, '')",
    "with a as materialized (select set_config('session_authorization', 'postgres', true)) select pg_read_file('/etc/hostname') from a",
    "select \"set_config\"('role', 'postgres', true)",
    "select U&\"\\0073et_config\"('role', 'postgres', true)",
    "select query_to_xml('select 1', true, false, '')",
    "select table_to_xml('article', true, false, '')",
    "select 1 from article for update",
    "",
    "   ",
    "-- nothing",
    "bukan sql",
    "select \x00",
    "values (1",
]


@pytest.fixture
def store(engine):
    """A store with one article."""
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("Perahu berangkat."))
    return engine


def everything(engine):
    with reading(engine) as conn:
        articles = conn.execute(text("select id, site_key, canonical_url from article")).all()
        if engine.dialect.name == "sqlite":
            names = conn.execute(text("select name, sql from sqlite_master order by 1")).all()
        else:
            names = conn.execute(
                text("select relname from pg_class where relnamespace = 'public'::regnamespace order by 1")
            ).all()
    return articles, names


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_would_write_is_refused_and_changes_nothing(store, attack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = everything(store)
    with pytest.raises(StatementRefused):
        read_only(store, attack)
    assert everything(store) == before
    assert not (tmp_path / "lain.db").exists()


@pytest.mark.parametrize(
    ("statement", "params", "rows"),
    [
        ("select site_key from article", {}, [("1",)]),
        ("with a as (select site_key from article) select * from a", {}, [("1",)]),
        ("SELECT count(*) FROM articles;", {}, [(1,)]),
        ("select site_key from article where site_key = :key", {"key": "1"}, [("1",)]),
        ("select site_key from article where site_key = :key", {"key": "1' or '1' = '1"}, []),
        (
            "select '12:30' as t, '100%' as p, ':key' as k from article where site_key = :key",
            {"key": "1"},
            [("12:30", "100%", ":key")],
        ),
        ("select site_key from article where site_key like '1%'", {}, [("1",)]),
        ("select site_key from article -- :nothing\n", {}, [("1",)]),
        ("values (1), (2)", {}, [(1,), (2,)]),
        ("select site_key from article where site_key = :key1", {"key1": "1"}, [("1",)]),
    ],
)
def test_one_select_is_answered(store, statement, params, rows):
    assert [tuple(row) for row in read_only(store, statement, params)[1]] == rows


def test_a_statement_without_end_is_stopped(store):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    with pytest.raises(StatementRefused, match=r"took longer than 0\.3 seconds"):
        read_only(store, endless, timeout_s=0.3)


def test_rows_are_bounded(store):
    many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n"
    columns, rows = read_only(store, many, max_rows=7)
    assert (columns, len(rows)) == (["i"], 7)


def test_columns_and_times_are_readable(store):
    columns, [row] = read_only(store, "select first_seen_at, site_key from article")
    assert columns == ["first_seen_at", "site_key"]
    assert str(row[0]).startswith(f"{NOW:%Y-%m-%d}")
