"""What people's words amount to: the verdict and the values that count for a change, and where a telling was put.

A change's own words come before those of the changes that people merged into it; of each the latest counts. A change that linking
alone has merged into another leaves its words behind: nobody has said them of the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, ScalarSelect, case, exists, func, select, update

from db.history import Event, Standing, standings
from db.models import policy_change, review, review_pin

# The slots that are days, with the status that holds from them on.
DAY_SLOTS = {"announced": "announced", "effective": "in_effect"}
_VERDICTS = {"confirm": "confirmed", "wrong": "wrong"}
_STOPS = ("suspended", "reversed", "delayed")


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One review that is not undone, as far as it says what a change is; `day` is when it was said, as ISO text.

    `slots` is what the change said when it was confirmed, empty where that was said of another name.
    """

    id: int
    verdict: str
    slot: str | None
    value: str | None
    jurisdiction: str
    day: str
    slots: dict[str, str]


def spoken_names(conn: Connection, change_id: int) -> list[int]:
    """Return a change and, behind it, all that people merged into it, one by way of another."""
    rows = conn.execute(
        select(review.c.policy_change_id, review.c.other_change_id)
        .join(policy_change, policy_change.c.id == review.c.other_change_id)
        .where(review.c.verdict == "merge", ~review.c.is_undone, policy_change.c.merged_into == change_id)
    )
    came_from: dict[int, list[int]] = {}
    for into, name in rows:
        came_from.setdefault(into, []).append(name)
    found = [change_id]
    for name in found:
        found += [other for other in came_from.get(name, ()) if other not in found]
    return found


def words_of(conn: Connection, change_id: int) -> list[Word]:
    """Return what is said of a change, what counts most last; nothing of one that a person has merged into another."""
    if conn.scalar(select(_merged_by_person(policy_change)).where(policy_change.c.id == change_id)):
        return []
    w = review.c
    rows = conn.execute(
        select(
            w.id, w.verdict, w.slot, w.value, func.coalesce(w.jurisdiction, "").label("jurisdiction"), w.reviewed_at,
            w.policy_change_id, w.slots,
        )
        .where(w.policy_change_id.in_(spoken_names(conn, change_id)), ~w.is_undone)
        .where(w.verdict.in_((*_VERDICTS, "set")))
        .order_by(case((w.policy_change_id == change_id, 1), else_=0), w.id)
    )  # fmt: skip
    return [
        Word(
            id=row.id,
            verdict=row.verdict,
            slot=row.slot,
            value=row.value,
            jurisdiction=row.jurisdiction,
            day=row.reviewed_at.date().isoformat(),
            slots=(row.slots or {}) if row.policy_change_id == change_id else {},
        )
        for row in rows
    ]


def verdict_among(words: Iterable[Word]) -> str | None:
    """Return `confirmed`, `wrong`, or nothing."""
    return next((_VERDICTS[word.verdict] for word in reversed(list(words)) if word.verdict in _VERDICTS), None)


def slots_among(words: Iterable[Word]) -> dict[str, str | None]:
    """Return the values that people set or confirmed, but for days, which are events."""
    listed = list(words)
    judged = [word for word in listed if word.verdict in _VERDICTS]
    confirmed: dict[str, str | None] = dict(judged[-1].slots) if judged else {}
    return confirmed | values_set(listed)


def values_set(words: Iterable[Word]) -> dict[str, str | None]:
    """Return the values that people set, but for days."""
    return {word.slot: word.value for word in words if word.slot and word.slot not in DAY_SLOTS}


def mended(events: Sequence[Event], words: Iterable[Word]) -> list[Standing]:
    """Return how each event of a change stands where people have set days; a day that was set stands under its word's negative id.

    What reports say instead is kept and not believed. But a person mends what could be known at the time: what is told of the rule
    after it was stopped again counts again.
    """
    days = [word for word in _that_count(words) if word.slot in DAY_SLOTS]
    overruled = [event for event in events if any(_overrules(word, event, events) for word in days)]
    left = [event for event in events if event not in overruled]
    return [
        *standings([*left, *(_event(word) for word in days if word.value)]),
        *(Standing(id=event.id, until_day=event.from_day, is_believed=False, source_count=1) for event in overruled),
    ]


def note_words(
    conn: Connection, words: Sequence[Word], read: Mapping[str, Any] | None, standing: Iterable[Standing] = ()
) -> None:
    """Store of each value that was set whether it counts, what the reports say instead (`read`), and until when it holds if a day.

    Without `read` nothing of it counts: no report stands to which it could be said. Nor does a day that the news has overtaken.
    """
    days = {-item.id: item for item in standing}
    counting = {
        word.id
        for word in _that_count(words)
        if read is not None and (word.id not in days or days[word.id].is_believed)
    }
    for word in words:
        if word.slot:
            values = {
                "is_followed": word.id in counting,
                "read_value": (read or {}).get(word.slot),
                "until_day": days[word.id].until_day if word.id in days else None,
            }
            conn.execute(update(review).where(review.c.id == word.id).values(**values))


def days_read(events: Iterable[Event]) -> dict[str, str | None]:
    """Return the days that reports give for what a person can set as a day."""
    found: dict[str, str | None] = {}
    listed = list(events)
    believed = {item.id for item in standings(listed) if item.is_believed}
    for slot, status in DAY_SLOTS.items():
        mine = [e for e in listed if e.status == status and e.dated_by == "text" and e.id in believed]
        found[slot] = min(mine, key=lambda e: (e.jurisdiction != "", e.from_day)).from_day if mine else None
    return found


def pinned_to() -> ScalarSelect[Any]:
    """Return the change that a row of `review_pin` leads to today, for use in a statement that selects from it."""
    target = policy_change.alias("pin_target")
    leads = case((_merged_by_person(target), func.coalesce(target.c.merged_into, target.c.id)), else_=target.c.id)
    return select(leads).where(target.c.id == review_pin.c.policy_change_id).scalar_subquery()


def is_merged_by_person(conn: Connection, change_id: int) -> bool:
    """Return whether a person has made a change a name of another."""
    return bool(conn.scalar(select(_merged_by_person(policy_change)).where(policy_change.c.id == change_id)))


def _merged_by_person(change: Any) -> ColumnElement[bool]:
    merge = review.alias("merge_word")
    return exists(
        select(merge.c.id).where(merge.c.other_change_id == change.c.id, merge.c.verdict == "merge", ~merge.c.is_undone)
    )


def _that_count(words: Iterable[Word]) -> list[Word]:
    """Return the last word on each slot, on days for each place."""
    latest = {(word.slot, word.jurisdiction): word for word in words if word.slot}
    return list(latest.values())


def _overrules(word: Word, event: Event, events: Iterable[Event]) -> bool:
    if (event.status, event.jurisdiction) != (DAY_SLOTS[word.slot or ""], word.jurisdiction):
        return False
    if word.value is None and event.dated_by != "text":
        return False
    stops = [e for e in events if e.status in _STOPS and e.jurisdiction == event.jurisdiction]
    return word.slot == "announced" or not any(
        stop.from_day < event.from_day
        and ((word.value or "") <= stop.from_day or word.day < stop.told_day <= event.told_day)
        for stop in stops
    )


def _event(word: Word) -> Event:
    return Event(
        id=-word.id,
        status=DAY_SLOTS[word.slot or ""],
        jurisdiction=word.jurisdiction,
        from_day=word.value or "",
        dated_by="text",
        told_day=word.day,
        source="",
    )
