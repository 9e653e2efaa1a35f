"""`pantau search`: what it lists, in which forms, and what it says when there is nothing."""

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from db.engine import open_engine, writing
from db.indexing import index_all
from pantau.cli.app import app
from tests.db.rows import NOW, fill, save, version


@pytest.fixture
def run(store_url, tmp_path, monkeypatch):
    """Call a command on a store of a few articles, one of which still waits to be indexed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANTAU_DATABASE_URL", store_url)

    def call(*arguments):
        return CliRunner().invoke(app, list(arguments))

    assert call("db", "upgrade").exit_code == 0
    engine = open_engine(store_url)
    fill(engine)
    with writing(engine) as conn:
        save(conn, version("WhatsApp melarang chatbot\x1b[31m umum.\nMeta diam.", headline="=Aturan\u202e Baru"), "1")
        index_all(conn)
        save(conn, version("Chatbot WhatsApp boleh.", date_published=NOW - timedelta(days=9)), "2")
    engine.dispose()
    return call


def listed(result):
    """Return the addresses in a JSON answer."""
    assert result.exit_code == 0, result.output
    return [row["url"].rpartition("/")[2] for row in json.loads(result.stdout)]


def test_it_lists_articles_best_first(run):
    found = run("search", "whatsapp", "chatbot", "--format", "json")
    assert listed(found) == ["1", "2"]
    first = json.loads(found.stdout)[0]
    assert (first["source_id"], first["found_in"]) == ("situs", "opening")
    assert first["snippet"] == "**WhatsApp** melarang **chatbot**\x1b[31m umum. Meta diam."
    assert found.stderr == ""


def test_options_narrow_it_and_signs_are_part_of_the_words(run):
    for arguments, found in (
        (("chatbot", "--since", "2026-03-05"), ["1"]),
        (("chatbot", "--source", "situs", "--limit", "1"), ["1"]),
        (("chatbot -meta",), ["2"]),
        (("-meta", "chatbot"), ["2"]),
        (("chat*", "-boleh"), ["1"]),
        (('"whatsapp melarang"',), ["1"]),
        (("chatbot", "OR", "("), []),
        (("--", "--meta", "chatbot"), ["2"]),
    ):
        assert listed(run("search", "--format", "json", *arguments)) == found, arguments


def test_nothing_of_the_web_runs_in_a_terminal_or_a_spreadsheet(run):
    table = run("search", "melarang")
    assert "\x1b" not in table.stdout
    assert "\u202e" not in table.stdout
    assert "**melarang**" in table.stdout
    rows = list(csv.reader(io.StringIO(run("search", "melarang", "--format", "csv").stdout)))
    assert rows[0] == ["published", "source_id", "headline", "snippet", "found_in", "url"]
    assert rows[1][2] == "'=Aturan Baru"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("?!", "There is no word to search for."),
        ("-whatsapp", "There are only words to leave out; name one to look for."),
        ("kapal", "No article has all of these words."),
        ("kata " + " ".join(f"k{n}" for n in range(99)), "The text is long; only its first words were searched for."),
    ],
)
def test_what_finds_nothing_is_no_error_and_said_beside_the_answer(run, words, said):
    found = run("search", words, "--format", "json")
    assert (found.exit_code, json.loads(found.stdout)) == (0, [])
    assert found.stderr.strip() == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument"),
        (("bot", "--source", "lain"), "there is no source 'lain' in the store"),
        (("bot", "--since", "besok"), "does not match the format"),
        (("bot", "--limit", "0"), "0 is not in the range"),
    ],
)
def test_wrong_usage_is_exit_2(run, arguments, said):
    found = run("search", *arguments)
    assert found.exit_code == 2
    assert said in found.output
    assert "Traceback" not in found.output
