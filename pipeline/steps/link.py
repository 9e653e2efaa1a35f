"""To which known change a report belongs: by platform, object and rule, measured in days from its last event.

A rule lives for months: the WhatsApp rule was reported on day 0, suspended in Italy on day 65, exempt in Brazil on day 87, in effect
on day 89 and amended on day 139. So distance is taken from the last event or effective date of a change, never from its first report.
A later order, exemption or amendment is a new status of the same rule; a rule in the other direction is another rule, unless the
report says that it undoes the first.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from pipeline.records import PolicyChange

# The WhatsApp rule was amended 139 days after its first report, and reports arrive in any order.
_WINDOW_DAYS = 180
# What happens to a rule after it was made: such a report belongs to a rule that is known, if there is one.
_FOLLOW_UPS = {"delayed", "suspended", "amended", "reversed", "in_effect"}
# Acts that outlets name for one another.
_ACTION_KIN = (
    {"ban", "restrict", "block_access", "enforce", "remove_feature"},
    {"data_use", "opt_control", "clarify"},
    {"allow", "license", "monetise"},
    {"require", "clarify"},
    {"age_gate", "restrict", "ban"},
)
_LOOSENS = {"allow"}


class Candidate(Protocol):
    """A change that is known already; days are ISO text."""

    @property
    def id(self) -> int: ...  # noqa: D102 - the names are those of PolicyChange
    @property
    def product(self) -> str | None: ...  # noqa: D102 - the same
    @property
    def action(self) -> str: ...  # noqa: D102 - the same
    @property
    def object(self) -> str: ...  # noqa: D102 - the same
    @property
    def first_day(self) -> str | None: ...  # noqa: D102 - the same
    @property
    def last_day(self) -> str | None: ...  # noqa: D102 - the same


def link(change: PolicyChange, day: str | None, candidates: Sequence[Candidate]) -> int | None:
    """Return the id of the candidate of the same company that a report of `day` (ISO) tells of, or `None` for a new change."""
    near = [c for c in candidates if _same_rule(change, c) and _near(_days_of(change, day), c)]
    if not near:
        return None
    return max(near, key=lambda c: (c.product == change.product, c.action == change.action, c.last_day or "", -c.id)).id


def _same_rule(change: PolicyChange, candidate: Candidate) -> bool:
    if change.object != candidate.object:
        return False
    if change.product and candidate.product and change.product != candidate.product:
        return False
    if change.action == candidate.action:
        return True
    follows = change.status in _FOLLOW_UPS
    turns = (change.action in _LOOSENS) != (candidate.action in _LOOSENS)
    return follows or (_kin(change.action, candidate.action) and not turns)


def _kin(one: str, other: str) -> bool:
    return any({one, other} <= family for family in _ACTION_KIN)


def _days_of(change: PolicyChange, day: str | None) -> list[date]:
    """Return the day of the report and, if it tells one, the day from which its rule holds."""
    told = change.effective.value if change.effective else None
    return [found for found in (_day(day), _day(told) if day else None) if found]


def _near(days: list[date], candidate: Candidate) -> bool:
    first, last = _day(candidate.first_day), _day(candidate.last_day)
    if not days or first is None or last is None:
        return True
    return any((first - day).days <= _WINDOW_DAYS and (day - last).days <= _WINDOW_DAYS for day in days)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    year, month, day = ([*text[:10].split("-"), "1", "1"])[:3]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
