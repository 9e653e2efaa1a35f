"""When: every form of date that pages print, with its zone, precision and oddities, and nothing that cannot be."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.records import SourceHints
from pipeline.steps.date import parse_moment, read
from pipeline.steps.decode import parse
from pipeline.steps.metadata import read as read_metadata

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "when", "stated", "precision"),
    [
        ("Senin 20-10-2025,14:27 WIB", "2025-10-20T14:27:00+07:00", True, "minute"),
        ("18 Juni 2025 | 20.04 WIB", "2025-06-18T20:04:00+07:00", True, "minute"),
        ("Rabu   18 Jun 2025  22:02 WIB", "2025-06-18T22:02:00+07:00", True, "minute"),
        (", Jurnalis-Senin, 16 Juni 2025 |15:20 WIB", "2025-06-16T15:20:00+07:00", True, "minute"),
        ("Kompas.com- 18/06/2025, 21:35 WIB", "2025-06-18T21:35:00+07:00", True, "minute"),
        ("Jumat , 17 February 2017, 13:16 WIB", "2017-02-17T13:16:00+07:00", True, "minute"),
        ("Diperbarui 18 Jun 2025, 14:05 WITA", "2025-06-18T14:05:00+08:00", True, "minute"),
        ("3 Agustus 2025 07:30 WIT", "2025-08-03T07:30:00+09:00", True, "minute"),
        ("5 Agu 2025", "2025-08-05T00:00:00+07:00", False, "day"),
        ("5 Ags 2025, 10.15", "2025-08-05T10:15:00+07:00", False, "minute"),
        ("12 Mei 2025", "2025-05-12T00:00:00+07:00", False, "day"),
        ("1 Des 2025", "2025-12-01T00:00:00+07:00", False, "day"),
        ("October 20, 2025 at 2:27 PM", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("Oct. 20th, 2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("20 October 2025, 12:05 a.m.", "2025-10-20T00:05:00+07:00", False, "minute"),
        ("2025-10-20T14:27:05Z", "2025-10-20T14:27:05+00:00", True, "second"),
        ("2025-10-20T14:27:05.123+0700", "2025-10-20T14:27:05+07:00", True, "second"),
        ("20. Oktober 2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("20 de octubre de 2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("20/10/2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("10/20/2025", "2025-10-20T00:00:00+07:00", False, "day"),
    ],
)
def test_a_printed_date_is_read(text, when, stated, precision):
    found = parse_moment(text, JAKARTA, NOW)
    assert found is not None
    assert (found.when.isoformat(), found.stated, found.precision) == (when, stated, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tanpa tanggal",
        "31 Februari 2025",
        "32/13/2025",
        "0000-00-00",
        "2025-13-45",
        "99:99",
        "1 2 3",
        "20 Oktober 1890",
        "20 Oktober 2027",
        "2026-03-12",
        "5 Xyz 2025",
    ],
)
def test_what_cannot_be_is_no_date(text):
    assert parse_moment(text, JAKARTA, NOW) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2 jam yang lalu", "2026-03-10T00:00:00+00:00"),
        ("3 hari lalu", "2026-03-07T02:00:00+00:00"),
        ("5 minutes ago", "2026-03-10T01:55:00+00:00"),
    ],
)
def test_a_relative_time_is_counted_from_the_fetch(text, when):
    found = parse_moment(text, JAKARTA, NOW)
    assert found is not None
    assert (found.when.isoformat(), found.precision) == (when, "relative")


def test_a_weekday_that_disagrees_is_noted_and_the_date_trusted():
    found = parse_moment("Selasa, 20-10-2025 14:27 WIB", JAKARTA, NOW)
    assert found is not None
    assert found.when.isoformat() == "2025-10-20T14:27:00+07:00"
    assert found.notes == ("the weekday selasa and the date disagree",)


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "20 " * 10_000, "1/" * 10_000, "Senin, " * 5_000, "20-10-2025," * 3_000]
)
def test_a_hostile_text_is_read_soon(text):
    began = time.process_time()
    parse_moment(text, JAKARTA, NOW)
    assert time.process_time() - began < 2


def published(html, lines=(), hints=None, url=""):
    root = parse(f"<html><head>{html}</head><body><p>x</p></body></html>")
    return read(
        root, read_metadata(root, "https://situs.test/"), lines, hints or SourceHints(timezone="Asia/Jakarta"), NOW, url
    )


LD = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "datePublished": "%s"}</script>'


@pytest.mark.parametrize(
    ("html", "lines", "when", "zone"),
    [
        (LD % "2025-10-20T07:27:00Z", ["Senin 20-10-2025,14:27 WIB"], "2025-10-20T14:27:00+07:00", "stated"),
        (LD % "2025-10-20T14:27:00Z", ["Senin 20-10-2025,14:27 WIB"], "2025-10-20T14:27:00+07:00", "stated"),
        (LD % "2025-10-20T14:27:00", [], "2025-10-20T14:27:00+07:00", "assumed"),
        (LD % "2025-10-20", ["Senin 20-10-2025,14:27 WIB"], "2025-10-20T14:27:00+07:00", "stated"),
        (
            '<meta property="article:published_time" content="2025-10-20T14:27:00+07:00">',
            [],
            "2025-10-20T14:27:00+07:00",
            "stated",
        ),
        ("", ["20 Oktober 2025", "20 Oktober 2025 14:27 WIB"], "2025-10-20T14:27:00+07:00", "stated"),
        (LD % "2031-01-01T00:00:00Z", ["20 Oktober 2025"], "2025-10-20T00:00:00+07:00", "assumed"),
        (LD % "besok pagi", [], None, None),
    ],
)
def test_claims_are_weighed_against_what_a_reader_sees(html, lines, when, zone):
    found = published(html, lines)
    assert (found.published, found.zone) == (when, zone)


def test_local_time_marked_as_utc_is_noted():
    assert published(LD % "2025-10-20T14:27:00Z", ["Senin 20-10-2025,14:27 WIB"]).notes == (
        "metadata marks local time with another zone",
    )


def test_an_address_tells_the_day_where_nothing_else_does():
    found = published("", url="https://situs.test/2025/10/20/judul")
    assert (found.published, found.precision) == ("2025-10-20T00:00:00+07:00", "day")
