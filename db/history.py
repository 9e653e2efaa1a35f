"""What follows from all status events of a change: which day is believed, and until when each status held.

Every event is kept; this only says how they stand to one another. Places do not touch one another: a country's suspension stands
beside the rule everywhere. Only what is withdrawn everywhere is withdrawn in each place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_BEFORE = ("reported", "announced", "testing", "delayed")
_ONE_STOP_DAYS = 21
_STOPS = ("suspended", "reversed", "delayed")
# What ends what. A repeated announcement ends nothing, and an amended rule is in force.
_ENDED_BY = {
    "reported": {"announced", "testing", "delayed", "in_effect", "suspended", "reversed"},
    "announced": {"testing", "delayed", "in_effect", "suspended", "reversed"},
    "testing": {"in_effect", "suspended", "reversed"},
    "delayed": {"in_effect", "suspended", "reversed"},
    "in_effect": {"suspended", "reversed", "delayed"},
    "amended": {"suspended", "reversed"},
    "suspended": {"in_effect", "reversed"},
    "reversed": {"in_effect"},
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A stored status event; days are ISO text, `told_day` is when its report was published, `source` whose word it is."""

    id: int
    status: str
    jurisdiction: str
    from_day: str
    dated_by: str
    told_day: str
    source: str
    is_copy: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an event stands among the others: the day that ends it (its own where another day is believed), and who says the same."""

    id: int
    until_day: str | None
    is_believed: bool
    source_count: int


def standings(events: Iterable[Event]) -> list[Standing]:
    """Return how each event of one change stands."""
    places: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        places[event.jurisdiction].append(event)
    withdrawn = _believed([event for event in places[""] if event.status == "reversed"])
    return [standing for place in places.values() for standing in _of_one_place(place, withdrawn)]


def _of_one_place(events: Sequence[Event], withdrawn: Sequence[Event]) -> list[Standing]:
    of = {status: [event for event in events if event.status == status] for status in _ENDED_BY}
    stops = [event for status in _STOPS for event in _believed(of[status])]
    starts = _believed_starts(of["in_effect"], stops)
    others = [event for status in ("reported", "testing", "amended") for event in of[status]]
    believed = [*stops, *starts, *_believed_announcements(of["announced"]), *others]
    ids = {event.id for event in believed}
    return [
        Standing(
            id=event.id,
            until_day=_end(event, [*believed, *withdrawn]) if event.id in ids else event.from_day,
            is_believed=event.id in ids,
            source_count=_sources(event, events),
        )
        for event in events
    ]


def _believed_starts(starts: Sequence[Event], stops: Sequence[Event]) -> list[Event]:
    """Return the starts that are believed: after a stop only what was told since, for each time in force the day most sources give."""
    first_told: dict[str, str] = {}
    for event in starts:
        first_told[event.from_day] = min(event.told_day, first_told.get(event.from_day, event.told_day))
    spans: defaultdict[int, list[Event]] = defaultdict(list)
    turns = _turns(stops)
    for event in starts:
        before = [told_day for from_day, told_day in turns if from_day < event.from_day]
        # A day that was set before the rule was stopped has come to nothing, however often it is told again.
        if not any(first_told[event.from_day] < told_day for told_day in before):
            spans[len(before)].append(event)
    return [event for span in spans.values() for event in _believed(span)]


def _turns(stops: Sequence[Event]) -> list[tuple[str, str]]:
    """Return from which day each stop holds and when it was first told; what is told of one stop is dated within some weeks."""
    found: list[tuple[str, str]] = []
    for status in _STOPS:
        last = None
        for stop in sorted((s for s in stops if s.status == status), key=lambda s: (s.from_day, s.told_day)):
            day = _ordinal(stop.from_day)
            if last is None or day - last > _ONE_STOP_DAYS:
                found.append((stop.from_day, stop.told_day))
            else:
                found[-1] = (found[-1][0], min(found[-1][1], stop.told_day))
            last = day
    return found


def _ordinal(day: str) -> int:
    """Return the number of a day; a month and a year stand for their first day, what is no day for none that is near."""
    match = _DAY.match(day)
    try:
        return date(*(int(part or 1) for part in match.groups())).toordinal() if match else 0
    except ValueError:
        return 0


def _believed(events: Sequence[Event]) -> list[Event]:
    """Return the events of one status that are not dated before the day that is believed.

    A day that a text states outranks the day on which somebody wrote. A month gives way to the day in it that others state.
    """
    best = _best(events)
    return [event for event in events if best is None or event.from_day >= best.from_day]


def _believed_announcements(events: Sequence[Event]) -> list[Event]:
    """Return what was announced but for stated days that fewer give: one announcement is of one day, and is told again for months."""
    best = _best(events)
    return [event for event in events if best is None or event.dated_by != "text" or event.from_day == best.from_day]


def _best(events: Sequence[Event]) -> Event | None:
    """Return an event of the stated day that most sources give, where a month counts for each of its days; `None` if none is stated."""
    stated = [event for event in events if event.dated_by == "text"]
    return min(
        stated,
        key=lambda event: (-_votes(event, stated), -len(event.from_day), event.told_day, event.from_day),
        default=None,
    )


def _votes(event: Event, stated: Sequence[Event]) -> float:
    agreeing = [other for other in stated if event.from_day.startswith(other.from_day)]
    independent = {other.source for other in agreeing if not other.is_copy}
    # A copy's word weighs little, but more than nothing.
    return len(independent) + 0.01 * len({other.source for other in agreeing if other.is_copy} - independent)


def _sources(event: Event, events: Sequence[Event]) -> int:
    same = [e for e in events if (e.status, e.from_day) == (event.status, event.from_day)]
    return len({e.source for e in same if not e.is_copy}) or 1


def _end(event: Event, believed: Sequence[Event]) -> str | None:
    """Return the day from which another status holds in its place, if there is one."""
    enders = [
        other.from_day for other in believed if other.status in _ENDED_BY[event.status] and _comes_after(other, event)
    ]
    return min(enders, default=None)


def _comes_after(other: Event, event: Event) -> bool:
    if other.from_day == event.from_day:
        # On one day the later stage wins, and what stops a rule wins over what starts it.
        return event.status in _BEFORE or other.status in _STOPS
    return other.from_day > event.from_day
