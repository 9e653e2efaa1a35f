"""Keeping the search's index in step with the newest versions of all articles.

A trigger writes down each article whose newest version changes, in `search_pending`; the rest of the work waits until enough of them
have gathered, because an index takes many articles at once for a fraction of what they cost one by one. Until then a search reads
those few itself: what was saved is found at once, and what a save costs does not grow with the store.

`search_index` holds folded words (`db.words`): an FTS5 table on SQLite, a table with a `tsvector` under GIN on PostgreSQL. Its lexemes are
what the configuration `simple` would make of folded words, without its parser, which takes words apart in its own way.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Engine,
    TableClause,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    union_all,
)

from db.engine import reading, writing
from db.models import article, article_version, search_entry, search_pending
from db.types import UtcDateTime
from db.words import lines_of

_BATCH = 256
_BATCHES_A_TRANSACTION = 16
# Any number of ours: it is held while one process of several on a PostgreSQL store fills the index.
_FILLING = 7_263_541
_CHANGES_THAT_COUNT = "insert or delete or update of article_id, is_current, headline, article_body, date_published"
_TRIGGERS = ("search_added", "search_changed", "search_removed")
_MARK_ON_SQLITE = (
    """
    create trigger search_added after insert on article_version when new.is_current begin
        insert into search_pending (article_id) values (new.article_id);
    end
    """,
    """
    create trigger search_changed
    after update of article_id, is_current, headline, article_body, date_published on article_version
    when old.is_current or new.is_current begin
        insert into search_pending (article_id) values (new.article_id);
        insert into search_pending (article_id) select old.article_id where old.article_id <> new.article_id;
    end
    """,
    """
    create trigger search_removed after delete on article_version when old.is_current begin
        insert into search_pending (article_id) values (old.article_id);
    end
    """,
)
_MARK_ON_POSTGRESQL = (
    """
    create function search_mark() returns trigger language plpgsql as $$
    begin
        if tg_op <> 'DELETE' and new.is_current then
            insert into search_pending (article_id) values (new.article_id);
        end if;
        if tg_op <> 'INSERT' and old.is_current
            and (tg_op = 'DELETE' or not new.is_current or old.article_id <> new.article_id) then
            insert into search_pending (article_id) values (old.article_id);
        end if;
        return null;
    end $$
    """,
    f"""
    create trigger search_changed after {_CHANGES_THAT_COUNT} on article_version
    for each row execute function search_mark()
    """,
)


def index_when_due(conn: Connection) -> None:
    """Index what waits, once there is enough of it to be done cheaply; called after a save, in its transaction."""
    if _is_due(conn) and _may_fill(conn, wait=False):
        _index_batch(conn)


def index_all(conn: Connection) -> int:
    """Index all that waits, in this transaction, and return how many changes of articles that were."""
    _may_fill(conn, wait=True)
    count = 0
    while done := _index_batch(conn):
        count += done
    return count


def index_backlog(engine: Engine, on_progress: Callable[[int], None] | None = None) -> None:
    """Index what waits, if it is much, in transactions that leave room for other writers; a kill loses only the last of them.

    `on_progress` hears after each of them of how many changes it was.
    """
    with reading(engine) as conn:
        is_due = _is_due(conn)
    while is_due:
        with writing(engine) as conn:
            _may_fill(conn, wait=True)
            done = sum(_index_batch(conn) for _ in range(_BATCHES_A_TRANSACTION))
            is_due = _is_due(conn)
        if on_progress:
            on_progress(done)


def mark_stale(conn: Connection) -> None:
    """Mark every article whose newest version is not the one in the index: none, unless rows changed without the triggers."""
    conn.execute(insert(search_pending).from_select(["article_id"], _stale()))


def count_stale(conn: Connection) -> int:
    """Return of how many articles the index has another version than the newest, and nothing says that they wait to be indexed."""
    stale = _stale().subquery()
    waiting = select(search_pending.c.article_id)
    found = select(func.count()).select_from(stale).where(stale.c.article_id.not_in(waiting))
    return int(conn.execute(found).scalar_one())


def _stale() -> CompoundSelect[int]:
    v, e = article_version.c, search_entry.c
    current = select(v.id, v.article_id).where(v.is_current).subquery()
    unknown = select(current.c.article_id).outerjoin(search_entry, e.article_id == current.c.article_id)
    gone = select(e.article_id).outerjoin(current, current.c.article_id == e.article_id)
    return union_all(unknown.where(e.version_id.is_distinct_from(current.c.id)), gone.where(current.c.id.is_(None)))


def compact_index(conn: Connection) -> None:
    """Write SQLite's index anew without what was taken out of it, whose words stay in it until then; elsewhere VACUUM does that."""
    if conn.dialect.name == "sqlite":
        conn.execute(text("insert into search_index (search_index) values ('optimize')"))


def drop_triggers(conn: Connection) -> None:
    """Take the triggers off, so that a table may be rebuilt."""
    if conn.dialect.name == "sqlite":
        for name in _TRIGGERS:
            conn.execute(text(f"drop trigger if exists {name}"))
    else:
        conn.execute(text("drop function if exists search_mark() cascade"))


def create_triggers(conn: Connection) -> None:
    """Have every change of a newest version written down."""
    for statement in _MARK_ON_SQLITE if conn.dialect.name == "sqlite" else _MARK_ON_POSTGRESQL:
        conn.execute(text(statement))


def is_part_of_index(table_name: str) -> bool:
    """Return whether a table is the index itself or one of its parts, which no list of tables names."""
    return table_name.startswith("search_index")


def current_versions(conn: Connection, article_ids: Sequence[int]) -> Iterator[Any]:
    """Yield the newest versions of articles, with the time that each is ranked by."""
    v, a = article_version.c, article.c
    told_at = func.coalesce(v.date_published, a.first_seen_at, type_=UtcDateTime()).label("told_at")
    query = (
        select(v.id, v.article_id, v.headline, v.article_body, a.source_id, told_at)
        .join(article, a.id == v.article_id)
        .where(v.is_current)
    )
    for start in range(0, len(article_ids), _BATCH):
        yield from conn.execute(query.where(v.article_id.in_(article_ids[start : start + _BATCH])))


def _is_due(conn: Connection) -> bool:
    waiting = select(func.count()).select_from(search_pending.select().limit(_BATCH).subquery())
    return int(conn.execute(waiting).scalar_one()) >= _BATCH


def _may_fill(conn: Connection, *, wait: bool) -> bool:
    """Return whether this transaction may fill the index: one at a time, else an older state could overwrite a newer one."""
    if conn.dialect.name == "sqlite":
        return True
    if wait:
        conn.execute(select(func.pg_advisory_xact_lock(_FILLING)))
        return True
    return bool(conn.execute(select(func.pg_try_advisory_xact_lock(_FILLING))).scalar_one())


def _index_batch(conn: Connection) -> int:
    """Bring the index up to date for the articles that have waited longest; return how many marks were worked off."""
    p = search_pending.c
    marked = conn.execute(select(p.id, p.article_id).order_by(p.id).limit(_BATCH)).all()
    if not marked:
        return 0
    article_ids = sorted({row.article_id for row in marked})
    # Exactly the marks seen: another transaction may have added one for a state that this one does not see.
    conn.execute(delete(search_pending).where(p.id.in_([row.id for row in marked])))
    conn.execute(delete(search_entry).where(search_entry.c.article_id.in_(article_ids)))
    index, key = _index(conn)
    conn.execute(delete(index).where(index.c[key] == bindparam("number")), [{"number": n} for n in article_ids])
    if rows := list(current_versions(conn, article_ids)):
        conn.execute(insert(index), [{key: row.article_id, **_words(row)} for row in rows])
        entries = [{"article_id": row.article_id, "version_id": row.id, "told_at": row.told_at} for row in rows]
        conn.execute(insert(search_entry), entries)
    return len(marked)


def _index(conn: Connection) -> tuple[TableClause, str]:
    """Return the index, and the name of its column with the article's id."""
    key = "rowid" if conn.dialect.name == "sqlite" else "article_id"
    return table("search_index", column(key), column("headline"), column("opening"), column("body")), key


def _words(row: Any) -> dict[str, str]:
    lines = lines_of(row.headline, row.article_body)
    return {"headline": lines.headline, "opening": lines.opening, "body": lines.body}
