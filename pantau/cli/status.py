"""`pantau status`: one screen of health."""

import click

from db.readonly import read_only
from pantau.cli.context import open_store, settings_of
from pantau.show import write

_TOTALS = """
select 'sources on' as what, count(*) as n from source where enabled
union all select 'endpoints polled', count(*) from endpoint where state <> 'off'
union all select 'articles', count(*) from article
union all select 'policy changes', count(*) from changes
union all select 'addresses waiting', count(*) from address where state = 'due'
union all select 'answers unread', count(*) from address where state = 'fetched'
"""
_TROUBLE = """
select source_id, endpoint_kind, url, state, failures, last_ok, last_failure from source_health
where failures > 0 or state <> 'ok' order by failures desc, source_id limit 20
"""
_QUIETEST = (
    "select source_id, url, last_ok, last_new, next_poll_at from source_health order by last_ok, source_id limit 10"
)
_MODEL = """
select day, asked, answered, failed, skipped, slots_taken, slots_refused, entries_proposed, tokens_in, tokens_out,
    round(cast(cost as numeric), 4) as cost, last_failure
from model_use order by day desc limit 7
"""


@click.command(epilog="Example: pantau status")
@click.pass_context
def status(ctx: click.Context) -> None:
    """Say how much is stored, which sources fail and why, and which have been quiet for longest."""
    with open_store(settings_of(ctx)) as engine:
        write(*read_only(engine, _TOTALS), "table")
        trouble = read_only(engine, _TROUBLE)
        click.echo("\nIn trouble:" if trouble[1] else "\nNo source is in trouble.")
        if trouble[1]:
            write(*trouble, "table")
        click.echo("\nLongest without an answer:")
        write(*read_only(engine, _QUIETEST), "table")
        model = read_only(engine, _MODEL)
        if model[1]:
            click.echo("\nThe language model, by day:")
            write(*model, "table")
