"""Which rules an article tells: sentences vote for platform, act and object, and the headline has the loudest voice."""

import itertools
import math
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from pipeline.records import Action, PolicyObject
from pipeline.steps.annotate.acts import act_points
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.page import Line, Page
from pipeline.steps.annotate.score import Scored, weights
from pipeline.steps.annotate.subject import is_subject

_Key = TypeVar("_Key")

# A sentence's points say how surely it is news, hardly which act is meant: a mild slope.
_SLOPE = 0.3
_HEADLINE_VOICE = 5.0
_HEADLINE_SLACK = 4.0
# Who acts is told by the verb's own subject, and by the headline.
_SUBJECT_VOICE, _TITLE_VOICE = 5.0, 4.0
# "Updates its policy" and "removes posts" stand beside the act that is meant; they count where nothing else is said.
_QUIET: dict[Action, float] = {"clarify": 0.15, "enforce": 0.5}
_REACH = 5.0
_AGE_MARGIN = 1.0
# How much the sentences' votes count beside what the page speaks for.
_VOTE = 1.0
_VAGUE = "platform_ai_feature"
_OWN_FEATURE: set[Action] = {"remove_feature", "opt_control"}
_ELSEWHERE = 0.5
_VAGUE_VOICE = 0.15
# What users may do themselves is a permission, whatever the verb: "lets users remove the mark", "you can now turn off".
_USERS_RIGHT = re.compile(
    r"\b(?:users?|people|you|creators?|developers?|sellers?|customers?|subscribers?|publishers?|websites?|parents|anyone|pengguna|kreator|anda|kamu|orang tua|pelanggan|penerbit)\s+(?:\S+\s+){0,2}?(?:to|can|may|could|bisa|dapat|boleh|untuk)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_MARK_OFF = re.compile(
    r"(?:turn(?:s|ed|ing)? off|switch(?:es|ed)? off|toggle off|disable|remove|hapus|menghapus|mematikan|matikan)\b\W+(?:\S+\s+){0,5}?(?:watermarks?|labels?|filters?|tanda air|label|filter)\b",
    re.IGNORECASE,
)
# What others are forbidden to do with people's data is a ban; what a platform forbids itself is its own use of data.
_FORBIDS = r"\b(?:ban(?:s|ned|ning)?|forbid(?:s|den|ding)?|prohibit(?:s|ed|ing)?|bar(?:s|red|ring)?|outlaw(?:s|ed|ing)?|(?:me|di)?larang|larangan)\b(?!\W+(?:it|them)sel)"
_FORBIDDEN_TO = re.compile(rf"{_FORBIDS}[^.;:]{{0,50}}$", re.IGNORECASE)
_FORBIDDING = re.compile(_FORBIDS, re.IGNORECASE)
# Who is spared a ban meets that ban: the rule is the ban, however it is told.
_SPARED = re.compile(
    r"^(?:exempt\w*|spar(?:e|es|ed|ing)|(?:meng|di)?kecualikan|membebaskan|dibebaskan)\b[^.;]{0,80}?\b(?:ban|bans|prohibition|larangan)\b",
    re.IGNORECASE,
)
# What those who look after a place may take out of it is a ban, no choice of its users.
_GUARDIANS = re.compile(
    r"\b(?:editors?|moderators?|administrators?|admins|maintainers|penyunting|pengurus|moderator)\b\W+(?:\w+\W+){0,3}?(?:delete|remove|strike|reject|close|hapus|menghapus|menolak|tolak)\b",
    re.IGNORECASE,
)
_TAKEN_AWAY: set[Action] = {"remove_feature", "block_access", "ban", "restrict"}
# Taking down what users post is a ban (or its enforcement); a withdrawn feature is one of the platform's own.
_POSTS = re.compile(
    r"^\W*(?:\S+\s+){0,3}?(?:videos?|songs?|tracks?|posts?|images?|photos?|pictures|books?|listings?|accounts?|content|clips|music|konten|lagu|musik|foto|gambar|unggahan|buku|akun|karya|iklan|ads)\b(?!\s+(?:generat\w+|tool|feature|fitur|app|model|maker|editor|creation|summar\w+|mode)\b)",
    re.IGNORECASE,
)
_REMOVES = re.compile(
    r"\b(?:remov\w+|delet\w+|purg\w+|t(?:ake|akes|aking|ook|aken) down|pull\w*|(?:meng|di)?hapus\w*|menurunkan|diturunkan|turunkan)\b",
    re.IGNORECASE,
)
_FOR_MINORS: set[Action] = {"ban", "restrict", "remove_feature", "block_access"}
_SECOND_ACTS: set[Action] = {
    "data_use", "require", "ban", "block_access", "monetise", "opt_control", "restrict", "allow",
}  # fmt: skip
_SECOND_LINES = 12
_SECOND_SLACK = 3.0
# A further rule is told as one: by "also", "everywhere else"; one about something else by "now" and "no longer" as well.
_ALSO = r"also|additionally|in addition|besides|separately|furthermore|moreover|elsewhere|everywhere else|another|as well|in the same (?:update|post|move)|at the same time|juga|selain itu|di samping|pula|sekaligus|tak hanya|bukan hanya|melengkapi|pada saat yang sama"
_ADDED = re.compile(rf"\b(?:{_ALSO})\b", re.IGNORECASE)
_FURTHER = re.compile(
    rf"\b(?:{_ALSO}|two|both|second|meanwhile|now|no longer|newly|new|must|will|kini|wajib|harus|akan|sementara itu|tidak lagi|tak lagi|lainnya|baru)\b",
    re.IGNORECASE,
)
_HEARSAY = re.compile(r"\b(?:reportedly|allegedly|kabarnya|dikabarkan|konon)\b", re.IGNORECASE)
# Two words for one rule: data are used, and one may object; a door is closed by a ban, a block or a limit.
_KIN: tuple[set[Action], ...] = (
    {"data_use", "opt_control"}, {"ban", "block_access", "restrict", "remove_feature", "monetise"}, {"require", "age_gate"},
    {"allow", "opt_control", "restrict"}, {"allow", "require"}, {"allow", "ban", "block_access"},
)  # fmt: skip
_PURPOSES: set[PolicyObject] = {"training_on_user_data", "ads_personalisation"}
_JOINED = re.compile(r"^(?:[’']s)?\s*(?:,|and|&|dan|serta|maupun|, and)\s*(?:\w+[’']s\s+)?$", re.IGNORECASE)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the article tells: the sentence that speaks for it, the points of the news, the other acts told of it.

    `instead` is the act as worded where a limit by age is what it comes to.
    """

    points: float
    candidate: Candidate
    first: bool = True
    beside: tuple[Action, ...] = ()
    instead: Action | None = None


def rules_told(page: Page, scored: list[Scored]) -> list[Told]:
    """Return the rules that sentences `as_meant` tell, the surest first; none where the best one is below the line."""
    if not scored or scored[0].points < weights().possible:
        return []
    first = _first(page, scored)
    return [first, *_joined(first), *_further(first, scored)]


def as_meant(scored: list[Scored]) -> list[Scored]:
    """Return the sentences with the acts that their words mean."""
    return [Scored(item.points, _meant(item.candidate)) for item in scored]


def _meant(candidate: Candidate) -> Candidate:
    """Return a candidate with the act that its words mean: users' right to remove is a permission, removed posts a ban."""
    text, act = candidate.line.text, candidate.act
    off = candidate.action == "opt_control" and _MARK_OFF.match(text[act.start :])
    if off or (candidate.action in _TAKEN_AWAY and _USERS_RIGHT.search(text[: act.start])):
        return msgspec.structs.replace(candidate, action="allow", direction="loosen")
    if candidate.action == "allow" and _SPARED.search(text[act.start :]):
        return msgspec.structs.replace(candidate, action="ban", direction="tighten")
    if candidate.action == "data_use" and (
        _FORBIDDEN_TO.search(text[: act.start]) or _FORBIDDING.search(text, act.start, act.end)
    ):
        return msgspec.structs.replace(candidate, action="ban", direction="tighten")
    if candidate.action == "opt_control" and _GUARDIANS.search(text[: act.end]):
        return msgspec.structs.replace(candidate, action="ban", direction="tighten")
    removes = _REMOVES.match(text, act.start) if candidate.action == "remove_feature" else None
    if removes and _POSTS.match(text[removes.end() :]):
        return msgspec.structs.replace(candidate, action="ban")
    return candidate


def _first(page: Page, scored: list[Scored]) -> Told:
    best = scored[0]
    near = [item for item in scored if item.points >= best.points - _REACH]
    company = _elected(near, lambda item: item.candidate.actor.company, _voice_of_company)
    same = [item for item in near if item.candidate.actor.company == company]
    points = act_points(page)
    act = _act(points, same)
    told = [item for item in scored if item.candidate.actor.company == company and item.candidate.action == act]
    about = _object(act, told, same)
    acts = tuple(dict.fromkeys(item.candidate.action for item in same if item.candidate.action != act))
    return _by_age(points, Told(points=best.points, candidate=_about(_spokesman(told), about), beside=acts))


def _by_age(points: dict[Action, float], told: Told) -> Told:
    """What a platform forbids, limits or takes from the young is a limit by age, and the other act comes second.

    Not where nothing speaks for a limit by age: children may be whom a picture shows.
    """
    if not for_minors(told.candidate) or points["age_gate"] < points[told.candidate.action] - _AGE_MARGIN:
        return told
    candidate = msgspec.structs.replace(told.candidate, action="age_gate", direction="tighten")
    return msgspec.structs.replace(told, candidate=candidate, instead=told.candidate.action)


def _act(points: dict[Action, float], same: list[Scored]) -> Action:
    """Return the act of a platform's sentences that the whole page speaks for most; the sentences' own votes count beside it."""
    votes = _votes(same, lambda item: item.candidate.action, _voice_of_act)
    return max(votes, key=lambda act: points[act] + _VOTE * math.log(votes[act]))


def _elected(items: Iterable[Scored], key: Callable[[Scored], _Key], voice: Callable[[Scored], float]) -> _Key:
    votes = _votes(items, key, voice)
    return max(votes, key=lambda name: votes[name])


def _votes(
    items: Iterable[Scored], key: Callable[[Scored], _Key], voice: Callable[[Scored], float]
) -> dict[_Key, float]:
    votes: dict[_Key, float] = {}
    for item in items:
        votes[key(item)] = votes.get(key(item), 0.0) + math.exp(_SLOPE * item.points) * voice(item)
    return votes


def _voice_of_company(item: Scored) -> float:
    one = item.candidate
    acts = one.actor_here and is_subject(one.line, one.actor, one.act)
    loud = (_SUBJECT_VOICE if acts else 1.0) * (_TITLE_VOICE if one.line.number == 0 else 1.0)
    return loud * math.exp(_SLOPE * item.points) * (1.0 if one.actor_here else _ELSEWHERE)


def _voice_of_act(item: Scored) -> float:
    loud = _HEADLINE_VOICE if item.candidate.line.number == 0 else 1.0
    return loud * _QUIET.get(item.candidate.action, 1.0)


def _object(act: Action, told: list[Scored], same: list[Scored]) -> PolicyObject:
    """Return what the act is about: what its own sentences say; where that is vague, what the other sentences say."""
    about = _elected(told, lambda item: item.candidate.object, _voice_of_object)
    if about != _VAGUE or act in _OWN_FEATURE:
        return about
    clear = [item for item in same if item.candidate.object != _VAGUE]
    return _elected(clear, lambda item: item.candidate.object, _voice_of_object) if clear else about


def _voice_of_object(item: Scored) -> float:
    candidate = item.candidate
    vague = candidate.object == _VAGUE and candidate.action not in _OWN_FEATURE
    voice = (2.0 if candidate.line.number == 0 else 1.0) * (1.0 if candidate.object_here else _ELSEWHERE)
    return voice * (_VAGUE_VOICE if vague else 1.0)


def _spokesman(told: list[Scored]) -> Candidate:
    """Return the sentence that stands for a rule: the headline where it tells it, else the surest."""
    headline = [item for item in told if item.candidate.line.number == 0]
    near = [item for item in headline if item.points >= told[0].points - _HEADLINE_SLACK]
    return (near or told)[0].candidate


def _about(candidate: Candidate, about: PolicyObject) -> Candidate:
    return msgspec.structs.replace(candidate, object=about)


def for_minors(candidate: Candidate) -> bool:
    """Tell whether an act is a limit by age: what a platform forbids, limits or takes from the young."""
    return candidate.object == "minors_and_ai" and candidate.action in _FOR_MINORS


def _joined(first: Told) -> list[Told]:
    """Return the same rule of a second platform that shares the verb: "A and B will require labels"."""
    line, act = first.candidate.line, first.candidate.act
    earlier = [actor for actor in line.actors if actor.end <= act.start and not actor.is_bystander]
    out: list[Told] = []
    for one, two in itertools.pairwise(earlier):
        companies = {one.company, two.company}
        if (
            len(companies) == 2
            and first.candidate.actor.company in companies
            and _JOINED.match(line.text[one.end : two.start])
        ):
            other = two if one.company == first.candidate.actor.company else one
            out.append(
                Told(points=first.points, candidate=msgspec.structs.replace(first.candidate, actor=other), first=False)
            )
    return out[:1]


def _further(first: Told, scored: list[Scored]) -> list[Told]:
    """Return other rules of the same platform: another act in another sentence of the article's first part."""
    found: list[Told] = []
    for item in scored:
        taken = [told.candidate for told in (first, *found)]
        if (
            item.points >= first.points - _SECOND_SLACK
            and _is_further(item, taken)
            and item.points >= weights().possible - 0.5
        ):
            found.append(Told(points=item.points, candidate=item.candidate, first=False))
    return found[:2]


def _is_further(item: Scored, taken: list[Candidate]) -> bool:
    one = item.candidate
    return (
        one.action in _SECOND_ACTS
        and one.strong
        and one.actor.company == taken[0].actor.company
        and 0 < one.line.number <= _SECOND_LINES
        and _is_news(one.line)
        and all(_differs(one, other) for other in taken)
    )


def _is_news(line: Line) -> bool:
    past = line.marks.has("past") or line.marks.has("hypothetical") or line.marks.has("denial")
    return not past and not _HEARSAY.search(line.text)


def _differs(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences tell two rules: another act on something else, or, where "also" says so, on the same thing."""
    if one.line is other.line or "minors_and_ai" in (one.object, other.object):
        return False
    if one.action == other.action:
        return one.action == "data_use" and {one.object, other.object} == _PURPOSES
    kin = any({one.action, other.action} <= family for family in _KIN)
    if one.object in (other.object, _VAGUE):
        return not kin and bool(_ADDED.search(one.line.text))
    return one.object_here and bool(_FURTHER.search(one.line.text)) and not (kin and one.action == "opt_control")
