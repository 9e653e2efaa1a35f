"""Which kind of "no" an article is, and the sentence that says so."""

from pipeline.records import NegativeKind
from pipeline.rules.policy_rules import NegativeKindCue, negative_kinds
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.score import Scored

_LINE = 1.2


def negative_of(page: Page, scored: list[Scored]) -> tuple[NegativeKind, str | None]:
    """Return the kind with most marks in headline and lead, and its first sentence; without marks, mention or plain."""
    points = {kind: _points(page, cue) for kind, cue in negative_kinds().items()}
    kind = max(points, key=lambda name: points[name])
    if points[kind] < _LINE:
        kind = _quiet_kind(page, scored)
    return kind, _reason(page, kind)


def _points(page: Page, cue: NegativeKindCue) -> float:
    total = sum(weight for name, weight in cue.title.items() if page.title.marks.has(name))
    return total + sum(
        weight for name, weight in cue.lead.items() if any(line.marks.has(name) for line in page.lead[:2])
    )


def _quiet_kind(page: Page, scored: list[Scored]) -> NegativeKind:
    acts = any(line.marks.acts and line.marks.has("rule") for line in (page.title, *page.lead))
    ai = any(line.marks.has("ai") for line in (page.title, *page.lead))
    actor = bool(page.title.actors or page.lead_actors)
    if acts and actor and not ai:
        return "nonai_policy"
    return "background_mention" if scored else "plain"


def _reason(page: Page, kind: NegativeKind) -> str | None:
    cue = negative_kinds().get(kind)
    lines: tuple[Line, ...] = (page.title, *page.lead)
    if cue:
        lines = tuple(line for line in lines if any(line.marks.has(name) for name in cue.title)) or lines
    return lines[0].text[:300] or None
