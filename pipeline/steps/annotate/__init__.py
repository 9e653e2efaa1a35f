"""An article to what it tells of platform AI policies: entries with the quotes that say them, or the kind of "no" it is."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from pipeline.records import Annotation, Evidence, NegativeKind, PolicyChange, Status
from pipeline.rules.policy_rules import negative_cues
from pipeline.steps.annotate.actors import Actor, find
from pipeline.steps.annotate.candidates import Candidate, candidate_in
from pipeline.steps.annotate.sentences import Sentence, split
from pipeline.steps.annotate.slots import attribution_of, exempt_in, instrument_of, jurisdiction_of, status_of
from pipeline.steps.annotate.when import effective_in

__all__ = ["ANNOTATOR_VERSION", "annotate"]

ANNOTATOR_VERSION = "1"
_LANGUAGES = {"id", "en", "ms", None}
_READ_SENTENCES = 25
_ACTION_QUOTES = 2
_LEAD_SENTENCES = 9
# A headline is written to say it: it speaks for the entry though a sentence of the body has a few more points.
_HEADLINE_SLACK = 2.0


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weighted features of a sentence and of an article, and the two lines on their sum."""

    sure: float
    possible: float
    features: dict[str, float]
    against: dict[str, float]


def annotate(headline: str, article_body: str, date_published: str | None, in_language: str | None) -> Annotation:
    """Read an article's policy changes; every one carries a quote for its action.

    `date_published` is ISO 8601; dates without a year are resolved against it. A language without rules is not read.
    """
    if in_language not in _LANGUAGES:
        return Annotation(read=False)
    sentences = split(headline, article_body)
    title = sentences[0]
    actors = [actor for actor in find(title.text) if not actor.is_bystander]
    against = _against(sentences)
    scored = _scored(sentences, actors, against)
    changes = _entries(scored, sentences, _day(date_published))
    if changes:
        return Annotation(policy_changes=tuple(changes))
    kind = max(against, key=lambda name: weights().against.get(name, 0.0), default=None)
    return Annotation(
        negative_kind=kind or ("background_mention" if scored else "plain"), reason=title.text[:300] or None
    )


@cache
def weights() -> Weights:
    """Return the weights of the data file."""
    path = Path(__file__).parents[2] / "rules" / "cues" / "weights.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Weights)


def _against(sentences: list[Sentence]) -> list[NegativeKind]:
    title = sentences[0].text
    lead = " ".join(sentence.text for sentence in sentences[:3])
    return [cue.kind for cue, pattern in negative_cues() if pattern.search(title if cue.where == "title" else lead)]


def _scored(
    sentences: list[Sentence], title_actors: list[Actor], against: list[NegativeKind]
) -> list[tuple[float, Candidate]]:
    table = weights()
    title_actor = title_actors[0] if title_actors else None
    title = sentences[0].text
    in_title = candidate_in(sentences[0], None, title)
    minus = sum(sorted((table.against.get(kind, 0.0) for kind in against), reverse=True)[:2])
    found = []
    for sentence in sentences[:_READ_SENTENCES]:
        candidate = candidate_in(sentence, title_actor, title)
        if candidate is None:
            continue
        score = sum(table.features[name] * value for name, value in candidate.features.items())
        if sentence.number:
            score += table.features["title_shares_actor"] * any(
                a.company == candidate.actor.company for a in title_actors
            )
            score += table.features["title_shares_act"] * (in_title is not None and in_title.action == candidate.action)
        found.append((score - minus, candidate))
    return sorted(found, key=lambda item: (-item[0], item[1].sentence.number))


def _entries(
    scored: list[tuple[float, Candidate]], sentences: list[Sentence], published: date | None
) -> list[PolicyChange]:
    table = weights()
    if not scored or scored[0][0] < table.possible:
        return []
    score, best = scored[0]
    told = [
        c
        for points, c in scored
        if c.sentence.number == 0 and points >= score - _HEADLINE_SLACK and c.actor.company == best.actor.company
    ]
    return [_entry(told[0] if told else best, score, scored, sentences, published)]


def _entry(
    best: Candidate,
    score: float,
    scored: list[tuple[float, Candidate]],
    sentences: list[Sentence],
    published: date | None,
) -> PolicyChange:
    same = [c.sentence for _, c in scored if c.action == best.action and c.actor.company == best.actor.company]
    evidence = [_whole("action", sentence) for sentence in list(dict.fromkeys([best.sentence, *same]))[:_ACTION_QUOTES]]
    actor, at = best.actor, best.sentence
    if at.text[actor.start : actor.end] and any(
        a.start == actor.start and a.company == actor.company for a in find(at.text)
    ):
        evidence.append(_span("product" if actor.product else "company", at, actor.start, actor.end))
    status, mark = status_of(best.sentence, sentences, score_act=best.action)
    if mark is not None:
        evidence.append(mark)
    effective = None
    about = [c.sentence for _, c in scored if c.actor.company == actor.company]
    for sentence in dict.fromkeys([at, *about, *sentences[:_LEAD_SENTENCES]]):
        found = effective_in(sentence.text, published)
        if found:
            effective = found.when
            evidence.append(_span("effective", sentence, found.start, found.end))
            break
    status = _dated(status, effective.value if effective else None, published)
    exempt, marks = exempt_in(sentences)
    evidence += marks
    instrument, mark = instrument_of([at, *about, *sentences[:6]])
    evidence += [mark] if mark else []
    jurisdiction, mark = jurisdiction_of([at])
    evidence += [mark] if mark else []
    attribution, mark = attribution_of(sentences)
    evidence += [mark] if mark else []
    table = weights()
    return PolicyChange(
        company=actor.company,
        product=actor.product,
        action=best.action,
        object=best.object,
        direction=best.direction,
        exempt=exempt,
        status=status,
        effective=effective,
        jurisdiction=jurisdiction,
        instrument=instrument,
        attribution=attribution,
        confidence=round(min(0.99, max(0.05, 0.5 + (score - table.sure) / 6)), 3),
        doubtful=score < table.sure,
        annotator_version=ANNOTATOR_VERSION,
        evidence=tuple(evidence),
    )


def _dated(status: Status, effective: str | None, published: date | None) -> Status:
    if effective and published and status == "in_effect" and effective > published.isoformat():
        return "announced"
    return status


def _whole(slot: str, sentence: Sentence) -> Evidence:
    return _span(slot, sentence, 0, len(sentence.text))


def _span(slot: str, sentence: Sentence, start: int, end: int) -> Evidence:
    return Evidence(
        slot=slot,
        field=sentence.field,
        start=sentence.start + start,
        end=sentence.start + end,
        quote=sentence.text[start:end],
    )


def _day(text: str | None) -> date | None:
    match = re.match(r"\d{4}-\d{2}-\d{2}", text or "")
    try:
        return date.fromisoformat(match.group(0)) if match else None
    except ValueError:
        return None
