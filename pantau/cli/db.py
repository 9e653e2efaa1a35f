"""`pantau db`: the store's care."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from db.archive import Archive
from db.backup import Manifest, back_up, restore
from db.check import check
from db.engine import open_engine, reading
from db.lock import dispatcher
from db.repair import repair
from db.retention import overdue_sources, what_may_go
from db.upkeep import Step, tidy
from pantau.cli.context import open_store, settings_of
from pantau.clock import open_clock
from pantau.progress import progress
from pantau.show import plain, write

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@click.group()
def db() -> None:
    """Care for the store."""


@db.command("upgrade", epilog="Example: pantau db upgrade")
@click.pass_context
def upgrade_store(ctx: click.Context) -> None:
    """Make the store, or bring it to today's shape; its rows stay."""
    with open_store(settings_of(ctx), create=True) as engine:
        click.echo(f"The store {engine.url.render_as_string(hide_password=True)} is of today's shape.")


@db.command("check", epilog="Example: pantau db check --repair")
@click.option(
    "--repair", "repairs", is_flag=True, help="Mend what can be mended without guessing, and say what was done."
)
@click.pass_context
def check_store(ctx: click.Context, repairs: bool) -> None:
    """Compare archive, rows, quotes and texts; count them, and say whatever does not agree."""
    settings = settings_of(ctx)
    archive = Archive(settings.archive_folder)
    with open_store(settings) as engine, progress() as tell:
        report = check(engine, archive, tell)
        if repairs and report.findings:
            _repair(engine, archive, open_clock(settings.now).now())
            report = check(engine, archive, tell)
    for name, count in report.counts.items():
        click.echo(f"{count:>9,}  {name}")
    for name, kinds in report.kinds.items():
        if kinds:
            click.echo(f"{name}: {', '.join(f'{count:,} {kind}' for kind, count in kinds.items())}")
    for finding in report.findings:
        click.echo(f"{finding.kind}: {plain(finding.message)}", err=True)
    if report.findings:
        cure = (
            "what is left wants a backup or another look"
            if repairs
            else "`pantau db check --repair` mends what can be mended"
        )
        raise click.ClickException(f"archive and rows disagree in {len(report.findings)} places; {cure}.")
    click.echo("Archive and rows agree.")


@db.command("backup", epilog="Example: pantau db backup /backups/pantau-monday.tar")
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_context
def back_up_store(ctx: click.Context, target: Path) -> None:
    """Copy store and archive, as they belong together, to a new folder TARGET or into a file TARGET.tar.

    The crawler may run meanwhile. The copy's store is a SQLite file, also of a store in PostgreSQL.
    """
    settings = settings_of(ctx)
    now = open_clock(settings.now).now()
    with open_store(settings) as engine, progress() as tell:
        manifest = back_up(engine, Archive(settings.archive_folder), target, now=now, tell=tell)
    click.echo(f"{target} holds {_told(manifest)}.")
    if manifest.short:
        raise click.ClickException(
            f"{manifest.short[0]} is shorter than its rows say ({len(manifest.short)} such files), and so is its copy; "
            "look with `pantau db check`"
        )


@db.command("restore", epilog="Example: pantau db restore /backups/pantau-monday.tar")
@click.argument("backup", type=click.Path(path_type=Path))
@click.pass_context
def restore_store(ctx: click.Context, backup: Path) -> None:
    """Put store and archive of a BACKUP where the settings say; what is there already is never overwritten.

    A backup of SQLite may be restored into PostgreSQL, and the other way round.
    """
    settings = settings_of(ctx)
    engine = open_engine(settings.store_url)
    try:
        with dispatcher(engine), progress() as tell:
            manifest = restore(engine, Archive(settings.archive_folder), backup, tell=tell)
        click.echo(f"{engine.url.render_as_string(hide_password=True)} holds {_told(manifest)} again.")
    finally:
        engine.dispose()


@db.command("tidy", epilog="Example: pantau db tidy --dry-run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.pass_context
def tidy_store(ctx: click.Context, dry_run: bool) -> None:
    """Let go of what the sources do not keep, and give back the archive's room; `pantau run` does so once a day.

    What proves an entry is never removed.
    """
    settings = settings_of(ctx)
    now = open_clock(settings.now).now()
    with open_store(settings) as engine:
        if dry_run:
            with reading(engine) as conn:
                rows = [(due.keep, what_may_go(conn, due)) for due in overdue_sources(conn, now)]
            write(
                ("source", "keep", "pages", "bytes", "articles"),
                [(gone.source_id, keep, gone.pages, gone.byte_count, gone.articles) for keep, gone in rows],
                "table",
            )
            return
        troubles = 0
        with dispatcher(engine):
            for step in tidy(engine, Archive(settings.archive_folder), now):
                troubles += step.trouble is not None
                click.echo(_done(step))
    if troubles:
        raise click.ClickException(f"{troubles} archive files could not be made smaller.")
    click.echo("The store is tidy.")


def _repair(engine: Engine, archive: Archive, now: datetime) -> None:
    with dispatcher(engine):
        for done in repair(engine, archive, now):
            click.echo(f"mended: {plain(done)}")


def size(byte_count: float) -> str:
    """Return a number of bytes as people read it."""
    unit = 0
    while byte_count >= 1024 and unit < len(_UNITS) - 1:
        byte_count, unit = byte_count / 1024, unit + 1
    return f"{byte_count:.0f} {_UNITS[unit]}" if unit == 0 else f"{byte_count:.1f} {_UNITS[unit]}"


def _done(step: Step) -> str:
    if step.trouble:
        return step.trouble
    if step.pages or step.articles:
        return f"{step.about}: {step.pages:,} pages and {step.articles:,} texts let go"
    return f"{step.about}: {size(step.byte_count)} given back"


def _told(manifest: Manifest) -> str:
    counts = manifest.counts
    return (
        f"{counts.get('article', 0):,} articles, {counts.get('policy_change', 0):,} policy changes and "
        f"{size(sum(file.byte_count for file in manifest.files))} in {len(manifest.files)} files, as of {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    )
