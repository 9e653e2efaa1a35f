"""The smaller slots of an entry: status, whom it meets and spares, instrument, jurisdiction, attribution, each with its quote."""

import re

import msgspec

from pipeline.records import Attribution, Evidence, Instrument, Status
from pipeline.rules.policy_rules import slot_cues
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.sentences import Sentence

_EXEMPT = re.compile(
    r"(?:does(?:n['’]t| not) (?:affect|apply to|cover)|(?:will|are|is) not (?:be )?(?:affect|apply to|impact)|won['’]t (?:affect|apply to|impact)|exempt(?:s|ed|ing|ion|ions)?(?: for| are| is)?|with (?:an|the) exception (?:of|for)|"
    r"(?:still (?:be )?allowed|unaffected|carve-out) for|tidak (?:akan )?(?:memengaruhi|mempengaruhi|berlaku (?:bagi|untuk|pada)|berdampak (?:pada|bagi))|dikecualikan|kecuali|pengecualian (?:bagi|untuk))\s+(?P<who>[^.;\n]{4,160})",
    re.IGNORECASE,
)
_EXEMPT_BEFORE = re.compile(
    r"(?P<who>[^.,;\n]{4,90}?)\s+(?:(?:is|are|will be|remain|tetap|akan) (?:exempt(?:ed)?|unaffected|not affected|diizinkan|diperbolehkan|dikecualikan)|dikecualikan|(?:won['’]t|will not|are not|is not) (?:be )?affected|tidak (?:akan )?(?:terdampak|terpengaruh))",
    re.IGNORECASE,
)
_AFFECTED = re.compile(
    r"(?:\b(?:all|free|paid|paying|third-party|new|adult|teen|teenage|underage|european|independent|rival|semua|seluruh|para|setiap)\s+){0,2}"
    r"\b(?:users|creators|developers|sellers|advertisers|publishers|artists|musicians|authors|subscribers|customers|websites|teens|minors|businesses|companies|pengguna|kreator|pengembang|penjual|pengiklan|penerbit|musisi|penulis|pelanggan|anak|remaja|perusahaan|akun)\b"
    r"(?:\s+(?:under|in|aged|with|on|outside|di|di bawah|berusia|gratis|remaja|dewasa)\b[^,.;:()]{1,40})?",
    re.IGNORECASE,
)
_LEAD = 6
_READ = 25
_SAID_IN_ARTICLE = 12


class Read(msgspec.Struct, frozen=True):
    """A value with its quote; no quote where the value is what silence means."""

    value: str
    mark: Evidence | None = None


def status_of(page: Page, candidate: Candidate) -> tuple[Status, Evidence | None]:
    """Return how far a rule has come, by its own sentence, then by headline and lead."""
    own = candidate.line
    gone = candidate.action == "remove_feature"
    for lines, names in (
        ((own, page.title), ("reversed", "suspended", "delayed", "amended", "testing", "reported")),
        ((own,), ("in_effect", "announced")),
        ((page.title,), ("in_effect", "announced")),
    ):
        for name in names:
            if gone and name in ("reversed", "suspended", "amended", "testing"):
                continue
            for line in lines:
                if match := slot_cues("status")[name].search(line.text):
                    return name, _mark("status", line.sentence, match)  # type: ignore[return-value] # the data's keys are checked by a test
    return "in_effect", None


def exempt_in(page: Page) -> list[Read]:
    """Return whom the text spares, in its own words."""
    for line in page.lines[:_READ]:
        if not line.marks.has("spares") and "kecuali" not in line.text.lower() and "exce" not in line.text.lower():
            continue
        for pattern in (_EXEMPT, _EXEMPT_BEFORE):
            if match := pattern.search(line.text):
                return [_read("exempt", line, *_trimmed(match))]
    return []


def affected_in(line: Line) -> list[Read]:
    """Return whom the rule's sentence names as met by it."""
    match = _AFFECTED.search(line.text)
    return [_read("affected", line, match.start(), match.end())] if match else []


def instrument_of(lines: list[Line]) -> tuple[Instrument | None, Evidence | None]:
    """Return the kind of document that holds the rule."""
    return _first("instrument", lines)  # type: ignore[return-value] # the data's keys are checked by a test


def jurisdiction_of(lines: list[Line]) -> tuple[str | None, Evidence | None]:
    """Return where the rule holds, as an ISO code; `None` when the sentences do not say."""
    return _first("jurisdiction", lines)


def attribution_of(page: Page) -> tuple[Attribution | None, Evidence | None]:
    """Return by whose word the article tells it."""
    for name, pattern in slot_cues("attribution").items():
        for line in page.lines[:_SAID_IN_ARTICLE]:
            if match := pattern.search(line.text):
                return name, _mark("attribution", line.sentence, match)  # type: ignore[return-value] # the same
    return None, None


def _first(slot: str, lines: list[Line]) -> tuple[str | None, Evidence | None]:
    for line in {line.number: line for line in lines}.values():
        for name, pattern in slot_cues(slot).items():
            if match := pattern.search(line.text):
                return name, _mark(slot, line.sentence, match)
    return None, None


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    who = match.group("who")
    return match.start("who") + len(who) - len(who.lstrip()), match.start("who") + len(who.rstrip(" ,\"”'"))


def _read(slot: str, line: Line, start: int, end: int) -> Read:
    return Read(line.text[start:end], span(slot, line.sentence, start, end))


def _mark(slot: str, sentence: Sentence, match: re.Match[str]) -> Evidence:
    return span(slot, sentence, match.start(), match.end())


def span(slot: str, sentence: Sentence, start: int, end: int) -> Evidence:
    """Return the evidence for a place in a sentence."""
    return Evidence(
        slot=slot,
        field=sentence.field,
        start=sentence.start + start,
        end=sentence.start + end,
        quote=sentence.text[start:end],
    )
