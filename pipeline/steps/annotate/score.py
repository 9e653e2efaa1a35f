"""How much speaks for each sentence being news of a rule."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from pipeline.steps.annotate.candidates import Candidate, candidates_in
from pipeline.steps.annotate.features import features_of, features_of_page
from pipeline.steps.annotate.page import Line, Page

# What a headline denies, what another party only asks for, what an employer tells its staff, and the past under a headline on something else
# are no change, however plainly they name the rule.
_VETO = 3.0
_ASKING = ("third", "users", "government")


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weighted features, and the two lines on their sum: below `possible` no entry, below `sure` a doubtful one."""

    sure: float
    possible: float
    features: dict[str, float]
    words: dict[str, float]

    def of(self, features: dict[str, float]) -> list[tuple[str, float]]:
        """Return each feature's share of the points."""
        return [(name, self._weight(name) * value) for name, value in features.items()]

    def _weight(self, name: str) -> float:
        return self.words.get(name[5:], 0.0) if name.startswith("word_") else self.features.get(name, 0.0)


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
    table = weights()
    title = page.title
    minus = _VETO * (_is_denied(title) + _is_demanded(title) + title.marks.has("own_staff"))
    scored = [
        Scored(
            -minus
            - _VETO * _is_told_in_passing(title, found.line)
            + sum(points for _, points in table.of(features_of(page, found, shared))),
            found,
        )
        for found in candidates_in(page)
    ]
    return sorted(scored, key=lambda item: (-item.points, item.candidate.line.number))


def _is_denied(title: Line) -> bool:
    return title.marks.has("denial") and bool(title.actors)


def _is_told_in_passing(title: Line, line: Line) -> bool:
    """Tell whether a sentence tells of the past under a headline that names neither a platform nor AI."""
    return line.number > 0 and line.marks.has("past") and not title.actors and not title.marks.has("ai")


def _is_demanded(title: Line) -> bool:
    """Tell whether a headline begins with another party, and what it asks for stands before the platform's name."""
    asks = title.marks.first("demand")
    asking = [at for name in _ASKING if (at := title.marks.first(name)) is not None]
    platform = title.actors[0].start if title.actors else len(title.text)
    return asks is not None and bool(asking) and min(asking) < asks < platform
