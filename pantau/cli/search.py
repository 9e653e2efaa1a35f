"""`pantau search`: articles by their words."""

from datetime import UTC, datetime

import click
from sqlalchemy import Engine, select

from db.engine import reading
from db.models import source as source_table
from db.search import Hit
from db.search import search as search_store
from pantau.cli.context import open_store, settings_of
from pantau.cli.sql import form_option
from pantau.show import Format, write

_COLUMNS = ("published", "source_id", "headline", "snippet", "found_in", "url")


# What begins with a minus leaves articles out and is no option.
@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: pantau search '\"AI chatbots\" whatsapp -meta ban*' --since 2026-01-01",
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Only what was published on this day (UTC) or later.",
)
@click.option("--source", metavar="ID", help="Only articles of this source.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many articles.")
@form_option
@click.pass_context
def search(
    ctx: click.Context, words: tuple[str, ...], since: datetime | None, source: str | None, limit: int, form: Format
) -> None:
    """List the articles that have all WORDS in headline or text, best first, with the place where they stand.

    "two words" side by side, -word not at all, word* as a beginning; case and diacritics do not count.
    """
    with open_store(settings_of(ctx)) as engine:
        if source is not None:
            _require_source(engine, source)
        with reading(engine) as conn:
            day = since.replace(tzinfo=UTC) if since else None
            answer = search_store(conn, " ".join(words), limit=limit, since=day, source=source)
    rows = [(_when(hit, form), hit.source_id, hit.headline, hit.snippet, hit.place, hit.url) for hit in answer.hits]
    write(_COLUMNS, rows, form)
    if answer.note or not rows:
        click.echo(answer.note or "No article has all of these words.", err=True)


def _when(hit: Hit, form: Format) -> object:
    """Return when a hit was published: in a table only the day, which leaves room for the words."""
    return f"{hit.date_published:%Y-%m-%d}" if hit.date_published and form == "table" else hit.date_published


def _require_source(engine: Engine, source: str) -> None:
    with reading(engine) as conn:
        known = conn.scalars(select(source_table.c.id)).all()
    if source not in known:
        raise click.BadParameter(
            f"there is no source {source!r} in the store; `pantau sources list` names them", param_hint="--source"
        )
