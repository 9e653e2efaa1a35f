"""Which reports tell of one rule: the same answer in whatever order they arrived.

Reports are placed in the order in which they were told, one after another, each in the group that it fits best or in a group of its
own. As that order is the reports' own, the groups do not depend on who was crawled first: a report that arrives late is put in
where it was told, and what was told after it is placed again.

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

# The longest silence between two events of the known courses is under three months; twice that, since reports may lag.
WINDOW_DAYS = 180
# What happens to a rule after it was made: such a report belongs to a rule that is known, if there is one.
_FOLLOW_UPS = {"delayed", "suspended", "amended", "reversed"}
# Acts that outlets name for one another.
_ACTION_KIN = (
    {"ban", "restrict", "block_access", "enforce", "remove_feature"},
    {"data_use", "opt_control", "clarify"},
    {"allow", "license", "monetise"},
    {"require", "clarify"},
    {"age_gate", "restrict", "ban"},
)
# Objects of which one text may name either; only what else agrees tells whether the rule is one.
_OBJECT_KIN = (
    {"ai_generated_content", "deepfake_likeness"},
    {"ai_generated_content", "copyright_ip"},
    {"general_purpose_chatbot", "ai_agents"},
    {"general_purpose_chatbot", "platform_ai_feature"},
    {"general_purpose_chatbot", "minors_and_ai"},
    {"platform_ai_feature", "minors_and_ai"},
    {"training_on_user_data", "ads_personalisation"},
    {"training_on_user_data", "crawling_scraping"},
    {"ai_agents", "crawling_scraping"},
)
_OPPOSED = ({"tighten", "loosen"}, {"tighten_for_platform", "loosen_for_platform"})

# What agreement is worth. Whole agreement of platform, act and object is 5.5 and may lose one point to a difference.
_LINE = 4.5
_SAME_DAY_SLACK = 3
_OTHER_DAY = 45
_COPY_BITS = 8
_SOON, _LATER = 14, 60
_LEAD_CHARS = 800
_MOST_WORDS = 60
_SHORTEST_WORD = 4
_FEWEST_WORDS = 6

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z]\w{2,}|\b\d[\d.,]*\d\b|\b\d\b", re.MULTILINE)


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
    surface: str | None = None
    action: str
    action2: str | None = None
    object: str
    direction: str
    status: str
    jurisdiction: str = ""
    effective: str | None = None
    simhash: int | None = None
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
        self.first = self.last = date.min
        for member in sorted(members, key=lambda told: told.place):
            self.add(member)

    def add(self, told: Told) -> None:
        """Take a report in."""
        days = days_of(told)
        self.first = min(self.first, *days) if self.members else min(days)
        self.last = max(self.last, *days) if self.members else max(days)
        insort(self.members, told, key=lambda member: member.place)

    @property
    def rule(self) -> Told:
        """Return the report that states the rule: the first that does not tell what became of it."""
        return next((told for told in self.members if not follows(told)), self.members[0])


def gist_of(headline: str | None, body: str, language: str | None, leave_out: Iterable[str | None] = ()) -> Gist:
    """Return what a text can be known by; the platform's own names (`leave_out`) stand in all of its reports and tell nothing."""
    text = f"{headline or ''}\n{body[:_LEAD_CHARS]}"
    common = {word for name in leave_out if name for word in _WORD.findall(name.casefold())}
    names = dict.fromkeys(found.casefold() for found in _NAME.findall(text))
    words = dict.fromkeys(word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST_WORD)
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
    scored = [(score, group) for group in groups if (score := _agreement(told, group)) >= _LINE]
    if not scored:
        return None
    # Of equals the one whose last event is nearest, then the one that was told first.
    return max(scored, key=lambda pair: (pair[0], pair[1].last, _reversed(pair[1].members[0].place)))[1]


def follows(told: Told) -> bool:
    """Return whether a report tells what became of a rule, not the rule."""
    return told.status in _FOLLOW_UPS or told.action2 == "reversal"


def opposed(one: str, other: str) -> bool:
    """Return whether two directions undo one another."""
    return {one, other} in _OPPOSED


def days_of(told: Told) -> list[date]:
    """Return the day on which it was told and, if it tells one, the day from which its rule holds."""
    found = [told.told_at.date()]
    if effective := _day(told.effective):
        found.append(effective)
    return found


def _agreement(told: Told, group: Group) -> float:
    """Return how much speaks for a report's telling of a group's rule; below the line it does not."""
    gap = _gap(days_of(told), group)
    if not group.members or gap > WINDOW_DAYS or any(member.article == told.article for member in group.members):
        return 0.0
    near_copy = any(_is_near_copy(told, member) for member in group.members)
    follow = follows(told) or _exempts(told, group)
    parts = [
        _product(told, group),
        _object(told, group, near_copy=near_copy),
        _action(told, group, follow=follow or near_copy),
        _direction(told, group, follow=follow),
    ]
    if None in parts:
        return 0.0
    score = sum(part for part in parts if part is not None)
    score += _surface(told, group) + (0.0 if follow else _dates(told, group)) + _text(told, group, gap)
    return score + (1.0 if gap <= _SOON else 0.5 if gap <= _LATER else 0.0) + (4.0 if near_copy else 0.0)


def _product(told: Told, group: Group) -> float | None:
    known = {member.product for member in group.members if member.product}
    if told.product is None or not known:
        return 2.0 if told.product is None and not known else 1.0
    return 2.0 if told.product in known else None


def _object(told: Told, group: Group, *, near_copy: bool) -> float | None:
    known = {member.object for member in group.members}
    if told.object == group.rule.object or told.object in known:
        return 2.0
    if any({told.object, other} in _OBJECT_KIN for other in known):
        return -0.5
    return -1.0 if near_copy else None


def _action(told: Told, group: Group, *, follow: bool) -> float | None:
    acts = {member.action for member in group.members if not follows(member)} or {group.rule.action}
    if told.action in acts:
        return 1.0
    if any({told.action, act} <= family for act in acts for family in _ACTION_KIN):
        return 0.5
    return 0.5 if follow else None


def _direction(told: Told, group: Group, *, follow: bool) -> float | None:
    if opposed(told.direction, group.rule.direction):
        return 0.0 if follow else None
    return 0.5


def _exempts(told: Told, group: Group) -> bool:
    """Return whether a report says that a stricter rule does not hold in some country: a loosening told of that country alone."""
    return (
        bool(told.jurisdiction)
        and told.direction.startswith("loosen")
        and opposed(told.direction, group.rule.direction)
        and group.rule.jurisdiction != told.jurisdiction
    )


def _surface(told: Told, group: Group) -> float:
    known = {member.surface for member in group.members if member.surface}
    if not told.surface or not known:
        return 0.0
    return 0.5 if told.surface in known else -0.5


def _dates(told: Told, group: Group) -> float:
    """Return what the days of effect say: the same day binds, days that lie far apart part; outlets err by days, not by months."""
    own = _day(told.effective)
    known = [(member.effective, day) for member in group.members if (day := _day(member.effective))]
    if own is None or told.effective is None or not known:
        return 0.0
    if any(
        abs((own - day).days) <= _SAME_DAY_SLACK
        or told.effective.startswith(text or "-")
        or (text or "").startswith(told.effective)
        for text, day in known
    ):
        return 1.5
    return -2.5 if min(abs((own - day).days) for _, day in known) > _OTHER_DAY else -0.5


def _text(told: Told, group: Group, gap: int) -> float:
    """Return what the texts say: shared names and words bind, in any language; a text that shares nothing parts when time does too."""
    names = max((_share(told.gist.names, member.gist.names) for member in group.members), default=-1.0)
    alike = [m.gist for m in group.members if m.gist.language == told.gist.language]
    words = max((_share(told.gist.words, gist.words) for gist in alike), default=-1.0)
    best = max(names, words)
    if best >= 0.5:
        return 1.0
    if gap > _SOON and 0.0 <= words < 0.15 and names < 0.25:
        return -1.5
    return 0.0


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set that both have, or -1 when there is too little to say."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= _FEWEST_WORDS else -1.0


def _is_near_copy(one: Told, other: Told) -> bool:
    if one.simhash is None or other.simhash is None:
        return False
    return ((one.simhash ^ other.simhash) & (1 << 64) - 1).bit_count() <= _COPY_BITS


def _gap(days: Sequence[date], group: Group) -> int:
    """Return how many days lie between the nearest of these days and the time from a group's first to its last event."""
    return min(max((group.first - day).days, (day - group.last).days, 0) for day in days)


def _reversed(place: tuple[datetime, str]) -> tuple[float, list[int]]:
    moment, key = place
    return -moment.timestamp(), [-ord(letter) for letter in key]


def _day(text: str | None) -> date | None:
    if not text:
        return None
    year, month, day = ([*text[:10].split("-"), "1", "1"])[:3]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
