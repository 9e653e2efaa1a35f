"""The documents say what the program does: settings, keys, columns, commands, questions, links."""

import re
import tomllib
from pathlib import Path

import click
import msgspec
import pytest
from sqlalchemy import inspect

from crawlers.catalogue import EndpointEntry, Source
from crawlers.limits import CrawlSettings
from db.engine import reading
from db.questions import questions
from db.readonly import read_only
from db.upgrade import VIEWS
from pantau.cli.app import app
from pantau.config import ModelSettings, ReadSettings, ScheduleSettings, Settings
from pipeline.records import SourceHints

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name):
    return (ROOT / name).read_text("utf-8")


def section(text, title):
    """Return what stands below a heading, up to the next of its rank or higher."""
    rank = title.partition(" ")[0]
    return re.split(rf"^#{{1,{len(rank)}}} ", text.partition(f"{title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def keys(text):
    return re.findall(r"^\| `([a-z_0-9-]+)`", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("title", "settings"),
    [
        ("# Settings", Settings),
        ("## `[crawl]`", CrawlSettings),
        ("## `[read]`", ReadSettings),
        ("## `[schedule]`", ScheduleSettings),
        ("## `[model]`", ModelSettings),
    ],
)
def test_every_setting_is_described_with_its_default(title, settings):
    text = read("docs/settings.md")
    part = text.partition("## ")[0] if title == "# Settings" else section(text, title)
    own = [f for f in msgspec.structs.fields(settings) if f.name not in ("crawl", "read", "schedule", "model")]
    assert keys(part) == [field.name for field in own]
    for field in own:
        if isinstance(field.default, int | float):
            assert re.search(rf"^\| `{field.name}` \| `{re.escape(str(field.default))}` \|", part, re.MULTILINE), (
                field.name
            )


@pytest.mark.parametrize(
    ("title", "record"),
    [("## A source", Source), ("## An endpoint", EndpointEntry), ("## Hints on a layout", SourceHints)],
)
def test_every_key_of_the_catalogue_is_described(title, record):
    assert set(keys(section(read("docs/add-a-source.md"), title))) == set(record.__struct_fields__)


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_of_a_view_is_described(engine, view):
    with reading(engine) as conn:
        columns = [column["name"] for column in inspect(conn).get_columns(view)]
    assert keys(section(read("docs/sql.md"), f"## {view}")) == columns


@pytest.mark.parametrize("question", re.findall(r"```sql\n(.*?)```", read("docs/sql.md"), re.DOTALL))
def test_every_question_can_be_asked(engine, question):
    columns, rows = read_only(engine, question)
    assert columns
    assert list(rows) == []


def test_every_named_question_is_described():
    assert keys(section(read("docs/sql.md"), "## Named questions")) == list(questions())


def every_command(group=app, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield from (
            every_command(command, (*path, name)) if isinstance(command, click.Group) else [((*path, name), command)]
        )


@pytest.mark.parametrize(
    ("path", "command"), list(every_command()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_and_option_is_described(path, command):
    text = re.search(
        rf"^## `pantau {' '.join(path)}(?: [^\n]*)?`$(.*?)(?=^## |\Z)",
        read("docs/commands.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert text, path
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert f"`{option.opts[0]}`" in text.group(1)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_readme_names_only_targets_and_commands_that_exist():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    text = read("README.md")
    assert set(re.findall(r"^make (\w+)", text, re.MULTILINE)) <= targets
    commands = {path[0] for path, _ in every_command()}
    assert set(re.findall(r"\.venv/bin/pantau (\w+)", text)) <= commands
    for statement in re.findall(r'pantau sql "(.*?)"', text):
        assert statement.startswith("select")


def test_the_settings_in_the_readme_are_settings():
    for block in re.findall(r"```\n(\[crawl\].*?)```", read("README.md"), re.DOTALL):
        assert msgspec.convert(tomllib.loads(block), Settings).crawl.contact


def test_the_changelog_knows_every_command():
    text = read("CHANGELOG.md")
    for path, _ in every_command():
        assert f"`{' '.join(path)}`" in text or f"`pantau {' '.join(path)}`" in text, path
