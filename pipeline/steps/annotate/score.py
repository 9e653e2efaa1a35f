"""How much speaks for each sentence being news of a rule."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from pipeline.steps.annotate.candidates import Candidate, candidates_in
from pipeline.steps.annotate.features import features_of, features_of_page
from pipeline.steps.annotate.page import Page


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weighted features, and the two lines on their sum: below `possible` no entry, below `sure` a doubtful one."""

    sure: float
    possible: float
    features: dict[str, float]


class Scored(msgspec.Struct, frozen=True):
    """A candidate with its points (the log-odds of being news of a rule)."""

    points: float
    candidate: Candidate


@cache
def weights() -> Weights:
    """Return the weights of the data file."""
    path = Path(__file__).parents[2] / "rules" / "cues" / "weights.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Weights)


def score(page: Page, *, indonesian: bool) -> list[Scored]:
    """Return the page's candidates, the best first."""
    shared = features_of_page(page, indonesian=indonesian)
    table = weights().features
    scored = [
        Scored(sum(table.get(name, 0.0) * value for name, value in features_of(page, found, shared).items()), found)
        for found in candidates_in(page)
    ]
    return sorted(scored, key=lambda item: (-item.points, item.candidate.line.number))
