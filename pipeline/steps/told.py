"""The dates that a page shows: in lines near its headline, in elements made for time, or alone anywhere, each with its label."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, Literal

import msgspec
from lxml import etree

from pipeline.records import SourceHints
from pipeline.steps.decode import select, text_of, tidy
from pipeline.steps.moment import Ground, Moment, date_words, may_tell, moments_in, parse_claim

Label = Literal["published", "updated"]

# Attributes in which an element says its time to machines.
_ATTRIBUTES = ("datetime", "content", "title", "data-datetime", "data-date", "data-timestamp", "data-time")
_DATED_ITEMS = etree.XPath("//*[@itemprop='datePublished' or @itemprop='dateModified']")
_SAYS_DATE = re.compile(r"date|time|publish|posted|byline|tanggal|meta|info", re.IGNORECASE)
_SAYS_UPDATED = re.compile(r"updated|modified", re.IGNORECASE)
_SAYS_PUBLISHED = re.compile(r"publi|posted|created", re.IGNORECASE)
# Dates in these places are other articles', comments' or today's.
_ELSEWHERE_TAGS = frozenset({"aside", "nav", "footer", "select", "table", "figure", "figcaption", "blockquote"})
_ELSEWHERE = re.compile(
    r"comment|relat|sidebar|widget|recent|latest|popular|trending|teaser|card|carousel|footer|copyright|recommend|more-|\b(?:next|prev)\b|weather",
    re.IGNORECASE,
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "option"})
_TIMES = 8
# Publication and change.
_DAYS_OF_ONE = 2
_FAR = 12
_MAX_LINE = 160
_MAX_OTHER_LETTERS = 30
_MAX_STRAY_LETTERS = 3
# "Updated by Sari Wulan on"
_MAX_WORDS_BEHIND_LABEL = 4
_MAX_LABEL = 40


class Told(msgspec.Struct, frozen=True):
    """A time that a reader sees, the label in front of it, how many letters else its line has, and which line it was."""

    moment: Moment
    label: Label | None
    others: int = 0
    line: int | None = None

    @property
    def bare(self) -> bool:
        """Whether the line tells a date and little else: a name, a section, a reading time."""
        return self.others <= _MAX_OTHER_LETTERS

    @property
    def alone(self) -> bool:
        """Whether the line tells a date and nothing else, or says that it is the date of publication."""
        return self.others <= _MAX_STRAY_LETTERS or self.label == "published"


def hinted(root: Any, hints: SourceHints) -> list[str]:
    """Return the texts of the elements in which a source's layout is known to tell the date."""
    return [text_of(element) for selector in hints.date for element in select(root, selector)[:3]]


def told_in(texts: Iterable[str], ground: Ground) -> Iterator[Told]:
    """Yield the times of lines; a line that ends with a label and has no date labels the next."""
    carried: Label | None = None
    for number, text in enumerate(texts):
        if len(text) > _MAX_LINE:
            carried = None
            continue
        moments = moments_in(text, ground)
        if not moments:
            if any(char.isalpha() for char in text):
                carried = _label(text) if len(text) <= _MAX_LABEL else None
            continue
        end = 0
        for moment in moments:
            label = _label(text[end : moment.start]) or (carried if end == 0 else None)
            yield Told(moment, label, _other_letters(text, moments), number)
            end = moment.end
        carried = None


def _label(text: str) -> Label | None:
    """Return what the last label in a text says of the date behind it."""
    found = None
    for match in _labels().finditer(text):
        found = match
    if found is None or len(re.findall(r"\w+", text[found.end() :])) > _MAX_WORDS_BEHIND_LABEL:
        return None
    return "updated" if found["updated"] else "published"


def _other_letters(text: str, moments: Sequence[Moment]) -> int:
    in_dates = sum(char.isalpha() for moment in moments for char in text[moment.start : moment.end])
    return sum(char.isalpha() for char in text) - in_dates


def told_by_times(root: Any, ground: Ground) -> list[Told]:
    """Return the times of the first elements made for time in the article; where they tell many days, most are of other articles."""
    elements = (element for element in islice(root.iter("time", "abbr"), _TIMES) if not _is_elsewhere(element))
    found = [item for element in elements for item in _told_by(element, ground)]
    if len({item.moment.when.date() for item in found}) <= _DAYS_OF_ONE:
        return found
    return [msgspec.structs.replace(item, others=_MAX_OTHER_LETTERS + 1) for item in found]


def _told_by(element: Any, ground: Ground) -> Iterator[Told]:
    shown = text_of(element)
    for text in (*(element.get(name) or "" for name in _ATTRIBUTES), shown):
        moment = parse_claim(text, ground) if 6 <= len(text) <= _MAX_LINE else None
        if moment:
            start = moment.start if text is shown else len(re.split(r"\d", shown, maxsplit=1)[0])
            yield Told(moment, _label_of(element, start))
            return


def _label_of(element: Any, start: int) -> Label | None:
    """Return what an element's names, its text up to the date, or the text in front of it say of its date."""
    parent = element.getparent()
    around = (parent.get("class") if parent is not None else None) or ""
    for names in (element.get("itemprop") or "", element.get("class") or "", around):
        # A time that is both is named "published updated" by some.
        if _SAYS_PUBLISHED.search(names):
            return "published"
        if _SAYS_UPDATED.search(names):
            return "updated"
    before = element.getprevious()
    above = before.tail if before is not None else parent.text if parent is not None else None
    texts = (
        text_of(element)[:start],
        above or "",
        text_of(before)[-30:] if before is not None and not (above or "").strip() else "",
    )
    return next((label for text in texts if (label := _label(tidy(text)))), None)


def microdata(root: Any, ground: Ground) -> tuple[Moment | None, Moment | None]:
    """Return what the page's items say of their publication and change, the first of each."""
    found: dict[str, Moment] = {}
    for element in _DATED_ITEMS(root):
        if len(found) < 2:
            for item in _told_by(element, ground):
                found.setdefault(element.get("itemprop"), item.moment)
    return found.get("datePublished"), found.get("dateModified")


def told_far(root: Any, ground: Ground) -> list[Told]:
    """Return the dates that stand alone anywhere in the article, for pages that tell none near the headline: one walk."""
    told: list[Told] = []
    before = ""
    for element in root.iter():
        if len(told) >= _FAR:
            break
        if element.tag in _UNSEEN:
            continue
        for text in (element.text, element.tail):
            if text and not text.isspace():
                if len(text) < _MAX_LINE and may_tell(text):
                    told += _told_alone(element, before, tidy(text), ground)
                before = text
        if not told and 2 <= len(element) <= 6 and _SAYS_DATE.search(element.get("class") or ""):
            # Day, month and year may be elements of their own.
            text = text_of(element)
            told += _told_alone(element, "", text, ground) if 6 <= len(text) <= 60 else []
    return told


def _told_alone(element: Any, before: str, text: str, ground: Ground) -> list[Told]:
    found = [item for item in told_in([tidy(before)[-40:], text], ground) if item.bare]
    return [] if not found or _is_elsewhere(element) else [msgspec.structs.replace(item, line=None) for item in found]


def _is_elsewhere(element: Any) -> bool:
    """Tell whether an element stands with other articles, comments or the page's frame, or inside a link to elsewhere."""
    for step, ancestor in enumerate((element, *islice(element.iterancestors(), 8))):
        if ancestor.tag in ("article", "main", "body"):
            return False
        if ancestor.tag in _ELSEWHERE_TAGS or (ancestor.tag == "a" and step and ancestor.get("rel") != "bookmark"):
            return True
        if step < 5 and _ELSEWHERE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False


@cache
def _labels() -> re.Pattern[str]:
    names = date_words("labels")
    parts = (
        rf"(?P<{kind}>(?<!\w)(?:{'|'.join(sorted(map(re.escape, names[kind]), key=len, reverse=True))}))"
        for kind in ("updated", "published")
    )
    return re.compile("|".join(parts), re.IGNORECASE)
