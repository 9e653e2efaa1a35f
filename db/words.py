"""Texts and queries as words: folded once, here, so that every database finds the same.

A word is a run of letters and digits, without case, diacritics and compatibility forms (`Éd­ition` is `edition`, `ﬁle` is `file`).
The databases' own ways to take a text apart differ: SQLite's knows the letters of Unicode 6, PostgreSQL's makes one host name of `x.com`.
They are given words between single spaces, and have nothing left to decide.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

Place = Literal["headline", "opening", "text"]
PLACES: tuple[Place, ...] = ("text", "opening", "headline")

OPENING_WORDS = 80
_LONGEST_WORD_CHARS = 64
# PostgreSQL keeps less than a mebibyte of an article's words.
_LONGEST_HEADLINE_BYTES = 90_000
_LONGEST_BODY_BYTES = 900_000
_MOST_QUERY_WORDS = 64
_SNIPPET_CHARS = 180
_BEFORE_CHARS = 50

_WORD = re.compile(r"[^\W_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SPACES = re.compile(r"\s+")
# A phrase between quotes (the last may stay open) or whatever stands between spaces; a minus before it, an asterisk after it.
_PIECE = re.compile(
    r'(?P<minus>(?<!\S)-+)?(?:["“”„](?P<phrase>[^"“”„]*)(?:["“”„]|\Z)|(?P<word>[^\s"“”„]+))(?P<star>\*)?'
)


class _Folded(dict[int, str]):
    """What each character beyond ASCII is folded to, found when it is first met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code))
        kept = "".join(
            c for c in parts if not unicodedata.category(c).startswith("M") and unicodedata.category(c) != "Cf"
        )
        self[code] = kept.casefold()
        return self[code]


_FOLDED = _Folded()


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One or more words that follow each other; the last may be the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def text(self) -> str:
        """Return the words between single spaces."""
        return " ".join(self.words)

    def is_in(self, line: str) -> bool:
        """Return whether a line of words, between single spaces, has the term."""
        return f" {self.text}{'' if self.is_prefix else ' '}" in f" {line} "


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's text asks for: terms that an article must have, all of them, and terms that it must not.

    `is_cut` says that the text had more words than are looked for.
    """

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]
    is_cut: bool


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it is searched: its words between single spaces. The opening is the body's first words."""

    headline: str
    opening: str
    body: str

    def place_of(self, query: Query) -> Place | None:
        """Return the best place that has all that is wanted, or `None` where the article is no answer."""
        if any(term.is_in(self.headline) or term.is_in(self.body) for term in query.unwanted):
            return None
        if all(term.is_in(self.headline) for term in query.wanted):
            return "headline"
        if all(term.is_in(self.headline) or term.is_in(self.opening) for term in query.wanted):
            return "opening"
        return "text" if all(term.is_in(self.headline) or term.is_in(self.body) for term in query.wanted) else None


def fold(text: str) -> str:
    """Return a text without case, diacritics, compatibility forms and invisible characters; each character folds by itself."""
    return _NOT_ASCII.sub(lambda match: match[0].translate(_FOLDED), text).casefold()


def words(text: str) -> list[str]:
    """Return a text's words, folded, in order."""
    return [word[:_LONGEST_WORD_CHARS] for word in _WORD.findall(fold(text))]


def lines_of(headline: str | None, body: str) -> Lines:
    """Return an article's words; of a monstrous one the first 900,000 bytes."""
    told = words(body)
    return Lines(
        headline=_line(words(headline or ""), _LONGEST_HEADLINE_BYTES),
        opening=_line(told[:OPENING_WORDS], _LONGEST_BODY_BYTES),
        body=_line(told, _LONGEST_BODY_BYTES),
    )


def _line(found: Sequence[str], most_bytes: int) -> str:
    line = " ".join(found)
    if len(line) * 4 <= most_bytes or len(line.encode()) <= most_bytes:
        return line
    return line.encode()[:most_bytes].decode(errors="ignore").rpartition(" ")[0]


def read_query(text: str) -> Query:
    """Return what a text asks for; no text is an error, and one may ask for nothing.

    `"two words"` are wanted side by side, `-word` is not wanted, `word*` is the beginning of a word. All other signs part words, and
    words that only a sign parts (`GPT-4`, `x.com`) are wanted side by side.
    """
    terms: dict[tuple[Term, bool], None] = {}
    room = _MOST_QUERY_WORDS
    for term, is_wanted in _terms(text):
        if (term, is_wanted) in terms:
            continue
        if room:
            fitting = Term(words=term.words[:room], is_prefix=term.is_prefix and len(term.words) <= room)
            terms[fitting, is_wanted] = None
        room -= len(term.words)
        if room < 0:
            break
    return Query(
        wanted=tuple(term for term, is_wanted in terms if is_wanted),
        unwanted=tuple(term for term, is_wanted in terms if not is_wanted),
        is_cut=room < 0,
    )


def _terms(text: str) -> Iterator[tuple[Term, bool]]:
    for piece in _PIECE.finditer(text):
        raw = piece["word"] if piece["phrase"] is None else piece["phrase"]
        if found := words(raw):
            is_prefix = bool(piece["star"]) or raw.endswith("*")
            yield Term(words=tuple(found), is_prefix=is_prefix), piece["minus"] is None


def snippet(body: str, query: Query, marks: tuple[str, str]) -> str:
    """Return the part of a body that holds most of what is wanted, on one line, what was found between marks.

    Where the body has none of it, that is the body's beginning.
    """
    found = _spans(body, query)
    start, end = _window(body, found)
    parts, at = [], start
    for first, last, _ in found:
        if at <= first and last <= end:
            parts += [body[at:first], marks[0], body[first:last], marks[1]]
            at = last
    parts.append(body[at:end])
    inner = _SPACES.sub(" ", "".join(parts)).strip()
    return f"{'… ' if start else ''}{inner}{' …' if end < len(body) else ''}"


def _spans(body: str, query: Query) -> list[tuple[int, int, int]]:
    """Return where terms stand in a body: start, end and the term's number, in order and not over each other."""
    folded, origin = _with_origin(body)
    found = []
    for number, term in enumerate(query.wanted):
        # What parts the words of a phrase is never a word, but may be anything else.
        between = r"(?:[\W_]+)".join(re.escape(word) for word in term.words)
        last = r"[^\W_]*" if term.is_prefix or len(term.words[-1]) == _LONGEST_WORD_CHARS else r"(?![^\W_])"
        pattern = re.compile(rf"(?<![^\W_]){between}{last}")
        found += [(origin(m.start()), origin(m.end() - 1) + 1, number) for m in pattern.finditer(folded)]
    spans: list[tuple[int, int, int]] = []
    for span in sorted(found, key=lambda s: (s[0], -s[1])):
        is_free = not spans or span[0] >= spans[-1][1]
        if is_free and span[1] - span[0] <= _SNIPPET_CHARS - _BEFORE_CHARS:
            spans.append(span)
    return spans


def _with_origin(body: str) -> tuple[str, Callable[[int], int]]:
    """Return a folded text, and what tells of a place in it the place in the text that it comes from."""
    parts, places, origins = [], [0], [0]
    at = length = 0
    for match in _NOT_ASCII.finditer(body):
        parts.append(body[at : match.start()].lower())
        length += match.start() - at
        for number, char in enumerate(match[0], match.start()):
            places.append(length)
            origins.append(number)
            parts.append(_FOLDED[ord(char)])
            length += len(parts[-1])
        at = match.end()
        places.append(length)
        origins.append(at)
    parts.append(body[at:].lower())

    def origin(place: int) -> int:
        known = bisect_right(places, place) - 1
        # Of a character that folds to several, all come from the one.
        return origins[known] + (place - places[known] if _is_plain(body, origins[known]) else 0)

    return "".join(parts), origin


def _is_plain(body: str, at: int) -> bool:
    return at >= len(body) or body[at].isascii()


def _window(body: str, spans: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the start and end of the stretch that holds most terms, whole words; the earliest of several."""
    first, most = 0, 0
    held: Counter[int] = Counter()
    ahead = iter(spans)
    coming = next(ahead, None)
    for start, _, number in spans:
        while coming and coming[1] <= start + _SNIPPET_CHARS - _BEFORE_CHARS:
            held[coming[2]] += 1
            coming = next(ahead, None)
        if len(held) > most:
            first, most = start, len(held)
        held[number] -= 1
        if not held[number]:
            del held[number]
    start = 0 if first <= _BEFORE_CHARS else _word_start(body, first - _BEFORE_CHARS, first)
    end = min(len(body), start + _SNIPPET_CHARS)
    space = body.rfind(" ", start + _SNIPPET_CHARS // 2, end) if end < len(body) else -1
    return start, end if space < 0 else space


def _word_start(body: str, start: int, latest: int) -> int:
    space = body.find(" ", start, latest)
    return latest if space < 0 else space + 1
