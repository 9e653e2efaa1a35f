"""How far a rule has come: by its own sentence and the headline, by their tense, and by the day from which it holds."""

import re
from datetime import date

from pipeline.records import Evidence, Status
from pipeline.rules.policy_rules import slot_cues
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.slots import span
from pipeline.steps.annotate.when import Found, is_ahead, is_past

# What stops a rule, in the order in which one word outdoes the other.
_TURNS: tuple[Status, ...] = ("reversed", "suspended", "delayed", "amended", "testing", "reported")
# A feature or a way in that is paused is what the act itself says, not a stop to it.
_IS_ITSELF_A_STOP = {"remove_feature", "restrict", "age_gate", "block_access"}
_NOT_OF_A_STOP = {"reversed", "suspended", "amended", "testing"}
# "After a delay", "sempat tertunda": it is over.
_OVER = re.compile(
    r"\b(?:after|following|despite|since|once|previously|earlier|sempat|setelah|usai|sesudah|pernah|tadinya|sebelumnya)\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\b(?:bans?|blocks?|rules?|restrictions?|prohibitions?|requirements?|plans? to|larangan|aturan|pembatasan|kewajiban)",
    re.IGNORECASE,
)
# What stops at an authority's word is suspended, a feature too.
_AUTHORITY = re.compile(
    r"\b(?:regulators?|watchdogs?|privacy authority|data protection|tribunal|(?:after|by|following) (?:\S+ ){0,3}?(?:order|ruling)|otoritas|pengadilan|komisi perlindungan)\b",
    re.IGNORECASE,
)
_LEAD = 3
# A headline tells a test as a launch, and a retreat as its cause.
_ALSO_IN_LEAD: dict[Status, int] = {"testing": 3, "reversed": 1, "suspended": 1}
# A headline's "Meta to ban ...": the future without "will".
_HEADLINE_TO = re.compile(
    r"^\W*(?:[A-Z][\w.&’\'-]*\s+){1,4}to (?!be able|the\b|all\b|its\b|our\b|your\b|their\b|every)[a-z]{3,}"
)

_Said = tuple[Status, Evidence | None]


def status_of(page: Page, candidate: Candidate, about: list[Line], *, first: bool) -> _Said:
    """Return how far a rule has come, with the words that say so; `about` are other sentences on it, in their order."""
    own, title = candidate.line, page.title
    heads = (title, own) if first else (own,)
    return (
        _turned(candidate, heads, page)
        or (_done(candidate, page) if first else None)
        or _by_tense(heads)
        or (_by_tense(tuple(line for line in about if 0 < line.number <= _LEAD)) if first else None)
        or ("in_effect", None)
    )


def dated(status: Status, effective: Found | None, published: date | None) -> Status:
    """Return the status that the day from which a rule holds leaves of it: ahead is announced, past is in effect."""
    if effective is None or published is None or status not in ("in_effect", "announced"):
        return status
    value = effective.when.value or ""
    if is_ahead(value, published):
        return "announced"
    return "in_effect" if is_past(value, published) else status


def _turned(candidate: Candidate, heads: tuple[Line, ...], page: Page) -> _Said | None:
    for name in _TURNS:
        said = _first_said(name, (*heads, *page.lead[: _ALSO_IN_LEAD.get(name, 0)]))
        ordered = name == "suspended" and any(_AUTHORITY.search(line.text) for line in heads)
        if said and (ordered or not _is_the_act_itself(candidate, name) or _stops_a_rule(said)):
            return said
    return None


def _is_the_act_itself(candidate: Candidate, name: Status) -> bool:
    return (
        candidate.action in _IS_ITSELF_A_STOP
        and name in _NOT_OF_A_STOP
        and (candidate.action == "remove_feature" or name == "suspended")
    )


def _stops_a_rule(said: _Said) -> bool:
    """Tell whether it is a rule or a plan that is stopped, as in "suspends its ban", not a feature."""
    return said[0] in ("suspended", "amended", "reversed") and said[1] is not None and bool(_RULE.search(said[1].quote))


def _done(candidate: Candidate, page: Page) -> _Said | None:
    """Return that a feature is gone where headline or lead tell it as done, though the maker says "will"."""
    if candidate.action != "remove_feature":
        return None
    return _first_said("in_effect", (page.title, candidate.line, *page.lead))


def _by_tense(lines: tuple[Line, ...]) -> _Said | None:
    for line in lines:
        if line.number == 0 and (match := _HEADLINE_TO.match(line.text)):
            return "announced", span("status", line.sentence, match.start(), match.end())
        for name in ("in_effect", "announced"):
            if said := _first_said(name, (line,)):
                return said
    return None


def _first_said(name: str, lines: tuple[Line, ...]) -> _Said | None:
    for line in lines:
        for match in slot_cues("status")[name].finditer(line.text):
            if not _OVER.search(line.text[: match.start()]):
                mark = span("status", line.sentence, match.start(), match.end())
                return name, mark  # type: ignore[return-value] # the data's keys are checked by a test
    return None
