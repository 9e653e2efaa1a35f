"""Why an article tells of a policy change, or of none: its sentences, what each names, and what speaks for and against it."""

import msgspec

from pipeline.records import Annotation
from pipeline.steps.annotate import conclude, is_indonesian, is_read
from pipeline.steps.annotate.features import features_of, features_of_page
from pipeline.steps.annotate.page import Page, read_page
from pipeline.steps.annotate.score import Scored, score, weights


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of a sentence: who does what about which matter, with what words, its points, and each feature's share of them.

    `shares` are (feature, points) pairs, the largest first by amount.
    """

    company: str
    action: str
    object: str
    words: str
    points: float
    shares: tuple[tuple[str, float], ...]


class Weighted(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that names a platform or an act: its number (0 is the headline), its platforms, its acts, and its readings."""

    number: int
    text: str
    platforms: tuple[str, ...]
    acts: tuple[str, ...]
    readings: tuple[Weighed, ...]


class PolicyExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of an article, the lines above which a sentence is possible and sure, and the sentences with a say."""

    annotation: Annotation
    possible: float
    sure: float
    sentences: tuple[Weighted, ...]


def explain_policy(
    headline: str, article_body: str, date_published: str | None, in_language: str | None
) -> PolicyExplanation:
    """Read an article as `annotate` does and tell what was weighed; a language without rules has no sentences."""
    found = Annotation(read=False)
    sentences: tuple[Weighted, ...] = ()
    if is_read(in_language):
        page, indonesian = read_page(headline, article_body), is_indonesian(in_language)
        scored = score(page, indonesian=indonesian)
        found = conclude(page, scored, date_published)
        sentences = _weighted(page, _readings(page, scored, indonesian=indonesian))
    return PolicyExplanation(annotation=found, possible=weights().possible, sure=weights().sure, sentences=sentences)


def _weighted(page: Page, readings: dict[int, list[Weighed]]) -> tuple[Weighted, ...]:
    return tuple(
        Weighted(
            number=line.number,
            text=line.text,
            platforms=tuple(dict.fromkeys(line.text[actor.start : actor.end] for actor in line.actors)),
            acts=tuple(dict.fromkeys(line.text[act.start : act.end] for act in line.marks.acts)),
            readings=tuple(readings.get(line.number, ())),
        )
        for line in page.lines
        if line.actors or line.marks.acts
    )


def _readings(page: Page, scored: list[Scored], *, indonesian: bool) -> dict[int, list[Weighed]]:
    shared, table = features_of_page(page, indonesian=indonesian), weights()
    found: dict[int, list[Weighed]] = {}
    for item in scored:
        told = item.candidate
        shares = table.of(features_of(page, told, shared))
        weighed = Weighed(
            company=told.actor.company,
            action=told.action,
            object=told.object,
            words=told.line.text[told.act.start : told.act.end],
            points=item.points,
            shares=tuple(sorted((share for share in shares if share[1]), key=lambda share: -abs(share[1]))),
        )
        found.setdefault(told.line.number, []).append(weighed)
    return found
