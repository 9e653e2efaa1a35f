"""When: every form of date that pages print, with its zone, precision and oddities, and nothing that cannot be."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.records import SourceHints
from pipeline.steps.date import parse_moment, read
from pipeline.steps.decode import parse
from pipeline.steps.metadata import read as read_metadata
from pipeline.steps.moment import Ground, parse_claim

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
        ("20/10/25", "2025-10-20T00:00:00+07:00", False, "day"),
        ("Updated on 10/20/25", "2025-10-20T00:00:00+07:00", False, "day"),
        ("20.10.25 14:27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20-Oct-2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("2025/10/20 14:27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("2025.10.20", "2025-10-20T00:00:00+07:00", False, "day"),
        ("2025 Oct 20", "2025-10-20T00:00:00+07:00", False, "day"),
        ("20th of October, 2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("October 20, 2025 at 2 PM", "2025-10-20T14:00:00+07:00", False, "hour"),
        ("Oct 20, 2025 2:27 p.m. ET", "2025-10-20T14:27:00-04:00", True, "minute"),
        ("Jan 20, 2026 2:27 p.m. ET", "2026-01-20T14:27:00-05:00", True, "minute"),
        ("Oct. 20, 2025 11:00 pm EST", "2025-10-20T23:00:00-05:00", True, "minute"),
        ("October 20, 2025 — 5.30am AEDT", "2025-10-20T05:30:00+11:00", True, "minute"),
        ("October 20, 2025 / 2:27 PM", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("07:26, 20 Oct 2025", "2025-10-20T07:26:00+07:00", False, "minute"),
        ("9:14 AM PDT · October 20, 2025", "2025-10-20T09:14:00-07:00", True, "minute"),
        ("14:27 WIB, Senin, 20 Oktober 2025", "2025-10-20T14:27:00+07:00", True, "minute"),
        ("20 Oktober 2025 14:27 (UTC+08:00)", "2025-10-20T14:27:00+08:00", True, "minute"),
        ("20-10-2025 14:27 GMT+7", "2025-10-20T14:27:00+07:00", True, "minute"),
        ("Mon Oct 20 14:27:05 WIB 2025", "2025-10-20T14:27:05+07:00", True, "second"),
        ("Mon Oct 20 2025 14:27:05 GMT+0000", "2025-10-20T14:27:05+00:00", True, "second"),
        ("Mon, 20 Oct 2025 14:27:05 GMT", "2025-10-20T14:27:05+00:00", True, "second"),
        ("2025-10-20@14:27:05", "2025-10-20T14:27:05+07:00", False, "second"),
        ("2025-10-20 T 14:27:05 +0330", "2025-10-20T14:27:05+03:30", True, "second"),
        ("20 Ogos 2025, 2.27 ptg", "2025-08-20T14:27:00+07:00", False, "minute"),
        ("20. Oktober 2025, 14:27 Uhr", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 octobre 2025 à 14h27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 octobre 2025 à 14:27 et encore", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("1er octobre 2025", "2025-10-01T00:00:00+07:00", False, "day"),
        ("20 de outubro de 2025 às 14h27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 ottobre 2025 alle 14:27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 oktober 2025 om 14.27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 października 2025", "2025-10-20T00:00:00+07:00", False, "day"),
        ("2025年10月20日", "2025-10-20T00:00:00+07:00", False, "day"),
        ("2025年10月20日（月）午後2時27分", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("2025년 10월 20일 14:27", "2025-10-20T14:27:00+07:00", False, "minute"),
        ("20 Oktober 2025, 3 orang", "2025-10-20T00:00:00+07:00", False, "day"),
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
        "1.2.24",
        "v1.12.24",
        "pasal 24/10/25 dan lampirannya yang panjang sekali",
        "ISBN 978-3-16-148410-0",
        "Oktober 2025",
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
        ("an hour ago", "2026-03-10T01:00:00+00:00"),
    ],
)
def test_a_relative_time_is_counted_from_the_fetch(text, when):
    found = parse_moment(text, JAKARTA, NOW)
    assert found is not None
    assert (found.when.isoformat(), found.precision) == (when, "relative")


@pytest.mark.parametrize(
    ("text", "month_first", "when"),
    [("3/4/2025", True, "2025-03-04"), ("3/4/2025", False, "2025-04-03"), ("25/4/2025", True, "2025-04-25")],
)
def test_which_number_is_the_month_is_told_by_the_page(text, month_first, when):
    found = parse_moment(text, JAKARTA, NOW, month_first=month_first)
    assert found is not None
    assert found.when.date().isoformat() == when


@pytest.mark.parametrize(
    ("text", "when", "stated", "notes"),
    [
        ("2026-03-10T02:05:00Z", "2026-03-10T02:00:00+00:00", True, ()),
        ("2026-03-10T08:30:00Z", "2026-03-10T08:30:00+07:00", False, ("the time lies after the fetch in its zone",)),
        ("10 Maret 2026", "2026-03-10T00:00:00+07:00", False, ()),
        ("10 Maret 2026 11:30", "2026-03-10T11:30:00+10:00", False, ()),
    ],
)
def test_no_time_lies_after_the_fetch(text, when, stated, notes):
    found = parse_moment(text, JAKARTA, NOW)
    assert found is not None
    assert (found.when.isoformat(), found.stated, found.notes) == (when, stated, notes)
    assert found.when <= NOW


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("20251020", "2025-10-20T00:00:00+07:00"),
        ("20251020T142705Z", "2025-10-20T14:27:05+00:00"),
        ("1760970425", "2025-10-20T14:27:05+00:00"),
        ("1760970425123", "2025-10-20T14:27:05+00:00"),
    ],
)
def test_a_machine_s_field_may_be_digits_alone(text, when):
    found = parse_claim(text, Ground(zone=JAKARTA, fetched_at=NOW))
    assert found is not None
    assert found.when.isoformat() == when


def test_a_weekday_that_disagrees_is_noted_and_the_date_trusted():
    found = parse_moment("Selasa, 20-10-2025 14:27 WIB", JAKARTA, NOW)
    assert found is not None
    assert found.when.isoformat() == "2025-10-20T14:27:00+07:00"
    assert found.notes == ("the weekday selasa and the date disagree",)


@pytest.mark.parametrize("weekday", ["Sabtu", "Isnin", "Mon", "Jum'at"])
def test_weekdays_of_every_language_are_checked(weekday):
    found = parse_moment(f"{weekday}, 25-10-2025", JAKARTA, NOW)
    assert found is not None
    assert bool(found.notes) == (weekday != "Sabtu")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000,
        "20 " * 10_000,
        "1/" * 10_000,
        "Senin, " * 5_000,
        "20-10-2025," * 3_000,
        "14:27 " * 4_000,
        "2025 " * 4_000,
    ],
)
def test_a_hostile_text_is_read_soon(text):
    began = time.process_time()
    parse_moment(text, JAKARTA, NOW)
    assert time.process_time() - began < 2


def published(html, lines=(), hints=None, url="", body="<p>x</p>", lang="id"):
    root = parse(f"<html lang='{lang}'><head>{html}</head><body>{body}</body></html>")
    metadata = read_metadata(root, url or "https://situs.test/")
    return read(root, metadata, lines, hints or SourceHints(timezone="Asia/Jakarta"), NOW, url)


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


NO_HINTS = SourceHints()
UTC_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "datePublished": "%s", '
    '"dateModified": "%s"}</script>'
)


@pytest.mark.parametrize(
    ("claim", "lines", "when", "raw"),
    [
        # The same instant in the reader's zone, told by its name or by the clock.
        (
            "2025-10-21T04:00:41+00:00",
            ["Oct. 21, 2025 12:00 am EDT"],
            "2025-10-21T04:00:41+00:00",
            "2025-10-21T04:00:41+00:00",
        ),
        (
            "2025-10-21T03:00:41+00:00",
            ["Oct. 20, 2025 11:00 pm EDT"],
            "2025-10-20T23:00:41-04:00",
            "Oct. 20, 2025 11:00 pm EDT",
        ),
        (
            "2025-10-21T01:48:19Z",
            ["October 20, 2025 at 8:48 p.m."],
            "2025-10-20T20:48:19-05:00",
            "October 20, 2025 at 8:48 p.m.",
        ),
        # A day alone: the least offset that makes it so.
        ("2025-10-21T01:48:19Z", ["October 20, 2025"], "2025-10-20T23:48:19-02:00", "October 20, 2025"),
        ("2025-10-20T18:30:00Z", ["October 21, 2025"], "2025-10-21T00:30:00+06:00", "October 21, 2025"),
        # Local time that metadata marks as UTC.
        (
            "2025-10-20T23:00:00+00:00",
            ["Oct. 20, 2025 11:00 pm EST"],
            "2025-10-20T23:00:00-05:00",
            "Oct. 20, 2025 11:00 pm EST",
        ),
    ],
)
def test_the_day_is_the_one_that_readers_see(claim, lines, when, raw):
    found = published(UTC_LD % (claim, claim), lines, NO_HINTS, lang="en")
    assert (found.published, found.raw) == (when, raw)


def test_an_outlet_s_known_zone_tells_its_day():
    assert published(LD % "2025-10-20T18:30:00Z").published == "2025-10-21T01:30:00+07:00"
    assert published(LD % "2025-10-20T08:30:00Z").published == "2025-10-20T08:30:00+00:00"


def test_the_day_of_the_fetch_in_a_page_s_head_is_not_the_article_s():
    claim = UTC_LD % ("2026-03-09T23:30:00Z", "2026-03-09T23:30:00Z")
    assert published(claim, ["Tuesday, March 10, 2026"], NO_HINTS).published == "2026-03-09T23:30:00+00:00"


def test_a_day_in_the_address_tells_the_outlet_s_day():
    found = published(
        UTC_LD % ("2025-10-21T01:48:19Z", "2025-10-21T01:48:19Z"), [], NO_HINTS, "https://situs.test/2025/10/20/judul"
    )
    assert (found.published, found.zone) == ("2025-10-20T23:48:19-02:00", "assumed")


@pytest.mark.parametrize(
    ("claim", "change", "lines", "when"),
    [
        # The claim is shown, with or beside a change.
        ("2025-03-01T10:00:00Z", "2025-10-20T10:00:00Z", ["Updated October 20, 2025", "March 1, 2025"], "2025-03-01"),
        ("2025-03-01T10:00:00Z", "2025-10-20T10:00:00Z", ["October 20, 2025", "March 1, 2025"], "2025-03-01"),
        # What a reader sees is called a change.
        ("2025-03-01T10:00:00Z", "2025-10-20T10:00:00Z", ["Last updated:", "October 20, 2025"], "2025-03-01"),
        ("2025-03-01T10:00:00Z", "2025-10-20T10:00:00Z", ["Diperbarui 20 Oktober 2025"], "2025-03-01"),
        # Only a change is shown, of the same story.
        ("2025-10-19T20:00:00Z", "2025-10-20T10:00:00Z", ["Updated on October 20, 2025"], "2025-10-20"),
        # The outlet has dated its page anew.
        ("2025-03-01T10:00:00Z", "2025-10-20T10:00:00Z", ["By Sari Wulan", "October 20, 2025"], "2025-10-20"),
        # An import or a copy made metadata young.
        ("2025-10-20T10:00:00Z", "2025-10-20T10:00:00Z", ["March 1, 2024"], "2024-03-01"),
        ("2025-10-20T10:00:00Z", "2025-10-20T10:00:00Z", ["Published March 1, 2024"], "2024-03-01"),
        # Other days in lines that say more are not the article's.
        ("2025-10-20T10:00:00Z", "2025-10-20T10:00:00Z", ["Pasar Apung dibuka pada 1 Maret 2024"], "2025-10-20"),
        ("2025-03-01T10:00:00Z", "2025-03-01T10:00:00Z", ["October 20, 2025"], "2025-03-01"),
    ],
)
def test_a_shown_day_is_weighed_against_publication_and_change(claim, change, lines, when):
    found = published(UTC_LD % (claim, change), lines, NO_HINTS, lang="en")
    assert found.published is not None
    assert found.published[:10] == when
    assert (f"the page shows another day; metadata claims {claim[:10]}T" in str(found.notes)) == (when != claim[:10])


@pytest.mark.parametrize(
    ("lines", "when", "notes"),
    [
        (["Updated: January 2, 2026", "December 22, 2025"], "2025-12-22", ()),
        (["Updated January 2, 2026", "Published December 22, 2025"], "2025-12-22", ()),
        (["Published December 22, 2025 | Updated January 2, 2026"], "2025-12-22", ()),
        (["Last updated:", "January 2, 2026"], "2026-01-02", ("the page tells its last change only",)),
        (["Updated by Sari Wulan on 02/13/26"], "2026-02-13", ("the page tells its last change only",)),
    ],
)
def test_without_claims_a_line_s_label_tells_what_its_day_is(lines, when, notes):
    found = published("", lines, NO_HINTS, lang="en")
    assert found.published is not None
    assert (found.published[:10], found.notes) == (when, notes)


@pytest.mark.parametrize(
    ("body", "when"),
    [
        ("<time datetime='2025-10-20T05:30:00+07:00'>20 Okt</time>", "2025-10-20T05:30:00+07:00"),
        ("<time>20 Oktober 2025</time>", "2025-10-20T00:00:00+07:00"),
        ("<abbr class='published' title='2025-10-20T05:30:00+07:00'>kemarin</abbr>", "2025-10-20T05:30:00+07:00"),
        ("<abbr title='Organisasi Pengamat Air'>OPA</abbr>", None),
        (
            "<abbr itemprop='datePublished' title='2025-10-20T05:30:00+07:00'>kemarin</abbr>",
            "2025-10-20T05:30:00+07:00",
        ),
        ("<meta itemprop='datePublished' content='2025-10-20'>", "2025-10-20T00:00:00+07:00"),
        ("<div><p>Sari Wulan</p><p class='teks'>20 Oktober 2025</p></div>", "2025-10-20T00:00:00+07:00"),
        ("<div class='tanggal'><b>20</b> <i>Oktober</i> <u>2025</u></div>", "2025-10-20T00:00:00+07:00"),
        ("<span>Berita | </span> 20 Oktober 2025", "2025-10-20T00:00:00+07:00"),
        (
            "<div class='terkait related'><time>19 Oktober 2025</time></div><time>20 Oktober 2025</time>",
            "2025-10-20T00:00:00+07:00",
        ),
        ("<aside><time>19 Oktober 2025</time></aside><a href='/x'><p>18 Oktober 2025</p></a>", None),
        ("<div class='comment'><span class='date'>19 Oktober 2025</span></div>", None),
        ("<a href='/x' rel='bookmark'><time>20 Oktober 2025</time></a>", "2025-10-20T00:00:00+07:00"),
        ("<p>Sungai itu meluap pada 20 Oktober 2025 dan surut sepekan kemudian di hilir.</p>", None),
        (
            "<time class='updated' datetime='2025-11-02'>x</time><time class='entry-date published' datetime='2025-10-20'>y</time>",
            "2025-10-20T00:00:00+07:00",
        ),
    ],
)
def test_dates_are_found_in_elements_of_the_article(body, when):
    assert published("", body=body).published == when


@pytest.mark.parametrize(
    ("lang", "url", "line", "when"),
    [
        ("en", "https://situs.test.com/a", "3/4/2025", "2025-03-04"),
        ("en-US", "https://situs.test.com/a", "3/4/2025", "2025-03-04"),
        ("en-GB", "https://situs.test.com/a", "3/4/2025", "2025-04-03"),
        ("en", "https://situs.test.co.uk/a", "3/4/2025", "2025-04-03"),
        ("id", "https://situs.test.com/a", "3/4/2025", "2025-04-03"),
        ("de", "https://situs.test.com/a", "3/4/2025", "2025-04-03"),
    ],
)
def test_language_region_and_domain_tell_which_number_is_the_month(lang, url, line, when):
    found = published("", [line], NO_HINTS, url, lang=lang)
    assert (found.published or "")[:10] == when


def test_another_date_of_the_page_tells_which_number_is_the_month():
    assert (published("", ["3/4/2025", "25/3/2025"], NO_HINTS, lang="en").published or "")[:10] == "2025-04-03"


@pytest.mark.parametrize(
    "meta",
    [
        '<meta property="og:published_time" content="2025-10-20">',
        '<meta name="published-date" content="2025-10-20">',
        '<meta name="publicationdate" content="202510201427">',
        '<meta name="date" content="10/20/25">',
        '<meta name="citation_publication_date" content="2025 Oct 20">',
        '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "datePublished": "2025-10-20"}]}</script>',
        '<script type="application/ld+json">{"@type": "BlogPosting", "datePublished": "2025-10-20"}</script>',
    ],
)
def test_a_claim_may_stand_in_many_fields(meta):
    assert (published(meta).published or "")[:10] == "2025-10-20"


def test_what_the_page_shows_goes_before_what_json_ld_says_of_its_web_page():
    page = '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2025-10-20"}</script>'
    assert (published(page, ["1 Maret 2025"]).published or "")[:10] == "2025-03-01"


@pytest.mark.parametrize(
    ("claim", "when"),
    [("2025, October 20", "2025-10-20"), ("20Oktober2025", "2025-10-20"), ("Edisi 2025", ""), ("2027, October 20", "")],
)
def test_a_short_claim_of_a_form_that_no_table_knows_is_guessed(claim, when):
    assert (published(LD % claim).published or "")[:10] == when
