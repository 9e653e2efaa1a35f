"""`pantau crawl`: one pass now."""

import click

from pantau.cli.context import open_store, set_up_log, settings_of


@click.command(epilog="Example: pantau crawl techcrunch disway")
@click.argument("sources", nargs=-1)
@click.pass_context
def crawl(ctx: click.Context, sources: tuple[str, ...]) -> None:
    """Poll the named SOURCES now, or all that are on, fetch and read what is new, and end."""
    from crawlers.catalogue import load as load_catalogue  # noqa: PLC0415 - `--help` must not start Scrapy
    from pantau.clock import open_clock  # noqa: PLC0415 - the same
    from pantau.schedule import Service  # noqa: PLC0415 - the same

    settings = settings_of(ctx)
    set_up_log(debug=ctx.obj["debug"])
    catalogue = load_catalogue(settings.catalogue_folder)
    unknown = [name for name in sources if catalogue.get(name) is None]
    if unknown:
        raise click.BadParameter(
            f"there is no source {unknown[0]!r}; `pantau sources list` names them", param_hint="SOURCES"
        )
    with open_store(settings, create=True) as engine:
        Service(settings, open_clock(settings.now), engine, catalogue).run(until_idle=True, only=sources)
