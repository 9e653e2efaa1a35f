"""An article as the annotator sees it: its sentences with their cue words and platforms."""

import re

import msgspec

from pipeline.steps.annotate.actors import Actor, find_in
from pipeline.steps.annotate.marks import Marks, read_marks
from pipeline.steps.annotate.sentences import Sentence, split

# The outlet's own notice on its texts, not a platform's rule.
_TAIL = re.compile(r"\W*dilarang keras (?:mengambil|mengutip|menyalin|melakukan)", re.IGNORECASE)
_READ = 28
_LEAD = 4
_SHORT = 3


class Line(msgspec.Struct, frozen=True):
    """A sentence with what stands in it."""

    sentence: Sentence
    marks: Marks
    actors: tuple[Actor, ...]

    @property
    def number(self) -> int:
        """Return its place in reading order; the headline is 0."""
        return self.sentence.number

    @property
    def text(self) -> str:
        """Return its words."""
        return self.sentence.text


class Page(msgspec.Struct, frozen=True):
    """The headline and the first sentences."""

    lines: tuple[Line, ...]

    @property
    def title(self) -> Line:
        """Return the headline."""
        return self.lines[0]

    @property
    def lead(self) -> tuple[Line, ...]:
        """Return the first sentences of the body."""
        return self.lines[1:_LEAD]

    @property
    def lead_actors(self) -> tuple[Actor, ...]:
        """Return the platforms that the lead names."""
        return tuple(actor for line in self.lead for actor in line.actors)


def read_page(headline: str, body: str) -> Page:
    """Return the sentences with their marks; where no platform is named, only headline and lead are marked."""
    sentences = split(headline, body)[:_READ]
    actors = find_in([sentence.text for sentence in sentences])
    if not any(actors):
        sentences = sentences[:_SHORT]
    return Page(tuple(Line(s, _marks(s.text), found) for s, found in zip(sentences, actors, strict=False)))


def _marks(text: str) -> Marks:
    return Marks((), (), {}) if _TAIL.match(text) else read_marks(text)
