"""A fragment to lines: every run of inline text between two block boundaries, in reading order, nothing left out."""

from collections.abc import Iterator
from typing import Any

import msgspec
from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PreformattedString, Tag

from pipeline.records import BlockKind
from pipeline.steps.decode import tidy
from pipeline.steps.locate import INLINE, SKIPPED

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Segment(msgspec.Struct, frozen=True):
    """A piece of a line with one link or none, and the classes of the elements that it stands in inside the line."""

    text: str
    link: str | None
    names: str = ""
    bold: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: its tidy text, its segments, the tag and kind of block it stands in, and the names of all elements around it.

    Lines of one `group` were parted by a line break only, and belong to one paragraph.
    """

    text: str
    segments: tuple[Segment, ...]
    tag: str
    kind: BlockKind
    path: tuple[int, ...]
    group: int
    in_caption: bool = False
    in_table: bool = False

    @property
    def link_share(self) -> float:
        """Return which share of the line's characters is linked."""
        total = sum(len(s.text.strip()) for s in self.segments)
        return sum(len(s.text.strip()) for s in self.segments if s.link is not None) / total if total else 0.0

    @property
    def is_bold(self) -> bool:
        """Return whether all of the line is set in bold."""
        return all(segment.bold for segment in self.segments if segment.text.strip())


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a fragment, and for each element number its tag, its class and id, and its parent's number."""

    lines: tuple[Line, ...]
    names: tuple[str, ...]
    tags: tuple[str, ...]


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.names: list[str] = []
        self.tags: list[str] = []
        self._segments: list[Segment] = []
        self._group = 0

    def read(self, root: Tag) -> None:
        stack: list[Iterator[Any]] = [iter([root])]
        blocks: list[tuple[Tag, int]] = []
        inline: list[tuple[Tag, str | None, str]] = []
        opened: list[Any] = []
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if opened:
                    self._close(opened.pop(), blocks, inline)
                continue
            if isinstance(node, NavigableString):
                self._text(node, inline)
            elif isinstance(node, Tag) and node.name not in SKIPPED:
                if node.name == "br":
                    self._flush(blocks, same_group=True)
                    continue
                self._open(node, blocks, inline)
                opened.append(node)
                stack.append(iter(node.contents))

    def _text(self, node: NavigableString, inline: list[tuple[Tag, str | None, str]]) -> None:
        if isinstance(node, PreformattedString) and not isinstance(node, CData):
            return
        link = next((href for _, href, _ in reversed(inline) if href is not None), None)
        bold = any(tag.name in ("b", "strong") for tag, _, _ in inline)
        self._segments.append(Segment(str(node), link, " ".join(names for _, _, names in inline if names), bold))

    def _open(self, node: Tag, blocks: list[tuple[Tag, int]], inline: list[tuple[Tag, str | None, str]]) -> None:
        if node.name in INLINE and not _breaks(node):
            href = str(node.get("href") or "") if node.name == "a" else None
            # A link's own class says nothing: one site marks read-also links and links in sentences alike.
            inline.append((node, href, "" if node.name == "a" else _names(node)))
            return
        self._flush(blocks, same_group=False)
        self.names.append(_names(node))
        self.tags.append(node.name)
        blocks.append((node, len(self.names) - 1))

    def _close(self, node: Tag, blocks: list[tuple[Tag, int]], inline: list[tuple[Tag, str | None, str]]) -> None:
        if inline and inline[-1][0] is node:
            inline.pop()
            return
        self._flush(blocks, same_group=False)
        if blocks and blocks[-1][0] is node:
            blocks.pop()

    def _flush(self, blocks: list[tuple[Tag, int]], *, same_group: bool) -> None:
        text = tidy("".join(segment.text for segment in self._segments))
        if text:
            self.lines.append(_line(text, self._segments, blocks, self._group))
        elif same_group:
            self._group += 1
        self._segments = []
        if not same_group:
            self._group += 1


def read_lines(fragment: str) -> Fragment:
    """Return the lines of an HTML fragment in reading order."""
    soup = BeautifulSoup(fragment, "lxml")
    reader = _Reader()
    reader.read(soup.body or soup)
    return Fragment(lines=tuple(reader.lines), names=tuple(reader.names), tags=tuple(reader.tags))


def _line(text: str, segments: list[Segment], blocks: list[tuple[Tag, int]], group: int) -> Line:
    tags = [tag.name for tag, _ in blocks]
    tag = tags[-1] if tags else "body"
    return Line(
        text=text,
        segments=tuple(segments),
        tag=tag,
        kind=_kind(tags),
        path=tuple(number for _, number in blocks),
        group=group,
        in_caption="figcaption" in tags or "figure" in tags or "amp-img" in tags,
        in_table="table" in tags,
    )


def _kind(tags: list[str]) -> BlockKind:
    for tag in reversed(tags):
        if tag in _HEADINGS:
            return "heading"
        if tag in ("li", "dd", "dt"):
            return "list_item"
        if tag == "blockquote":
            return "quote"
    return "paragraph"


def _breaks(node: Tag) -> bool:
    # An inline element that wraps blocks is a block in all but name.
    return any(
        isinstance(child, Tag) and child.name not in INLINE and child.name not in SKIPPED for child in node.children
    )


def _names(node: Tag) -> str:
    classes = node.get("class")
    joined = " ".join(classes) if isinstance(classes, list) else str(classes or "")
    return f"{joined} {node.get('id') or ''}".strip()
