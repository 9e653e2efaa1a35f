"""Bringing a store to today's shape: Alembic's revisions for tables, named files for views, triggers and the search's index.

Views and triggers are dropped before and made anew after every upgrade: a table that is rebuilt under a view fails half-way, and one
that is rebuilt loses its triggers. What is not in the search's index afterwards is indexed last, in transactions of its own.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from db.engine import reading, writing
from db.errors import StoreError, StoreForeign, StoreMissing, StoreOutdated, StoreTooNew
from db.indexing import create_triggers, drop_triggers, index_backlog, mark_stale

_HERE = Path(__file__).resolve().parent
# In the order in which they may use each other.
VIEWS = (
    "reports",
    "change_status",
    "status_events",
    "change_ids",
    "reviews",
    "change_parties",
    "changes",
    "waiting",
    "articles",
    "article_edits",
    "removed",
    "credits",
    "source_health",
)


def upgrade(engine: Engine, on_progress: Callable[[int], None] | None = None) -> None:
    """Make the store's tables, or bring them to today's shape, in one transaction; then fill the search's index.

    `on_progress` hears of how many articles were indexed since it last heard.

    Raises:
        StoreForeign: the database holds another program's tables.
        StoreTooNew: it was made by a later Pantau.
        StoreError: it is damaged, or may not be written.
    """
    try:
        if _known_revision(engine) != head():
            with writing(engine) as conn:
                _drop_views(conn)
                drop_triggers(conn)
                command.upgrade(_config(conn), "head")
                _create_views(conn)
                create_triggers(conn)
                mark_stale(conn)
        index_backlog(engine, on_progress)
    except DatabaseError as error:
        raise StoreError(
            f"the store {_place(engine)} cannot be brought up to date ({error.orig}); check the file and its rights"
        ) from error


def check_revision(engine: Engine) -> None:
    """Refuse a store that is missing, foreign, damaged or of another shape than today's.

    Raises:
        StoreError: the kind and the sentence say which, and what to do.
    """
    try:
        found = _known_revision(engine)
    except DatabaseError as error:
        raise StoreError(
            f"the store {_place(engine)} cannot be read ({error.orig}); restore it from a backup"
        ) from error
    if found is None:
        raise StoreMissing(
            f"there is no store at {_place(engine)} yet; make one with `pantau db upgrade` or `pantau run`"
        )
    if found != head():
        raise StoreOutdated(f"the store {_place(engine)} is of an earlier shape; run `pantau db upgrade`")


def head() -> str:
    """Return the name of today's shape."""
    found = _script().get_current_head()
    assert found is not None
    return found


def _known_revision(engine: Engine) -> str | None:
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return None
    with reading(engine) as conn:
        found = MigrationContext.configure(conn).get_current_revision()
        if found is None and inspect(conn).get_table_names():
            raise StoreForeign(f"{_place(engine)} holds another program's tables; name another database")
    if found is not None and found not in {revision.revision for revision in _script().walk_revisions()}:
        raise StoreTooNew(
            f"the store {_place(engine)} is of shape {found}, which this Pantau does not know; install a newer one"
        )
    return found


def _drop_views(conn: Connection) -> None:
    for name in reversed(VIEWS):
        conn.execute(text(f"drop view if exists {name}"))


def _create_views(conn: Connection) -> None:
    for name in VIEWS:
        conn.execute(text((_HERE / "views" / f"{name}.sql").read_text("utf-8")))


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    config.attributes["connection"] = conn
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(_HERE / "migrations"))


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
