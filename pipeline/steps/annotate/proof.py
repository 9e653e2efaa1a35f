"""The sentences that prove a rule: the one that speaks for it, then those that state it best, each cut to a quotable length."""

import re

from pipeline.records import Evidence
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.marks import objects_of
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.score import Scored
from pipeline.steps.annotate.slots import span

_QUOTES = 3
_QUOTE_CHARS = 380
_READ = 20
_SHORT_WORDS = 5
_STEM = 5
_CLAUSE = re.compile(r"[;:,–—]\s+")
# How much each trait of a sentence speaks for its being the statement of the rule. News tells its rule in the first two sentences,
# the second oftener than the first, which may only set the scene.
_PLACE = {1: 1.6, 2: 2.0, 3: 0.4}
_EARLY_LINES, _LATE = 6, -0.4
_SAME_ACT, _ANY_ACT, _SAME_OBJECT, _LIKE_TITLE, _NOW, _PAST = 1.3, 0.8, 0.8, 0.6, 0.5, -0.4
_STATES = re.compile(
    r"\b(?:now|will|must|can|no longer|starting|beginning|has|have|kini|akan|bakal|tidak lagi|tak lagi|mulai|wajib|harus|dilarang|boleh|telah|resmi)\b",
    re.IGNORECASE,
)


def action_quotes(page: Page, best: Candidate, scored: list[Scored], *, first: bool = True) -> list[Evidence]:
    """Return up to three quotes for the act, that of `best` first; a further rule (not `first`) has its proof far from the lead."""
    acts = {item.candidate.line.number for item in scored if _tells(item.candidate, best)}
    others = [line for line in page.lines[1:_READ] if line.text not in (best.line.text, page.title.text)]
    if not first:
        others = [line for line in others if line.number in acts]
    ranked = sorted(others, key=lambda line: _rank(line, page, best, acts, first=first), reverse=True)
    chosen = [line for line in ranked if len(line.text.split()) >= _SHORT_WORDS][: _QUOTES - 1]
    return [_quote(best.line, best.act.start), *(_quote(line, _act_in(line)) for line in chosen)]


def _tells(one: Candidate, best: Candidate) -> bool:
    return one.action == best.action and one.actor.company == best.actor.company


def _rank(line: Line, page: Page, best: Candidate, acts: set[int], *, first: bool) -> float:
    place = _PLACE.get(line.number, 0.0 if line.number <= _EARLY_LINES else _LATE) if first else 0.0
    return (
        place
        + _SAME_ACT * (line.number in acts)
        + _ANY_ACT * bool(line.marks.acts)
        + _SAME_OBJECT * (best.object in objects_of(line.marks))
        + _LIKE_TITLE * _likeness(line, page.title)
        + _NOW * bool(_STATES.search(line.text))
        + _PAST * line.marks.has("past")
    )


def _likeness(line: Line, title: Line) -> float:
    """Return the share of the headline's words that a sentence repeats, by their stems."""
    wanted = _stems(title.text)
    return len(wanted & _stems(line.text)) / max(3, len(wanted))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"\w{4,}", text.lower())}


def _act_in(line: Line) -> int:
    return line.marks.acts[0].start if line.marks.acts else 0


def _quote(line: Line, act: int) -> Evidence:
    """Return a sentence as proof; a long one is cut to the clauses around its act."""
    if len(line.text) <= _QUOTE_CHARS:
        return span("action", line.sentence, 0, len(line.text))
    start = max(0, min(act - _QUOTE_CHARS // 2, len(line.text) - _QUOTE_CHARS))
    if start:
        breaks = [match.end() for match in _CLAUSE.finditer(line.text, start, max(start, act))]
        start = breaks[0] if breaks else line.text.find(" ", start, max(start, act)) + 1 or start
    end = min(len(line.text), start + _QUOTE_CHARS)
    if end < len(line.text):
        end = max(line.text.rfind(" ", start, end), act + 1)
    return span("action", line.sentence, start, end)
