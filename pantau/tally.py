"""What a re-reading has found, counted: small however many articles there are, and stored with how far the work has come."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from db.reprocess import StoredArticle
from pipeline.reprocess import Difference, EntryDifference, Reread

_UNREADABLE_SAMPLES = 10
_SAMPLE_CHARS = 240


class Compared(Protocol):
    """One article read again, or why it could not be."""

    @property
    def reread(self) -> Reread | None:
        """Return the article with what differs."""
        ...

    @property
    def stored(self) -> StoredArticle | None:
        """Return the article as it is stored."""
        ...

    @property
    def reason(self) -> str | None:
        """Return why it could not be read."""
        ...


class Tally(msgspec.Struct, kw_only=True):
    """Counts of articles but where the name says otherwise.

    `text`, `details`, `walls` and `slots` count by field, verdict and slot; `unreadable` by reason. `samples` are the first differences.
    """

    applied: bool = False
    articles: int = 0
    same: int = 0
    differing: int = 0
    changed: int = 0
    losing: int = 0
    lost_chars: int = 0
    gaining: int = 0
    gained_chars: int = 0
    held: int = 0
    by_model: int = 0
    retold: int = 0
    text: dict[str, int] = {}
    details: dict[str, int] = {}
    walls: dict[str, int] = {}
    entries: dict[str, int] = {}
    slots: dict[str, int] = {}
    unreadable: dict[str, int] = {}
    unreadable_samples: list[dict[str, Any]] = []
    samples: list[Difference] = []
    samples_wanted: int = 20

    def plus(self, batch: Sequence[Compared]) -> "Tally":
        """Return the count with some more articles; this one stays as it is."""
        found = msgspec.convert(msgspec.to_builtins(self), Tally)
        for item in batch:
            found.articles += 1
            if item.reread is None:
                found.count_unreadable(item)
            else:
                found.count_reread(item.reread)
        return found

    def count_unreadable(self, item: Compared) -> None:
        """Count one article that could not be read again."""
        reason = item.reason or ""
        _count(self.unreadable, reason)
        if item.stored and len(self.unreadable_samples) < _UNREADABLE_SAMPLES:
            stored = item.stored
            self.unreadable_samples.append({"article_id": stored.id, "url": stored.canonical_url, "reason": reason})

    def count_reread(self, reread: Reread) -> None:
        """Count one article that was read again."""
        difference = reread.difference
        self.by_model += reread.is_model
        for entry in difference.entries:
            _count(self.entries, entry.fate)
            for name in entry.slots:
                _count(self.slots, name)
        if reread.is_held:
            self.held += 1
        if difference.is_none:
            self.same += 1
            self.retold += reread.has_work
            return
        self.differing += 1
        self._add_text(difference)
        if len(self.samples) < self.samples_wanted:
            self.samples.append(difference)

    def _add_text(self, difference: Difference) -> None:
        for name in difference.details:
            _count(self.details, name)
        if difference.verdict != "article" and "verdict" in difference.details:
            _count(self.walls, difference.verdict)
        if not difference.text:
            return
        self.changed += 1
        for name in difference.text:
            _count(self.text, name)
        self.losing += difference.lost_chars > 0
        self.lost_chars += difference.lost_chars
        self.gaining += difference.gained_chars > 0
        self.gained_chars += difference.gained_chars


def lines_of(tally: Tally) -> list[str]:
    """Return what was found as lines for people; what comes from the web is still as it came."""
    if tally.articles == 0:
        return ["There is no stored article to read again."]
    lines = [f"{_of(tally.articles, 'article')} read again: {tally.same:,} the same, {tally.differing:,} differ."]
    if tally.unreadable:
        listed = "; ".join(f"{count:,} because {reason}" for reason, count in _most(tally.unreadable))
        lines.append(f"Not read again and left as they are: {listed}.")
    if tally.changed:
        lines.append(
            f"Text: {_of(tally.changed, 'article')} ({_by(tally.text)}); {tally.losing:,} lose {tally.lost_chars:,} characters, "
            f"{tally.gaining:,} gain {tally.gained_chars:,}."
        )
    if tally.walls:
        lines.append(f"No article any more: {_by(tally.walls)}.")
    if tally.details:
        lines.append(f"Beside the text: {_by(tally.details)}.")
    if tally.entries:
        told = {"appears": "appear", "vanishes": "vanish", "changes": "change", "confirmed": "are read no more but"}
        told["confirmed"] += " stay, as a person has confirmed them"
        listed = ", ".join(f"{tally.entries[fate]:,} {words}" for fate, words in told.items() if fate in tally.entries)
        lines.append(f"Entries: {listed}.")
    if tally.slots:
        lines.append(f"Slots that change: {_by(tally.slots)}.")
    if tally.held:
        lines.append(f"Left as they are, since a confirmed entry would lose its proof: {_of(tally.held, 'article')}.")
    if tally.by_model:
        lines.append(f"Entries that a language model told were not compared: {_of(tally.by_model, 'article')}.")
    return lines


def sample_lines(difference: Difference) -> list[str]:
    """Return one article's difference as lines for people; what comes from the web is still as it came."""
    lines = [f"article {difference.article_id}  {difference.source_id}  {difference.url}", f"  {difference.headline}"]
    if difference.text:
        verdict = "" if difference.verdict == "article" else f", read as {difference.verdict}"
        lost, gained = difference.lost_chars, difference.gained_chars
        lines.append(f"  text: {', '.join(difference.text)}; -{lost:,} +{gained:,} characters{verdict}")
    lines += [f"    {name}: {_value(old)} → {_value(new)}" for name, (old, new) in difference.values.items()]
    if difference.details:
        lines.append(f"  beside the text: {', '.join(difference.details)}")
    lines += [f"  - {text}" for text in difference.lost]
    lines += [f"  + {text}" for text in difference.gained]
    for entry in difference.entries:
        lines += _entry_lines(entry)
    return lines


def _entry_lines(entry: EntryDifference) -> list[str]:
    quote = f" “{entry.quote}”" if entry.quote else ""
    fate = "stays, as a person has confirmed it" if entry.fate == "confirmed" else entry.fate
    return [
        f"  entry {fate}: {entry.entry}{quote}",
        *(f"    {name}: {_value(old)} → {_value(new)}" for name, (old, new) in entry.slots.items()),
    ]


def _value(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str("none" if value is None else value)
    return text[:_SAMPLE_CHARS]


def _of(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _by(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in _most(counts))


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
