"""`pantau demo`: the main job on the bundled newsroom, or on a folder of saved pages."""

from pathlib import Path

import click


@click.command(epilog="Example: pantau demo --pages ~/saved-pages")
@click.option(
    "--pages", type=click.Path(path_type=Path), help="Serve and read this folder of *.html and *.html.gz instead."
)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the store and archive in this folder.")
def demo(pages: Path | None, keep: Path | None) -> None:
    """Serve a small world of news sites on loopback, crawl it on schedule, and show what SQL now answers."""
    from pantau.demo import show_newsroom, show_pages  # noqa: PLC0415 - `--help` must not load the newsroom

    sound = show_pages(pages, keep) if pages else show_newsroom(keep)
    if not sound:
        raise click.ClickException("not every check holds; the lines marked NO say which.")
