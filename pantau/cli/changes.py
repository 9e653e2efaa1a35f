"""`pantau changes`: the answer people want most."""

import click

from db.readonly import read_only
from pantau.cli.context import open_store, settings_of
from pantau.cli.sql import form_option
from pantau.show import Format, write

_STATEMENT = """
select change_id, company, product, action, object, direction, announced, effective, report_count as reports, first_reported, proof
from changes
where (sure = 1 or :doubtful = 1)
order by coalesce(effective, announced, cast(first_reported as text)) desc, change_id
"""


@click.command(epilog="Example: pantau changes --format csv > changes.csv")
@form_option
@click.option("--doubtful", is_flag=True, help="Also those below the sure line.")
@click.pass_context
def changes(ctx: click.Context, form: Format, doubtful: bool) -> None:
    """List the policy changes known, newest first, each with a quote that says it."""
    with open_store(settings_of(ctx)) as engine:
        columns, rows = read_only(engine, _STATEMENT, {"doubtful": int(doubtful)})
    write(columns, rows, form)
