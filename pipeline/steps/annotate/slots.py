"""The smaller slots of an entry: status, whom it meets and spares, instrument, jurisdiction, attribution, each with its quote."""

import re
from collections.abc import Iterator

import msgspec

from pipeline.records import Action, Attribution, Evidence, Instrument, PolicyObject, Status
from pipeline.rules.policy_rules import ai_brands, place_cues, place_names, slot_cues, surfaces
from pipeline.steps.annotate.actors import Actor, is_met
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.sentences import Sentence

# Words before those whom a rule spares, and words behind them.
_EXEMPT = re.compile(
    r"(?:does(?:n['’]t| not) (?:affect|apply to|cover|include|extend to)|do(?:n['’]t| not) (?:affect|apply to|cover)|(?:will|are|is) not (?:be )?(?:affect|apply to|impact|includ)\w*|won['’]t (?:affect|apply to|impact|cover|include)|"
    r"exempt(?:s|ed|ing|ion|ions)?(?: (?:for|are|is))?|with (?:an|the) exceptions? (?:of|for)|exceptions? (?:is|are) (?:made )?for|except(?:ing)?(?: for| where)?|other than|aside from|apart from|leav(?:es?|ing) out|not including|"
    r"(?:still (?:be )?allowed|unaffected|carve-outs?|exceptions?|allowances?) for|(?:spares?|sparing)|"
    r"tidak (?:akan )?(?:memengaruhi|mempengaruhi|berlaku (?:bagi|untuk|pada)|berdampak (?:pada|bagi)|mencakup|menyentuh|menyasar)|tak (?:berlaku (?:bagi|untuk|pada)|termasuk|mencakup|menyentuh)|tidak termasuk|"
    r"(?:di|menge)?kecualikan(?: (?:bagi|untuk|adalah))?|kecuali(?: (?:bagi|untuk|pada|di))?|pengecualian(?:nya)? (?:bagi|untuk|pada|adalah)|terkecuali|di luar)\s+(?P<who>[^.;:\n—–]{4,160})",
    re.IGNORECASE,
)
_SPARED = re.compile(
    r"\s(?:(?:is|are|will be|remain|remains|tetap|akan) (?:exempt(?:ed)?|unaffected|not (?:affected|included|covered|subject)|spared|untouched|excluded|still allowed|(?:bisa|boleh|dapat) (?:dipakai|digunakan|diakses|tayang)|diizinkan|diperbolehkan|dibolehkan|aman|dikecualikan|gratis)|"
    r"(?:can|may|will) still (?:be )?\w+|(?:are|is) still (?:allowed|permitted|welcome|free|fine)|remains? (?:allowed|permitted|available|free|open)|need not|needn['’]t|do(?:es)?(?:n['’]t| not) (?:need|have) to|"
    r"dikecualikan|masih (?:bisa|boleh|dapat|diizinkan)|tetap (?:bisa|boleh|dapat)|(?:won['’]t|will not|are not|is not|aren['’]t|isn['’]t) (?:be )?(?:affected|included|covered|subject)|(?:tidak|tak) (?:akan )?(?:terdampak|terpengaruh|termasuk|terkena|ikut|perlu|wajib))\b",
    re.IGNORECASE,
)
# In another sentence than the rule's own, where "will not be used" would be the rule.
_UNUSED = re.compile(
    r"\s(?:(?:won['’]t|will not|are not|is not|aren['’]t) be used|(?:tidak|tak) (?:akan )?(?:dipakai|digunakan|disentuh|diikutkan))\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:^|[.,;:()\n—–])(?P<who>[^.,;:()\n—–]{4,90})$")
_SUBJECT_REACH = 91
# Where a party's name ends: at a clause of its own.
_CLAUSE = re.compile(
    r"(?:,? (?:but|which|who|while|as long as|as there|as it|meaning|unless|if|when|because|since|so|and (?:will|can|may|it|they|the company)|said|says|tetapi|tapi|namun|sehingga|karena|agar|asalkan|selama|jika|bila|kata|ujar|yang (?:akan|sudah|telah)|dari (?:larangan|aturan|kewajiban|kebijakan)|from (?:the|its|this|that)))\b.*$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:it|that|this|these|those|they|them|themselves|itself|he|she|we|you|i|there|what|which|and|or|but|so|soal|supaya|agar|itu|ini|hal|dua hal|karena|jika|bila|if|when|as|ia|dia|mereka|kami|kamu|anda|dan|atau|serta|not|no|never|tidak|by|"
    r"pemilik\w* menolak|users? (?:opt|object)|pengguna (?:menolak|mematikan))\b",
    re.IGNORECASE,
)
# What holds a verb is a clause, no party.
_VERB = re.compile(
    r"\b(?:will|would|is|are|was|has|have|said|says|mengatakan|menjelaskan|menyatakan|menyebut|menegaskan|akan|kata)\b",
    re.IGNORECASE,
)
_WHO = (
    r"users|creators|developers|sellers|advertisers|publishers|artists|musicians|authors|subscribers|customers|websites|teens|teenagers|minors|businesses|companies|readers|moderators|record labels|distributors|listeners|uploaders|viewers|owners|adults|"
    r"parents|researchers|contributors|maintainers|drivers|students|streamers|streaming partners|hosts|merchants|shoppers|players|editors|reviewers|employers|recruiters|filmmakers|photographers|podcasters|rightsholders|copyright holders|startups|members|"
    r"pengguna|kreator|pengembang|penjual|pengiklan|penerbit|musisi|penulis|pelanggan|anak|remaja|perusahaan (?:AI|lain)|akun|pendengar|penonton|moderator|distributor|peneliti|orang tua|penyunting|kontributor|pembeli|pengemudi|mitra|pemain|fotografer|seniman|perekrut|pelamar|pengunggah|warga"
)
_ANYONE = re.compile(rf"(?:the |para |semua |all )?(?:{_WHO})", re.IGNORECASE)
_OF_WHICH = r"(?:\b(?:all|free|paid|paying|non-paying|verified|third-party|new|adult|teen|teenage|underage|younger|european|independent|rival|individual|semua|seluruh|para|setiap)\s+){0,3}"
_WHERE = r"(?:\s+(?:under|below|aged|with|on|in|outside|of|who|di bawah|di|berusia|dengan)(?:\s+(?!as\b|by\b|must|will|can|may|have|has|had|to\b|from\b|akan|bisa|harus|wajib|mulai|untuk|pada|agar|yang|me(?:m|n|ng|ny)[a-z]+|diberi|is\b|are\b|“|\")[^\s,.;:()]+){1,5}(?=[\s,.;:()]|$))?"
_AFFECTED = re.compile(
    rf"{_OF_WHICH}(?:(?<=[a-z,] )(?-i:[A-Z][\w.]+)(?:(?:,| and| or)? (?-i:[A-Z][\w.]+)){{0,3}}\s+)?\b(?:{_WHO})\b"
    rf"(?:\s+(?:(?-i:[A-Z][\w.]+)(?: (?-i:[A-Z][\w.]+))?|gratis|remaja|dewasa|berbayar|gim|musik|konten|akun gratis|afiliasi))?{_WHERE}",
    re.IGNORECASE,
)
# A headline writes every word large: names are not told there.
_IN_HEADLINE = re.compile(rf"{_OF_WHICH}\b(?:{_WHO})\b(?:\s+(?:gratis|remaja|dewasa|berbayar))?{_WHERE}", re.IGNORECASE)
# Words of these are spoken of in rules of every kind; they name the document of these acts alone.
_ONLY_FOR: dict[str, tuple[Action, ...]] = {
    "monetisation_policy": ("monetise", "restrict", "ban", "clarify"),
    "product_setting": ("opt_control", "age_gate", "remove_feature", "allow", "restrict", "require"),
    "webmaster_policy": ("block_access", "restrict", "license", "enforce", "require"),
}
# Where no document is named: a feature is turned in the product, people's data are the privacy policy's, their works the content policy's.
_USUAL: dict[tuple[Action, PolicyObject | None], Instrument] = {
    ("remove_feature", None): "product_setting",
    ("opt_control", None): "product_setting",
    ("age_gate", None): "product_setting",
    ("data_use", None): "privacy_policy",
    ("restrict", "deepfake_likeness"): "product_setting",
    ("restrict", "platform_ai_feature"): "product_setting",
    ("allow", "platform_ai_feature"): "product_setting",
    ("allow", "ai_model_use"): "usage_policy",
    ("ban", "ai_generated_content"): "content_policy",
    ("ban", "deepfake_likeness"): "content_policy",
    ("require", "ai_generated_content"): "content_policy",
    ("restrict", "ai_generated_content"): "content_policy",
    ("enforce", "ai_generated_content"): "content_policy",
    ("enforce", "deepfake_likeness"): "content_policy",
    ("ban", "general_purpose_chatbot"): "api_terms",
    ("block_access", "crawling_scraping"): "technical_default",
    ("ban", "crawling_scraping"): "technical_default",
    ("block_access", "ai_model_use"): "api_terms",
}
_MEETS_RIVALS = ("general_purpose_chatbot", "crawling_scraping", "ai_agents", "ai_model_use")
_AGAINST = ("ban", "block_access", "enforce", "restrict", "monetise")
_CHATBOT = re.compile(
    r"\b(?:AI (?:chatbots?|assistants?|characters?|companions?)|(?:its|[’']s) (?:AI )?chatbots?|chatbots? (?:AI )?(?:milik |buatan )?(?=[A-Z])|(?:bot|asisten|karakter) AI)\b",
)
_JOINT = re.compile(r"(?:,|,? (?:and|or|dan|atau|serta|&))(?: the)? ", re.IGNORECASE)
_PRODUCT_LINES = 2
_READ = 25
_SHORTEST, _RIVALS = 4, 3
_SAID_IN_ARTICLE = 12
_SAID_NEARBY = ("spokesperson_to_outlet", "company_document")


class Read(msgspec.Struct, frozen=True):
    """A value with its quote; no quote where the value is what silence means."""

    value: str
    mark: Evidence | None = None


def exempt_in(best: Candidate, page: Page) -> list[Read]:
    """Return whom the text spares, in its own words."""
    for line in page.lines[:_READ]:
        is_rule = line in (best.line, page.title)
        for start, end in (*_named_after(line.text), *_named_before(line.text, is_rule=is_rule)):
            if end - start >= _SHORTEST and not _NOBODY.match(line.text, start):
                return [_read("exempt", line, start, end)]
    return []


def _named_after(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parties that words of sparing are followed by, without the clause behind them."""
    for match in _EXEMPT.finditer(text):
        yield _trimmed(text, match.start("who"), match.end("who"))


def _named_before(text: str, *, is_rule: bool) -> Iterator[tuple[int, int]]:
    """Yield the subjects of words of sparing: somebody or something, neither everybody nor a clause."""
    for pattern in (_SPARED,) if is_rule else (_SPARED, _UNUSED):
        for match in pattern.finditer(text):
            subject = _SUBJECT.search(text, max(0, match.start() - _SUBJECT_REACH), match.start())
            if subject is None or _VERB.search(text, subject.start("who"), subject.end("who")):
                continue
            start, end = _trimmed(text, subject.start("who"), subject.end("who"))
            if not _ANYONE.fullmatch(text, start, end):
                yield start, end


def affected_in(best: Candidate, lines: list[Line]) -> list[Read]:
    """Return whom a rule meets: the rivals that its sentence or the headline name, else the first group of people."""
    if best.object in _MEETS_RIVALS and best.action in _AGAINST:
        for line in lines:
            rivals = _rivals(best, line, is_rule=line in lines[:2])
            if rivals:
                return [_read("affected", line, rival.start, rival.end) for rival in rivals[:_RIVALS]]
    for line in lines:
        if match := (_AFFECTED if line.number else _IN_HEADLINE).search(line.text):
            return [_read("affected", line, match.start(), match.end())]
    return []


def _rivals(best: Candidate, line: Line, *, is_rule: bool) -> list[Actor]:
    """Return the other platforms of a sentence; one that does not state the rule must name them as met by it."""
    others = [actor for actor in line.actors if actor.company != best.actor.company]
    return others if is_rule or any(is_met(line.text, actor) for actor in others) else []


def instrument_of(best: Candidate, lines: list[Line]) -> tuple[Instrument | None, Evidence | None]:
    """Return the kind of document that holds the rule: the one that its sentences name, else what holds rules of its kind."""
    for line in {line.number: line for line in lines}.values():
        for name, pattern in slot_cues("instrument").items():
            match = pattern.search(line.text)
            if match and best.action in _ONLY_FOR.get(name, (best.action,)):
                return name, _mark("instrument", line.sentence, match)  # type: ignore[return-value] # the data's keys are checked by a test
    usual = _USUAL.get((best.action, best.object)) or _USUAL.get((best.action, None))
    return usual, span("instrument", best.line.sentence, best.act.start, best.act.end) if usual else None


def jurisdiction_of(lines: list[Line], title: Line) -> tuple[str | None, Evidence | None]:
    """Return where the rule holds, as ISO codes; `None` when its sentences do not say."""
    for line in (lines[0], title, *lines[1:]):
        if found := _places(line.text):
            start, end = found[0][1], max(end for _, _, end in found)
            return ", ".join(dict.fromkeys(name for name, _, _ in found)), span(
                "jurisdiction", line.sentence, start, end
            )
    return None, None


# Where a rule does not hold is no place of it.
_EXCEPT = re.compile(r"\b(?:kecuali|selain|except|excluding|outside|apart from)\W+(?:\w+\W+){0,2}$", re.IGNORECASE)


def _places(text: str) -> list[tuple[str, int, int]]:
    """Return the places in which a sentence says that something holds, those of a list too: code, start, end."""
    named = [
        (name, match.start(), match.end())
        for name, pattern in place_cues().items()
        for match in pattern.finditer(text)
        if not _EXCEPT.search(text[: match.start()])
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


def attribution_of(page: Page, best: Candidate, status: Status) -> tuple[Attribution | None, Evidence | None]:
    """Return by whose word the article tells it; of what is only reported, the report's word counts first."""
    cues = slot_cues("attribution")
    order = sorted(cues, key=lambda name: name != "media_report") if status == "reported" else list(cues)
    near = (best.line, page.title, *page.lead)
    for name in order:
        for line in near if name in _SAID_NEARBY else (*near, *page.lines[:_SAID_IN_ARTICLE]):
            if match := cues[name].search(line.text):
                return name, _mark("attribution", line.sentence, match)  # type: ignore[return-value] # the same
    return None, None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a party's name begins and ends, without the clause that follows."""
    who = text[start:end]
    start += len(who) - len(who.lstrip(" ,\"“”'"))
    return start, start + len(_CLAUSE.sub("", text[start:end]).rstrip(" ,\"”'"))


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
