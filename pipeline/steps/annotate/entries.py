"""From scored sentences to entries: which rules are told, and what each slot reads."""

import math
from datetime import date

import msgspec

from pipeline.records import Action, Direction, Evidence, PolicyChange, PolicyDate, PolicyObject, Status
from pipeline.steps.annotate.actors import Actor
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.score import Scored, weights
from pipeline.steps.annotate.slots import (
    affected_in,
    attribution_of,
    exempt_in,
    instrument_of,
    jurisdiction_of,
    span,
    status_of,
)
from pipeline.steps.annotate.when import Found, announced_in, effective_in

ANNOTATOR_VERSION = "2"
_ACTION_QUOTES = 3
_QUOTE_CHARS = 380
_LEAD_LINES = 8
_NEAR_LINES = 14
# A headline is written to say it: it speaks for the entry though a sentence of the body has a few more points.
_HEADLINE_SLACK = 2.5
_SECOND_SLACK = 3.0
_SECOND_LINES = 6
_SECOND_ACTS = {"data_use", "require", "ban", "block_access", "monetise", "opt_control"}
_VOTE_SLACK = 3.0
# Which act is meant where sentences name several: the particular before the general.
_PARTICULAR: dict[Action, float] = {
    "data_use": 0.6, "age_gate": 0.5, "monetise": 0.5, "remove_feature": 0.0, "block_access": 0.4, "ban": 0.3,
    "opt_control": -0.2, "require": 0.2, "restrict": 0.0, "allow": -0.3, "license": -0.5, "enforce": -1.0, "clarify": -2.5,
}  # fmt: skip


def entries_of(page: Page, scored: list[Scored], published: date | None) -> list[PolicyChange]:
    """Return the entries that an article tells, the surest first; none where its best sentence is below the line."""
    if not scored or scored[0].points < weights().possible:
        return []
    return [_entry(page, chosen, scored, published) for chosen in _chosen(scored)]


def _chosen(scored: list[Scored]) -> list[Scored]:
    best = scored[0]
    same = [item for item in scored if item.candidate.actor.company == best.candidate.actor.company]
    first = _spoken_for(best, same)
    others = [item for item in scored if item.points >= best.points - _SECOND_SLACK and _is_other(item, first)]
    return [first, *others[:1]]


def _spoken_for(best: Scored, same: list[Scored]) -> Scored:
    """Return the sentence and act that stand for the first entry: acts are voted for, the headline has the first word."""
    act = _act(best, same)
    told = [item for item in same if item.candidate.action == act and item.points >= best.points - _VOTE_SLACK]
    headline = [
        item for item in told if item.candidate.line.number == 0 and item.points >= best.points - _HEADLINE_SLACK
    ]
    chosen = (headline or told or [best])[0]
    return Scored(best.points, chosen.candidate)


def _act(best: Scored, same: list[Scored]) -> Action:
    votes: dict[Action, float] = {}
    for item in same:
        if item.points >= best.points - _VOTE_SLACK:
            action = item.candidate.action
            weight = math.exp(item.points - best.points + _PARTICULAR[action]) * (1 + (item.candidate.line.number == 0))
            votes[action] = votes.get(action, 0.0) + weight
    return max(votes, key=lambda action: votes[action])


def _is_other(item: Scored, first: Scored) -> bool:
    """Tell whether a sentence of the lead tells another rule of the same company: another act on something else."""
    one, two = item.candidate, first.candidate
    return (
        one.action in _SECOND_ACTS
        and one.actor.company == two.actor.company
        and one.actor_here
        and one.object_here
        and 0 < one.line.number <= _SECOND_LINES
        and one.line is not two.line
        and one.object not in (two.object, "platform_ai_feature")
        and one.action != two.action
        and item.points >= weights().possible
    )


def _entry(page: Page, chosen: Scored, scored: list[Scored], published: date | None) -> PolicyChange:
    best = _with_owner_of_act(page, chosen.candidate)
    company = best.actor.company
    about = _lines_about(best, scored)
    product, where = _product(page, best)
    status, status_mark = status_of(page, best)
    effective = _date(page, about, published)
    status = _dated(status, effective, published)
    about_short = [best.line, *about[:4]]
    instrument, instrument_mark = instrument_of([*about_short, *page.lines[:8]])
    jurisdiction, place_mark = jurisdiction_of([best.line, page.title])
    attribution, attribution_mark = attribution_of(page)
    affected, exempt = affected_in(best.line), exempt_in(page)
    marks = [status_mark, instrument_mark, place_mark, attribution_mark, *(read.mark for read in (*affected, *exempt))]
    announced = _announced(page, published)
    return PolicyChange(
        company=company,
        product=product,
        action=best.action,
        object=_object(best, scored),
        direction=_direction(best, status),
        affected=tuple(read.value for read in affected),
        exempt=tuple(read.value for read in exempt),
        status=status,
        announced=announced[1].when if announced else None,
        effective=effective[1].when if effective else None,
        jurisdiction=jurisdiction,
        instrument=instrument,
        attribution=attribution,
        confidence=round(1 / (1 + math.exp(-chosen.points)), 3),
        doubtful=chosen.points < weights().sure,
        annotator_version=ANNOTATOR_VERSION,
        evidence=(
            *_action_quotes(page, best, scored),
            *where,
            *_date_marks("effective", effective),
            *_date_marks("announced", announced),
            *(mark for mark in marks if mark is not None),
        ),
    )


def _with_owner_of_act(page: Page, best: Candidate) -> Candidate:
    """X and its assistant are told of together: data is X's, what the assistant makes is the assistant's."""
    wanted = {"X Corp": "xAI", "xAI": "X Corp"}.get(best.actor.company)
    is_data = best.action == "data_use"
    if wanted is None or is_data == (best.actor.company == "X Corp"):
        return best
    named = [a for line in (best.line, page.title) for a in line.actors if a.company == wanted and not a.is_bystander]
    return msgspec.structs.replace(best, actor=named[0]) if named else best


def _lines_about(best: Candidate, scored: list[Scored]) -> list[Line]:
    company = best.actor.company
    same_act = [
        i.candidate.line for i in scored if i.candidate.action == best.action and i.candidate.actor.company == company
    ]
    rest = [i.candidate.line for i in scored if i.candidate.actor.company == company]
    unique = {line.number: line for line in [best.line, *same_act, *rest]}
    return list(unique.values())


def _action_quotes(page: Page, best: Candidate, scored: list[Scored]) -> list[Evidence]:
    """Return the sentence that speaks for the entry and the two next best of the body, the same act before others."""

    def rank(item: Scored) -> float:
        other = item.candidate
        return (
            item.points + 1.2 * (other.action == best.action) + 0.6 * other.actor_here + 1.2 * (other.line.number <= 3)
        )

    company = best.actor.company
    others = [i for i in scored if i.candidate.actor.company == company and i.candidate.line.text != page.title.text]
    lines = [best.line, *(i.candidate.line for i in sorted(others, key=rank, reverse=True))]
    chosen = list({line.text: line for line in reversed(lines)}.values())[::-1][:_ACTION_QUOTES]
    return [_quote(line, best.act.start if line is best.line else 0) for line in chosen]


def _quote(line: Line, act: int) -> Evidence:
    """Return a sentence as proof, cut around its act where it is long."""
    start = max(0, min(act - _QUOTE_CHARS // 2, len(line.text) - _QUOTE_CHARS)) if len(line.text) > _QUOTE_CHARS else 0
    return span("action", line.sentence, start, min(len(line.text), start + _QUOTE_CHARS))


def _product(page: Page, best: Candidate) -> tuple[str | None, list[Evidence]]:
    """Return the product, named in the sentence, else in headline or lead, else what the company's name stands for."""
    company = best.actor.company
    here = [actor for actor in best.line.actors if actor.company == company]
    for line, actors in ((best.line, [best.actor, *here]), *((line, line.actors) for line in (page.title, *page.lead))):
        for actor in actors:
            if actor.company == company and actor.product and actor in line.actors and not actor.is_bystander:
                return actor.product, [_name(line, actor, "product")]
    if best.actor in best.line.actors:
        return best.actor.flagship, [_name(best.line, best.actor, "company")]
    return best.actor.product or best.actor.flagship, []


def _name(line: Line, actor: Actor, slot: str) -> Evidence:
    return span(slot, line.sentence, actor.start, actor.end)


def _object(best: Candidate, scored: list[Scored]) -> PolicyObject:
    if best.object != "platform_ai_feature" or best.action in ("remove_feature", "opt_control"):
        return best.object
    same = [i.candidate for i in scored if i.candidate.action == best.action and i.candidate.object != best.object]
    return same[0].object if same else best.object


def _direction(best: Candidate, status: Status) -> Direction:
    stopped = any(stop.start < best.act.start for stop in best.line.marks.words.get("stops", ()))
    if best.object in ("training_on_user_data", "ads_personalisation") and best.action in (
        "data_use",
        "clarify",
        "opt_control",
    ):
        halted = status == "reversed" or (stopped and status != "suspended")
        return "tighten_for_platform" if halted or best.action != "data_use" else "loosen_for_platform"
    if status == "reversed" and best.action in ("ban", "restrict", "require", "block_access"):
        return "loosen"
    if best.action == "require" and best.line.marks.has("voluntary"):
        return "neutral"
    return best.direction


def _date(page: Page, about: list[Line], published: date | None) -> tuple[Line, Found] | None:
    """Return the day from which the rule holds: said beside it, else where the text says that something takes effect."""
    for line in about[:_LEAD_LINES]:
        if found := effective_in(line.text, published):
            return line, found
    for line in page.lines[:_NEAR_LINES]:
        if found := effective_in(line.text, published, strict=True):
            return line, found
    return None


def _announced(page: Page, published: date | None) -> tuple[Line, Found] | None:
    for line in page.lead:
        if found := announced_in(line.text, published):
            return line, found
    return None


def _date_marks(slot: str, found: tuple[Line, Found] | None) -> list[Evidence]:
    return [span(slot, found[0].sentence, found[1].start, found[1].end)] if found else []


def _dated(status: Status, effective: tuple[Line, Found] | None, published: date | None) -> Status:
    if effective is None or published is None or status not in ("in_effect", "announced"):
        return status
    when: PolicyDate = effective[1].when
    value = when.value or ""
    today = published.isoformat()[: len(value)]
    if value > today:
        return "announced"
    return "in_effect" if value < today and when.precision == "day" else status
