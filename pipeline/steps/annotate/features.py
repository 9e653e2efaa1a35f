"""What speaks for and against a sentence being news of a rule, as named numbers; their weights are data."""

import re

from pipeline.rules.policy_rules import action_cues
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.marks import objects_of, strength
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.subject import acted_on, subject_acts

_IN_SENTENCE = (
    "rule", "document", "change", "users", "past", "hypothetical", "spares", "stops", "launch", "law", "legislation",
    "money", "staff", "demand", "denial", "incident", "tool", "speech", "backlash", "strong_ai", "others", "voluntary", "howto",
)  # fmt: skip
_IN_TITLE = (
    "rule", "document", "users", "law", "legislation", "money", "staff", "howto", "demand", "denial", "incident",
    "launch", "government", "third", "tool", "others", "backlash", "hypothetical", "ai", "stops", "speech", "change",
)  # fmt: skip
_IN_LEAD = ("law", "legislation", "money", "staff", "launch", "government", "demand", "incident", "rule", "speech")
_FEW = 12
_STEM = 6
_WORD = re.compile(r"[^\W\d_][\w-]*")


def features_of(page: Page, candidate: Candidate, shared: dict[str, float]) -> dict[str, float]:
    """Return the features that are not zero; `shared` are those of the page."""
    found = {
        **_of_sentence(candidate),
        **_of_title(page, candidate),
        **shared,
        f"act_{candidate.action}": 1.0,
        **dict.fromkeys(words_of(candidate.line), 1.0),
    }
    return {name: value for name, value in found.items() if value}


def words_of(line: Line) -> set[str]:
    """Return a sentence's words as features: the first letters of each, which its endings share, platforms' names left out."""
    text = line.text
    for actor in reversed(line.actors):
        text = f"{text[: actor.start]} {text[actor.end :]}"
    return {f"word_{word.lower()[:_STEM]}" for word in _WORD.findall(text)}


def _of_sentence(candidate: Candidate) -> dict[str, float]:
    line, number = candidate.line, candidate.line.number
    marks = line.marks
    found = {name: float(marks.has(name)) for name in _IN_SENTENCE}
    return found | {
        "strong": float(candidate.strong),
        "subject_acts": float(subject_acts(line, candidate.act)),
        "acted_on": float(acted_on(line, candidate.act)),
        "headline": float(number == 0),
        "lead": float(1 <= number <= 3),
        "late": float(number > 8),
        "actor_here": float(candidate.actor_here),
        "actor_before_act": float(candidate.actor_before_act),
        "object_here": float(candidate.object_here),
        "object_vague": float(candidate.object == "platform_ai_feature"),
        "government_acts": _acts(candidate, "government"),
        "third_acts": _acts(candidate, "third"),
        "question": float(line.text.rstrip("\"'”").endswith("?")),
        "many_acts": float(len(marks.acts) > 2),
        "headline_strong": float(number == 0 and candidate.strong),
        "rule_and_change": float(marks.has("rule") and marks.has("change")),
        "feature_gone_after_backlash": float(candidate.action == "remove_feature" and marks.has("backlash")),
        "launch_without_rule": float(marks.has("launch") and not marks.has("rule")),
    }


def _acts(candidate: Candidate, name: str) -> float:
    """Return 1 where somebody else stands between the platform and the act, or before it where the platform does not."""
    spans = [span for span in candidate.line.marks.words.get(name, ()) if span.end <= candidate.act.start]
    earlier = [actor for actor in candidate.line.actors if actor.end <= candidate.act.start]
    if not spans:
        return 0.0
    return float(not earlier or spans[0].start < earlier[0].start)


def _of_title(page: Page, candidate: Candidate) -> dict[str, float]:
    title = page.title
    found = {f"title_{name}": float(title.marks.has(name)) for name in _IN_TITLE}
    acts = {action_cues()[int(span.name)].action for span in title.marks.acts}
    plain = [span for span in title.marks.acts if strength(span) > 1]
    told = [span for span in plain if subject_acts(title, span) or acted_on(title, span)]
    return found | {
        "title_actor": float(bool(title.actors)),
        "title_actor_first": float(any(actor.start < 3 for actor in title.actors)),
        "title_act": float(bool(acts)),
        "title_strong_act": float(bool(plain)),
        "title_subject_acts": float(bool(told)),
        "title_tells": float(bool(told) and title.marks.has("ai")),
        "title_shares_act": float(candidate.line.number > 0 and candidate.action in acts),
        "title_shares_actor": float(any(a.company == candidate.actor.company for a in title.actors)),
        "title_shares_object": float(candidate.object in objects_of(title.marks)),
        "title_government_first": _first(title, "government"),
        "title_third_first": _first(title, "third"),
        "title_launch_without_act": float(title.marks.has("launch") and not acts),
        "title_question": float(title.text.rstrip().endswith("?")),
    }


def _first(title: Line, name: str) -> float:
    at = title.marks.first(name)
    return float(at is not None and (not title.actors or at < title.actors[0].start))


def features_of_page(page: Page, *, indonesian: bool) -> dict[str, float]:
    """Return the features that all sentences share; `indonesian` because its outlets write more of rules and less of launches."""
    early = page.lines[1:_FEW]
    count = max(1, len(early))
    acts = [line for line in early if line.marks.acts]
    strong = [line for line in early if any(strength(span) > 1 for span in line.marks.acts)]
    told = [line for line in page.lead if any(strength(s) > 1 and subject_acts(line, s) for s in line.marks.acts)]
    found = {f"lead_{name}": sum(line.marks.has(name) for line in page.lead) / 3 for name in _IN_LEAD}
    found |= {
        "share_rule": sum(line.marks.has("rule") for line in early) / count,
        "share_act": len(acts) / count,
        "share_strong_act": len(strong) / count,
        "lead_subject_acts": float(bool(told)),
        "lead_tells": float(any(line.marks.has("ai") for line in told)),
        "share_law": sum(line.marks.has("law") for line in early) / count,
        "share_launch": sum(line.marks.has("launch") for line in early) / count,
        "share_money": sum(line.marks.has("money") for line in early) / count,
        "share_speech": sum(line.marks.has("speech") for line in early) / count,
        "share_users": sum(line.marks.has("users") for line in early) / count,
        "share_ai": sum(line.marks.has("ai") for line in early) / count,
        "lead_act": float(any(line.marks.acts for line in page.lead)),
        "lead_actor": float(bool(page.lead_actors)),
        "short": float(len(page.lines) < 6),
    }
    return found | {"bias": 1.0, "indonesian": float(indonesian)}
