"""The command group: which commands exist, and how an error becomes one sentence.

Each command's module is imported only when it is called, so that `pantau --help` and small commands start at once.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from pantau.config import SettingsError

COMMANDS = {
    "run": "pantau.cli.run:run",
    "crawl": "pantau.cli.crawl:crawl",
    "demo": "pantau.cli.demo:demo",
    "extract": "pantau.cli.extract:extract",
    "annotate": "pantau.cli.annotate:annotate",
    "sql": "pantau.cli.sql:sql",
    "ask": "pantau.cli.ask:ask",
    "search": "pantau.cli.search:search",
    "changes": "pantau.cli.changes:changes",
    "proof": "pantau.cli.proof:proof",
    "review": "pantau.cli.review:review",
    "diff": "pantau.cli.diff:diff",
    "reprocess": "pantau.cli.reprocess:reprocess",
    "status": "pantau.cli.status:status",
    "sources": "pantau.cli.sources:sources",
    "db": "pantau.cli.db:db",
    "forget": "pantau.cli.forget:forget_command",
    "export": "pantau.cli.export:export_command",
    "doctor": "pantau.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for, and says its errors in one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or `None` when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what goes wrong is one sentence on standard error, a traceback only with `--debug`."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            _close_output()
            ctx.exit(1)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            usage = isinstance(error, SettingsError)
            click.echo(f"pantau: {sentence(error)}", err=True)
            ctx.exit(2 if usage else 1)


def sentence(error: Exception) -> str:
    """Return an error as one line, naming its kind where it says nothing itself."""
    text = " ".join(str(error).split())
    known = type(error).__module__.partition(".")[0] in {"pantau", "crawlers", "pipeline", "db"}
    return (
        text if known and text else f"{type(error).__name__}: {text or 'no details'} (run again with --debug for more)"
    )


def _close_output() -> None:
    # The reader of our pipe has gone: nothing more can be said, and Python must not try at exit.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())


@click.group(cls=LazyGroup)
@click.version_option(package_name="pantau")
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings file; default: pantau.toml here, if there is one."
)
@click.option("--debug", is_flag=True, help="Show tracebacks and more of the log.")
@click.pass_context
def app(ctx: click.Context, config: Path | None, debug: bool) -> None:
    """Watch the news for platform AI policy changes and keep them, with proof, in a SQL database.

    Start with `pantau demo`; then `pantau run`, and ask with `pantau changes` or `pantau sql`.
    """
    ctx.obj = {"config": config, "debug": debug}
