"""`pantau sources list`: the catalogue."""

import click

from crawlers.catalogue import load as load_catalogue
from pantau.cli.context import settings_of
from pantau.cli.sql import form_option
from pantau.show import Format, write


@click.group()
def sources() -> None:
    """Look at the catalogue of sources."""


@sources.command("list", epilog="Example: pantau sources list --format json")
@form_option
@click.pass_context
def list_sources(ctx: click.Context, form: Format) -> None:
    """List the sources, whether they are on, what is polled, and how."""
    catalogue = load_catalogue(settings_of(ctx).catalogue_folder)
    columns = ("id", "name", "kind", "language", "on", "scope", "keep", "endpoints")
    rows = [
        (
            s.id,
            s.name,
            s.kind,
            s.in_language,
            "yes" if s.enabled else "no",
            s.scope,
            s.keep,
            " ".join(e.url for e in s.endpoints),
        )
        for s in catalogue.sources
    ]
    write(columns, rows, form)
