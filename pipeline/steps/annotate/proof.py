"""The sentences that prove a rule: the one that speaks for it, then those that state it best, each cut to a quotable length."""

import re

from pipeline.records import Evidence, Status
from pipeline.rules.policy_rules import slot_cues
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.choose import Told
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
# A rule taken back, stopped or put off is proven by the sentence that says so.
_SAME_TURN = 1.2
_TURNS = ("reversed", "suspended", "delayed", "amended", "testing")
_STATES = re.compile(
    r"\b(?:now|will|must|can|no longer|starting|beginning|has|have|kini|akan|bakal|tidak lagi|tak lagi|mulai|wajib|harus|dilarang|boleh|telah|resmi)\b",
    re.IGNORECASE,
)


def action_quotes(page: Page, best: Candidate, scored: list[Scored], status: Status, told: Told) -> list[Evidence]:
    """Return up to three quotes for the act, that of `best` first; a further rule has its proof far from the lead."""
    acts = {item.candidate.line.number for item in scored if _tells(item.candidate, best, told)}
    others = [line for line in page.lines[1:_READ] if line.text not in (best.line.text, page.title.text)]
    if not told.first:
        others = [line for line in others if line.number in acts or _names(line, best)]
    ranked = sorted(others, key=lambda line: _rank(line, page, best, acts, status), reverse=True)
    chosen = [line for line in ranked if len(line.text.split()) >= _SHORT_WORDS][: _QUOTES - 1]
    return [_quote(best.line, best.act.start), *(_quote(line, _act_in(line)) for line in chosen)]


def _tells(one: Candidate, best: Candidate, told: Told) -> bool:
    return one.actor.company == best.actor.company and one.action in (best.action, told.instead)


def _names(line: Line, best: Candidate) -> bool:
    """Tell whether a sentence names the second platform of a headline's rule."""
    return best.line.number == 0 and any(actor.company == best.actor.company for actor in line.actors)


def _rank(line: Line, page: Page, best: Candidate, acts: set[int], status: Status) -> float:
    return (
        _PLACE.get(line.number, 0.0 if line.number <= _EARLY_LINES else _LATE)
        + _SAME_ACT * (line.number in acts)
        + _ANY_ACT * bool(line.marks.acts)
        + _SAME_OBJECT * (best.object in objects_of(line.marks))
        + _SAME_TURN * (status in _TURNS and bool(slot_cues("status")[status].search(line.text)))
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
