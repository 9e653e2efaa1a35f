"""`pantau doctor`: what is wrong with this installation."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click

from crawlers.catalogue import load as load_catalogue
from pantau.cli.context import open_store, settings_of
from pantau.config import Settings

_LEAST_FREE_BYTES = 1 << 30


@click.command(epilog="Example: pantau doctor")
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Look at Python, libraries, settings, catalogue, folders, disk and store, and say what to mend."""
    settings = settings_of(ctx)
    checks: dict[str, Callable[[Settings], str]] = {
        "python": _python,
        "libraries": _libraries,
        "catalogue": _catalogue,
        "contact": _contact,
        "data folder": _folder,
        "store": _store,
    }
    ill = 0
    for name, check in checks.items():
        try:
            click.echo(f"ok    {name}: {check(settings)}")
        except (ValueError, OSError, LookupError) as error:
            ill += 1
            click.echo(f"MEND  {name}: {error}")
        except Exception as error:  # noqa: BLE001 - a doctor reports whatever ails, of whatever kind
            ill += 1
            click.echo(f"MEND  {name}: {' '.join(str(error).split())}")
    if ill:
        raise click.ClickException(f"{ill} of {len(checks)} need mending.")


def _python(settings: Settings) -> str:
    del settings
    return sys.version.split()[0]


def _libraries(settings: Settings) -> str:
    del settings
    return ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("scrapy", "sqlalchemy", "apscheduler", "lxml", "fastwarc")
    )


def _catalogue(settings: Settings) -> str:
    catalogue = load_catalogue(settings.catalogue_folder)
    return f"{len(catalogue.sources)} sources, {sum(source.enabled for source in catalogue.sources)} on"


def _contact(settings: Settings) -> str:
    if not settings.crawl.contact:
        raise ValueError(
            "no contact is set; name a page or address with crawl.contact in pantau.toml, so that sites can reach you"
        )
    return settings.crawl.agent_header


def _folder(settings: Settings) -> str:
    folder = Path(settings.data)
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        raise ValueError(f"{nearest} may not be written; change its rights or set `data` in pantau.toml")
    free = shutil.disk_usage(nearest).free
    if free < _LEAST_FREE_BYTES:
        raise ValueError(f"{nearest} has {free >> 20} MiB free; make room")
    return f"{folder}, {free >> 30} GiB free"


def _store(settings: Settings) -> str:
    with open_store(settings) as engine:
        return engine.url.render_as_string(hide_password=True)
