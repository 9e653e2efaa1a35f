"""What was linked, copied and reviewed together holds when a part of it is forgotten, on SQLite and on PostgreSQL."""

import random

import pytest

from db.archive import Archive
from db.check import check
from db.engine import open_engine, reading, writing
from db.forget import forget, plan_page, plan_source
from db.search import search
from db.upgrade import upgrade
from pipeline.relink import relink_without
from pipeline.review import Speaker, judge, mend, merge, split, undo
from tests.db.rows import NOW
from tests.integration.telling import ask, entries, entry_with, later, reports_of, rule, sources, tell, words

SARI = Speaker(name="Sari", note="the notice says so", now=NOW)
LABELS = rule(product="Instagram", object="ai_generated_content", action="require")


@pytest.fixture
def store(engine):
    """A ban that three articles tell, one of them a copy of the first, and a duty of labels that two tell."""
    sources(engine, "hulu", "muara", "delta", "pulau")
    tell(engine, "hulu/1", rule(effective="2026-04-15"), day="2026-03-01", body=words(1))
    tell(engine, "muara/1", rule(effective="2026-04-15"), day="2026-03-02", body=f"{words(1)} tambah")
    tell(engine, "delta/1", rule(effective="2026-04-15"), day="2026-03-03")
    tell(engine, "hulu/2", LABELS, day="2026-03-04")
    tell(engine, "muara/2", LABELS, day="2026-03-05")
    assert sorted(map(len, entries(engine).values())) == [2, 3]
    return engine


@pytest.fixture
def forgotten(tmp_path):
    """Forget an article, `source/number`, or a source, and look whether the store is sound; return what was planned."""

    def call(engine, what):
        source, _, number = what.partition("/")
        with reading(engine) as conn:
            plan = plan_page(conn, f"https://{source}.test/{number}") if number else plan_source(conn, source)
        archive = Archive(tmp_path / "archive")
        steps = list(forget(engine, archive, plan, NOW, relink=relink_without))
        assert [step.trouble for step in steps if step.trouble] == []
        assert_sound(engine, archive)
        return plan

    return call


def say(engine, verb, *values):
    with writing(engine) as conn:
        return verb(conn, *values, SARI)


def leads(engine):
    return dict(ask(engine, "select asked_id, change_id from change_ids"))


def assert_sound(engine, archive):
    # These articles are stored without blocks, which is all that may be said of them.
    said = [item.message for item in check(engine, archive).findings]
    assert [message for message in said if "is not its blocks" not in message] == []


def test_the_first_report_goes_and_its_copy_is_the_original(store, forgotten):
    ban = entry_with(store, "hulu/1")
    assert ask(store, "select copy_count, source_count from changes where change_id = :id", id=ban) == [(1, 2)]
    plan = forgotten(store, "hulu/1")
    assert (plan.proven, plan.lost, plan.reviewed) == ((ban,), (), ())
    assert entries(store)[ban] == {"muara/1", "delta/1"}
    assert ask(store, "select copy_count, source_count from changes where change_id = :id", id=ban) == [(0, 2)]
    assert ask(store, "select url from reports where is_first = 1 and change_id = :id", id=ban) == ["https://muara.test/1"]  # fmt: skip


def test_what_nothing_tells_of_any_more_goes_with_its_names_and_all_that_was_said_of_it(store, forgotten):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    own = say(store, split, labels, reports_of(store, "muara/2")).other.public_id
    say(store, merge, labels, own)
    say(store, judge, labels, "confirm")
    say(store, mend, ban, "effective", "2026-05-01")
    plan = forgotten(store, "hulu/2")
    assert (plan.proven, plan.lost, plan.reviewed) == ((labels,), (), (labels,))
    assert leads(store) == {ban: ban, labels: labels, own: labels}
    plan = forgotten(store, "muara/2")
    assert (plan.lost, plan.reviewed) == ((labels,), (labels,))
    assert leads(store) == {ban: ban}
    assert ask(store, "select change_id, verdict from reviews") == [(ban, "set")]
    assert ask(store, "select effective from changes where change_id = :id", id=ban) == ["2026-05-01"]


def test_a_merge_is_undone_though_what_was_merged_is_forgotten(store, forgotten):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    say(store, merge, ban, labels)
    forgotten(store, "hulu/2")
    forgotten(store, "muara/2")
    assert leads(store) == {ban: ban, labels: ban}
    say(store, undo, ban, None)
    assert leads(store) == {ban: ban, labels: ban}
    assert entries(store) == {ban: {"hulu/1", "muara/1", "delta/1"}}


def test_what_was_split_off_is_forgotten_and_the_word_is_undone(store, forgotten, tmp_path):
    labels = entry_with(store, "hulu/2")
    own = say(store, split, labels, reports_of(store, "muara/2")).other.public_id
    plan = forgotten(store, "muara/2")
    assert plan.reviewed == (own,)
    assert own not in leads(store)
    say(store, undo, labels, None)
    assert_sound(store, Archive(tmp_path / "archive"))
    assert entries(store)[labels] == {"hulu/2"}


def test_what_was_split_off_stays_when_the_rest_is_forgotten(store, forgotten):
    labels = entry_with(store, "hulu/2")
    own = say(store, split, labels, reports_of(store, "muara/2")).other.public_id
    forgotten(store, "hulu/2")
    assert entries(store)[own] == {"muara/2"}
    assert labels not in leads(store)


def test_numbers_that_went_are_not_taken_for_others(store, forgotten):
    ban, labels = entry_with(store, "hulu/1"), entry_with(store, "hulu/2")
    say(store, merge, ban, labels)
    forgotten(store, "hulu")
    forgotten(store, "muara")
    tell(store, "pulau/7", rule(company="Spotify", product="Spotify"), day="2026-03-07")
    new = entry_with(store, "pulau/7")
    say(store, undo, ban, None)
    assert entries(store) == {ban: {"delta/1"}, new: {"pulau/7"}}
    assert leads(store)[new] == new


def test_a_forgotten_article_is_found_by_no_word(store, forgotten):
    word = words(1).split()[0]
    assert found(store, word) == {"https://hulu.test/1", "https://muara.test/1"}
    forgotten(store, "hulu/1")
    assert found(store, word) == {"https://muara.test/1"}
    assert ask(store, "select count(*) from search_index") == [4]
    assert ask(store, "select count(*) from search_pending") == [0]


def found(engine, words_asked):
    with reading(engine) as conn:
        return {hit.url for hit in search(conn, words_asked).hits}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_is_linked_as_if_the_forgotten_had_never_been_told(store_url, tmp_path, forgotten, seed):
    chance = random.Random(seed)
    told = [
        (f"{name}/{number}", _some_rule(chance), f"2026-{chance.randint(1, 6):02}-{chance.randint(1, 28):02}")
        for number in range(8)
        for name in ("hulu", "muara", "delta")
    ]
    going = {key for key, *_ in chance.sample(told, 8)}
    engine = open_engine(store_url)
    never = open_engine(f"sqlite:///{tmp_path / 'never.db'}")
    for item in (engine, never):
        upgrade(item)
        sources(item, "hulu", "muara", "delta")
    for key, what, day in told:
        tell(engine, key, what, day=day, now=later(120))
    for key, what, day in told:
        if key not in going:
            tell(never, key, what, day=day, now=later(120))
    before = leads(engine)
    for key in sorted(going):
        forgotten(engine, key)
    assert sorted(map(sorted, entries(engine).values())) == sorted(map(sorted, entries(never).values()))
    assert leads(engine).items() & before.items()
    assert set(leads(engine).values()) == set(entries(engine))
    for item in (engine, never):
        item.dispose()


def _some_rule(chance):
    product, about = chance.choice(
        (("WhatsApp", "general_purpose_chatbot"), ("Instagram", "ai_generated_content"), (None, "ai_agents"))
    )
    day = f"2026-{chance.randint(1, 6):02}-15" if chance.random() < 0.5 else None
    return rule(product=product, object=about, action=chance.choice(("ban", "restrict", "require")), effective=day)
