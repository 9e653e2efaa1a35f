"""A fragment to lines: every run of inline text between two block boundaries, in reading order, nothing left out."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import NavigableString, PageElement, Tag
from lxml import etree

from pipeline.records import BlockKind
from pipeline.steps.decode import tidy
from pipeline.steps.locate import INLINE, SKIPPED

_ATTRIBUTES = ("class", "id", "href")
# The parser closes these by itself; of newer ones, such as wbr, it makes elements around what follows.
_VOID = frozenset({"img", "col"})
_SENTENCE_END = re.compile(r"[.!?…。！？:][\"'”’»)\]]*$")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Segment(msgspec.Struct, frozen=True):
    """A piece of a line with one link or none, and the classes of the elements that it stands in inside the line."""

    text: str
    link: str | None
    names: str = ""
    bold: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: its tidy text, its segments, the tag and kind of block it stands in, and the names of all elements around it.

    Lines of one `group` were parted by a line break only, and belong to one paragraph. `link_share` is the share of the line's
    characters that is linked.
    """

    text: str
    segments: tuple[Segment, ...]
    tag: str
    kind: BlockKind
    path: tuple[int, ...]
    group: int
    in_table: bool = False
    link_share: float
    is_bold: bool


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a fragment, and for each element number its tag, its class and id, and its parent's number."""

    lines: tuple[Line, ...]
    names: tuple[str, ...]
    tags: tuple[str, ...]


class _Around(NamedTuple):
    """What the elements around a text say of it: its link, the classes of those inside its line, whether it is bold."""

    link: str | None
    names: str
    bold: bool


class _Place(NamedTuple):
    """The tags and numbers of the blocks around a line, from the outermost."""

    tags: tuple[str, ...]
    path: tuple[int, ...]


class _Transplanter(HTMLTreeBuilder):  # type: ignore[misc]  # Beautiful Soup is checked as untyped
    """Builds a soup from an element that lxml has parsed already, instead of writing it out and parsing it a second time.

    Elements that show no text are left out, and all attributes but those that tell noise and links.
    """

    def __init__(self, element: Any) -> None:
        super().__init__(multi_valued_attributes={}, preserve_whitespace_tags=set(), string_containers={})
        self._element = element

    def prepare_markup(self, *_: Any, **__: Any) -> Iterator[tuple[str, None, None, bool]]:
        yield "", None, None, False

    def feed(self, _: Any) -> None:
        soup, top = self.soup, self._element
        assert soup is not None
        walk = etree.iterwalk(top, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in SKIPPED:
                    walk.skip_subtree()
                    continue
                if tag in _VOID:
                    continue
                soup.handle_starttag(tag, None, None, {k: v for k in _ATTRIBUTES if (v := element.get(k)) is not None})
                text = element.text
            else:
                if tag not in SKIPPED and tag not in _VOID:
                    soup.popTag()
                text = element.tail if element is not top else None
            # Between blocks, space means nothing.
            if text and (tag in INLINE or not text.isspace()):
                soup.object_was_parsed(NavigableString(text))


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.names: list[str] = []
        self.tags: list[str] = []
        self._segments: list[Segment] = []
        self._blocks: list[_Place] = [_Place((), ())]
        self._around: list[_Around] = [_Around(None, "", bold=False)]
        self._group = 0

    def read(self, root: Tag) -> None:
        stack: list[PageElement | None] = [root]
        opened: list[bool] = []
        while stack:
            node = stack.pop()
            if node is None:
                self._close(is_inline=opened.pop())
            elif isinstance(node, NavigableString):
                self._text(str(node))
            elif isinstance(node, Tag):
                if node.name == "br":
                    self._flush(same_group=True)
                    continue
                opened.append(self._open(node))
                stack.append(None)
                stack.extend(reversed(node.contents))

    def _text(self, text: str) -> None:
        around = self._around[-1]
        self._segments.append(Segment(text, around.link, around.names, around.bold))

    def _open(self, node: Tag) -> bool:
        """Enter an element and return whether it is inline."""
        is_inline = node.name in INLINE and not _breaks(node)
        self._around.append(_within(self._around[-1], node, is_inline=is_inline))
        if not is_inline:
            self._flush(same_group=False)
            self.names.append(_names(node))
            self.tags.append(node.name)
            around = self._blocks[-1]
            self._blocks.append(_Place((*around.tags, node.name), (*around.path, len(self.names) - 1)))
        return is_inline

    def _close(self, *, is_inline: bool) -> None:
        self._around.pop()
        if not is_inline:
            self._flush(same_group=False)
            self._blocks.pop()

    def _flush(self, *, same_group: bool) -> None:
        if self._segments:
            text = tidy("".join([segment.text for segment in self._segments]))
            if text:
                place = self._blocks[-1]
                self.lines.append(line_of(text, self._segments, place.tags, place.path, self._group))
            elif same_group:
                self._group += 1
            self._segments = []
        elif same_group:
            self._group += 1
        if not same_group:
            self._group += 1


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as sentences do, or as a line does that announces what follows."""
    return _SENTENCE_END.search(text) is not None


def read_lines(element: Any) -> Fragment:
    """Return the lines of a parsed element in reading order."""
    reader = _Reader()
    reader.read(BeautifulSoup("", builder=_Transplanter(element)))
    return Fragment(lines=tuple(reader.lines), names=tuple(reader.names), tags=tuple(reader.tags))


def _within(around: _Around, node: Tag, *, is_inline: bool) -> _Around:
    if node.name == "a":
        # A link's own class says nothing: one site marks read-also links and links in sentences alike.
        return _Around(str(node.get("href") or ""), around.names if is_inline else "", around.bold)
    names = " ".join(filter(None, (around.names, _names(node)))) if is_inline else ""
    return _Around(around.link, names, around.bold or node.name in ("b", "strong"))


def line_of(
    text: str, segments: Sequence[Segment], tags: Sequence[str] = (), path: tuple[int, ...] = (), group: int = 0
) -> Line:
    """Return the line of a tidy text and its segments, inside elements of these tags and numbers."""
    sizes = [(segment, size) for segment in segments if (size := len(segment.text.strip()))]
    return Line(
        text=text,
        segments=tuple(segments),
        tag=tags[-1] if tags else "body",
        kind=_kind(tags),
        path=path,
        group=group,
        in_table="table" in tags,
        link_share=sum(size for s, size in sizes if s.link is not None) / sum(size for _, size in sizes),
        is_bold=all(s.bold for s, _ in sizes),
    )


def _kind(tags: Sequence[str]) -> BlockKind:
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
    return any(isinstance(child, Tag) and child.name not in INLINE for child in node.contents)


def _names(node: Tag) -> str:
    if node.name in _HEADINGS:
        # A heading's id is made of its words.
        return str(node.attrs.get("class", ""))
    return f"{node.attrs.get('class', '')} {node.attrs.get('id', '')}".strip()
