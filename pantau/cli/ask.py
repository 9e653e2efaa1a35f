"""`pantau ask`: a question that the store answers by name."""

import difflib

import click

from db.errors import StatementRefused
from db.questions import Question, questions
from db.readonly import read_only
from pantau.cli.context import open_store, settings_of
from pantau.cli.sql import form_option, rows_option
from pantau.clock import WallClock
from pantau.show import Format, write


@click.command(epilog="Example: pantau ask upcoming --param until=today+90")
@click.argument("name", required=False)
@click.option(
    "--param",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the question; a day may be today, today-7 or today+30.",
)
@form_option
@rows_option
@click.pass_context
def ask(ctx: click.Context, name: str | None, given: tuple[str, ...], form: Format, max_rows: int) -> None:
    """Ask a question by its NAME; without one, list the questions and their parameters."""
    if name is None:
        write(("question", "parameters", "asks"), [_listed(question) for question in questions().values()], form)
        return
    question = _question(name)
    params = question.bind(_pairs(given), WallClock().now().date())
    with open_store(settings_of(ctx)) as engine:
        columns, rows = read_only(engine, question.statement, params, max_rows=max_rows)
    write(columns, rows, form)


def _listed(question: Question) -> tuple[str, str, str]:
    params = [param.name if param.default is None else f"{param.name}={param.default}" for param in question.params]
    return question.name, " ".join(params), question.about


def _question(name: str) -> Question:
    found = questions().get(name)
    if found is None:
        near = difflib.get_close_matches(name, questions(), 1)
        hint = f"did you mean {near[0]}?" if near else "`pantau ask` lists them"
        raise StatementRefused(f"there is no question {name!r}; {hint}")
    return found


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for item in given:
        key, sign, value = item.partition("=")
        if not sign or not key:
            raise click.UsageError(f"--param {item!r} is not NAME=VALUE")
        pairs[key] = value
    return pairs
