"""`pantau annotate`: articles' policy changes, line by line."""

import sys
from typing import Any

import click
import msgspec

from pantau.cli.lines import lines_of, row_of
from pantau.explanation import show_policy_explanation
from pantau.show import plain
from pipeline.run import ANNOTATOR_VERSION
from pipeline.steps.annotate import annotate as annotate_article


@click.command(epilog="Example: pantau annotate --jsonl articles.jsonl > changes.jsonl")
@click.argument("source", default="-")
@click.option(
    "--jsonl",
    is_flag=True,
    required=True,
    help='Read {"id","headline","article_body","date_published","in_language"} lines.',
)
@click.option(
    "--explain",
    "explains",
    is_flag=True,
    help="Show for each article which sentences counted, with what for and against.",
)
def annotate(source: str, jsonl: bool, explains: bool) -> None:
    """Read articles (FILE, or - for standard input) and write what each tells of platform AI policies."""
    del jsonl
    for line in lines_of(source):
        if explains:
            _explain_line(line)
            continue
        sys.stdout.buffer.write(_annotate_line(line) + b"\n")


def _explain_line(line: bytes) -> None:
    try:
        show_policy_explanation(row_of(line))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        click.echo(f"the line cannot be read: {type(error).__name__} {plain(error)}")


def _annotate_line(line: bytes) -> bytes:
    identity: Any = None
    try:
        row = row_of(line)
        identity = row["id"]
        found = annotate_article(
            row.get("headline") or "", row.get("article_body") or "", row.get("date_published"), row.get("in_language")
        )
        return msgspec.json.encode(
            {"id": identity, **msgspec.to_builtins(found), "annotator_version": ANNOTATOR_VERSION}
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return msgspec.json.encode(
            {"id": identity, "error": f"the line cannot be read: {type(error).__name__} {error}"}
        )
