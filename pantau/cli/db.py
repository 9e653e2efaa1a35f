"""`pantau db`: the store's care."""

import click

from db.archive import Archive
from db.check import check
from pantau.cli.context import open_store, settings_of


@click.group()
def db() -> None:
    """Care for the store."""


@db.command("upgrade", epilog="Example: pantau db upgrade")
@click.pass_context
def upgrade_store(ctx: click.Context) -> None:
    """Make the store, or bring it to today's shape; its rows stay."""
    with open_store(settings_of(ctx), create=True) as engine:
        click.echo(f"The store {engine.url.render_as_string(hide_password=True)} is of today's shape.")


@db.command("check", epilog="Example: pantau db check")
@click.pass_context
def check_store(ctx: click.Context) -> None:
    """Compare archive, rows, quotes and texts; say whatever does not agree."""
    settings = settings_of(ctx)
    with open_store(settings) as engine:
        report = check(engine, Archive(settings.archive_folder))
    for name, count in report.counts.items():
        click.echo(f"{count:>9,}  {name}")
    for finding in report.findings:
        click.echo(f"{finding.kind}: {finding.message}", err=True)
    if report.findings:
        raise click.ClickException(f"archive and rows disagree in {len(report.findings)} places.")
    click.echo("Archive and rows agree.")
