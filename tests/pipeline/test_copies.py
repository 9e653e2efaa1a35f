"""Who wrote first, who copied, and what a copy says that its original does not."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.steps.copies import Text, copies_among

START = datetime(2026, 3, 10, tzinfo=UTC)
ORIGINAL = (
    "The harbour chat app has barred helper bots from its business channel, it told the Harbour Wire on Tuesday. "
    "The ban begins on the first of June and leaves shops free to answer their own customers with a bot. "
    "“We built this channel for shops that talk to their customers, not for bots,” a spokesperson said."
)
APART = (
    "Makers of talking software must leave the messenger this summer. Under its fresh terms only firms that serve buyers of "
    "their own may keep a robot there, the operator announced. Rivals called the step unfair and want a watchdog to look at it."
)


def copies(*bodies):
    texts = [
        Text(key=number, told_at=START + timedelta(hours=number), order=f"o|{number}", headline=None, body=body)
        for number, body in enumerate(bodies)
    ]
    return {copy.key: copy for copy in copies_among(texts)}


def test_reports_written_apart_are_no_copies():
    assert copies(ORIGINAL, APART) == {}


def test_a_text_taken_over_is_a_copy_of_the_first_even_by_way_of_another():
    rewritten = ORIGINAL.replace("has barred helper bots", "kicked out helper bots").replace("on Tuesday", "yesterday")
    twice = rewritten.replace("leaves shops free", "allows shops").replace("begins on", "starts")
    found = copies(ORIGINAL, rewritten, APART, twice)
    assert {key: copy.original for key, copy in found.items()} == {1: 0, 3: 0}
    assert 0.4 < found[1].share < 1


def test_a_copy_with_an_invented_quotation_is_a_copy_and_shows_what_it_adds():
    invented = "“No bot shall ever speak on our waters again,” the terms now say, according to nobody we could find."
    found = copies(ORIGINAL, f"{ORIGINAL}\n{invented}\nMore on this soon.")
    assert found[1].adds is not None
    assert found[1].adds.splitlines()[0].startswith("“No bot shall ever")


def test_a_long_quotation_in_common_needs_less_else():
    quoting = APART + " " + ORIGINAL[ORIGINAL.index("“") :]
    assert set(copies(ORIGINAL, quoting)) == {1}


@pytest.mark.parametrize("body", ["", "WhatsApp.", "Larangan berlaku."])
def test_too_little_text_is_no_copy(body):
    assert copies(body, body) == {}


def test_the_order_in_which_texts_are_given_does_not_matter():
    texts = [
        Text(key=key, told_at=START, order=order, headline=None, body=ORIGINAL)
        for key, order in ((5, "b"), (9, "a"), (1, "c"))
    ]
    assert copies_among(texts) == copies_among(texts[::-1])
    assert {copy.original for copy in copies_among(texts)} == {9}
