"""`pantau run`: the scheduled background crawler."""

import click

from pantau.cli.context import open_store, set_up_log, settings_of


@click.command(epilog="Example: pantau run --for 60s")
@click.option("--for", "duration", help="End by itself after this long, such as 60s, 5m or 2h.")
@click.option("--until-idle", is_flag=True, help="End by itself when nothing is due any more.")
@click.pass_context
def run(ctx: click.Context, duration: str | None, until_idle: bool) -> None:
    """Poll, fetch, read and store as things fall due, until you stop it with Ctrl-C or SIGTERM."""
    from crawlers.catalogue import load as load_catalogue  # noqa: PLC0415 - `--help` must not start Scrapy
    from pantau.clock import open_clock  # noqa: PLC0415 - the same
    from pantau.schedule import Service, seconds  # noqa: PLC0415 - the same

    settings = settings_of(ctx)
    set_up_log(debug=ctx.obj["debug"])
    try:
        for_s = seconds(duration) if duration is not None else None
    except ValueError as error:
        raise click.BadParameter(
            f"{duration!r} is no length of time; write 60s, 5m or 2h", param_hint="--for"
        ) from error
    catalogue = load_catalogue(settings.catalogue_folder)
    with open_store(settings, create=True) as engine:
        Service(settings, open_clock(settings.now), engine, catalogue).run(until_idle=until_idle, for_s=for_s)
