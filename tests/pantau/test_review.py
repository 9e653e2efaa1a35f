"""`pantau review`: what it takes, what it refuses and in how many words, what it shows."""

import json

import pytest
from click.testing import CliRunner

from db.engine import open_engine
from pantau.cli.app import app
from tests.integration.telling import ask, entry_with, reports_of, rule, sources, tell


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call a command on a store of two entries of Meta's and a doubtful one of Spotify's, as Sari."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANTAU_DATABASE_URL", raising=False)
    monkeypatch.setenv("PANTAU_REVIEWER", "Sari")

    def call(*arguments, **more):
        return CliRunner().invoke(app, list(arguments), **more)

    assert call("db", "upgrade").exit_code == 0
    call.engine = open_engine("sqlite:///pantau-data/pantau.db")
    sources(call.engine, "hulu", "muara")
    tell(call.engine, "hulu/1", rule(effective="2026-04-15"), day="2026-03-01")
    tell(call.engine, "muara/1", rule(effective="2026-04-16"), day="2026-03-02")
    tell(
        call.engine,
        "hulu/2",
        rule(product="Instagram", object="ai_generated_content", action="require"),
        day="2026-03-04",
    )
    tell(call.engine, "muara/2", rule(company="Spotify", product="Spotify", doubtful=True), day="2026-03-05")
    yield call
    call.engine.dispose()


def done(result):
    """Return the one sentence of a command that did its work."""
    assert (result.exit_code, result.output.count("\n")) == (0, 1), result.output
    return result.output


def refused(result, code):
    """Return the one sentence of a command that did nothing."""
    assert (result.exit_code, result.output.count("\n")) == (code, 1), result.output
    assert "Traceback" not in result.output
    return result.output


def test_every_word_is_said_in_one_sentence_that_tells_how_to_take_it_back(run):
    ban, labels = entry_with(run.engine, "hulu/1"), entry_with(run.engine, "hulu/2")
    assert f"`pantau review {ban} undo 1` takes it back" in done(run("review", ban, "confirm", "--note", "read it"))
    assert "hidden from `changes`" in done(run("review", labels, "wrong"))
    assert f"Review 2 (wrong, by Sari) of {labels} is undone by review 3" in done(run("review", labels, "undo"))
    assert f"{labels} leads to {ban}" in done(run("review", ban, "merge", labels))
    assert f"{ban} (asked as {labels}) has effective 2026-05 now, where its reports say 2026-04-15" in done(
        run("review", labels, "set", "effective", "2026-05")
    )
    assert "has these reports for its own" in done(
        run("review", ban, "split", *map(str, reports_of(run.engine, "muara/1")))
    )
    assert ask(run.engine, "select distinct reviewer from reviews") == ["Sari"]
    assert json.loads(run("review", ban, "--format", "json").output)[0]["note"] == "read it"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("benar",), "'benar' is no word that can be said"),
        (("confirm", "now"), "write it as `pantau review ID confirm`"),
        (("merge",), "write it as `pantau review ID merge OTHER`"),
        (("split",), "write it as `pantau review ID split REPORT...`"),
        (("split", "x"), "no report's number"),
        (("split", "9" * 30), "no report's number"),
        (("undo", "last"), "no review's number"),
        (("set", "action"), "write it as `pantau review ID set SLOT VALUE`"),
        (("set", "colour", "red"), "no field that can be set; it is one of company"),
        (("set", "status", "in_effect"), "no field that can be set"),
        (("set", "action", "forbid"), "'forbid' is no action; it is one of ban"),
        (("set", "action", "none"), "action cannot be empty"),
        (("set", "action2", "revers"), "reversal"),
        (("set", "object", "\x1b[31m"), "control characters"),
        (("set", "company", "Metta"), "did you mean Meta?"),
        (("set", "product", "x" * 300), "at most 200"),
        (("set", "effective", "15/01/2026"), "no day; write effective as 2026-01-15"),
        (("set", "effective", "2026-02-30"), "not in the calendar"),
        (("set", "effective", "2026-00"), "not in the calendar"),
        (("set", "effective", "0001-01-01"), "not between 1990 and 2100"),
        (("set", "effective", "²026"), "no day"),
        (("set", "effective", "2026", "--in", "a\nb"), "control characters"),
        (("confirm", "--in", "IT"), "--in goes with"),
        (("set", "action", "ban", "--in", "IT"), "--in goes with"),
        (("confirm", "--by", ""), "give it with --by"),
        (("confirm", "--by", " \t"), "control characters"),
        (("confirm", "--by", "Sari\x1b[2J"), "the name holds control characters"),
        (("confirm", "--by", "Sari\u202e"), "the name holds control characters"),
        (("confirm", "--by", "s" * 101), "at most 100"),
        (("confirm", "--note", "n" * 1_000_000), "the note is 1,000,000 characters long; at most 2,000"),
        (("confirm", "--note", "a\x00b"), "the note holds control characters"),
        (("confirm", "--note", "\ud800"), "the note holds control characters"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_exit_2(run, words, said):
    ban = entry_with(run.engine, "hulu/1")
    assert said in refused(run("review", ban, *words), 2)
    assert ask(run.engine, "select count(*) from review") == [0]


@pytest.mark.parametrize(
    "entry", ["pc-000000000000", "", "pc-\x00", "\ud800", "x" * 100_000, "pc-x' or 1=1 --", "\x1b[31m"]
)
@pytest.mark.parametrize("words", [(), ("wrong",)])
def test_an_entry_that_is_not_there_is_one_sentence_and_exit_1(run, entry, words):
    said = refused(run("review", entry, *words), 1)
    assert "there is no policy change" in said
    assert "\x1b" not in said
    assert len(said) < 200


def test_what_the_store_refuses_is_one_sentence_and_exit_1(run):
    ban, music = entry_with(run.engine, "hulu/1"), entry_with(run.engine, "muara/2")
    both = [str(number) for number in reports_of(run.engine, "hulu/1", "muara/1")]
    assert "is itself; name another" in refused(run("review", ban, "merge", ban), 1)
    assert "Spotify's; mend the company" in refused(run("review", ban, "merge", music), 1)
    assert "all reports of" in refused(run("review", ban, "split", *both), 1)
    assert "is none of" in refused(run("review", ban, "split", "999"), 1)
    assert "nothing is said of" in refused(run("review", ban, "undo"), 1)
    done(run("review", ban, "merge", music, "--force"))
    assert f"{music} is {ban} already" in refused(run("review", ban, "merge", music), 1)


def test_without_a_store_one_sentence_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANTAU_DATABASE_URL", raising=False)
    for words in (("list",), ("pc-x",), ("pc-x", "wrong")):
        assert "pantau db upgrade" in refused(CliRunner().invoke(app, ["review", *words]), 1)


def test_values_are_taken_as_people_write_them(run):
    ban = entry_with(run.engine, "hulu/1")
    for slot, written, stored in (
        ("action", "Opt-control", "opt_control"),
        ("action2", "reversal", "reversal"),
        ("instrument", "terms of service", "terms_of_service"),
        ("product", "instagram", "Instagram"),
        ("company", "openai", "OpenAI"),
        ("instrument", "none", None),
        ("product", "", None),
    ):
        done(run("review", ban, "set", slot, written))
        assert ask(run.engine, f"select {slot} from changes where change_id = :id", id=ban) == [stored]
    done(run("review", ban, "set", "product", "Perahu Pintar", "--force"))
    assert ask(run.engine, "select product from changes where change_id = :id", id=ban) == ["Perahu Pintar"]


def test_the_name_is_the_users_own_unless_it_is_given(run, monkeypatch):
    ban = entry_with(run.engine, "hulu/1")
    monkeypatch.delenv("PANTAU_REVIEWER")
    monkeypatch.setenv("LOGNAME", "budi")
    done(run("review", ban, "confirm"))
    done(run("review", ban, "confirm", "--by", "  Dewi   Lestari "))
    assert ask(run.engine, "select reviewer from reviews order by review_id") == ["budi", "Dewi Lestari"]


def test_list_shows_the_doubtful_first_and_what_was_said(run):
    ban, labels, music = (entry_with(run.engine, key) for key in ("hulu/1", "hulu/2", "muara/2"))
    waiting = json.loads(run("review", "list", "--format", "json").output)
    assert [(row["change_id"], row["because"]) for row in waiting] == [
        (music, "doubtful"), (ban, "its days differ"), (labels, "nobody has looked"),
    ]  # fmt: skip
    done(run("review", music, "confirm"))
    assert music not in run("review", "list").output
    given = json.loads(run("review", "list", "--given", "--format", "json").output)
    assert [(row["change_id"], row["verdict"], row["reviewer"]) for row in given] == [(music, "confirm", "Sari")]
    short = run("review", "list", "--max-rows", "1")
    assert "1 of 2 are shown" in short.output
    assert ban in run("review", "list").output


def test_an_entry_is_shown_with_its_names_reports_and_words(run):
    ban, labels = entry_with(run.engine, "hulu/1"), entry_with(run.engine, "hulu/2")
    done(run("review", ban, "merge", labels))
    done(run("review", ban, "set", "action", "restrict", "--note", "a limit, says the notice"))
    told = run("review", labels).output
    assert told.startswith(f"{ban}  Meta")
    assert f"also known as {labels}" in told
    for number in reports_of(run.engine, "hulu/1", "muara/1", "hulu/2"):
        assert f"\n{number} " in told
    # What is read stays beside what was set.
    assert "restrict" in told
    assert "ban" in told
    assert "a limit, says the notice" in told


def test_proof_follows_a_name_and_points_to_the_review_of_what_is_wrong(run):
    ban, labels = entry_with(run.engine, "hulu/1"), entry_with(run.engine, "hulu/2")
    done(run("review", ban, "merge", labels))
    assert run("proof", labels).output.startswith(ban)
    done(run("review", labels, "wrong"))
    assert f"{labels} was called wrong" in refused(run("proof", labels), 1)
