"""From scored sentences to entries: which rules are told, and what each slot reads."""

import math
import re
from datetime import date

import msgspec

from pipeline.records import Evidence, PolicyChange
from pipeline.rules.policy_rules import company_told
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.choose import Told, as_meant, rules_told
from pipeline.steps.annotate.direction import action2_of, direction_of
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.proof import action_quotes
from pipeline.steps.annotate.score import Scored, weights
from pipeline.steps.annotate.slots import (
    affected_in,
    attribution_of,
    exempt_in,
    instrument_of,
    jurisdiction_of,
    product_of,
    span,
    surface_of,
)
from pipeline.steps.annotate.status import dated, status_of
from pipeline.steps.annotate.when import Found, ahead_in, announced_in, effective_in

ANNOTATOR_VERSION = "4"
_LEAD_LINES = 8
_NEAR_LINES = 14
_SURFACE_LINES = 6
_OWN_LINES, _LEAD_END = 3, 5
# A start that has no day, only a release, would be kept as that of the day of publication.
_AWAITED = ("announced", "reported", "delayed")
_LOOSE = ("month", "quarter", "year", "release")
_FOR_GROK = re.compile(r"\b(?:for|train\w*|feed\w*|latih|melatih|untuk) (?:its |the |chatbot )?Grok\b")


def entries_of(page: Page, scored: list[Scored], published: date | None) -> list[PolicyChange]:
    """Return the entries that an article tells, the surest first; none where its best sentence is below the line."""
    meant = as_meant(scored)
    return [_entry(page, told, meant, published) for told in rules_told(page, meant)]


def _entry(page: Page, told: Told, scored: list[Scored], published: date | None) -> PolicyChange:
    best = _with_owner_of_act(page, told.candidate)
    about = _lines_about(best, scored)
    near = [best.line, *about[:4]] if told.first else [best.line]
    product, product_marks = product_of(page, best)
    surface, surface_mark = surface_of(
        best, product, [best.line, page.title, *page.lines[1:_SURFACE_LINES]] if told.first else near
    )
    effective = _effective(page, about, published) if told.first else _in_line(best.line, published)
    said, status_mark = status_of(page, best, about[1:], first=told.first)
    status = dated(said, effective[1] if effective else None, published)
    if effective and effective[1].when.value is None and status in _AWAITED:
        effective = None
    direction = direction_of(best, status)
    instrument, instrument_mark = instrument_of(best, [*near, *(page.lines[:8] if told.first else ())])
    jurisdiction, place_mark = jurisdiction_of(near if told.first else [best.line], page.title)
    attribution, attribution_mark = attribution_of(page, best, status)
    affected, exempt = affected_in(best, [best.line, page.title, *near, *page.lead]), exempt_in(best, page)
    announced = _announced(page, published)
    marks = [surface_mark, status_mark, instrument_mark, place_mark, attribution_mark]
    return PolicyChange(
        company=company_told(best.actor.company, product, published),
        product=product,
        surface=surface,
        action=best.action,
        action2=action2_of(told, best, status, direction),
        object=best.object,
        direction=direction,
        affected=tuple(read.value for read in affected),
        exempt=tuple(read.value for read in exempt),
        status=status,
        announced=announced[1].when if announced else None,
        effective=effective[1].when if effective else None,
        jurisdiction=jurisdiction,
        instrument=instrument,
        attribution=attribution,
        confidence=round(1 / (1 + math.exp(-told.points)), 3),
        doubtful=told.points < weights().sure,
        annotator_version=ANNOTATOR_VERSION,
        evidence=(
            *action_quotes(page, best, scored, status, told),
            *product_marks,
            *_date_marks("effective", effective),
            *_date_marks("announced", announced),
            *(mark for mark in (*marks, *(read.mark for read in (*affected, *exempt))) if mark is not None),
        ),
    )


def _with_owner_of_act(page: Page, best: Candidate) -> Candidate:
    """X and its assistant are told of together: data is X's, what the assistant makes is the assistant's."""
    wanted = {"X Corp": "xAI", "xAI": "X Corp"}.get(best.actor.company)
    is_data = best.action == "data_use" or bool(_FOR_GROK.search(best.line.text))
    if wanted is None or is_data == (best.actor.company == "X Corp"):
        return best
    named = [a for line in (best.line, page.title) for a in line.actors if a.company == wanted]
    return msgspec.structs.replace(best, actor=named[0]) if named else best


def _lines_about(best: Candidate, scored: list[Scored]) -> list[Line]:
    """Return the sentences on a rule: its own, those with the same act, those of the same platform."""
    company = best.actor.company
    same = [item.candidate for item in scored if item.candidate.actor.company == company]
    lines = [best.line, *(one.line for one in same if one.action == best.action), *(one.line for one in same)]
    return list({line.number: line for line in lines}.values())


def _effective(page: Page, about: list[Line], published: date | None) -> tuple[Line, Found] | None:
    """Return the day from which the rule holds: said beside it, else where the text says that something takes effect."""
    nearby = [*about[:_LEAD_LINES], *page.lines[:_NEAR_LINES]]
    beside = next((said for line in about[:_LEAD_LINES] if (said := _in_line(line, published))), None)
    if beside and beside[1].when.precision not in _LOOSE:
        return beside
    if beside:
        return _its_day(beside, [said for line in nearby if (said := _in_line(line, published))])
    plain = ((line, found) for line in nearby if (found := effective_in(line.text, published, strict=True)))
    return next(plain, None) or _ahead([*about[:_OWN_LINES], *page.lines[1:_LEAD_END]], published)


def _its_day(beside: tuple[Line, Found], others: list[tuple[Line, Found]]) -> tuple[Line, Found]:
    """Return the day that other sentences give for "in March" beside the rule: "takes effect on March 1"."""
    month = beside[1].when.value or "none"
    days = (said for said in others if said[1].when.precision == "day" and (said[1].when.value or "").startswith(month))
    return next(days, beside)


def _ahead(lines: list[Line], published: date | None) -> tuple[Line, Found] | None:
    for line in lines:
        if found := ahead_in(line.text, published):
            return line, found
    return None


def _in_line(line: Line, published: date | None) -> tuple[Line, Found] | None:
    found = effective_in(line.text, published)
    return (line, found) if found else None


def _announced(page: Page, published: date | None) -> tuple[Line, Found] | None:
    for line in page.lead:
        if found := announced_in(line.text, published):
            return line, found
    return None


def _date_marks(slot: str, found: tuple[Line, Found] | None) -> list[Evidence]:
    return [span(slot, found[0].sentence, found[1].start, found[1].end)] if found else []
