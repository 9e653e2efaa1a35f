"""The short lines near a headline and at the ends of a text, which may hold the names and times of an article."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.steps.assemble import Cleaned
from pipeline.steps.decode import text_of, tidy
from pipeline.steps.lines import Fragment

# Where the line with the date stands: a few texts behind one of the first headings.
_TITLES = 30
_TEXTS_AFTER_TITLE = 12
_EDGE_LINES = 12
_EDGE_CHARS = 160
_HEAD_LINES = 6
_DATE_CHARS = 120


def credit_lines(cleaned: Cleaned, fragment: Fragment) -> list[str]:
    """Return what was removed as a credit, and the short lines at both ends of the container."""
    told = [item.text for item in cleaned.removed if item.kind in ("credit", "dateline", "signature")]
    edges = [
        line.text
        for line in (*fragment.lines[:_EDGE_LINES], *fragment.lines[-_EDGE_LINES:])
        if len(line.text) <= _EDGE_CHARS
    ]
    return list(dict.fromkeys([*told, *edges]))


def date_lines(
    root: Any, title: str | None, container: Any | None, lines: Sequence[str], fragment: Fragment
) -> list[str]:
    """Return the short lines that may hold the date: behind a headline, in front of the body, and the body's own first ones."""
    headings = [h for h in islice(root.iter("h1", "h2"), _TITLES) if h.tag == "h1" or text_of(h) == title]
    near = [tidy(text) for heading in headings for text in islice(_text_after(heading), _TEXTS_AFTER_TITLE)]
    before = _text_before(root, container) if container is not None else []
    heads = [line.text for line in fragment.lines[:_HEAD_LINES]]
    return [text for text in (*near, *lines, *heads, *before) if len(text) <= _DATE_CHARS]


def _text_before(root: Any, container: Any) -> list[str]:
    """Return the last texts of a page in front of an element, the nearest first."""
    found: deque[str] = deque(maxlen=_TEXTS_AFTER_TITLE)
    for element in root.iter():
        if element is container:
            break
        if element.text and element.text.strip() and element.tag not in ("script", "style", "noscript"):
            found.append(tidy(element.text))
    return list(found)[::-1]


def _text_after(element: Any) -> Iterator[str]:
    """Yield the texts that stand behind an element in the page, until its end."""
    node = element
    while node is not None:
        if node.tail and node.tail.strip():
            yield node.tail
        following = node.getnext()
        if following is not None:
            for inner in following.iter():
                if inner.text and inner.text.strip() and inner.tag not in ("script", "style", "noscript"):
                    yield inner.text
                if inner is not following and inner.tail and inner.tail.strip():
                    yield inner.tail
            node = following
            continue
        node = next((a for a in node.iterancestors() if a.getnext() is not None or (a.tail and a.tail.strip())), None)
