"""A sentence to a candidate: a platform, an act on a rule, and something of AI that it is about."""

import re

import msgspec

from pipeline.records import Action, Direction, PolicyObject
from pipeline.rules.policy_rules import action_cues
from pipeline.steps.annotate.actors import Actor
from pipeline.steps.annotate.marks import Span, objects_of, strength
from pipeline.steps.annotate.page import Line, Page

# What an action is about where the sentence names several things.
_PREFERRED: dict[str, tuple[PolicyObject, ...]] = {
    "data_use": ("ads_personalisation", "training_on_user_data", "platform_ai_feature"),
    "age_gate": ("minors_and_ai",),
    "block_access": ("crawling_scraping", "ai_agents", "general_purpose_chatbot", "ai_model_use"),
    "remove_feature": ("deepfake_likeness", "platform_ai_feature", "ai_model_use"),
    "monetise": ("ai_agents", "crawling_scraping", "ai_generated_content"),
    "license": ("copyright_ip",),
    "opt_control": ("training_on_user_data", "minors_and_ai", "crawling_scraping"),
    "allow": ("general_purpose_chatbot", "ai_agents", "ai_generated_content"),
}
_SUBJECT_REACH = 160
_NEGATED = re.compile(
    r"(?:\b(?:not|never|without|denies|denied|no plans to|tidak|bukan|belum|tak|membantah|bantah)|n['’]t)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_NEGATION_REACH = 28
# "Will not train" is a rule on data all the same; "is not banning" is no ban.
_STANDS_NEGATED = {"data_use", "opt_control", "clarify", "allow", "license"}


# What employers ask of applicants.
_OF_JOBS = re.compile(r"requir\w*\W(?:\S+\s){0,2}?(?:skills?|experience|expertise|degrees?)\b", re.IGNORECASE)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that may tell of a rule, with its reading."""

    line: Line
    actor: Actor
    actor_here: bool
    actor_before_act: bool
    action: Action
    direction: Direction
    object: PolicyObject
    object_here: bool
    act: Span
    strong: bool


def candidates_in(page: Page) -> list[Candidate]:
    """Return every act of every sentence for which platform and AI are known, in reading order."""
    found: list[Candidate] = []
    for line in page.lines:
        seen: set[Action] = set()
        for span in sorted(line.marks.acts, key=lambda act: (-strength(act), int(act.name), act.start)):
            candidate = _candidate(page, line, span)
            if candidate and candidate.action not in seen:
                seen.add(candidate.action)
                found.append(candidate)
    return found


def _candidate(page: Page, line: Line, act: Span) -> Candidate | None:
    cue = action_cues()[int(act.name)]
    if any(actor.start <= act.start < actor.end for actor in line.actors) or _negated(line.text, act, cue.action):
        return None
    if _OF_JOBS.match(line.text, act.start):
        return None
    actor, here = _actor(page, line, act)
    about, object_here = _object(page, line, cue.action)
    if actor is None or about is None or not _speaks_of_ai(page, line):
        return None
    before = any(a.end <= act.start and act.start - a.end < _SUBJECT_REACH for a in line.actors)
    return Candidate(
        line=line,
        actor=actor,
        actor_here=here,
        actor_before_act=before,
        action=cue.action,
        direction=cue.direction,
        object=about,
        object_here=object_here,
        act=act,
        strong=strength(act) > 1,
    )


def _negated(text: str, act: Span, action: Action) -> bool:
    before = text[max(0, act.start - _NEGATION_REACH) : act.start]
    return action not in _STANDS_NEGATED and bool(_NEGATED.search(before))


def _actor(page: Page, line: Line, act: Span) -> tuple[Actor | None, bool]:
    actors = [actor for actor in line.actors if not actor.is_bystander]
    if actors:
        earlier = [actor for actor in actors if actor.end <= act.start]
        return (earlier[0] if earlier else actors[0]), True
    told = page.lines[line.number - 1].actors if line.number > 1 else ()
    for place in (page.title.actors, told, page.lead_actors):
        if named := [actor for actor in place if not actor.is_bystander]:
            return named[0], False
    return None, False


def _object(page: Page, line: Line, action: Action) -> tuple[PolicyObject | None, bool]:
    previous = page.lines[line.number - 1] if line.number > 1 else page.title
    generic = None
    for place in (line, page.title, previous):
        names = objects_of(place.marks)
        wanted = next((name for name in _PREFERRED.get(action, ()) if name in names), None)
        if wanted or (names and names[0] != "platform_ai_feature"):
            return wanted or names[0], place is line
        generic = generic or (names[0] if names else None)
    return generic, False


def _speaks_of_ai(page: Page, line: Line) -> bool:
    around = (line, page.title, *page.lines[max(1, line.number - 1) : line.number])
    return any(place.marks.has("ai") for place in around)
