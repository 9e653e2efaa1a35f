"""`pantau export`: the public views as files."""

from pathlib import Path

import click

from db.export import open_views
from pantau.cli.context import open_store, settings_of
from pantau.export import FORMATS, ExportFormat, export
from pantau.progress import progress


@click.command("export", epilog="Example: pantau export changes-2026 --format csv --without-bodies")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="sqlite", show_default=True, help="What files to write."
)
@click.option("--without-bodies", is_flag=True, help="Leave the outlets' texts out; headline, link and quote stay.")
@click.pass_context
def export_command(ctx: click.Context, folder: Path, form: ExportFormat, without_bodies: bool) -> None:
    """Write the views that docs/sql.md describes, as they are at one moment, into a new FOLDER."""
    with open_store(settings_of(ctx)) as engine, open_views(engine, bodies=not without_bodies) as views:
        with progress() as tell:
            counts = export(views, folder, form, tell)
        click.echo(f"{folder} holds {', '.join(f'{count:,} {view}' for view, count in counts.items())}.")
