"""`pantau proof`: what one entry rests on."""

import click

from db.readonly import read_only
from pantau.cli.context import open_store, settings_of
from pantau.show import plain

# A public id leads to its entry for ever, also when that goes by another today.
_LEADS_TO = "select change_id from change_ids where asked_id = :id"
_CHANGE = "select change_id, company, product, action, object, direction from changes where change_id = :id"
_WRONG = "select 1 from policy_change where public_id = :id and review = 'wrong'"
_QUOTES = """
select r.outlet, r.url, r.headline, r.date_published, e.slot, e.field, e.start_char, e.end_char, e.quote,
    d.fetched_at, d.archive_file, d.archive_offset, d.archive_length, d.sha256
from reports r
join evidence e on e.report_id = r.report_id
left join version_page p on p.version_id = r.version_id and p.page_no = 1
left join download d on d.id = p.download_id
where r.change_id = :id
order by r.report_id, e.slot, e.ordinal
"""


@click.command(epilog="Example: pantau proof pc-0a1b2c3d4e5f")
@click.argument("change_id")
@click.pass_context
def proof(ctx: click.Context, change_id: str) -> None:
    """Show every quote of a policy change, with the page, its bytes in the archive, their digest and time."""
    with open_store(settings_of(ctx)) as engine:
        _, leads = read_only(engine, _LEADS_TO, {"id": change_id})
        entry = {"id": leads[0][0] if leads else change_id}
        _, found = read_only(engine, _CHANGE, entry)
        _, rows = read_only(engine, _QUOTES, entry)
        _, wrong = read_only(engine, _WRONG, entry)
    if wrong:
        raise click.ClickException(
            f"{change_id} was called wrong; `pantau review {change_id}` shows by whom, and its reports"
        )
    if not found:
        raise click.ClickException(f"there is no policy change {change_id}; `pantau changes` lists them")
    click.echo("  ".join(plain(value) for value in found[0] if value))
    url = None
    for row in rows:
        if row[1] != url:
            url = row[1]
            click.echo(f"\n{plain(row[0])} · {plain(row[3])}\n{plain(row[2])}\n{plain(url)}")
            if row[10]:
                click.echo(f"fetched {plain(row[9])} · {row[10]} at {row[11]}, {row[12]} bytes · sha256 {row[13]}")
        click.echo(f"  {plain(row[4])}: “{plain(row[8])}” ({row[5]} {row[6]}–{row[7]})")
