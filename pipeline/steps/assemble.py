"""Lines and what becomes of each, to blocks, captions and removed pieces, each where it stood."""

import re
from collections.abc import Sequence

import msgspec

from pipeline.records import Block, BlockKind, Caption, Removed, RemovedKind
from pipeline.steps.decode import tidy
from pipeline.steps.lines import Line, Segment, line_of
from pipeline.steps.match import Fate, markup_rule, rule_for

SIGNATURE = re.compile(r"\(\s*(?:[a-z]{2,4}(?:\s*/\s*[a-z]{2,4}){0,3}|[A-Z]{2,3}(?:/[A-Z]{2,4}){1,3})\s*\)$")
# Initials alone, or "(Outlet/Name)", are a signature only behind a whole sentence: "(USD)" inside one stays.
_INITIALS = re.compile(r"(?<=[.!?”\"] )\((?:[A-Z]{2,4}|[A-Z][\w.]+(?: [A-Z][\w.]+)*/[A-Z][\w.]+(?: [A-Z][\w.]+)*)\)$")
_CAPTION_CREDIT = re.compile(r"\s*-{2,3}\s?(\S[^\n]{0,60})$")
_LABELLED_CREDIT = re.compile(
    r"[\s(\[]*((?:foto|photo|dok\.?|sumber|credit|image|ilustrasi|source|picture)s?(?: credit)?\s*[:/]\s*[^()]{2,80}?|(?:dok\.|antara foto/|getty|reuters|AFP|AP photo)[^()]{0,80}?)[)\]]?$",
    re.IGNORECASE,
)
# "… the harbour.Image Credits:Outlet": label and caption are two elements without a space between them.
_GLUED_CREDIT = re.compile(r"(?<=[.!?”\"])((?:image|photo|picture)s? credits?\s?:\s?[^.]{2,80})$", re.IGNORECASE)
_CREDIT_LINE = re.compile(
    r"(?:(?:foto|photo|photograph|image|picture|credit|sumber|ilustrasi)s?(?: credit)?s?(?: by| oleh)?\s?[:/].{2,80}|(?:getty images|reuters|AFP|AP photo|antara foto).{0,60})",
    re.IGNORECASE,
)
_STRAY_STOP = re.compile(r"[.,;]\s*(?=[A-Z“])")
_LABEL = re.compile(
    r"(?:baca|simak|lihat)\s+(?:juga|pula)\s*:?|(?:read|see)\s+(?:also|more)\s*:?|pilihan editor\s*:?", re.IGNORECASE
)
_LABEL_CHARS = 30
_HEADING_CHARS = 90


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """The blocks that stay, the captions, and what was removed, each in reading order."""

    blocks: tuple[Block, ...]
    captions: tuple[Caption, ...]
    removed: tuple[Removed, ...]


def assemble(lines: Sequence[Line], fates: Sequence[Fate | None]) -> Cleaned:
    """Return the blocks that lines make together, and beside them what goes, each where it stood."""
    made = _Assembly()
    body_end = max((i for i, fate in enumerate(fates) if fate is None), default=-1)
    for index, (line, fate) in enumerate(zip(lines, fates, strict=True)):
        if fate is None:
            made.keep(line, is_next=index == made.last_kept + 1, is_last=index == body_end)
            made.last_kept = index
        elif fate.kind == "caption":
            _add_caption(made.captions, line.text, made.place)
        else:
            made.removed.append(Removed(kind=fate.kind, rule=fate.rule, text=line.text, after_block=made.place))
    blocks = tuple(Block(kind=kind, text=" ".join(texts)) for kind, texts in made.blocks)
    return Cleaned(blocks=blocks, captions=tuple(made.captions), removed=tuple(made.removed))


class _Assembly:
    """Blocks under way, each as its kind and the lines that it is joined of, and `chars`, the length of the last."""

    def __init__(self) -> None:
        self.blocks: list[tuple[BlockKind, list[str]]] = []
        self.captions: list[Caption] = []
        self.removed: list[Removed] = []
        self.chars = 0
        self.group = -1
        self.last_kept = -2

    @property
    def place(self) -> int:
        return len(self.blocks) - 1

    def keep(self, line: Line, *, is_next: bool, is_last: bool) -> None:
        joins = is_next and line.group == self.group and bool(self.blocks)
        text, cuts = cut_glued(line, is_last=is_last)
        start = self.chars + 1 if joins else 0
        if joins and text:
            self.blocks[-1][1].append(text)
            self.chars = start + len(text)
        elif text:
            self.blocks.append((_kind_of(line, text), [text]))
            self.chars = len(text)
        for kind, rule, piece, offset in cuts:
            is_inside = bool(self.blocks) and (bool(text) or joins)
            place = min(start + offset, self.chars) if is_inside else None
            self.removed.append(Removed(kind=kind, rule=rule, text=piece, after_block=self.place, char_offset=place))
        if text:
            self.group = line.group


def _kind_of(line: Line, text: str) -> BlockKind:
    is_title = (
        line.kind == "paragraph"
        and line.is_bold
        and len(text) <= _HEADING_CHARS
        and not text.endswith((".", ",", ":", ";"))
    )
    return "heading" if is_title else line.kind


def cut_glued(line: Line, *, is_last: bool) -> tuple[str, list[tuple[RemovedKind, str, str, int]]]:
    """Cut noise out of the inside of a line, by its nodes: a label with the link that follows it, a marked element, a signature."""
    text, cuts = _cut_segments(line)
    if (stray := _STRAY_STOP.match(text)) and not cuts:
        # What a page break leaves before a sentence: ".Meta argues …".
        cuts.append(("other", "stray-stop", stray.group(0).strip(), 0))
        text = text[stray.end() :]
    found = SIGNATURE.search(text) or _INITIALS.search(text)
    if is_last and found and found.start() > 0:
        cuts.append(("signature", "signature-tail", text[found.start() :], found.start()))
        text = text[: found.start()].rstrip()
    return text, sorted(cuts, key=lambda cut: cut[3])


def _cut_segments(line: Line) -> tuple[str, list[tuple[RemovedKind, str, str, int]]]:
    cuts: list[tuple[RemovedKind, str, str, int]] = []
    segments = line.segments
    if len(segments) == 1 and not segments[0].names:
        return line.text, cuts
    kept = ""
    index = 0
    while index < len(segments):
        span = _glued(segments, index, kept)
        if span is None:
            kept += segments[index].text
            index += 1
            continue
        count, fate = span
        piece = tidy("".join(s.text for s in segments[index : index + count]))
        if piece:
            cuts.append((fate.kind, fate.rule, piece, len(tidy(kept))))
        kept = f"{kept.rstrip()} "
        index += count
    return (tidy(kept) if cuts else line.text), cuts


def _glued(segments: Sequence[Segment], index: int, before: str) -> tuple[int, Fate] | None:
    segment = segments[index]
    text = segment.text.strip()
    if not text:
        return None
    marked = markup_rule(segment.names) if segment.names else None
    if marked and marked.kind in ("read_also", "related", "channel", "ad", "video", "share"):
        count = _same_element(segments, index)
        piece = segments[index : index + count]
        rule = rule_for(line_of(tidy("".join(s.text for s in piece)), piece))
        return count, Fate(rule.kind, rule.id) if rule else marked
    if len(text) > _LABEL_CHARS or index + 1 == len(segments) or not _LABEL.fullmatch(tidy(text)):
        return None
    if not before.strip() or before.rstrip().endswith((".", "!", "?", "”", '"', "…", ")")):
        count = _link_run(segments, index + 1)
        if count:
            return 1 + count, Fate("read_also", "glued-label-and-link")
    return None


def _same_element(segments: Sequence[Segment], index: int) -> int:
    names = segments[index].names
    return next((n for n, segment in enumerate(segments[index:]) if segment.names != names), len(segments) - index)


def _link_run(segments: Sequence[Segment], start: int) -> int:
    for count, segment in enumerate(segments[start:], 1):
        if segment.link is None and segment.text.strip():
            break
        if segment.link is not None:
            return count if segment.text.strip() else 0
    return 0


def _add_caption(captions: list[Caption], text: str, place: int) -> None:
    """Add a caption; a line that is a credit alone is that of the caption in front of it."""
    last = captions[-1] if captions else None
    is_credit = _CREDIT_LINE.fullmatch(text) is not None
    if (
        is_credit
        and last
        and last.credit is None
        and last.after_block == place
        and not _CREDIT_LINE.fullmatch(last.text)
    ):
        captions[-1] = Caption(text=last.text, credit=text, after_block=place)
    else:
        captions.append(_caption(text, place))


def _caption(text: str, place: int) -> Caption:
    for pattern in (_CAPTION_CREDIT, _GLUED_CREDIT, _LABELLED_CREDIT):
        found = pattern.search(text)
        if found and found.start() > 0:
            return Caption(text=text[: found.start()].rstrip(" (["), credit=found.group(1).strip(), after_block=place)
    return Caption(text=text, after_block=place)
