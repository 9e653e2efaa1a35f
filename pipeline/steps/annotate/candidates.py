"""A sentence to a candidate: a platform, an act on a rule, and something of AI that it is about, with what speaks for it."""

import re

import msgspec

from pipeline.records import Action, Direction, PolicyObject
from pipeline.rules.policy_rules import ActionCue, action_cues, object_cues
from pipeline.steps.annotate.actors import Actor, find
from pipeline.steps.annotate.sentences import Sentence

_AI = re.compile(
    r"(?<!\w)(?:A\.?I\.?|GenAI|chatbots?|artificial intelligence|generative|kecerdasan (?:buatan|artifisial)|deep ?fakes?|LLMs?|machine learning|ChatGPT|Grok|Gemini|Copilot|Claude|GPT-?\w*|Sora|"
    r"crawlers?|scrap(?:ing|ers?)|asisten virtual|likeness|synthetic|perayap|model(?:s)? bahasa|companions?)(?!\w)",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"(?<!\w)(?:polic(?:y|ies)|rules?|terms|guidelines?|standards|requirements?|settings?|default|permission|consent|opt|disclos\w+|kebijakan|aturan|ketentuan|pedoman|syarat|persyaratan|izin|setelan|pengaturan|guardrails?)(?!\w)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:not|n't|never|no plans? to|deny|denies|tidak|bukan|belum|tak|membantah)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:last (?:year|month|october|november|december|january|february|march|april|may|june|july|august|september|summer|fall|spring|winter)|previously|earlier this year|in 20(?:1\d|2[0-4])|since 20\d\d|years? ago|tahun lalu|sebelumnya|sejak 20\d\d)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:could|might|may soon|would|considering|mulls?|reportedly (?:plans|considering)|if|should|mungkin|bisa jadi|seharusnya|jika|andai|rencananya mempertimbangkan)\b",
    re.IGNORECASE,
)


_SPARES = re.compile(
    r"\b(?:(?:does|will|do|is|are)(?: not|n't) (?:be )?(?:affect\w*|apply|impact\w*)|exempt\w*|tidak (?:akan )?(?:memengaruhi|mempengaruhi|berlaku)|dikecualikan|pengecualian)\b",
    re.IGNORECASE,
)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that may tell of a rule, with its reading and the features that speak for or against it."""

    sentence: Sentence
    actor: Actor
    action: Action
    direction: Direction
    object: PolicyObject
    act_start: int
    act_end: int
    features: dict[str, float]


def candidate_in(sentence: Sentence, title_actor: Actor | None, title: str) -> Candidate | None:
    """Return what a sentence may tell of a rule, `None` where platform, act or AI is missing."""
    actors = [actor for actor in find(sentence.text) if not actor.is_bystander]
    actor = actors[0] if actors else title_actor
    if actor is None:
        return None
    act = _act(sentence.text, actors)
    if act is None:
        return None
    cue, match = act
    about = _object(sentence.text, title, cue.action)
    in_sentence = bool(_AI.search(sentence.text))
    if about is None or not (in_sentence or _AI.search(title)):
        return None
    subject = next((a for a in reversed(actors) if a.end <= match.start()), None) or (actors[0] if actors else None)
    return Candidate(
        sentence=sentence,
        actor=subject or actor,
        action=cue.action,
        direction=cue.direction,
        object=about,
        act_start=match.start(),
        act_end=match.end(),
        features=_features(sentence, actors, cue.strength, match, in_sentence=in_sentence),
    )


def _act(text: str, actors: list[Actor]) -> tuple[ActionCue, re.Match[str]] | None:
    best: tuple[tuple[int, int], ActionCue, re.Match[str]] | None = None
    for cue, pattern in action_cues():
        for match in pattern.finditer(text):
            inside_name = any(a.start <= match.start() < a.end for a in actors)
            if inside_name or (
                _NEGATED.search(text[max(0, match.start() - 30) : match.start()]) and cue.action != "ban"
            ):
                continue
            rank = (cue.strength, -match.start())
            if best is None or rank > best[0]:
                best = (rank, cue, match)
            break
    return None if best is None else (best[1], best[2])


def _object(text: str, title: str, action: Action) -> PolicyObject | None:
    preferred: dict[str, PolicyObject] = {
        "data_use": "training_on_user_data",
        "age_gate": "minors_and_ai",
        "block_access": "crawling_scraping",
        "remove_feature": "platform_ai_feature",
    }
    for where in (text, title):
        names = [cue.name for cue, pattern in object_cues() if pattern.search(where)]
        if not names:
            continue
        wanted = preferred.get(action)
        if wanted in names and not (action == "block_access" and "general_purpose_chatbot" in names):
            return wanted
        return names[0]
    return None


def _features(
    sentence: Sentence, actors: list[Actor], strength: int, match: re.Match[str], *, in_sentence: bool
) -> dict[str, float]:
    text = sentence.text
    before = any(actor.end <= match.start() and match.start() - actor.end < 120 for actor in actors)
    return {
        "strong_act": float(strength == 2),
        "headline": float(sentence.number == 0),
        "lead": float(1 <= sentence.number <= 3),
        "early": float(4 <= sentence.number <= 8),
        "late": float(sentence.number > 8),
        "names_actor": float(bool(actors)),
        "actor_before_act": float(before),
        "names_ai": float(in_sentence),
        "rule_word": float(bool(_RULE.search(text))),
        "past": float(bool(_PAST.search(text))),
        "hypothetical": float(bool(_HYPOTHETICAL.search(text))),
        "spares": float(bool(_SPARES.search(text))),
        "question": float(text.rstrip("\"'”").endswith("?")),
    }
