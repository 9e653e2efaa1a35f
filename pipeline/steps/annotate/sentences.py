"""A text to sentences with their places."""

import re

import msgspec

from pipeline.records import Field

_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-Þ])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Inc|Corp|Ltd|Co|vs|No|St|Jr|Sr|U\.S|U\.K|Prof|Ir|Drs|H|Hj|dll|dkk|e\.g|i\.e)|\b[A-Z])\.$"
)
_MAX_CHARS = 700
_MAX_SENTENCES = 400


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence: its field, place in code points, text, and number in reading order (the headline is 0)."""

    field: Field
    start: int
    text: str
    number: int

    @property
    def end(self) -> int:
        """Return the place behind its last code point."""
        return self.start + len(self.text)


def split(headline: str, body: str) -> list[Sentence]:
    """Return the headline and the body's sentences; a sentence without end is cut where it grows too long."""
    found = [Sentence(field="headline", start=len(headline) - len(headline.lstrip()), text=headline.strip(), number=0)]
    start = 0
    for end, after in [*_boundaries(body), (len(body), len(body))]:
        for piece_start, piece in _pieces(body, start, end):
            found.append(Sentence(field="article_body", start=piece_start, text=piece, number=len(found)))
        start = after
        if len(found) > _MAX_SENTENCES:
            break
    return found


def _boundaries(body: str) -> list[tuple[int, int]]:
    return [
        (match.start() + len(match.group(0).rstrip()), match.end())
        for match in _END.finditer(body[:200_000])
        if "\n" in match.group(0) or not _ABBREVIATION.search(body[max(0, match.start() - 8) : match.start()])
    ]


def _pieces(body: str, start: int, end: int) -> list[tuple[int, str]]:
    found = []
    for at in range(start, end, _MAX_CHARS):
        raw = body[at : min(end, at + _MAX_CHARS)]
        text = raw.strip()
        if text:
            found.append((at + len(raw) - len(raw.lstrip()), text))
        if len(found) > _MAX_SENTENCES:
            break
    return found
