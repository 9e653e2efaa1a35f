"""Dates of rules: from when, in which precision, and what only looks like one."""

from datetime import date

import msgspec
import pytest

from pipeline.steps.annotate import annotate, choose
from pipeline.steps.annotate.score import weights
from pipeline.steps.annotate.when import SomeDay, ahead_in, announced_in, day_of, effective_in, is_ahead, is_past


@pytest.fixture(autouse=True)
def any_article_is_news(monkeypatch):
    """What is read of a rule does not hang on how surely the article is one."""
    low = msgspec.structs.replace(weights(), possible=-99.0)
    monkeypatch.setattr(choose, "weights", lambda: low)


# A Wednesday.
TODAY = date(2026, 1, 21)

STARTS = [
    ("The rule takes effect on March 1, 2026", "2026-03-01", "day"),
    ("Labels are compulsory from 5 April", "2026-04-05", "day"),
    ("Tags become mandatory on April 28", "2026-04-28", "day"),
    ("Larangan berlaku mulai 15 Februari 2026", "2026-02-15", "day"),
    ("Aturan itu efektif per 01/03/2026", "2026-03-01", "day"),
    ("It applies from 2026-07-09", "2026-07-09", "day"),
    ("The ban starts on February 29, 2028", "2028-02-29", "day"),
    ("Aturan itu berlaku mulai Maret 2026", "2026-03", "month"),
    ("Sellers have to comply by June", "2026-06", "month"),
    ("The fee starts in the third quarter of 2026", "2026-07", "quarter"),
    ("Kewajiban itu berlaku mulai awal 2027", "2027", "year"),
    ("The switch arrives in 2027", "2027", "year"),
    ("The choice comes with iOS 27.1", None, "release"),
    ("Sakelar itu berlaku mulai versi 148.2", None, "release"),
    ("It takes effect next week", "2026-01-28", "relative"),
    ("Larangan mulai berlaku besok", "2026-01-22", "relative"),
    ("The block starts on Friday", "2026-01-23", "relative"),
    ("Etsy has begun hiding such pictures as of Monday", "2026-01-19", "relative"),
    ("The limit took effect on Tuesday", "2026-01-20", "relative"),
    ("Aturan itu akan berlaku bulan depan", "2026-02", "relative"),
    ("Posts must carry a tag effective immediately", "2026-01-21", "relative"),
    ("The rule takes effect in two weeks", "2026-02-04", "relative"),
    ("The start was moved from March 1 to June 1", "2026-06-01", "day"),
    ("Pemberlakuan diundur dari 1 Maret ke 1 Juni 2026", "2026-06-01", "day"),
]


@pytest.mark.parametrize(("text", "value", "precision"), STARTS, ids=[item[0] for item in STARTS])
def test_a_start_is_read_with_its_precision(text, value, precision):
    found = effective_in(text, TODAY) or ahead_in(text, TODAY)
    assert found is not None
    assert (found.when.value, found.when.precision) == (value, precision)
    assert text[found.start : found.end] == found.when.raw


@pytest.mark.parametrize(
    "text",
    [
        "“We want fewer fakes,” she said on Thursday (15/1/2026)",
        "Kata juru bicara, Rabu (21/1/2026), aturan itu penting",
        "The ban starts on February 29, 2027",
        "The tag has been required since May 2024",
        "The rule was due to start in March",
        "Semula aturan itu berlaku 1 Maret 2026",
        "It blocks 60% of such pictures",
        "Version 148 has a new icon",
    ],
)
def test_what_is_no_start_is_not_read(text):
    assert effective_in(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("In July the button goes away", "2026-07"),
        ("On 3 March sellers lose the tool", "2026-03-03"),
        ("Pada Februari fitur itu hilang", "2026-02"),
        ("A hearing is set for March 3", None),
        ("On 3 January sellers lost the tool", None),
        ("In July last year the button went away", None),
        ("It was due in March", None),
    ],
)
def test_a_day_ahead_is_the_rules_though_no_word_of_beginning_stands_there(text, value):
    found = ahead_in(text, TODAY)
    assert (found and found.when.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Vimeo announced on January 20, 2026 that it bans clones", "2026-01-20"),
        ("Vimeo said on Monday that it bans clones", "2026-01-19"),
        ("Vimeo mengumumkan pada 20 Januari 2026 larangan itu", "2026-01-20"),
        ("Kata Vimeo, Senin (19/1/2026), kloning dilarang", "2026-01-19"),
        ("The ban takes effect on March 1, 2026", None),
    ],
)
def test_the_day_of_the_telling_is_read(text, value):
    found = announced_in(text, TODAY)
    assert (found and found.when.value) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-21", date(2026, 1, 21)),
        ("2026-01-21T08:00:00+07:00", date(2026, 1, 21)),
        ("2025-09", SomeDay(2025, 9, 15)),
        ("2025-13", None),
        ("2025-02-30", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_time_of_publication_is_a_day_or_some_day_of_a_month(text, day):
    read = day_of(text)
    assert (read, type(read)) == (day, type(day))


@pytest.mark.parametrize(
    ("value", "published", "ahead", "past"),
    [
        ("2026-01-22", TODAY, True, False),
        ("2026-01-21", TODAY, False, True),
        ("2026-01-20", TODAY, False, True),
        ("2026-01", TODAY, False, False),
        ("2026-02", TODAY, True, False),
        ("2027", TODAY, True, False),
        ("2025-09-30", day_of("2025-09"), False, False),
        ("2025-09-02", day_of("2025-09"), False, False),
        ("2025-10-01", day_of("2025-09"), True, False),
        ("2025-08-31", day_of("2025-09"), False, True),
    ],
)
def test_ahead_and_past_are_told_only_where_the_days_are_known(value, published, ahead, past):
    assert (is_ahead(value, published), is_past(value, published)) == (ahead, past)


TITLE = "Etsy bans AI art without a label"


@pytest.mark.parametrize(
    ("body", "published", "value", "status"),
    [
        ("Etsy will ban unlabelled AI art in March. The rule takes effect on March 1, 2026.", "2026-01-21", "2026-03-01", "announced"),
        ("Etsy now bans AI art without a label. The ban started on September 28, 2025.", "2025-09", "2025-09-28", "in_effect"),
        ("Etsy now bans AI art without a label. The ban starts on October 2, 2025.", "2025-09", "2025-10-02", "announced"),
        ("Etsy will ban AI art without a label. The ban took effect on January 20, 2026.", "2026-01-21", "2026-01-20", "in_effect"),
        ("Etsy bans AI art without a label, a spokesman said on Tuesday (20/1/2026).", "2026-01-21", None, "in_effect"),
    ],
)  # fmt: skip
def test_an_entry_takes_the_day_that_is_said_most_exactly(body, published, value, status):
    [change] = annotate(TITLE, body, published, "en").policy_changes
    assert (change.effective.value if change.effective else None, change.status) == (value, status)
