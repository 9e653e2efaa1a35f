"""The cue words of a sentence: acts on rules, objects, and what tells kinds of news apart."""

import re

import msgspec

from pipeline.records import PolicyObject
from pipeline.rules.policy_rules import Cue, action_cues, cues_that_begin_with, object_order

_WORD = re.compile(r"\w+")


class Span(msgspec.Struct, frozen=True):
    """A cue found: its number (acts) or name, and its place in the sentence."""

    name: str
    start: int
    end: int


class Marks(msgspec.Struct, frozen=True):
    """All cues of a sentence by class."""

    acts: tuple[Span, ...]
    objects: tuple[Span, ...]
    words: dict[str, tuple[Span, ...]]

    def has(self, name: str) -> bool:
        """Tell whether a mark stands in the sentence."""
        return name in self.words

    def first(self, name: str) -> int | None:
        """Return where a mark stands first."""
        return self.words[name][0].start if name in self.words else None


def read_marks(text: str) -> Marks:
    """Return the cues of a sentence; the longest act at a place counts."""
    acts: list[Span] = []
    objects: list[Span] = []
    words: dict[str, list[Span]] = {}
    for word in _WORD.finditer(text):
        for cue in cues_that_begin_with(word.group(0).lower()):
            _place(cue, text, word.start(), acts, objects, words)
    return Marks(tuple(acts), tuple(objects), {name: tuple(spans) for name, spans in words.items()})


def objects_of(marks: Marks) -> list[PolicyObject]:
    """Return the kinds of object in a sentence, the most telling first."""
    found = {span.name for span in marks.objects}
    return [name for name in object_order() if name in found]


def _place(cue: Cue, text: str, at: int, acts: list[Span], objects: list[Span], words: dict[str, list[Span]]) -> None:
    match = cue.pattern.match(text, at)
    if match is None or (at and text[at - 1] in "@#/_"):
        return
    span = Span(cue.name, at, match.end())
    # "re-training", "non-banned": the second half of a compound is no act.
    if cue.kind == "action" and at and text[at - 1] == "-":
        return
    if cue.kind == "action":
        acts.append(span)
    elif cue.kind == "object":
        objects.append(span)
    else:
        words.setdefault(cue.name, []).append(span)


def strength(span: Span) -> int:
    """Return how plainly an act names a change of rule: 2 or 1."""
    return action_cues()[int(span.name)].strength
