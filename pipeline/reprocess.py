"""A stored article against the same bytes under today's rules: what differs, in words that a person can judge by, and its rows."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from db.articles import VersionRow
from db.changes import SLOTS, ReportRow
from db.lock import hold_linking
from db.reprocess import DETAILS, StandingReport, StoredArticle, current_version, make_room, refresh_version
from pipeline.records import Reading
from pipeline.run import ANNOTATOR_VERSION
from pipeline.save import report_rows, save_reading, version_row

_SAMPLE_LINES = 3
_SAMPLE_CHARS = 240

Fate = Literal["appears", "vanishes", "changes", "confirmed"]


class EntryDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that a re-reading tells otherwise: `slots` gives the old and the new value of each that changes.

    `confirmed` is one that the rules read no more, and that stays because a person has confirmed it.
    """

    fate: Fate
    entry: str
    quote: str | None
    slots: dict[str, tuple[Any, Any]] = {}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What a re-reading of one article changes; characters are those of words, wherever they stand.

    `values` gives the old and the new value of each field in `text` but the body, whose paragraphs are in `lost` and `gained`.
    """

    article_id: int
    source_id: str
    url: str
    headline: str | None
    text: tuple[str, ...] = ()
    values: dict[str, tuple[Any, Any]] = {}
    details: tuple[str, ...] = ()
    verdict: str = "article"
    lost_chars: int = 0
    gained_chars: int = 0
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    entries: tuple[EntryDifference, ...] = ()

    @property
    def is_none(self) -> bool:
        """Return whether nothing changes."""
        return not (self.text or self.details or any(entry.fate != "confirmed" for entry in self.entries))


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """An article read again: what differs, and whose its entries are today."""

    stored: StoredArticle
    reading: Reading
    difference: Difference
    is_model: bool

    @property
    def is_held(self) -> bool:
        """Return whether a person's word keeps the article as it is: the new text would take an entry's proof away."""
        return bool(self.difference.text) and any(entry.fate == "confirmed" for entry in self.difference.entries)

    @property
    def has_work(self) -> bool:
        """Return whether there is anything to write: a difference, or the same told by today's rules."""
        stored = self.stored
        is_old = stored.extractor_version != self.reading.article.extractor_version
        return not self.difference.is_none or is_old or self._is_told_by_others

    @property
    def _is_told_by_others(self) -> bool:
        return not self.is_model and self.stored.annotator_version != ANNOTATOR_VERSION


def compare(stored: StoredArticle, reading: Reading) -> Reread:
    """Compare a stored article with what its bytes are read as today.

    What a language model has told of a text that has not changed stays: it is not asked again.
    """
    row = version_row(reading, [part.download_id for part in stored.parts], ANNOTATOR_VERSION)
    is_same = row.text_sha256 == stored.text_sha256
    is_model = is_same and (stored.annotator_version or "").startswith(f"{ANNOTATOR_VERSION}+")
    lost, gained = _words_moved(stored.article_body, reading.article.article_body)
    old, new = stored.article_body.split("\n"), reading.article.article_body.split("\n")
    pairs = {} if is_same else _text_fields(stored, row)
    difference = Difference(
        article_id=stored.id,
        source_id=stored.source_id,
        url=stored.canonical_url,
        headline=stored.headline,
        text=() if is_same else tuple(pairs) or ("date_published",),
        values={name: pair for name, pair in pairs.items() if name != "article_body"},
        details=_detail_fields(stored, row),
        verdict=reading.article.verdict,
        lost_chars=lost,
        gained_chars=gained,
        lost=_sample_of(_only_in(old, new)),
        gained=_sample_of(_only_in(new, old)),
        entries=() if is_model else _entries(stored, report_rows(reading, stored.before, stored.first_seen_at)),
    )
    return Reread(stored=stored, reading=reading, difference=difference, is_model=is_model)


def apply(conn: Connection, reread: Reread, now: datetime) -> bool:
    """Store what a re-reading changes; return false, and change nothing, where the article has become another in the meantime."""
    hold_linking(conn)
    stored, reading = reread.stored, reread.reading
    if current_version(conn, stored.id) != stored.version_id:
        return False
    if reread.is_held or not reread.has_work:
        return True
    downloads = [part.download_id for part in stored.parts]
    if not reread.is_model:
        entries_differ = any(entry.fate != "confirmed" for entry in reread.difference.entries)
        if entries_differ and not reread.difference.text and stored.annotator_version == ANNOTATOR_VERSION:
            make_room(conn, stored.version_id, ANNOTATOR_VERSION)
        save_reading(
            conn,
            reading,
            source_id=stored.source_id,
            site_key=stored.site_key,
            download_ids=downloads,
            observed_at=now,
            annotator_version=ANNOTATOR_VERSION,
            cause="extractor",
            first_seen=stored.first_seen_at,
        )
    if not reread.difference.text:
        refresh_version(conn, stored.version_id, version_row(reading, downloads, ANNOTATOR_VERSION))
    return True


def _text_fields(stored: StoredArticle, row: VersionRow) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ with both values; none where the same moment is told in another zone."""
    values = row.values
    pairs = {
        "headline": (stored.headline, values["headline"]),
        "article_body": (stored.article_body, values["article_body"]),
        "date_published": (_moment(stored.date_published), _moment(values["date_published"])),
        "extent": (stored.extent, values["extent"]),
        "credits": (
            [f"{role}: {who}" for role, who in stored.credits],
            [f"{role}: {who}" for role, who in row.credits],
        ),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def _detail_fields(stored: StoredArticle, row: VersionRow) -> tuple[str, ...]:
    found = [name for name in DETAILS if stored.details[name] != row.values[name]]
    if stored.captions != list(row.values["captions"]):
        found.append("captions")
    if stored.removed != list(row.removed):
        found.append("removed")
    return tuple(found)


def _words_moved(old: str, new: str) -> tuple[int, int]:
    """Return how many characters of words the new text lacks, and how many it has that the old one lacks."""
    if old == new:
        return 0, 0
    before, after = Counter(old.split()), Counter(new.split())
    return _chars(before - after), _chars(after - before)


def _chars(words: Mapping[str, int]) -> int:
    return sum(len(word) * count for word, count in words.items())


def _only_in(lines: Sequence[str], others: Sequence[str]) -> Iterable[str]:
    left = Counter(lines) - Counter(others)
    return (line for line in left if line)


def _sample_of(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line[:_SAMPLE_CHARS] for line in itertools.islice(lines, _SAMPLE_LINES))


def _entries(stored: StoredArticle, rows: Sequence[ReportRow]) -> tuple[EntryDifference, ...]:
    standing = {report.strand: report for report in stored.standing}
    told = {row.strand: row for row in rows}
    found = [
        EntryDifference(fate="appears", entry=_name(slots := _slots(row)), quote=_proof(slots))
        for strand, row in told.items()
        if strand not in standing
    ]
    found += [_gone(report) for strand, report in standing.items() if strand not in told]
    for strand in sorted(standing.keys() & told.keys()):
        old, new = standing[strand].slots, _slots(told[strand])
        slots = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        if slots:
            found.append(EntryDifference(fate="changes", entry=_name(old), quote=_proof(new), slots=slots))
    return tuple(found)


def _gone(report: StandingReport) -> EntryDifference:
    fate: Fate = "confirmed" if report.is_confirmed else "vanishes"
    return EntryDifference(fate=fate, entry=_name(report.slots), quote=_proof(report.slots))


def _slots(row: ReportRow) -> dict[str, Any]:
    """Return what a report would say, in the words in which a stored one is given."""
    events: dict[tuple[str, str], str] = {}
    for event in row.statuses:
        said = (event.status, event.jurisdiction, event.from_day, event.from_precision, event.dated_by)
        events.setdefault((event.status, event.jurisdiction), " ".join(str(value or "-") for value in said))
    counted: Counter[str] = Counter()
    quotes = []
    for item in row.evidence:
        quotes.append(f"{item['slot']} {counted[item['slot']]}: {item['quote']}")
        counted[item["slot"]] += 1
    return {
        "company": row.change["company"],
        **{name: row.change[name] for name in SLOTS},
        "status": row.status,
        "jurisdiction": row.jurisdiction,
        "effective": row.effective,
        "attribution": row.attribution,
        "doubtful": row.doubtful,
        "confidence": row.confidence,
        "affected": [name for role, name in row.parties if role == "affected"],
        "exempt": [name for role, name in row.parties if role == "exempt"],
        "events": sorted(events.values()),
        "evidence": sorted(quotes),
    }


def _name(slots: Mapping[str, Any]) -> str:
    return f"{slots['product'] or slots['company']}: {slots['action']} {slots['object']} ({slots['direction']})"


def _proof(slots: Mapping[str, Any]) -> str | None:
    quotes = (quote for quote in slots["evidence"] if quote.startswith("action 0: "))
    return next((quote.removeprefix("action 0: ")[:_SAMPLE_CHARS] for quote in quotes), None)
