"""Which act an article tells: every cue of headline and first sentences speaks for some acts and against others, with weights that are data."""

import math
import tomllib
from functools import cache
from pathlib import Path

from pipeline.records import Action
from pipeline.rules.policy_rules import action_cues
from pipeline.steps.annotate.marks import strength
from pipeline.steps.annotate.page import Line, Page

_MARKS = ("users", "document", "stops", "voluntary", "past", "change", "third", "backlash")
_LEAD = 3


def act_features(page: Page) -> set[str]:
    """Return what headline and first sentences hold, each with its place: acts by plainness, objects, marks."""
    lead = [feature for line in page.lines[1:_LEAD] for feature in _of(line)]
    return {"bias", *(f"title_{name}" for name in _of(page.title)), *(f"lead_{name}" for name in lead)}


def _of(line: Line) -> list[str]:
    acts = [(action_cues()[int(span.name)].action, strength(span)) for span in line.marks.acts]
    first = {
        action: span.start for span in reversed(line.marks.acts) for action in (action_cues()[int(span.name)].action,)
    }
    return [
        *(["ban_of_use"] if first.get("ban", math.inf) < first.get("data_use", -1) else ()),
        *(f"{action}{'' if plain > 1 else '_hint'}" for action, plain in acts),
        *(f"about_{span.name}" for span in line.marks.objects),
        *(f"says_{name}" for name in _MARKS if line.marks.has(name)),
    ]


def act_points(page: Page) -> dict[Action, float]:
    """Return how much speaks for each act (log-odds up to a constant)."""
    found = act_features(page)
    return {action: sum(table.get(name, 0.0) for name in found) for action, table in _tables().items()}


@cache
def _tables() -> dict[Action, dict[str, float]]:
    path = Path(__file__).parents[2] / "rules" / "cues" / "acts.toml"
    return tomllib.loads(path.read_text("utf-8"))  # type: ignore[return-value] # a test checks the file's keys
