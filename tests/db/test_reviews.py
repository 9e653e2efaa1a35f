"""What people's words amount to: which verdict, values and days count, and where a telling was put."""

import pytest
from sqlalchemy import insert, select, update

from db.changes import ReportRow, add_change, add_report, known_reports, pins_of, settle_change
from db.engine import reading, writing
from db.errors import ReviewRefused
from db.history import Event
from db.models import policy_change, review, review_pin
from db.reviews import Pin, Telling, add_review, built_on, entry_of, hold, mark_undone, pin, pins_by, release, said_of
from db.verdicts import Word, days_read, mended, slots_among, spoken_names, verdict_among, words_of
from tests.db.rows import NOW, fill, save, version

CHANGE = {
    "company": "Meta",
    "product": None,
    "surface": None,
    "action": "ban",
    "action2": None,
    "object": "general_purpose_chatbot",
    "direction": "tighten",
    "instrument": None,
}


def word(number, verdict, slot=None, value=None, place="", day="2026-03-10", **slots):
    return Word(id=number, verdict=verdict, slot=slot, value=value, jurisdiction=place, day=day, slots=slots)


def event(number, status, day, place="", told="2026-03-01", by="text"):
    return Event(
        id=number, status=status, jurisdiction=place, from_day=day, dated_by=by, told_day=told, source=f"s{number}"
    )


def believed(events, *words):
    return {item.id: item.until_day for item in mended(events, words) if item.is_believed}


def test_the_last_verdict_and_the_last_value_count():
    assert verdict_among([]) is None
    assert verdict_among([word(1, "wrong"), word(2, "confirm"), word(3, "set", "action", "ban")]) == "confirmed"
    assert verdict_among([word(1, "confirm"), word(2, "wrong")]) == "wrong"
    assert slots_among([word(1, "set", "action", "ban"), word(2, "set", "action", "allow")]) == {"action": "allow"}
    assert slots_among([word(1, "set", "effective", "2026")]) == {}


def test_what_was_confirmed_counts_unless_it_was_set_or_called_wrong():
    confirm = word(2, "confirm", action="ban", object="ai_agents")
    assert slots_among([confirm]) == {"action": "ban", "object": "ai_agents"}
    assert slots_among([word(1, "set", "action", None), confirm]) == {"action": None, "object": "ai_agents"}
    assert slots_among([confirm, word(3, "wrong")]) == {}


def test_a_day_that_is_set_is_believed_and_what_is_read_is_not():
    events = [
        event(1, "announced", "2026-03-01"),
        event(2, "in_effect", "2026-04-15"),
        event(3, "in_effect", "2026-04-20"),
    ]
    assert believed(events, word(9, "set", "effective", "2026-05-01")) == {1: "2026-05-01", -9: None}
    assert believed(events, word(9, "set", "effective", None)) == {1: None}
    assert believed(events, word(8, "set", "effective", "2026-05-01"), word(9, "set", "effective", "2026-06")) == {
        1: "2026-06", -9: None,
    }  # fmt: skip
    assert days_read(events) == {"announced": "2026-03-01", "effective": "2026-04-15"}


def test_a_day_is_set_for_its_place_alone():
    events = [event(1, "in_effect", "2026-04-15"), event(2, "in_effect", "2026-04-15", "BR")]
    assert believed(events, word(9, "set", "effective", "2026-05-01", "BR")) == {1: None, -9: None}


def test_no_day_leaves_what_rests_on_the_day_of_writing():
    events = [event(1, "in_effect", "2026-04-15"), event(2, "in_effect", "2026-03-01", by="publication")]
    assert believed(events, word(9, "set", "effective", None)) == {2: None}


def test_what_is_told_of_a_rule_that_was_stopped_after_the_person_spoke_counts():
    spoken = word(9, "set", "effective", "2026-05-01", day="2026-03-10")
    stop = event(2, "suspended", "2026-06-01", told="2026-06-01")
    again = event(3, "in_effect", "2026-08-01", told="2026-07-20")
    assert believed([event(1, "in_effect", "2026-04-15"), stop, again], spoken) == {
        -9: "2026-06-01",
        2: "2026-08-01",
        3: None,
    }
    # It was put off before the day that the person knew, and a new day was told.
    late = event(2, "delayed", "2026-04-20", told="2026-04-20")
    put_off = event(3, "in_effect", "2026-09-01", told="2026-04-20")
    assert set(believed([event(1, "in_effect", "2026-04-15"), late, put_off], spoken)) == {2, 3}


@pytest.fixture
def changes(engine):
    """Three changes, each with a report of an article of its own."""
    fill(engine)
    with writing(engine) as conn:
        found = []
        for number in range(3):
            saved = save(conn, version(f"Teks {number}"), key=str(number))
            made = add_change(conn, {**CHANGE, "product": f"P{number}"}, f"situs|{number}", NOW)
            add_report(
                conn,
                version_id=saved.version_id,
                change_id=made,
                annotator_version="1",
                row=ReportRow(
                    ordinal=0,
                    change={**CHANGE, "product": f"P{number}"},
                    attribution=None,
                    confidence=0.9,
                    doubtful=False,
                    evidence=[],
                    statuses=[],
                    parties=[],
                ),
                now=NOW,
            )
            settle_change(conn, made)
            found.append(made)
    return found


def say(conn, change_id, verdict, **more):
    return add_review(conn, change_id, verdict, "Sari", None, NOW, **more)


def merge(conn, into, other):
    found = say(conn, into, "merge", other_change_id=other)
    conn.execute(
        update(policy_change)
        .where((policy_change.c.id == other) | (policy_change.c.merged_into == other))
        .values(merged_into=into)
    )
    return found


def test_words_go_with_a_change_that_a_person_merged_and_own_words_count_most(engine, changes):
    one, two, three = changes
    with writing(engine) as conn:
        say(conn, one, "set", slot="action", value="allow")
        say(conn, three, "set", slot="action", value="restrict")
        say(conn, three, "set", slot="object", value="ai_agents")
        merge(conn, two, three)
        merge(conn, one, two)
        assert spoken_names(conn, one) == [one, two, three]
        assert slots_among(words_of(conn, one)) == {"action": "allow", "object": "ai_agents"}
        assert words_of(conn, three) == []


def test_words_stay_behind_when_linking_merges(engine, changes):
    one, two, _ = changes
    with writing(engine) as conn:
        say(conn, two, "wrong")
        conn.execute(update(policy_change).where(policy_change.c.id == two).values(merged_into=one))
        assert spoken_names(conn, one) == [one]
        assert words_of(conn, one) == []
        settle_change(conn, one)
        assert (
            entry_of(
                conn, "".join(conn.scalars(select(policy_change.c.public_id).where(policy_change.c.id == two)))
            ).review
            is None
        )
        assert [said.verdict for said in said_of(conn, one)] == ["wrong"]


def test_a_public_id_that_was_merged_by_a_person_is_given_to_no_other(engine, changes):
    one, two, _ = changes
    with writing(engine) as conn:
        merge(conn, one, two)
        again = add_change(conn, {**CHANGE, "product": "P1"}, "situs|1", NOW)
        assert again not in changes


def article_of(conn, change_id):
    return next(
        row.article_id for row in known_reports(conn, "Meta", NOW.replace(year=2020)) if row.change_id == change_id
    )


def test_the_latest_word_that_holds_puts_a_telling(engine, changes):
    one, two, three = changes
    with writing(engine) as conn:
        article = article_of(conn, one)
        telling = Telling(article, 0)
        first = say(conn, one, "confirm")
        hold(conn, first, one)
        second = say(conn, one, "split", other_change_id=two)
        pin(conn, second, [Pin(telling=telling, change_id=two, was_in_id=one)])
        assert pins_of(conn, article) == {0: two}
        assert {
            row.pin for row in known_reports(conn, "Meta", NOW.replace(year=2020)) if row.article_id == article
        } == {two}
        # A change that a person merges takes what was put there along; one that linking merges does not.
        conn.execute(update(policy_change).where(policy_change.c.id == two).values(merged_into=three))
        assert pins_of(conn, article) == {0: two}
        third = say(conn, three, "merge", other_change_id=two)
        assert pins_of(conn, article) == {0: three}
        mark_undone(conn, third)
        mark_undone(conn, second)
        assert pins_of(conn, article) == {0: one}


def test_a_word_holds_only_what_no_other_holds(engine, changes):
    one, *_ = changes
    with writing(engine) as conn:
        first, second = say(conn, one, "confirm"), say(conn, one, "wrong")
        hold(conn, first, one)
        hold(conn, second, one)
        assert [len(pins_by(conn, number)) for number in (first, second)] == [1, 0]
        release(conn, [one], 0)
        hold(conn, second, one, among=[])
        assert pins_by(conn, second) == []
        hold(conn, second, one)
        assert len(pins_by(conn, second)) == 1


def test_a_word_builds_on_another_only_where_it_moves_the_same_reports(engine, changes):
    one, two, three = changes
    with writing(engine) as conn:
        telling = Telling(article_of(conn, one), 0)
        first = say(conn, two, "merge", other_change_id=one)
        pin(conn, first, [Pin(telling=telling, change_id=two, was_in_id=one)])
        other = say(conn, three, "split", other_change_id=two)
        pin(conn, other, [Pin(telling=Telling(article_of(conn, three), 0), change_id=two, was_in_id=three)])
        assert built_on(conn, first) is None
        second = say(conn, two, "split", other_change_id=three)
        pin(conn, second, [Pin(telling=telling, change_id=three, was_in_id=two)])
        assert built_on(conn, first) == second
        mark_undone(conn, second)
        assert built_on(conn, first) is None


@pytest.mark.parametrize("public_id", ["", "pc-000000000000", "pc-\x00", "\ud800", "x" * 1_000_000])
def test_an_id_that_leads_nowhere_is_said(engine, public_id):
    with reading(engine) as conn, pytest.raises(ReviewRefused, match="there is no policy change") as caught:
        entry_of(conn, public_id)
    assert len(str(caught.value)) < 300


def test_a_review_is_of_a_known_kind(engine, changes):
    with pytest.raises(Exception, match="verdict_known"), writing(engine) as conn:
        conn.execute(
            insert(review).values(policy_change_id=changes[0], verdict="maybe", reviewer="Sari", reviewed_at=NOW)
        )
    with reading(engine) as conn:
        assert conn.execute(select(review_pin)).all() == []
