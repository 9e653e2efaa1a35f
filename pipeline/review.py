"""What a person says of an entry, done to the store; every later reading and linking respects it.

`confirm`, `wrong` and `set` say what an entry is, and hold its reports together; `merge` and `split` say which reports are one. A word
is kept for ever and can be undone: then the entries are as if it had not been said.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection

from db.changes import add_change, is_told, merge_change, reports_of, revive, stands
from db.errors import ReviewRefused
from db.lock import hold_linking
from db.reviews import (
    PLACING,
    Entry,
    Pin,
    Said,
    Telling,
    add_review,
    built_on,
    entry_of,
    hold,
    lead,
    leads_to,
    mark_undone,
    move_tellings,
    names_leading_to,
    pin,
    pins_by,
    places_of,
    public_id_of_change,
    release,
    said_as,
    said_of,
    tellings_of,
    tellings_of_reports,
)
from db.verdicts import DAY_SLOTS, values_set, words_of
from pipeline.relink import key_of, relink, settle
from pipeline.vocabulary import NAMES, VOCABULARY


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """Who says something, when, and why."""

    name: str
    note: str | None
    now: datetime


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A word that was taken, the entry as it stands now, another entry that it concerns, and the word that it undid."""

    word: Said
    entry: Entry
    other: Entry | None = None
    undone: Said | None = None


def judge(conn: Connection, public_id: str, verdict: Literal["confirm", "wrong"], speaker: Speaker) -> Done:
    """Say that an entry is right as it is now, its days apart, which may still change; or that it is no policy change.

    Raises:
        ReviewRefused: there is no such entry.
    """
    hold_linking(conn)
    entry = entry_of(conn, public_id)
    review_id = _add(conn, entry, verdict, speaker, slots=_confirmed(conn, entry) if verdict == "confirm" else None)
    hold(conn, review_id, entry.id)
    return _done(conn, review_id, entry, [entry.id])


def mend(
    conn: Connection, public_id: str, slot: str, value: str | None, speaker: Speaker, *, place: str | None = None
) -> Done:
    """Say what a slot of an entry is, as `value_of` gives it; a day may be said for one place, else it is the entry's only one.

    Raises:
        ReviewRefused: there is no such entry.
    """
    hold_linking(conn)
    entry = entry_of(conn, public_id)
    where = None
    if slot in DAY_SLOTS:
        known = places_of(conn, entry.id)
        where = place if place is not None else known.pop() if len(known) == 1 else ""
    review_id = _add(conn, entry, "set", speaker, slot=slot, value=value, jurisdiction=where)
    hold(conn, review_id, entry.id)
    return _done(conn, review_id, entry, [entry.id])


def merge(conn: Connection, public_id: str, other_id: str, speaker: Speaker, *, force: bool = False) -> Done:
    """Say that another entry is this one: its reports come here, and its public id leads here from now on.

    Raises:
        ReviewRefused: they are one already, of two companies (unless `force`), or only one of them was called wrong.
    """
    hold_linking(conn)
    entry, other = entry_of(conn, public_id), entry_of(conn, other_id)
    _check_merge(entry, other, force=force)
    pins = [
        Pin(telling=telling, change_id=entry.id, was_in_id=of)
        for of in (entry.id, other.id)
        for telling in tellings_of(conn, of)
    ]
    led = names_leading_to(conn, other.id)
    review_id = _add(conn, entry, "merge", speaker, other_change_id=other.id, names=led)
    pin(conn, review_id, pins)
    merge_change(conn, other.id, entry.id)
    return _done(conn, review_id, entry, [entry.id, other.id], other=other.id)


def split(conn: Connection, public_id: str, reports: Collection[int], speaker: Speaker) -> Done:
    """Say that some reports of an entry tell of another change: they get an entry of their own, the others stay.

    Raises:
        ReviewRefused: a report is not this entry's, or none would stay.
    """
    hold_linking(conn)
    entry = entry_of(conn, public_id)
    here = tellings_of(conn, entry.id, standing=True)
    going = _tellings_going(conn, entry, here, reports)
    first = next(
        row for row in reports_of(conn, [entry.id]) if Telling(article_id=row.article_id, strand=row.strand) in going
    )
    slots = {
        name: getattr(first, name)
        for name in ("company", "product", "surface", "action", "action2", "object", "direction")
    }
    own = add_change(conn, slots, key_of(first).rpartition("|")[0], speaker.now, taken=[entry.id], spare=[])
    revive(conn, [own])
    review_id = _add(conn, entry, "split", speaker, other_change_id=own)
    pin(
        conn,
        review_id,
        [
            Pin(telling=telling, change_id=own if telling in going else entry.id, was_in_id=entry.id)
            for telling in tellings_of(conn, entry.id)
        ],
    )
    move_tellings(conn, going, entry.id, own)
    return _done(conn, review_id, entry, [entry.id, own], other=own)


def undo(conn: Connection, public_id: str, review_id: int | None, speaker: Speaker) -> Done:
    """Take a word on an entry back, the last one unless it is named.

    Raises:
        ReviewRefused: there is nothing to undo, or a later word builds on it.
    """
    hold_linking(conn)
    entry = entry_of(conn, public_id)
    word = _word_to_undo(entry, said_of(conn, entry.id), review_id)
    later = built_on(conn, word.id) if word.verdict in PLACING else None
    if later is not None:
        raise ReviewRefused(f"review {later} has since moved reports of review {word.id}; undo {later} first")
    mark_undone(conn, word.id)
    undoing = add_review(conn, word.change_id, "undo", speaker.name, speaker.note, speaker.now, undoes_id=word.id)
    touched = {word.change_id, leads_to(conn, word.change_id)}
    if word.verdict in PLACING and word.other_id is not None:
        touched |= _put_back(conn, word, word.other_id)
        back = {item.telling for item in pins_by(conn, word.id)}
        # What came in since is held where it is only because of the word that is undone.
        release(conn, touched, word.id)
        _hold_again(conn, touched, back)
        touched |= _place_newcomers(conn, touched, back, speaker.now)
    _hold_again(conn, touched)
    if word.other_id is not None and _is_nothing(conn, word):
        merge_change(conn, word.other_id, leads_to(conn, word.change_id))
    other = word.other_id if word.verdict == "merge" else None
    return _done(conn, undoing, entry_of(conn, word.public_id), touched, other=other, undone=word)


def _is_nothing(conn: Connection, word: Said) -> bool:
    """Return whether nothing is left of the other entry of a word that is undone: what a split made, or what has been forgotten."""
    assert word.other_id is not None
    if word.verdict == "split":
        return not stands(conn, word.other_id)
    return word.verdict == "merge" and not is_told(conn, word.other_id)


def _confirmed(conn: Connection, entry: Entry) -> dict[str, str]:
    """Return what an entry says of itself; what is empty may still be read, what a person set holds by that word."""
    mended = values_set(words_of(conn, entry.id))
    said = {name: getattr(entry, name) for name in (*NAMES, *VOCABULARY) if name not in mended}
    return {name: value for name, value in said.items() if value}


def _check_merge(entry: Entry, other: Entry, *, force: bool) -> None:
    if entry.id == other.id:
        same = "is itself" if entry.asked == other.asked else f"is {entry.public_id} already"
        raise ReviewRefused(f"{other.asked} {same}; name another entry to merge with it")
    if entry.company != other.company and not force:
        raise ReviewRefused(
            f"{entry.public_id} is {entry.company}'s and {other.public_id} {other.company}'s; "
            "mend the company with `set`, or merge them all the same with --force"
        )
    if (entry.review == "wrong") != (other.review == "wrong"):
        wrong = entry if entry.review == "wrong" else other
        raise ReviewRefused(
            f"{wrong.public_id} was called wrong, the other was not; undo that or confirm it, then merge"
        )


def _tellings_going(conn: Connection, entry: Entry, here: Sequence[Telling], reports: Collection[int]) -> set[Telling]:
    if not reports:
        raise ReviewRefused(f"no report is named; `pantau review {entry.public_id}` lists those of the entry")
    by_report = tellings_of_reports(conn, reports)
    strange = [number for number in reports if by_report.get(number) not in here]
    if strange:
        raise ReviewRefused(
            f"report {strange[0]} is none of {entry.public_id}; `pantau review {entry.public_id}` lists its reports"
        )
    going = set(by_report.values())
    if going == set(here):
        raise ReviewRefused(
            f"these are all reports of {entry.public_id}; leave one, or say `wrong` or `set` of the whole"
        )
    return going


def _word_to_undo(entry: Entry, said: Sequence[Said], review_id: int | None) -> Said:
    if review_id is None:
        standing = [word for word in said if not word.is_undone and word.verdict != "undo"]
        if not standing:
            raise ReviewRefused(
                f"nothing is said of {entry.public_id} that could be undone; `pantau review list --given` shows all"
            )
        return standing[-1]
    word = next((word for word in said if word.id == review_id), None)
    if word is None:
        raise ReviewRefused(
            f"review {review_id} is none of {entry.public_id}; `pantau review {entry.public_id}` lists them"
        )
    if word.verdict == "undo" or word.is_undone:
        what = "is itself an undoing" if word.verdict == "undo" else "is undone already"
        raise ReviewRefused(f"review {review_id} {what}; say what holds instead")
    return word


def _put_back(conn: Connection, word: Said, other_id: int) -> set[int]:
    """Put tellings back where they were before a word; return the changes concerned."""
    here = leads_to(conn, word.change_id)
    if word.verdict == "merge":
        lead(conn, [other_id], None)
        lead(conn, [name for name in word.names or () if leads_to(conn, name) == here], other_id)
    concerned = {here, other_id if word.verdict == "merge" else leads_to(conn, other_id)}
    for item in pins_by(conn, word.id):
        now_in, was_in = leads_to(conn, item.change_id), leads_to(conn, item.was_in_id)
        if now_in != was_in or item.change_id != item.was_in_id:
            move_tellings(conn, [item.telling], now_in, was_in)
            concerned |= {now_in, was_in}
    return concerned


def _hold_again(conn: Connection, changes: Collection[int], among: Collection[Telling] | None = None) -> None:
    """Let changes be held by the last word that is still said of them."""
    for change_id in changes:
        if words := words_of(conn, change_id):
            hold(conn, max(word.id for word in words), change_id, among)


def _place_newcomers(conn: Connection, changes: Collection[int], known: Collection[Telling], now: datetime) -> set[int]:
    """Place the reports of changes that came in beside known ones, and what was told after them; return which changes changed."""
    new = [
        row
        for row in reports_of(conn, changes)
        if row.pin is None and Telling(article_id=row.article_id, strand=row.strand) not in known
    ]
    touched: set[int] = set()
    for company in sorted({row.company for row in new}):
        since = min(row.told_at for row in new if row.company == company)
        touched |= relink(conn, company, since, now)[1]
    return touched


def _add(conn: Connection, entry: Entry, verdict: str, speaker: Speaker, **more: object) -> int:
    return add_review(conn, entry.id, verdict, speaker.name, speaker.note, speaker.now, **more)


def _done(
    conn: Connection,
    review_id: int,
    entry: Entry,
    touched: Collection[int],
    *,
    other: int | None = None,
    undone: Said | None = None,
) -> Done:
    settle(conn, touched)
    return Done(
        word=said_as(conn, review_id),
        entry=entry_of(conn, entry.asked),
        other=entry_of(conn, public_id_of_change(conn, other)) if other is not None else None,
        undone=undone,
    )
