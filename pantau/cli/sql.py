"""`pantau sql`: one read-only statement."""

import click

from db.readonly import read_only
from pantau.cli.context import open_store, settings_of
from pantau.show import Format, write

form_option = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
rows_option = click.option(
    "--max-rows", type=click.IntRange(1), default=10_000, show_default=True, help="Stop after so many rows."
)


@click.command(epilog='Example: pantau sql "select company, product, action, effective, proof from changes"')
@click.argument("statement")
@form_option
@rows_option
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    help="Seconds one statement may take.",
)
@click.pass_context
def sql(ctx: click.Context, statement: str, form: Format, max_rows: int, timeout: float) -> None:
    """Run one SELECT on the store; whatever would write is refused.

    The views are changes, change_status, status_events, change_ids, change_parties, reports, reviews, waiting, articles,
    article_edits, removed, credits, source_health.
    """
    with open_store(settings_of(ctx)) as engine:
        columns, rows = read_only(engine, statement, max_rows=max_rows, timeout_s=timeout)
    write(columns, rows, form)
