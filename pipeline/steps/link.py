"""Which reports tell of one rule: the same answer in whatever order they arrived.

Reports are placed in the order in which they were told, one after another, each in the group that it fits best or in a group of its
own. As that order is the reports' own, the groups do not depend on who was crawled first: a report that arrives late is put in
where it was told, and what was told after it is placed again.

What is weighed is how a report and a group differ and in what they agree, in whole points; it belongs there when it agrees in at
least as much as it differs. A report of the same platform, object and act differs in nothing. A kindred object (two points), an unknown
product, another day of effect and months without news (one each) part; being told on the days of a known event, the same day of effect
(one each), telling what became of a rule (two) and copying a text (four) bind. Names and words choose among groups that fit as well.

A rule lives for months: the WhatsApp rule was reported on day 0, suspended in Italy on day 65, exempt in Brazil on day 87, in effect
on day 89 and amended on day 139. So distance is taken from the last event or effective date of a group, never from its first report.
A later order, exemption or amendment is a new status of the same rule; a rule in the other direction is another rule, unless the
report says that it undoes or exempts from the first. What a person has put together or apart (`pin`) stays so.
"""

import re
from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

# The longest silence between two events of the known courses is under three months; twice that, since reports may lag. What became
# of a rule may be told later: it cannot be told of a rule that was not there.
WINDOW_DAYS = 180
FOLLOW_UP_DAYS = 365
# News of one rule comes in bursts: on its day, and on the days of its events. Of what is told months after them half is another rule.
_SOON, _LATE = 7, 60
_SAME_DAY_SLACK, _OTHER_DAY = 3, 14

# What happens to a rule after it was made.
_FOLLOW_UPS = {"delayed", "suspended", "amended", "reversed"}
# Acts that outlets name for one another.
_ACTION_KIN = (
    {"ban", "restrict", "block_access", "enforce", "remove_feature", "monetise"},
    {"data_use", "opt_control", "clarify"},
    {"allow", "license", "monetise"},
    {"require", "clarify"},
    {"age_gate", "restrict", "ban"},
)
# Objects of which one text may name either; the two that say least may stand for any.
_OBJECT_KIN = (
    {"ai_generated_content", "deepfake_likeness"},
    {"ai_generated_content", "copyright_ip"},
    {"general_purpose_chatbot", "ai_agents"},
    {"general_purpose_chatbot", "minors_and_ai"},
    {"training_on_user_data", "ads_personalisation"},
    {"training_on_user_data", "crawling_scraping"},
    {"ai_agents", "crawling_scraping"},
)
_VAGUE_OBJECTS = {"ai_model_use", "platform_ai_feature"}
_OPPOSED = ({"tighten", "loosen"}, {"tighten_for_platform", "loosen_for_platform"})

# Texts on one rule that were written apart share an eighth to two thirds of their opening's words, a copy three quarters and more.
_COPIED_WORDS = 0.72
_LEAD_CHARS = 800
_MOST_WORDS = 60
_SHORTEST_WORD = 4
_FEWEST = 3

_WORD = re.compile(r"\w+")
# Names and figures within a sentence; years stand in every text.
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z]\w{2,}|\b(?!20\d\d\b)\d[\d.,]*\d\b|\b\d\b", re.MULTILINE)
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """What a text can be known by: the names and figures in its opening, which cross languages, and its words, which do not."""

    language: str | None = None
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report as linking looks at it; `key` names it within all sources and for ever, `article` is shared by an article's reports.

    Dates are ISO text (a day, month or year); `group` is the change that it belongs to at present, `pin` the one that a person put
    it in.
    """

    key: str
    article: str
    told_at: datetime
    product: str | None
    action: str
    action2: str | None = None
    object: str
    direction: str
    status: str
    jurisdiction: str = ""
    effective: str | None = None
    gist: Gist = Gist()
    group: int | None = None
    pin: int | None = None

    @property
    def place(self) -> tuple[datetime, str]:
        """Return where it stands among all reports."""
        return self.told_at, self.key


class Group:
    """Reports of one rule, in the order told; `label` is the change they are known as, if they are."""

    def __init__(self, label: int | None = None, members: Iterable[Told] = ()) -> None:
        self.label = label
        self.members: list[Told] = []
        self.days: set[date] = set()
        for member in sorted(members, key=lambda told: told.place):
            self.add(member)

    def add(self, told: Told) -> None:
        """Take a report in."""
        self.days.update(days_of(told))
        insort(self.members, told, key=lambda member: member.place)

    @property
    def rule(self) -> Told:
        """Return the report that states the rule: the first that does not tell what became of it."""
        return next((told for told in self.members if not follows(told)), self.members[0])


def gist_of(headline: str | None, body: str, language: str | None, leave_out: Iterable[str | None] = ()) -> Gist:
    """Return what a text can be known by; the platform's own names (`leave_out`) stand in all of its reports and tell nothing."""
    lead = body[:_LEAD_CHARS]
    common = {word for name in leave_out if name for word in _WORD.findall(name.casefold())}
    names = dict.fromkeys(found.casefold() for found in _NAME.findall(lead))
    words = dict.fromkeys(
        word for word in _WORD.findall(f"{headline or ''}\n{lead}".casefold()) if len(word) >= _SHORTEST_WORD
    )
    return Gist(
        language=language,
        names=frozenset([name for name in names if name not in common][:_MOST_WORDS]),
        words=frozenset([word for word in words if word not in common][:_MOST_WORDS]),
    )


def replay(groups: Sequence[Group], reports: Iterable[Told]) -> list[Group]:
    """Place reports, in the order told, in the groups of those that were told before them; return all groups.

    A report with a pin goes where its pin says, and does so first: what a person has said holds whenever the report was told.
    """
    found = list(groups)
    by_label = {group.label: group for group in found if group.label is not None}
    waiting = sorted(reports, key=lambda told: told.place)
    for told in waiting:
        if told.pin is not None:
            if told.pin not in by_label:
                by_label[told.pin] = Group(told.pin)
                found.append(by_label[told.pin])
            by_label[told.pin].add(told)
    for told in waiting:
        if told.pin is None:
            group = link(told, found)
            if group is None:
                group = Group()
                found.append(group)
            group.add(told)
    return found


def link(told: Told, groups: Sequence[Group]) -> Group | None:
    """Return the group of the same company that a report tells of, or `None` when it tells of a new rule."""
    weighed = [(found, group) for group in groups if (found := _weigh(told, group)) and found[0] >= 0]
    if not weighed:
        return None
    # Of equals the one whose text is most alike, then the one whose last event is nearest, then the one that was told first.
    return max(weighed, key=lambda pair: (pair[0], max(pair[1].days), _reversed(pair[1].members[0].place)))[1]


def follows(told: Told) -> bool:
    """Return whether a report tells what became of a rule, not the rule."""
    return told.status in _FOLLOW_UPS or told.action2 == "reversal"


def opposed(one: str, other: str) -> bool:
    """Return whether two directions undo one another."""
    return {one, other} in _OPPOSED


def days_of(told: Told) -> list[date]:
    """Return the day on which it was told and, if it tells one, the day from which its rule holds."""
    found = [told.told_at.date()]
    if effective := day_of(told.effective):
        found.append(effective)
    return found


def day_of(text: str | None) -> date | None:
    """Return the day that ISO text names, the first day of a month or a year; `None` where it names none."""
    match = _DATE.match(text or "")
    if match is None:
        return None
    try:
        return date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        return None


def _weigh(told: Told, group: Group) -> tuple[int, float] | None:
    """Return in how much more a report and a group agree than they differ, and how alike their texts are.

    `None` where it cannot be one rule.
    """
    if not group.members or any(member.article == told.article for member in group.members):
        return None
    follow = follows(told) or _is_of_one_place(told, group)
    gap = min(abs((own - day).days) for own in days_of(told) for day in group.days)
    if gap > (FOLLOW_UP_DAYS if follow else WINDOW_DAYS):
        return None
    words = _most_shared(
        told.gist.words, [m.gist.words for m in group.members if m.gist.language == told.gist.language]
    )
    names = _most_shared(told.gist.names, [member.gist.names for member in group.members])
    is_copy = words >= _COPIED_WORDS
    slots = _slots(told, group, follow=follow, is_copy=is_copy)
    if slots is None:
        return None
    points = slots + (4 if is_copy else 0)
    points += 2 if follow else _dates(told, group) + (1 if gap <= _SOON else -1 if gap > _LATE else 0)
    return points, max(words, names)


def _slots(told: Told, group: Group, *, follow: bool, is_copy: bool) -> int | None:
    """Return what a report's slots differ from a group's, at most 0; `None` where they are another rule's.

    What copies another text tells what that tells, whatever was read in it; what became of a rule is told in other acts than its own.
    """
    differ = 0
    products = {member.product for member in group.members}
    if told.product not in products:
        if told.product is not None and products != {None} and not is_copy:
            return None
        differ -= 1
    objects = {member.object for member in group.members}
    if told.object in objects:
        # Two rules on AI at large are not one for that.
        differ -= int(told.object in _VAGUE_OBJECTS)
    else:
        if not (is_copy or any(_is_kin(told.object, other) for other in objects)):
            return None
        differ -= 2
    acts = {member.action for member in group.members if not follows(member)} or {group.rule.action}
    is_kin = any(told.action == act or any({told.action, act} <= kin for kin in _ACTION_KIN) for act in acts)
    is_undone = opposed(told.direction, group.rule.direction)
    if (is_undone or not is_kin) and not (follow or is_copy):
        return None
    return differ


def _is_kin(one: str, other: str) -> bool:
    return bool({one, other} & _VAGUE_OBJECTS) or {one, other} in _OBJECT_KIN


def _is_of_one_place(told: Told, group: Group) -> bool:
    """Return whether a report tells of one place what a group tells of all or of another: a new status, not a new rule."""
    return bool(told.jurisdiction) and group.rule.jurisdiction != told.jurisdiction


def _dates(told: Told, group: Group) -> int:
    """Return what the days of effect say: the same day binds, another day parts; outlets err by days, not by months."""
    own = day_of(told.effective)
    known = [(member.effective or "", day) for member in group.members if (day := day_of(member.effective))]
    if own is None or told.effective is None or not known:
        return 0
    nearest = min(
        0 if told.effective.startswith(text) or text.startswith(told.effective) else abs((own - day).days)
        for text, day in known
    )
    return 1 if nearest <= _SAME_DAY_SLACK else -1 if nearest > _OTHER_DAY else 0


def _most_shared(own: frozenset[str], others: Iterable[frozenset[str]]) -> float:
    """Return the largest share of the smaller set that both have; it is 0 where too few words stand in either to say."""
    sizes = [(min(len(own), len(other)), len(own & other)) for other in others]
    return max((both / size for size, both in sizes if size >= _FEWEST), default=0.0)


def _reversed(place: tuple[datetime, str]) -> tuple[float, list[int]]:
    moment, key = place
    return -moment.timestamp(), [-ord(letter) for letter in key]
