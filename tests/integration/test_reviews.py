"""A person's word holds whatever is crawled, read and linked later, on SQLite and on PostgreSQL."""

import json
import threading
from pathlib import Path

import pytest

from db.engine import writing
from db.errors import ReviewRefused
from pantau.demo.bench import Bench
from pantau.newsroom.server import SiteServer
from pantau.newsroom.world import World
from pipeline.review import Speaker, judge, mend, merge, split, undo
from tests.db.rows import NOW
from tests.integration.stage import pantau
from tests.integration.telling import ask, entries, entry_with, later, reports_of, rule, sources, tell, told_count

SARI = Speaker(name="Sari", note=None, now=NOW)
IMAGES = rule(product="Instagram", object="ai_generated_content", action="require")


@pytest.fixture
def store(engine):
    """Two entries: a ban that three articles tell, and a duty of labels that two do."""
    sources(engine, "hulu", "muara", "delta", "pulau")
    tell(engine, "hulu/1", rule(effective="2026-04-15"), day="2026-03-01")
    tell(engine, "muara/1", rule(effective="2026-04-15"), day="2026-03-02")
    tell(engine, "delta/1", rule(effective="2026-04-15"), day="2026-03-03")
    tell(engine, "hulu/2", IMAGES, day="2026-03-04")
    tell(engine, "muara/2", IMAGES, day="2026-03-05")
    found = sorted(map(sorted, entries(engine).values()))
    assert found == [["delta/1", "hulu/1", "muara/1"], ["hulu/2", "muara/2"]]
    return engine


def say(engine, verb, *values, **more):
    with writing(engine) as conn:
        return verb(conn, *values, SARI, **more)


def read_again(engine, annotator="2", *, but=()):
    """Let every article be read by another annotator, which finds the same but for a slot that it now reads."""
    told = {
        "hulu/1": (rule(effective="2026-04-15", surface="Business API"), "2026-03-01"),
        "muara/1": (rule(effective="2026-04-15"), "2026-03-02"),
        "delta/1": (rule(effective="2026-04-16", action="restrict"), "2026-03-03"),
        "hulu/2": (IMAGES, "2026-03-04"),
        "muara/2": (IMAGES, "2026-03-05"),
    }
    for key, (what, day) in told.items():
        if key not in but:
            tell(engine, key, what, day=day, annotator=annotator, now=later(1))


def test_what_is_confirmed_is_sure(store):
    tell(store, "pulau/9", rule(company="Spotify", product="Spotify", doubtful=True), day="2026-03-09")
    doubtful = entry_with(store, "pulau/9")
    assert ask(store, "select sure from changes where change_id = :id", id=doubtful) == [0]
    assert ask(store, "select because from waiting where change_id = :id", id=doubtful) == ["doubtful"]
    done = say(store, judge, doubtful, "confirm")
    assert done.entry.review == "confirmed"
    assert ask(store, "select sure, review from changes where change_id = :id", id=doubtful) == [(1, "confirmed")]
    assert ask(store, "select because from waiting where change_id = :id", id=doubtful) == []
    say(store, undo, doubtful, None)
    assert ask(store, "select sure, review from changes where change_id = :id", id=doubtful) == [(0, None)]


def test_what_is_confirmed_stays_as_it_was_confirmed(store):
    labels = entry_with(store, "hulu/2")
    say(store, judge, labels, "confirm")
    other = rule(product="Instagram", object="ai_agents", action="restrict", instrument="content_policy")
    for key, day in (("hulu/2", "2026-03-04"), ("muara/2", "2026-03-05")):
        tell(store, key, other, day=day, annotator="2", now=later(1))
    slots = "select action, object, instrument, report_count from changes where change_id = :id"
    assert ask(store, slots, id=labels) == [("require", "ai_generated_content", "content_policy", 2)]
    say(store, undo, labels, None)
    assert ask(store, slots, id=labels) == [("restrict", "ai_agents", "content_policy", 2)]


def test_what_is_wrong_stays_so_when_it_is_read_otherwise(store):
    labels = entry_with(store, "hulu/2")
    say(store, judge, labels, "wrong")
    for key, day in (("hulu/2", "2026-03-04"), ("muara/2", "2026-03-05")):
        tell(
            store,
            key,
            rule(product="Facebook", object="ai_agents", action="restrict"),
            day=day,
            annotator="2",
            now=later(1),
        )
    assert list(entries(store).values()) == [{"hulu/1", "muara/1", "delta/1"}]


def test_what_is_wrong_stays_hidden_when_it_is_read_again_copied_and_edited(store):
    wrong = entry_with(store, "hulu/2")
    say(store, judge, wrong, "wrong")
    assert wrong not in entries(store)
    assert ask(store, "select count(*) from change_status where change_id = :id", id=wrong) == [0]
    read_again(store)
    assert wrong not in entries(store)
    assert len(entries(store)) == 1
    tell(
        store,
        "hulu/2",
        IMAGES,
        day="2026-03-04",
        body="Teks yang disunting redaksi sesudahnya.",
        annotator="2",
        now=later(2),
    )
    [body] = ask(store, "select article_body from articles where url = 'https://muara.test/2'")
    tell(store, "pulau/2", IMAGES, day="2026-03-06", body=body, annotator="2", now=later(2))
    assert len(entries(store)) == 1
    assert told_count(store, wrong) == 3
    assert ask(store, "select count(*) from reports where change_id = :id", id=wrong) == [0]
    # A copy repeats what was judged; another outlet's own report may be true, and waits for a person.
    assert ask(store, "select change_id from waiting where because like 'told by others%'") == []
    tell(store, "delta/2", IMAGES, day="2026-03-07", annotator="2", now=later(3))
    assert len(entries(store)) == 1
    assert ask(store, "select change_id, report_count from waiting where because like 'told by others%'") == [
        (wrong, 1)
    ]
    say(store, undo, wrong, None)
    assert entries(store)[wrong] == {"hulu/2", "muara/2", "pulau/2", "delta/2"}


def test_merged_entries_stay_one_and_both_ids_lead_to_it(store):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    before = entries(store)
    done = say(store, merge, ban, labels)
    assert (done.entry.public_id, done.other.public_id) == (ban, ban)
    everything = {"hulu/1", "muara/1", "delta/1", "hulu/2", "muara/2"}
    assert entries(store) == {ban: everything}
    read_again(store)
    tell(store, "pulau/3", IMAGES, day="2026-03-06", annotator="2", now=later(2))
    assert entries(store) == {ban: everything | {"pulau/3"}}
    assert set(ask(store, "select asked_id, change_id from change_ids")) == {(ban, ban), (labels, ban)}
    assert entry_with(store, "pulau/3") == ban
    # A word on either id is a word on the entry.
    assert say(store, judge, labels, "confirm").entry.public_id == ban
    say(store, undo, labels, done.word.id)
    after = entries(store)
    assert after == {ban: before[ban], labels: before[labels] | {"pulau/3"}}
    assert ask(store, "select review from changes where change_id = :id", id=ban) == ["confirmed"]
    assert ask(store, "select verdict, is_undone from reviews order by review_id") == [
        ("merge", 1),
        ("confirm", 0),
        ("undo", 0),
    ]


def test_split_reports_stay_apart(store):
    ban = entry_with(store, "hulu/1")
    [number] = reports_of(store, "muara/1")
    done = say(store, split, ban, [number])
    own = done.other.public_id
    assert own != ban
    assert entries(store)[own] == {"muara/1"}
    assert entries(store)[ban] == {"hulu/1", "delta/1"}
    read_again(store)
    tell(
        store, "muara/1", rule(effective="2026-04-15"), body="Teks baru.", day="2026-03-02", annotator="2", now=later(2)
    )
    assert entries(store)[own] == {"muara/1"}
    assert entries(store)[ban] == {"hulu/1", "delta/1"}
    # The old number still names the report.
    with pytest.raises(ReviewRefused, match=f"report {number} is none of {ban}"):
        say(store, split, ban, [number])
    say(store, undo, own, None)
    assert entries(store)[ban] == {"hulu/1", "muara/1", "delta/1"}
    assert ask(store, "select change_id from change_ids where asked_id = :id", id=own) == [ban]
    assert say(store, split, ban, reports_of(store, "muara/1")).other.public_id == own


def test_the_first_report_can_be_split_off_and_the_entry_keeps_its_id(store):
    ban = entry_with(store, "hulu/1")
    own = say(store, split, ban, reports_of(store, "hulu/1")).other.public_id
    read_again(store)
    assert entries(store)[ban] == {"muara/1", "delta/1"}
    assert entries(store)[own] == {"hulu/1"}


def test_a_mended_field_stands_before_what_is_read_and_that_stays_in_sight(store):
    ban = entry_with(store, "hulu/1")
    say(store, mend, ban, "action", "restrict")
    say(store, mend, ban, "surface", "Business API")
    read_again(store)
    assert ask(store, "select action, surface from changes where change_id = :id", id=ban) == [
        ("restrict", "Business API")
    ]
    assert ask(store, "select slot, value, read_value, is_followed from reviews order by review_id") == [
        ("action", "restrict", "ban", 1), ("surface", "Business API", "Business API", 1),
    ]  # fmt: skip
    say(store, mend, ban, "surface", None)
    assert ask(store, "select action, surface from changes where change_id = :id", id=ban) == [("restrict", None)]
    assert ask(store, "select is_followed from reviews order by review_id") == [1, 0, 1]
    for _ in range(3):
        say(store, undo, ban, None)
    assert ask(store, "select action, surface from changes where change_id = :id", id=ban) == [("ban", "Business API")]


def test_a_day_that_is_set_makes_the_history(store):
    ban = entry_with(store, "hulu/1")
    history = "select from_day, until_day, dated_by, is_believed from change_status where change_id = :id and status = 'in_effect'"
    assert set(ask(store, history, id=ban)) == {("2026-04-15", None, "text", 1)}
    say(store, mend, ban, "effective", "2026-05-01")
    tell(store, "pulau/4", rule(effective="2026-04-15"), day="2026-03-08", now=later(2))
    assert set(ask(store, history, id=ban)) == {
        ("2026-04-15", "2026-04-15", "text", 0), ("2026-05-01", None, "review", 1),
    }  # fmt: skip
    assert ask(store, "select effective from changes where change_id = :id", id=ban) == ["2026-05-01"]
    in_force = (
        "select count(*) from change_status where change_id = :id and status = 'in_effect' and from_day <= :day"
        " and (until_day is null or until_day > :day)"
    )
    assert [ask(store, in_force, id=ban, day=day) for day in ("2026-04-20", "2026-05-02")] == [[0], [1]]
    announced = "select max(until_day) from change_status where change_id = :id and status = 'announced'"
    assert ask(store, announced, id=ban) == ["2026-05-01"]
    # What became of the rule later is told after the person spoke, and counts.
    stop = rule(status="suspended", effective="2026-06-01", jurisdiction="")
    tell(store, "hulu/5", stop, day="2026-06-01", now=later(80))
    assert ("2026-05-01", "2026-06-01", "review", 1) in ask(store, history, id=ban)
    say(store, mend, ban, "effective", None)
    assert ask(store, "select effective from changes where change_id = :id", id=ban) == [None]
    say(store, undo, ban, None)
    say(store, undo, ban, None)
    assert ask(store, "select effective from changes where change_id = :id", id=ban) == ["2026-04-15"]
    assert "review" not in {row[2] for row in ask(store, history, id=ban)}
    # What we knew on a day is not undone.
    withdrawn = "select from_day, withdrawn_at is null from status_events where change_id = :id and dated_by = 'review'"
    assert [bool(row[1]) for row in ask(store, withdrawn, id=ban)] == [False]


def test_a_rule_may_begin_on_the_day_that_it_is_announced(store):
    ban = entry_with(store, "hulu/1")
    for slot in ("announced", "effective"):
        say(store, mend, ban, slot, "2026-05-01")
    assert ask(store, "select announced, effective from changes where change_id = :id", id=ban) == [("2026-05-01",) * 2]


def test_a_day_that_the_news_has_overtaken_is_followed_no_more(store):
    ban = entry_with(store, "hulu/1")
    say(store, mend, ban, "effective", "2026-05-01")
    tell(store, "hulu/5", rule(status="delayed", effective="2026-09-01"), day="2026-04-20", now=later(40))
    assert ask(store, "select effective from changes where change_id = :id", id=ban) == ["2026-09-01"]
    assert ask(store, "select value, is_followed from reviews") == [("2026-05-01", 0)]


def test_a_day_may_hold_for_one_place(store):
    ban = entry_with(store, "hulu/1")
    say(store, mend, ban, "effective", "2026-07-01", place="BR")
    rows = "select jurisdiction, from_day from change_status where change_id = :id and status = 'in_effect' and is_believed = 1"
    assert set(ask(store, rows, id=ban)) == {("", "2026-04-15"), ("BR", "2026-07-01")}


def test_a_word_on_one_entry_is_none_on_another_that_linking_joins_to_it(store):
    wrong = entry_with(store, "hulu/2")
    say(store, judge, wrong, "wrong")
    # The judged articles tell of it no more; what repeated them is no reason to hide what it joins.
    tell(store, "pulau/6", rule(product="Instagram", object="ai_generated_content", action="require"), day="2026-03-06")
    for key in ("hulu/2", "muara/2"):
        tell(store, key, body=f"Dihapus {key}.", now=later(1))
    assert told_count(store, wrong) == 1
    assert wrong not in entries(store)


def test_merging_twice_is_undone_in_turn(store):
    tell(
        store, "pulau/7", rule(product="Facebook", object="training_on_user_data", action="data_use"), day="2026-03-07"
    )
    ban, labels, data = (entry_with(store, key) for key in ("hulu/1", "hulu/2", "pulau/7"))
    before = entries(store)
    first = say(store, merge, labels, data).word.id
    second = say(store, merge, ban, labels).word.id
    assert set(ask(store, "select change_id from change_ids")) == {ban}
    with pytest.raises(ReviewRefused, match=f"undo {second} first"):
        say(store, undo, data, first)
    assert say(store, undo, ban, second).other.public_id == labels
    assert set(ask(store, "select asked_id, change_id from change_ids")) == {
        (ban, ban),
        (labels, labels),
        (data, labels),
    }
    say(store, undo, labels, first)
    assert entries(store) == before


def test_split_out_of_a_merged_entry_and_back(store):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    say(store, merge, ban, labels)
    own = say(store, split, ban, reports_of(store, "muara/2")).other.public_id
    read_again(store)
    assert entries(store) == {ban: {"hulu/1", "muara/1", "delta/1", "hulu/2"}, own: {"muara/2"}}
    assert own != labels
    say(store, undo, own, None)
    assert entries(store) == {ban: {"hulu/1", "muara/1", "delta/1", "hulu/2", "muara/2"}}


def test_a_true_report_is_taken_out_of_a_wrong_entry(store):
    wrong = entry_with(store, "hulu/2")
    say(store, judge, wrong, "wrong")
    own = say(store, split, wrong, reports_of(store, "muara/2")).other.public_id
    assert entries(store)[own] == {"muara/2"}
    assert wrong not in entries(store)


def test_what_cannot_be_done_is_said(store):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    tell(store, "pulau/8", rule(company="Spotify", product="Spotify"), day="2026-03-08")
    other = entry_with(store, "pulau/8")
    for attempt, said in (
        ((judge, "pc-000000000000", "wrong"), "there is no policy change"),
        ((judge, "pc-\x00", "wrong"), "there is no policy change"),
        ((judge, "\ud800", "wrong"), "there is no policy change"),
        ((merge, ban, ban), "is itself"),
        ((merge, ban, other), "Meta's and .* Spotify's"),
        ((split, ban, reports_of(store, "hulu/1", "muara/1", "delta/1")), "all reports of"),
        ((split, ban, reports_of(store, "hulu/1", "hulu/2")), "is none of"),
        ((split, ban, [10**17]), "is none of"),
        ((undo, ban, None), "nothing is said of"),
        ((undo, ban, 7), "is none of"),
    ):  # fmt: skip
        with pytest.raises(ReviewRefused, match=said):
            say(store, *attempt)
    assert ask(store, "select count(*) from review") == [0]
    say(store, judge, labels, "wrong")
    with pytest.raises(ReviewRefused, match=f"{labels} was called wrong"):
        say(store, merge, ban, labels)
    say(store, undo, labels, None)
    [undoing] = ask(store, "select max(id) from review")
    with pytest.raises(ReviewRefused, match="is itself an undoing"):
        say(store, undo, labels, undoing)
    done = say(store, merge, ban, other, force=True)
    with pytest.raises(ReviewRefused, match=f"{other} is {ban} already"):
        say(store, merge, ban, other)
    assert entries(store)[ban] == {"hulu/1", "muara/1", "delta/1", "pulau/8"}
    say(store, undo, ban, done.word.id)
    assert entries(store)[other] == {"pulau/8"}


def test_reviews_and_articles_that_come_in_at_the_same_time_wait_for_each_other(store):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")

    def crawl():
        for number in range(20, 30):
            tell(store, f"pulau/{number}", IMAGES, day="2026-03-09", now=later(number))

    crawler = threading.Thread(target=crawl)
    crawler.start()
    for _ in range(3):
        say(store, merge, ban, labels)
        say(store, undo, ban, None)
    say(store, merge, ban, labels)
    crawler.join()
    assert len(entries(store)) == 1
    assert len(entries(store)[ban]) == 15
    orphans = "select count(*) from report r join policy_change c on c.id = r.policy_change_id where c.merged_into is not null"
    assert ask(store, orphans) == [0]


def test_words_that_are_said_while_it_crawls_hold(tmp_path: Path, store_url: str):
    world = World()
    with SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(tmp_path / "catalogue")
        bench = Bench(tmp_path, world.hosts, store_url)
        bench.set_clock(world.now)
        bench.run_round()
        shown = json.loads(pantau(bench, "changes", "--doubtful", "--format", "json").stdout)
        [kept, *_] = (row["change_id"] for row in shown if row["company"] == "Meta")
        [name, wrong, *_] = (row["change_id"] for row in shown if row["company"] != "Meta")
        answers = []

        def speak():
            words = (kept, "merge", name, "--force"), (wrong, "wrong"), (name, "set", "effective", "2026-02")
            answers.extend(pantau(bench, "review", *said, "--by", "Sari") for said in words)

        for number in (2, 3):
            world.round = number
            bench.set_clock(world.now)
            speaker = threading.Thread(target=speak if number == 2 else list)
            speaker.start()
            bench.run_round()
            speaker.join()
        assert [(answer.returncode, answer.stderr) for answer in answers] == [(0, "")] * 3
        found = {
            row["change_id"]: row
            for row in json.loads(pantau(bench, "changes", "--doubtful", "--format", "json").stdout)
        }
        assert not {name, wrong} & set(found)
        assert found[kept]["effective"] == "2026-02"
        assert pantau(bench, "proof", name).stdout.startswith(kept)
        waiting = json.loads(pantau(bench, "review", "list", "--format", "json").stdout)
        assert {row["change_id"] for row in waiting} == set(found)
        given = json.loads(pantau(bench, "review", "list", "--given", "--format", "json").stdout)
        assert [row["verdict"] for row in given] == ["set", "wrong", "merge"]
        [names] = (
            line for line in pantau(bench, "review", name).stdout.splitlines() if line.startswith("also known as")
        )
        assert name in names
        assert f"{wrong} was called wrong" in pantau(bench, "proof", wrong).stderr
        assert bench.compare().findings == []
