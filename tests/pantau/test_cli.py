"""The command line: help with examples, exit codes, one sentence an error."""

import json

import click
import pytest
from click.testing import CliRunner

from pantau.cli.app import COMMANDS, app

GOOD = "<html lang='id'><head><title>Perahu</title></head><body><h1>Perahu Pagi Berangkat dari Hulu</h1>" + "".join(
    f"<p>Perahu nomor {n} berangkat sebelum fajar membawa hasil kebun ke pasar terapung, kata juragannya.</p>"
    for n in range(6)
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANTAU_DATABASE_URL", raising=False)
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


def every_command(group=app, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"), list(every_command()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_has_help_with_an_example(run, path, command):
    found = run(*path, "--help")
    assert found.exit_code == 0
    assert command.help
    if not isinstance(command, click.Group):
        assert f"Example: pantau {' '.join(path)}" in found.output


def test_the_commands_promised_are_there():
    assert set(COMMANDS) >= {
        "run",
        "crawl",
        "demo",
        "extract",
        "annotate",
        "sql",
        "changes",
        "proof",
        "status",
        "sources",
        "db",
        "doctor",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("lari",),
        ("sql",),
        ("run", "--for", "besok"),
        ("sql", "select 1", "--format", "xml"),
        ("--config", "tidak-ada.toml", "status"),
    ],
)
def test_wrong_usage_is_exit_2_without_a_traceback(run, arguments):
    found = run(*arguments)
    assert found.exit_code == 2
    assert "Traceback" not in found.output


@pytest.mark.parametrize(
    "arguments", [("status",), ("changes",), ("sql", "select 1"), ("proof", "pc-x"), ("db", "check")]
)
def test_without_a_store_one_sentence_says_how_to_make_one(run, arguments):
    found = run(*arguments)
    assert found.exit_code == 1
    assert found.output.count("\n") == 1
    assert "pantau db upgrade" in found.output


def test_an_empty_store_answers_every_question(run):
    assert run("db", "upgrade").exit_code == 0
    assert json.loads(run("changes", "--format", "json").output) == []
    assert json.loads(run("sql", "select count(*) as n from articles", "--format", "json").output) == [{"n": 0}]
    assert "policy changes" in run("status").output
    assert "Archive and rows agree." in run("db", "check").output


@pytest.mark.parametrize(
    "statement",
    [
        "delete from article",
        "drop table article",
        "select 1; select 2",
        "attach 'x.db' as y",
        "",
        "selec 1",
        "pragma user_version = 3",
        "vacuum into 'x.db'",
    ],
)
def test_sql_that_is_not_one_select_is_refused_in_one_sentence(run, tmp_path, statement):
    run("db", "upgrade")
    found = run("sql", statement)
    assert found.exit_code == 1
    assert found.output.count("\n") == 1
    assert not (tmp_path / "x.db").exists()


def test_a_change_that_is_not_there_is_said(run):
    run("db", "upgrade")
    found = run("proof", "pc-x'; drop table article")
    assert (found.exit_code, "there is no policy change" in found.output) == (1, True)


def test_extract_reads_lines_in_their_order_and_never_stops_at_a_bad_one(run):
    lines = [
        json.dumps({"id": "a", "url": "https://situs.test/1", "html": GOOD, "fetched_at": "2026-03-10T02:00:00+00:00"}),
        "bukan json",
        json.dumps({"id": "b"}),
        json.dumps(["c"]),
        json.dumps({"id": "d", "html": None}),
        json.dumps({"id": "e", "url": "https://situs.test/2", "html": GOOD, "fetched_at": "kemarin"}),
        json.dumps({"id": "f", "url": 7, "html": "\ud800 <p>"}),
        "",
        json.dumps({"id": "g", "url": "https://situs.test/3", "html": GOOD}),
    ]
    found = [json.loads(line) for line in run("extract", "--jsonl", input="\n".join(lines)).output.splitlines()]
    assert [row["id"] for row in found] == ["a", None, "b", None, "d", "e", "f", "g"]
    assert ["error" in row for row in found] == [False, True, True, True, True, True, False, False]
    assert found[0]["headline"] == "Perahu Pagi Berangkat dari Hulu"
    assert found[0]["article_body"] == "\n".join(block["text"] for block in found[0]["blocks"])


def test_extract_explains_each_line_of_a_page(run, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        GOOD.replace("</p>", "</p><p>Baca juga: <a href='/2'>\x1b[31mHarga pupuk turun</a></p>", 1), "utf-8"
    )
    told = run("extract", str(page), "--explain").output
    assert "read_also id-read-also" in told
    assert "kept" in told
    assert "\x1b" not in told


def test_annotate_explains_what_it_weighed(run):
    rows = [
        {"id": "a", "headline": "WhatsApp bans AI chatbots\x1b[31m", "article_body": "WhatsApp bans general-purpose AI chatbots from 15 January.", "in_language": "en"},
        {"id": "b", "headline": "Regen am Fluss", "article_body": "Es regnet.", "in_language": "de"},
        {"id": "c", "headline": "Hujan di hulu", "article_body": "Sungai naik.", "in_language": "id"},
    ]  # fmt: skip
    told = run("annotate", "--jsonl", "--explain", input="\n".join(map(json.dumps, rows))).output
    assert "outcome    Meta > WhatsApp: ban, general_purpose_chatbot" in told
    assert "by “bans”; " in told
    assert "not read: there are no rules for its language" in told
    assert "no policy change: plain" in told
    assert "\x1b" not in told


def test_ask_lists_its_questions(run):
    told = run("ask", "--format", "csv").output
    assert "upcoming" in told
    assert "until=today+30" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "upcomming"), "did you mean upcoming?"),
        (("ask", "zzz"), "`pantau ask` lists them"),
        (("ask", "history"), "needs --param id"),
        (("ask", "history", "--param", "id"), "is not NAME=VALUE"),
    ],
)
def test_ask_says_what_it_lacks(run, arguments, said):
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert said in result.output


def test_extract_explains_one_page_at_a_time(run):
    result = run("extract", "--jsonl", "--explain", input="")
    assert result.exit_code == 2
    assert "leave out one" in result.output


def test_extract_reads_one_page_from_standard_input(run):
    found = json.loads(run("extract", "-", "--url", "https://situs.test/1", input=GOOD).output)
    assert (found["verdict"], found["url"], len(found["blocks"])) == ("article", "https://situs.test/1", 6)


@pytest.mark.parametrize(
    "command",
    [
        ("extract", "tidak-ada.html"),
        ("extract", "--jsonl", "tidak-ada.jsonl"),
        ("annotate", "--jsonl", "tidak-ada.jsonl"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(run, command):
    found = run(*command)
    assert (found.exit_code, "Traceback" in found.output) == (1, False)
    assert "cannot be read" in found.output


def test_annotate_reads_lines_and_every_quote_is_its_span(run):
    row = {
        "id": "a",
        "headline": "WhatsApp Melarang Chatbot AI Serbaguna di Layanan Bisnisnya",
        "article_body": "WhatsApp melarang chatbot AI serbaguna mulai 15 Januari 2026.",
        "date_published": "2025-10-20T14:27:00+07:00",
        "in_language": "id",
    }
    lines = [json.dumps(row), "{", json.dumps({"id": "b"}), json.dumps({"headline": "tanpa id"})]
    found = [json.loads(line) for line in run("annotate", "--jsonl", input="\n".join(lines)).output.splitlines()]
    assert [("error" in item) for item in found] == [False, True, False, True]
    [change] = found[0]["policy_changes"]
    assert (change["company"], change["product"], change["action"]) == ("Meta", "WhatsApp", "ban")
    assert all(row[item["field"]][item["start"] : item["end"]] == item["quote"] for item in change["evidence"])
    assert found[2]["policy_changes"] == []


@pytest.fixture
def catalogue(tmp_path):
    """Write a catalogue of one file and name it in the settings."""

    def write(source):
        (tmp_path / "katalog").mkdir()
        (tmp_path / "katalog" / "a.toml").write_text(f"[[source]]\n{source}", "utf-8")
        (tmp_path / "pantau.toml").write_text('catalogue = "katalog"', "utf-8")

    return write


SOURCE = 'id = "situs"\nname = "Situs"\nhomepage = "https://situs.example.com/"\nin_language = "id"\n'


def test_sources_list_shows_the_catalogue_that_is_set(run, catalogue):
    catalogue(SOURCE)
    [row] = json.loads(run("sources", "list", "--format", "json").output)
    assert (row["id"], row["on"]) == ("situs", "yes")


def test_a_broken_catalogue_is_one_sentence_that_names_file_and_key(run, catalogue):
    catalogue(SOURCE + 'nama = "Situs"\n')
    found = run("sources", "list")
    assert (found.exit_code, found.output.count("\n")) == (1, 1)
    assert "a.toml" in found.output
    assert "nama" in found.output


def test_a_source_that_is_not_in_the_catalogue_is_a_wrong_usage(run, catalogue):
    catalogue(SOURCE)
    found = run("crawl", "lain")
    assert (found.exit_code, "there is no source 'lain'" in found.output) == (2, True)


def test_doctor_says_what_to_mend(run):
    found = run("doctor")
    assert found.exit_code == 1
    assert "MEND  contact" in found.output
    assert "MEND  store" in found.output


def test_extract_knows_the_layout_of_a_site_in_the_catalogue(run, catalogue):
    catalogue(
        SOURCE
        + "[source.hints]\narticle_url = '/baca/(?P<id>\\d+)(?:/(?P<page>\\d+))?$'\ncanonical_url = '/baca/{id}'\n"
    )
    line = {"id": "a", "url": "https://situs.example.com/baca/7/2", "html": GOOD}
    found = json.loads(run("extract", "--jsonl", input=json.dumps(line)).output)
    assert (found["extent"], found["canonical_url"], found["source_id"]) == (
        "incomplete",
        "https://situs.example.com/baca/7",
        "situs",
    )
