"""An article to what it tells of platform AI policies: entries with the quotes that say them, or the kind of "no" it is."""

from pipeline.records import Annotation
from pipeline.steps.annotate.entries import ANNOTATOR_VERSION, entries_of
from pipeline.steps.annotate.negatives import negative_of
from pipeline.steps.annotate.page import Page, read_page
from pipeline.steps.annotate.score import Scored, score
from pipeline.steps.annotate.when import day_of

__all__ = ["ANNOTATOR_VERSION", "annotate", "conclude", "is_indonesian", "is_read"]

_LANGUAGES = {"id", "en", "ms", None}
_INDONESIAN = {"id", "ms"}


def annotate(headline: str, article_body: str, date_published: str | None, in_language: str | None) -> Annotation:
    """Read an article's policy changes; every one carries a quote for its action.

    `date_published` is ISO 8601; dates without a year are resolved against it. A language without rules is not read.
    """
    if not is_read(in_language):
        return Annotation(read=False)
    page = read_page(headline, article_body)
    return conclude(page, score(page, indonesian=is_indonesian(in_language)), date_published)


def conclude(page: Page, scored: list[Scored], date_published: str | None) -> Annotation:
    """Return what an article's weighed sentences come to: its changes, or the kind of "no" that it is."""
    changes = entries_of(page, scored, day_of(date_published))
    if changes:
        return Annotation(policy_changes=tuple(changes))
    kind, reason = negative_of(page, scored)
    return Annotation(negative_kind=kind, reason=reason)


def is_read(in_language: str | None) -> bool:
    """Return whether there are rules for a language."""
    return in_language in _LANGUAGES


def is_indonesian(in_language: str | None) -> bool:
    """Return whether a language is read by the rules for Indonesian."""
    return in_language in _INDONESIAN
