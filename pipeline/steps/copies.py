"""Who wrote of a change first, who copied, and what a copy says that its original does not."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec

_WORD = re.compile(r"\w+")
_RUN = 4
# Reports that were written apart share names and set phrases, a tenth of their runs at most; half of a rewritten copy's are its
# original's. Where a long quotation is shared too, less will do.
_COPIED = 0.4
_COPIED_WITH_QUOTE = 0.15
_FEWEST_RUNS = 8
_LONG_QUOTE_WORDS = 8
_QUOTE = re.compile(r"[“\"«„]([^”\"»“«„\n]{20,600})[”\"»“]")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[”\"»)]*|\n|$)")
_ADDED_SENTENCE = 0.2
_MOST_ADDED_CHARS = 1000


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A report's text; `key` names it, texts are compared in the order of `told_at` and key."""

    key: int
    told_at: datetime
    order: str
    headline: str | None
    body: str


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """That `key` repeats `original`: the share of its runs of words that stand there, and the sentences that do not."""

    key: int
    original: int
    share: float
    adds: str | None


def copies_among(texts: Sequence[Text]) -> list[Copy]:
    """Return which of a change's reports repeat an earlier one; the original of a copy's copy is the first text."""
    originals: list[tuple[Text, int, frozenset[str]]] = []
    where: defaultdict[int, list[int]] = defaultdict(list)
    found = []
    for text in sorted(texts, key=lambda text: (text.told_at, text.order)):
        runs, quotes = _runs(text.body), _quotes(text.body)
        common = Counter(number for run in runs for number in where.get(run, ()))
        shares = {
            number: count / len(runs)
            for number, count in common.items()
            if min(len(runs), originals[number][1]) >= _FEWEST_RUNS
            and count / len(runs) >= (_COPIED_WITH_QUOTE if quotes & originals[number][2] else _COPIED)
        }
        if shares:
            best = min(shares, key=lambda number: (-shares[number], number))
            original = originals[best][0]
            added = _adds(text.body, original.body)
            found.append(Copy(key=text.key, original=original.key, share=round(shares[best], 3), adds=added))
            continue
        for run in runs:
            where[run].append(len(originals))
        originals.append((text, len(runs), quotes))
    return found


def _runs(text: str) -> frozenset[int]:
    words = _WORD.findall(text.casefold())
    return frozenset(hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1))


def _quotes(text: str) -> frozenset[str]:
    spoken = (" ".join(_WORD.findall(quote.casefold())) for quote in _QUOTE.findall(text))
    return frozenset(quote for quote in spoken if quote.count(" ") + 1 >= _LONG_QUOTE_WORDS)


def _adds(body: str, original: str) -> str | None:
    """Return the sentences of a copy that its original lacks, those with a quotation first."""
    known = _runs(original)
    added = [
        sentence.strip()
        for sentence in _SENTENCE.findall(body)
        if (runs := _runs(sentence)) and len(runs & known) / len(runs) < _ADDED_SENTENCE
    ]
    added.sort(key=lambda sentence: not _QUOTE.search(sentence))
    return "\n".join(added)[:_MOST_ADDED_CHARS] or None
