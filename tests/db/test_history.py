"""Which day is believed, until when a status holds, and that no place touches another."""

import itertools

import pytest

from db.history import Event, standings


def event(number, status, from_day, *, told=None, where="", dated_by="text", source=None, is_copy=False):
    return Event(
        id=number,
        status=status,
        jurisdiction=where,
        from_day=from_day,
        dated_by=dated_by,
        told_day=told or from_day,
        source=source or f"source-{number}",
        is_copy=is_copy,
    )


def holds(events, day, where=""):
    """Return which statuses hold in a place on a day."""
    of = {item.id: item for item in events}
    return {
        of[item.id].status
        for item in standings(events)
        if of[item.id].jurisdiction == where
        and of[item.id].from_day <= day
        and (item.until_day is None or item.until_day > day)
    }


def test_an_announced_day_that_has_come_is_in_force_by_itself():
    events = [event(1, "announced", "2026-01-05"), event(2, "in_effect", "2026-03-01", told="2026-01-05")]
    assert holds(events, "2026-02-28") == {"announced"}
    assert holds(events, "2026-03-01") == {"in_effect"}


def test_a_delay_sets_the_old_day_aside_however_often_it_is_told_again():
    events = [
        event(1, "announced", "2026-01-05"),
        event(2, "in_effect", "2026-03-01", told="2026-01-05"),
        event(3, "delayed", "2026-02-16", dated_by="publication"),
        event(4, "in_effect", "2026-06-01", told="2026-02-16"),
        event(5, "in_effect", "2026-03-01", told="2026-02-20"),
    ]
    assert holds(events, "2026-03-02") == {"delayed"}
    assert holds(events, "2026-06-01") == {"in_effect"}


def test_a_country_is_stopped_alone_and_what_is_withdrawn_is_withdrawn_there_too():
    events = [
        event(1, "in_effect", "2026-01-15"),
        event(2, "suspended", "2025-12-22", where="IT"),
        event(3, "reversed", "2026-05-01"),
    ]
    assert holds(events, "2026-01-20") == {"in_effect"}
    assert holds(events, "2026-01-20", "IT") == {"suspended"}
    assert holds(events, "2026-05-02", "IT") == set()
    assert holds(events, "2026-05-02") == {"reversed"}


def test_a_stop_that_ends_lets_the_rule_go_on():
    events = [
        event(1, "in_effect", "2026-01-15"),
        event(2, "suspended", "2026-02-01"),
        event(3, "in_effect", "2026-04-01", told="2026-03-20"),
        event(4, "amended", "2026-04-10"),
    ]
    assert holds(events, "2026-02-15") == {"suspended"}
    assert holds(events, "2026-04-11") == {"in_effect", "amended"}


def test_the_day_that_most_independent_sources_give_is_believed_and_all_are_kept():
    events = [
        event(1, "in_effect", "2026-03-01"),
        event(2, "in_effect", "2026-03-01"),
        event(3, "in_effect", "2026-02-01"),
        event(4, "in_effect", "2026-02-01", is_copy=True),
        event(5, "in_effect", "2026-02-01", source="source-4", is_copy=True),
    ]
    found = {item.id: item for item in standings(events)}
    assert [found[number].is_believed for number in range(1, 6)] == [True, True, False, False, False]
    assert [found[number].source_count for number in (1, 3)] == [2, 1]
    assert holds(events, "2026-02-10") == set()


def test_a_month_counts_for_each_of_its_days_and_gives_way_to_the_day():
    events = [
        event(1, "in_effect", "2026-01", told="2025-12-01"),
        event(2, "in_effect", "2026-01-06", told="2025-12-02"),
        event(3, "in_effect", "2026-02-01", told="2025-12-01"),
    ]
    assert holds(events, "2026-01-03") == set()
    assert holds(events, "2026-01-06") == {"in_effect"}


def test_an_announcement_is_of_one_day():
    events = [
        event(1, "announced", "2025-10-15"),
        event(2, "announced", "2025-10-15"),
        event(3, "announced", "2025-10-18"),
        event(4, "announced", "2025-10-14", dated_by="publication"),
    ]
    assert {item.id for item in standings(events) if item.is_believed} == {1, 2, 4}


@pytest.mark.parametrize("stated", ["2026", "2026-01", "2026-13", "2026-02-31", "soon", ""])
def test_a_day_that_is_no_whole_day_is_borne(stated):
    events = [event(1, status, stated) for status in ("suspended",)] + [event(2, "in_effect", "2026-01-15")]
    assert {item.id for item in standings(events)} == {1, 2}


def test_the_order_of_events_does_not_matter():
    events = [
        event(1, "announced", "2025-10-18"),
        event(2, "in_effect", "2026-01-15", told="2025-10-18"),
        event(3, "suspended", "2026-02-01"),
        event(4, "in_effect", "2026-03-01", told="2026-02-20"),
        event(5, "reversed", "2026-04-01"),
    ]
    first = sorted(standings(events), key=lambda item: item.id)
    for order in itertools.permutations(events):
        assert sorted(standings(order), key=lambda item: item.id) == first
