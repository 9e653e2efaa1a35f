"""A language model's answer to an annotation: accepted slot by slot, where a verbatim quote and a known value stand behind it.

Nothing else of an answer gets through. Spans are found here, never taken over; an entry is never removed, only doubted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

import msgspec

from pipeline.records import Annotation, Article, Evidence, Field, PolicyChange, PolicyDate
from pipeline.rules.policy_rules import Name, action_cues, company_told, names, place_cues
from pipeline.steps.annotate import ANNOTATOR_VERSION
from pipeline.steps.annotate.actors import Actor, find
from pipeline.steps.annotate.when import Found, announced_in, day_of, effective_in
from pipeline.steps.model_question import VOCABULARY

_ENTRIES, _PROPOSALS, _LISTED = 12, 2, 5
_QUOTE_CHARS, _NAME_CHARS, _PARTY_CHARS, _WORD_CHARS = 600, 80, 160, 3
_WINDOW, _PLACES = 300, 20
_ACTION_QUOTES = 3
# What says an act is more than a word: a bare name proves nothing.
_ACT_CHARS, _ACT_WORDS = 8, 2
# A proposal has no rule behind it: it is doubtful whatever the model says, and its confidence is even.
_PROPOSED_CONFIDENCE = 0.5
_BEFORE_ANSWER = "</think>"
_TOKENS = 100_000_000


class AnswerUnusable(ValueError):
    """An answer holds nothing that can be checked; the message says what it is instead."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A server's answer: the model's entries as they came, and how many tokens were read and written where it says so."""

    entries: tuple[Any, ...]
    tokens_in: int | None = None
    tokens_out: int | None = None


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The annotation after an answer, how many slots of it were taken and refused, and how many entries were added."""

    annotation: Annotation
    taken: int = 0
    refused: int = 0
    proposed: int = 0


class Place(msgspec.Struct, frozen=True):
    """A span of a field, in code points, half open."""

    field: Field
    start: int
    end: int

    def is_inside(self, other: "Place") -> bool:
        """Tell whether another span of the same field holds this one."""
        return self.field == other.field and other.start <= self.start and self.end <= other.end


class Text(msgspec.Struct, frozen=True):
    """The two fields in which a quote may stand, and the day of publication."""

    headline: str
    article_body: str
    published: date | None

    def of(self, field: Field) -> str:
        """Return a field's text."""
        return self.headline if field == "headline" else self.article_body

    def at(self, place: Place) -> str:
        """Return the words of a span."""
        return self.of(place.field)[place.start : place.end]

    def around(self, place: Place) -> tuple[str, int]:
        """Return the paragraph that a span stands in, cut some way off, and where in the field it begins."""
        text = self.of(place.field)
        start = max(text.rfind("\n", 0, place.start) + 1, place.start - _WINDOW)
        end = text.find("\n", place.end)
        return text[start : min(len(text) if end < 0 else end, place.end + _WINDOW)], start


def read_reply(body: bytes) -> Reply:
    """Read a chat-completions answer.

    Raises:
        AnswerUnusable: it is not JSON, has no message, or the message holds no object with a list of entries.
    """
    outer = _json(body, "it is not JSON")
    content = _content(outer)
    start, end = content.find("{"), content.rfind("}")
    inner = _json(content[start : end + 1].encode(), "its message holds no JSON object") if start >= 0 else None
    entries = inner.get("entries") if isinstance(inner, dict) else None
    if not isinstance(entries, list):
        raise AnswerUnusable("its message holds no list of entries")
    usage = outer.get("usage")
    used = usage if isinstance(usage, dict) else {}
    return Reply(
        entries=tuple(entries),
        tokens_in=_tokens(used.get("prompt_tokens")),
        tokens_out=_tokens(used.get("completion_tokens")),
    )


def _json(text: bytes, complaint: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise AnswerUnusable(complaint) from error


def _content(outer: Any) -> str:
    try:
        content = outer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise AnswerUnusable("it holds no message") from error
    if not isinstance(content, str):
        raise AnswerUnusable("its message is no text")
    # A model that thinks aloud answers afterwards.
    return content.rpartition(_BEFORE_ANSWER)[2]


def _tokens(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _TOKENS else None


def merge(annotation: Annotation, article: Article, entries: tuple[Any, ...], *, model: str) -> Merged:
    """Return an annotation with every slot of an answer that holds; `model` is named in the version of what it took part in."""
    text = Text(article.headline or "", article.article_body, day_of(article.date_published))
    drafts = [_draft_of(change) for change in annotation.policy_changes]
    known, left_out = len(drafts), 0
    for given in _distinct(entries, known):
        number = given["entry"]
        if number is not None:
            drafts[number].mend(given, text, [draft for draft in drafts if draft is not drafts[number]])
            continue
        proposal = _proposal()
        proposal.mend(given, text, [])
        if proposal.is_proven and len(drafts) < known + _PROPOSALS and not any(map(proposal.repeats, drafts)):
            drafts.append(proposal)
        else:
            left_out += proposal.taken + proposal.refused
    taken, refused = sum(draft.taken for draft in drafts), sum(draft.refused for draft in drafts) + left_out
    if not taken:
        return Merged(annotation=annotation, refused=refused)
    changes = tuple(draft.change(f"{ANNOTATOR_VERSION}+{model}") for draft in drafts)
    return Merged(
        annotation=Annotation(policy_changes=changes), taken=taken, refused=refused, proposed=len(drafts) - known
    )


def _distinct(entries: tuple[Any, ...], known: int) -> Iterator[dict[str, Any]]:
    """Yield what is said of each entry that there is, once, and what is proposed."""
    seen: set[int] = set()
    for given in entries[:_ENTRIES]:
        if not isinstance(given, dict) or "entry" not in given:
            continue
        number = given["entry"]
        if number is None or (type(number) is int and 0 <= number < known and number not in seen):
            seen.add(-1 if number is None else number)
            yield given


def _draft_of(change: PolicyChange) -> "Draft":
    values = {name: getattr(change, name) for name in change.__struct_fields__ if name != "evidence"}
    return Draft(values, change.evidence)


def _proposal() -> "Draft":
    return Draft({"doubtful": True, "confidence": _PROPOSED_CONFIDENCE, "status": "reported"}, ())


class Draft:
    """An entry while an answer is laid over it."""

    def __init__(self, values: dict[str, Any], evidence: Iterable[Evidence]) -> None:
        self.values = values
        self.taken = self.refused = 0
        self._evidence = list(evidence)
        self._is_new = not self._evidence
        self._shown: set[str] = set()

    @property
    def own(self) -> list[Place]:
        """Return the spans that prove its act."""
        return [Place(item.field, item.start, item.end) for item in self._evidence if item.slot == "action"]

    @property
    def is_proven(self) -> bool:
        """Tell whether company, action and object each have a quote in this answer."""
        return {"company", "action", "object"} <= self._shown

    def repeats(self, other: "Draft") -> bool:
        """Tell whether it is the same rule as another."""
        return all(self.values.get(slot) == other.values.get(slot) for slot in ("company", "action", "object"))

    def mend(self, given: dict[str, Any], text: Text, others: Iterable["Draft"]) -> None:
        """Take every slot of what is given that holds, and count the others as refused."""
        beside = [place for other in others for place in other.own]
        before = self.values.get("action"), self.values.get("object")
        for slot, read in _READERS.items():
            # A proposal stays doubtful.
            if slot in given and not (slot == "sure" and self._is_new):
                self._try(slot, given[slot], text, beside, read)
        for slot in ("affected", "exempt"):
            listed = given.get(slot)
            for item in listed[:_LISTED] if isinstance(listed, list) else ():
                self._try(slot, item, text, beside, _party)
        if "direction" not in self._shown and before != (self.values.get("action"), self.values.get("object")):
            self.values["direction"] = _usual_direction(self.values.get("action"), self.values.get("direction"))

    def change(self, version: str) -> PolicyChange:
        """Return the entry, the quotes of its act first."""
        evidence = sorted(self._evidence, key=lambda item: item.slot != "action")
        return PolicyChange(**(self.values | {"annotator_version": version, "evidence": tuple(evidence)}))

    def _try(self, slot: str, given: Any, text: Text, beside: list[Place], read: "Reader") -> None:
        quote = given.get("quote") if isinstance(given, dict) else None
        for place in _places(quote, text, self.own, beside):
            value = read(given.get("value"), place, text, self.values)
            if value is not None:
                self._take(slot, value, place, text)
                return
        self.refused += 1

    def _take(self, slot: str, value: Any, place: Place, text: Text) -> None:
        self._shown.add(slot)
        if slot == "sure":
            self._doubt(is_sure=value, place=place, text=text)
        elif slot in ("affected", "exempt"):
            self._add_party(slot, value, place, text)
        elif isinstance(value, Dated):
            self._set(slot, value.when, value.place, text)
        else:
            self._set(slot, value, place, text)

    def _set(self, slot: str, value: Any, place: Place, text: Text) -> None:
        known = self.values.get(slot)
        if known == value and any(item.slot == slot for item in self._evidence):
            return
        self.values[slot] = value
        if slot == "company" and known != value:
            self._leave_product(place, text)
        self._prove(slot, place, text)
        self.taken += 1

    def _doubt(self, *, is_sure: bool, place: Place, text: Text) -> None:
        if self.values["doubtful"] == is_sure:
            self.values["doubtful"] = not is_sure
            self._prove("sure" if is_sure else "doubtful", place, text)
            self.taken += 1

    def _add_party(self, slot: str, name: str, place: Place, text: Text) -> None:
        known: tuple[str, ...] = self.values.get(slot, ())
        if len(known) < _LISTED and not any(name in other or other in name for other in known):
            self.values[slot] = (*known, name)
            self._evidence.append(_evidence(slot, place, text))
            self.taken += 1

    def _leave_product(self, place: Place, text: Text) -> None:
        """Go over to what another company's quote names."""
        actor = next((a for a in _actors(place, text) if _told(a, text) == self.values["company"]), None)
        self.values |= {"product": actor and (actor.product or actor.flagship), "surface": None}
        self._evidence = [item for item in self._evidence if item.slot not in ("company", "product", "surface")]

    def _prove(self, slot: str, place: Place, text: Text) -> None:
        quote = _evidence(slot, place, text)
        kept = [item for item in self._evidence if item.slot == slot and item != quote]
        rest = [item for item in self._evidence if item.slot != slot]
        # An act keeps what proved it beside the better quote; of everything else one quote is enough.
        self._evidence = [quote, *(kept[: _ACTION_QUOTES - 1] if slot == "action" else []), *rest]


class Dated(msgspec.Struct, frozen=True):
    """A date that a quote states, and the part of the quote that states it."""

    when: PolicyDate
    place: Place


# A slot's value as it is kept, made of what the answer says, where its quote stands, the text, and the entry's values so far;
# `None` where it does not hold.
Reader = Callable[[Any, Place, Text, dict[str, Any]], Any]


def _company(value: Any, place: Place, text: Text, _: dict[str, Any]) -> str | None:
    wanted = names().get(value) if isinstance(value, str) else None
    told = _told(wanted, text) if wanted else None
    return told if any(_told(actor, text) == told for actor in _actors(place, text)) else None


def _product(value: Any, place: Place, text: Text, entry: dict[str, Any]) -> str | None:
    wanted = names().get(value) if isinstance(value, str) else None
    if wanted is None or _told(wanted, text) != entry.get("company"):
        return None
    name = wanted.product or wanted.flagship
    named = [actor for actor in _actors(place, text) if actor.company == wanted.company]
    return name if any(name in (actor.product, actor.flagship) for actor in named) else None


def _surface(_: Any, place: Place, text: Text, entry: dict[str, Any]) -> str | None:
    is_named = any(_told(actor, text) == entry.get("company") for actor in _actors(place, text))
    return text.at(place) if is_named and place.end - place.start <= _NAME_CHARS else None


def _word_of(slot: str) -> Reader:
    known = frozenset(VOCABULARY[slot])

    def read(value: Any, place: Place, _: Text, __: dict[str, Any]) -> str | None:
        is_known = isinstance(value, str) and value in known
        return value if is_known and place.end - place.start >= _WORD_CHARS else None

    return read


def _action(value: Any, place: Place, text: Text, entry: dict[str, Any]) -> str | None:
    found: str | None = _word_of("action")(value, place, text, entry)
    return found if _says_act(text.at(place)) else None


def _sure(value: Any, place: Place, text: Text, _: dict[str, Any]) -> bool | None:
    return value if isinstance(value, bool) and _says_act(text.at(place)) else None


def _jurisdiction(value: Any, place: Place, text: Text, _: dict[str, Any]) -> str | None:
    pattern = place_cues().get(value) if isinstance(value, str) else None
    if pattern is None:
        return None
    around, offset = text.around(place)
    hits = ((match.start() + offset, match.end() + offset) for match in pattern.finditer(around))
    return value if any(start < place.end and place.start < end for start, end in hits) else None


def _dated(opening: str, read: Callable[[str, date | None], Found | None]) -> Reader:
    """Return a reader of a date: what we read of the quote ourselves must be what the answer says."""

    def check(value: Any, place: Place, text: Text, _: dict[str, Any]) -> Dated | None:
        found = read(f"{opening} {text.at(place)}", text.published)
        if found is None or found.when.value != value:
            return None
        shift = place.start - len(opening) - 1
        where = Place(place.field, max(place.start, found.start + shift), found.end + shift)
        return Dated(msgspec.structs.replace(found.when, raw=text.at(where)), where)

    return check


def _party(_: Any, place: Place, text: Text, __: dict[str, Any]) -> str | None:
    return text.at(place) if _WORD_CHARS <= place.end - place.start <= _PARTY_CHARS else None


_READERS: dict[str, Reader] = {
    "company": _company,
    "product": _product,
    "surface": _surface,
    "action": _action,
    "action2": _word_of("action2"),
    "object": _word_of("object"),
    "direction": _word_of("direction"),
    "status": _word_of("status"),
    "jurisdiction": _jurisdiction,
    "instrument": _word_of("instrument"),
    "attribution": _word_of("attribution"),
    "announced": _dated("announced on", announced_in),
    "effective": _dated("from", effective_in),
    "sure": _sure,
}


def _places(quote: Any, text: Text, own: list[Place], beside: list[Place]) -> list[Place]:
    """Return where a quote stands word for word, its own entry's sentences first; what only another entry's sentences say is left out."""
    words = quote.strip() if isinstance(quote, str) and len(quote) <= _QUOTE_CHARS else ""
    if not words or "\n" in words:
        return []
    found = [*_in_field("headline", words, text), *_in_field("article_body", words, text)]
    mine = [place for place in found if any(map(place.is_inside, own))]
    free = [place for place in found if place not in mine and not any(map(place.is_inside, beside))]
    return [*mine, *free]


def _in_field(field: Field, words: str, text: Text) -> Iterator[Place]:
    whole = text.of(field)
    start = whole.find(words)
    for _ in range(_PLACES):
        if start < 0:
            return
        end = start + len(words)
        if _is_whole(whole, start) and _is_whole(whole, end):
            yield Place(field, start, end)
        start = whole.find(words, start + 1)


def _is_whole(text: str, at: int) -> bool:
    """Tell whether no word is cut at a place."""
    return not (0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


def _says_act(quote: str) -> bool:
    return len(quote) >= _ACT_CHARS and len(quote.split()) >= _ACT_WORDS


def _told(named: Actor | Name, text: Text) -> str:
    """Return the name under which a company is told on the article's day."""
    return company_told(named.company, named.product or named.flagship, text.published)


def _actors(place: Place, text: Text) -> list[Actor]:
    """Return the platforms that a quote names and that do not merely stand by, read in their paragraph."""
    around, offset = text.around(place)
    return [
        actor
        for actor in find(around)
        if actor.start + offset < place.end and place.start < actor.end + offset and not actor.is_bystander
    ]


def _evidence(slot: str, place: Place, text: Text) -> Evidence:
    return Evidence(slot=slot, field=place.field, start=place.start, end=place.end, quote=text.at(place))


@cache
def _directions() -> dict[str, str]:
    """Return the direction that the cue words of each action mostly have."""
    counted: dict[str, Counter[str]] = {}
    for cue in action_cues():
        counted.setdefault(cue.action, Counter())[cue.direction] += 1
    return {action: directions.most_common(1)[0][0] for action, directions in counted.items()}


def _usual_direction(action: str | None, known: str | None) -> str | None:
    return _directions().get(action, known or "neutral") if action else known
