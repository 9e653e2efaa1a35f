"""The smaller slots of an entry: status, whom it meets and spares, instrument, jurisdiction, attribution, each with its quote."""

import re

import msgspec

from pipeline.records import Attribution, Evidence, Instrument
from pipeline.rules.policy_rules import ai_brands, place_cues, place_names, slot_cues, surfaces
from pipeline.steps.annotate.actors import Actor, is_met
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
_CHATBOT = re.compile(
    r"\b(?:AI (?:chatbots?|assistants?|characters?|companions?)|(?:its|[’']s) (?:AI )?chatbots?|chatbots? (?:AI )?(?:milik |buatan )?(?=[A-Z])|(?:bot|asisten|karakter) AI)\b",
)
_JOINT = re.compile(r"(?:,|,? (?:and|or|dan|atau|serta|&))(?: the)? ", re.IGNORECASE)
_PRODUCT_LINES = 2
_READ = 25
_SAID_IN_ARTICLE = 12


class Read(msgspec.Struct, frozen=True):
    """A value with its quote; no quote where the value is what silence means."""

    value: str
    mark: Evidence | None = None


def exempt_in(page: Page) -> list[Read]:
    """Return whom the text spares, in its own words."""
    for line in page.lines[:_READ]:
        if not line.marks.has("spares") and "kecuali" not in line.text.lower() and "exce" not in line.text.lower():
            continue
        for pattern in (_EXEMPT, _EXEMPT_BEFORE):
            if match := pattern.search(line.text):
                return [_read("exempt", line, *_trimmed(match))]
    return []


def affected_in(lines: list[Line]) -> list[Read]:
    """Return whom the rule's sentences name as met by it, the first that names anyone."""
    for line in lines:
        if match := _AFFECTED.search(line.text):
            return [_read("affected", line, match.start(), match.end())]
    return []


def instrument_of(lines: list[Line]) -> tuple[Instrument | None, Evidence | None]:
    """Return the kind of document that holds the rule."""
    return _first("instrument", lines)  # type: ignore[return-value] # the data's keys are checked by a test


def jurisdiction_of(lines: list[Line], title: Line) -> tuple[str | None, Evidence | None]:
    """Return where the rule holds, as ISO codes; `None` when its sentences do not say."""
    for line in (lines[0], title, *lines[1:]):
        if found := _places(line.text):
            start, end = found[0][1], max(end for _, _, end in found)
            return ", ".join(dict.fromkeys(name for name, _, _ in found)), span(
                "jurisdiction", line.sentence, start, end
            )
    return None, None


def _places(text: str) -> list[tuple[str, int, int]]:
    """Return the places in which a sentence says that something holds, those of a list too: code, start, end."""
    named = [
        (name, match.start(), match.end()) for name, pattern in place_cues().items() for match in pattern.finditer(text)
    ]
    found: list[tuple[str, int, int]] = []
    for one in sorted(named, key=lambda item: item[1]):
        found.append(one)
        while listed := _listed(text, found[-1][2]):
            found.append(listed)
    return found


def _listed(text: str, at: int) -> tuple[str, int, int] | None:
    """Return the place that goes on a list of places at a point of a sentence."""
    joint = _JOINT.match(text, at)
    if joint is None:
        return None
    hits = ((name, pattern.match(text, joint.end())) for name, pattern in place_names().items())
    return next(((name, hit.start(), hit.end()) for name, hit in hits if hit), None)


def product_of(page: Page, best: Candidate) -> tuple[str | None, list[Evidence]]:
    """Return the product that sentence or headline name, else the lead, else what the company's name stands for."""
    for lines in ((best.line, page.title), page.lead[:_PRODUCT_LINES]):
        if named := _named_product(best, lines):
            return named
        if best.actor.flagship and _speaks_of_chatbot(best, lines):
            return best.actor.flagship, []
    brand = ai_brands().get(best.actor.company) if best.object == "platform_ai_feature" else None
    stands_for = best.actor.product or brand or best.actor.flagship
    if best.actor in best.line.actors:
        return stands_for, [_name(best.line, best.actor, "company")]
    return stands_for, []


def _named_product(best: Candidate, lines: tuple[Line, ...]) -> tuple[str, list[Evidence]] | None:
    for line in lines:
        own = [best.actor, *line.actors] if line is best.line else line.actors
        for actor in sorted(own, key=lambda named: named in line.actors and is_met(line.text, named)):
            if (
                actor.company == best.actor.company
                and actor.product
                and actor in line.actors
                and not actor.is_bystander
            ):
                return actor.product, [_name(line, actor, "product")]
    return None


def _speaks_of_chatbot(best: Candidate, lines: tuple[Line, ...]) -> bool:
    """Tell whether a sentence names the company with its chatbot: "Meta's AI characters", "chatbot Meta"."""
    return any(
        _CHATBOT.search(line.text) and any(actor.company == best.actor.company for actor in line.actors)
        for line in lines
    )


def _name(line: Line, actor: Actor, slot: str) -> Evidence:
    return span(slot, line.sentence, actor.start, actor.end)


def surface_of(best: Candidate, product: str | None, lines: list[Line]) -> tuple[str | None, Evidence | None]:
    """Return the part of a product that is named: an API, a feed, a plan; not the product itself."""
    for line in lines:
        for name, pattern in surfaces().get(best.actor.company, {}).items():
            if name != product and (match := pattern.search(line.text)):
                return name, _mark("surface", line.sentence, match)
    return None, None


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
