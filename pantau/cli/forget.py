"""`pantau forget`: a page or a source that shall not be remembered."""

import click
from sqlalchemy import Connection

from crawlers.address import read_address, resolve
from crawlers.catalogue import Catalogue
from crawlers.catalogue import load as load_catalogue
from db.archive import Archive
from db.engine import reading, writing
from db.forget import Plan, forget, plan_page, plan_source
from db.forget import lift as lift_plan
from db.lock import dispatcher
from db.upkeep import Step
from pantau.cli.context import open_store, settings_of
from pantau.cli.db import size
from pantau.clock import open_clock
from pantau.show import plain

_NAMED = 5


@click.command("forget", epilog="Example: pantau forget https://example.org/news/1")
@click.argument("what")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Also what proves a policy change.")
@click.option("--lift", is_flag=True, help="Let it be fetched again from now on; what was removed stays so.")
@click.pass_context
def forget_command(ctx: click.Context, what: str, yes: bool, force: bool, lift: bool) -> None:
    """Remove an article (WHAT is one of its addresses) or a whole source (its id), and never fetch it again.

    Article, versions, quotes and the pages' bytes in the archive go; what stays is a digest that keeps it from being fetched.
    """
    settings = settings_of(ctx)
    catalogue = load_catalogue(settings.catalogue_folder)
    now = open_clock(settings.now).now()
    with open_store(settings) as engine, dispatcher(engine):
        with reading(engine) as conn:
            plan = _plan(conn, what, catalogue)
        if lift:
            with writing(engine) as conn:
                count = lift_plan(conn, plan)
            click.echo("It may be fetched again." if count else "It was not forgotten.")
            return
        _refuse_proof(plan, force=force)
        if not yes:
            click.confirm(f"{_told(plan)} Forget for good?", abort=True)
        troubles = [_say(step) for step in forget(engine, Archive(settings.archive_folder), plan, now)]
    if any(troubles):
        raise click.ClickException(
            "it is forgotten, but some of its bytes are still in the archive; when that is mended, `pantau db tidy` removes them."
        )
    click.echo("Forgotten; it will not be fetched again.")


def _plan(conn: Connection, what: str, catalogue: Catalogue) -> Plan:
    url = resolve(what, "") if "://" in what else None
    if url is None:
        return plan_source(conn, what)
    source = catalogue.source_of(url)
    if source is None:
        return plan_page(conn, url)
    return plan_page(conn, url, source_id=source.id, site_key=read_address(url, source.hints).site_key)


def _refuse_proof(plan: Plan, *, force: bool) -> None:
    if plan.proven and not force:
        named = ", ".join(plan.proven[:_NAMED]) + (" and others" if len(plan.proven) > _NAMED else "")
        raise click.ClickException(
            f"it proves {len(plan.proven)} policy changes ({named}), of which {len(plan.lost)} would be gone altogether; "
            "forget it nevertheless with --force"
        )


def _told(plan: Plan) -> str:
    what = f"The source {plan.source_id}" if plan.is_source else plan.urls[0]
    proofs = (
        f", proof of {len(plan.proven)} policy changes, {len(plan.lost)} of them without another" if plan.proven else ""
    )
    return f"{plain(what)}: {plan.articles:,} articles and {plan.pages:,} downloads are stored{proofs}."


def _say(step: Step) -> bool:
    if step.trouble:
        click.echo(step.trouble, err=True)
    elif step.byte_count:
        click.echo(f"{plain(step.about)}: {size(step.byte_count)} given back")
    elif step.articles or step.pages:
        click.echo(f"{plain(step.about)}: {step.articles:,} articles and {step.pages:,} other rows removed")
    return step.trouble is not None
