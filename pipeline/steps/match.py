"""Which rule takes a line: by its words and its shape, or by the markup around it."""

import re
from functools import lru_cache

import msgspec

from pipeline.records import RemovedKind
from pipeline.rules.noise_rules import LineRule, candidates, markup_prefilter, markup_rules
from pipeline.steps.lines import Line

_SAID = re.compile(r"[,;”\"] (?:kata|ujar|ucap|tutur|sebut|jelas|terang)\b|\b(?:said|says|told|wrote)\b", re.IGNORECASE)
_TITLE_CHARS = 160
_ANYWHERE_CHARS = 320
_MOST_CHARS = 600


class Fate(msgspec.Struct, frozen=True):
    """Why a line goes: its kind and the rule's id."""

    kind: RemovedKind
    rule: str


@lru_cache(maxsize=4096)
def markup_rule(names: str) -> Fate | None:
    """Return why an element with these names goes, `None` where they tell no noise."""
    if not markup_prefilter().search(names):
        return None
    for rule, pattern in markup_rules():
        if pattern.search(names):
            return Fate(rule.kind, rule.id)
    return None


def rule_for(line: Line) -> LineRule | None:
    """Return the first rule that has a line's words and shape."""
    if len(line.text) > _MOST_CHARS:
        return None
    return next((rule for rule in candidates(line.text) if matches(rule, line)), None)


def matches(rule: LineRule, line: Line) -> bool:
    """Return whether a line has a rule's words and shape."""
    # An invitation quotes nobody.
    return _has_shape(rule, line) and not (rule.kind == "channel" and _SAID.search(line.text))


def _has_shape(rule: LineRule, line: Line) -> bool:
    text = line.text
    if rule.shape == "line":
        return len(text) <= _MOST_CHARS and rule.regex.fullmatch(text) is not None
    if rule.shape == "label_alone":
        return len(text) <= 60 and rule.regex.fullmatch(text) is not None and not text.endswith((".", "?", "!"))
    if rule.shape == "anywhere":
        return len(text) <= _ANYWHERE_CHARS and rule.regex.match(text) is not None
    if rule.shape == "tail":
        return False
    found = rule.regex.match(text)
    return found is not None and len(text) <= 400 and _is_title(line, text[found.end() :])


def _is_title(line: Line, rest: str) -> bool:
    rest = rest.strip(" :–—-|»\"'“”")
    if not rest:
        return True
    if line.link_share > 0.5 and len(rest) <= 300:
        return True
    return len(rest) <= _TITLE_CHARS and not re.search(
        r"[.;,]$|[.!?]\s+[A-Z“\"]|, (?:kata|ujar|ucap|tutur|said|says)\b", rest
    )
