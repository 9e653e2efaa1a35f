"""Which stored change each report belongs to, made anew where a report came in, went, or was moved by a person.

Reports are placed as `pipeline.steps.link` says; here the groups are given the names under which they are stored. A group keeps the
change of its earlier members; a change whose reports have all gone to another is merged into it, so that its public id still leads
somewhere; a group that has no name gets a new change.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from db.changes import (
    KnownReport,
    add_change,
    earliest_told_since,
    known_reports,
    merge_change,
    move_report,
    public_id_of,
    public_ids,
    revive,
    set_copies,
    settle_change,
    stands,
    texts_of,
)
from pipeline.steps.copies import Text, copies_among
from pipeline.steps.link import FOLLOW_UP_DAYS, Gist, Group, Told, day_of, replay

REACH = timedelta(days=FOLLOW_UP_DAYS)
_NOTHING = timedelta()


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report that is not stored yet: how linking sees it, and the slots from which a change would be made."""

    told: Told
    slots: dict[str, Any]


def relink(
    conn: Connection, company: str, since: datetime, now: datetime, new: Sequence[NewReport] = ()
) -> tuple[dict[str, int], set[int]]:
    """Place a company's reports told since a moment, and new ones; return the change of each new one by key, and which changed."""
    known = known_reports(conn, company, _horizon(conn, company, since, new))
    by_key = {key_of(row): row for row in known}
    told = [told_of(row) for row in known]
    earlier: dict[int, list[Told]] = {}
    for report in told:
        if report.told_at < since:
            earlier.setdefault(report.group or 0, []).append(report)
    groups = replay(
        [Group(label, members) for label, members in earlier.items()],
        [*(report for report in told if report.told_at >= since), *(item.told for item in new)],
    )
    slots = {key: _slots(row) for key, row in by_key.items()} | {item.told.key: item.slots for item in new}
    labels = _name(conn, groups, slots, now)
    placed = {member.key: label for group, label in zip(groups, labels, strict=True) for member in group.members}
    touched: set[int] = set()
    for key, row in by_key.items():
        if row.change_id != placed[key]:
            move_report(conn, row.id, placed[key])
            touched |= {row.change_id, placed[key]}
    _merge_emptied(conn, told, placed)
    mine = {item.told.key: placed[item.told.key] for item in new}
    return mine, touched | set(mine.values())


def relink_without(conn: Connection, gone: Sequence[KnownReport], changes: Collection[int], now: datetime) -> None:
    """Place anew what reports that are gone had a part in placing, and settle the changes that lost any."""
    touched = set(changes)
    for company in sorted({row.company for row in gone}):
        # What was pinned spoke for reports before it too.
        since = min(row.told_at - (_NOTHING if row.pin is None else REACH) for row in gone if row.company == company)
        touched |= relink(conn, company, since, now)[1]
    settle(conn, touched)


def settle(conn: Connection, changes: Iterable[int]) -> None:
    """Make anew what follows from the reports of changes: who copied whom, what most say, how their events stand."""
    for change_id in sorted(set(changes)):
        texts = texts_of(conn, change_id)
        copies = copies_among(
            [
                Text(
                    key=row.report_id,
                    told_at=row.told_at,
                    order=f"{row.source_id}|{row.site_key}",
                    headline=row.headline,
                    body=row.article_body,
                )
                for row in texts
            ]
        )
        set_copies(
            conn,
            [row.report_id for row in texts],
            [
                {"report_id": copy.key, "original_id": copy.original, "share": copy.share, "adds": copy.adds}
                for copy in copies
            ],
        )
        settle_change(conn, change_id)


def key_of(row: KnownReport) -> str:
    """Return what names a report within all sources, whenever and however often it is read."""
    return f"{row.source_id}|{row.site_key}|{row.strand}"


def told_of(row: KnownReport) -> Told:
    """Return a stored report as linking looks at it."""
    gist = row.gist or {}
    return Told(
        key=key_of(row),
        article=f"{row.source_id}|{row.site_key}",
        told_at=row.told_at,
        product=row.product,
        action=row.action,
        action2=row.action2,
        object=row.object,
        direction=row.direction,
        status=row.status,
        jurisdiction=row.jurisdiction,
        effective=row.effective,
        gist=Gist(
            language=row.in_language,
            names=frozenset(gist.get("names", ())),
            words=frozenset(gist.get("words", ())),
        ),
        group=row.change_id,
        pin=row.pin,
    )


def _horizon(conn: Connection, company: str, since: datetime, new: Sequence[NewReport]) -> datetime:
    """Return from when on a change may still take in one of the reports that are placed anew."""
    days = [day_of(earliest_told_since(conn, company, since)), *(day_of(item.told.effective) for item in new)]
    return min([since, *(datetime.combine(day, time.min, UTC) for day in days if day)]) - REACH


def _name(conn: Connection, groups: Sequence[Group], slots: dict[str, dict[str, Any]], now: datetime) -> list[int]:
    """Return the change that each group is stored as: what it was stored as, or a new one."""
    taken = {group.label for group in groups if group.label is not None}
    nameless = sorted((group for group in groups if group.label is None), key=lambda group: group.members[0].place)
    held = [Counter(member.group for member in group.members if member.group is not None) for group in nameless]
    labels = sorted({label for counted in held for label in counted} - taken)
    founders = public_ids(conn, labels)
    won: list[list[int]] = [[] for _ in nameless]
    for label in labels:
        claims = [at for at, counted in enumerate(held) if label in counted]
        founding = [at for at in claims if _holds_founder(nameless[at], slots, founders[label])]
        won[founding[0] if founding else max(claims, key=lambda at: (held[at][label], -at))].append(label)
    for group, counted, mine in zip(nameless, held, won, strict=True):
        group.label = min(mine, key=lambda label: (-counted[label], label), default=None)
    taken |= {group.label for group in nameless if group.label is not None}
    for group, counted in zip(nameless, held, strict=True):
        if group.label is None:
            free = sorted(
                (label for label in counted if label not in taken), key=lambda label: (-counted[label], label)
            )
            first = group.members[0]
            group.label = (
                free[0] if free else add_change(conn, slots[first.key], first.article, now, taken=taken, spare=labels)
            )
            taken.add(group.label)
    named = [group.label for group in groups if group.label is not None]
    revive(conn, named)
    return named


def _holds_founder(group: Group, slots: dict[str, dict[str, Any]], public_id: str) -> bool:
    return any(public_id_of(slots[member.key], member.article) == public_id for member in group.members)


def _merge_emptied(conn: Connection, told: Sequence[Told], placed: dict[str, int]) -> None:
    went: dict[int, Counter[int]] = {}
    for report in told:
        if report.group is not None:
            went.setdefault(report.group, Counter())[placed[report.key]] += 1
    standing = set(placed.values())
    for label, to in went.items():
        # A change that a person made of two companies' may still have reports of the other.
        if label not in standing and not stands(conn, label):
            merge_change(conn, label, to.most_common(1)[0][0])


def _slots(row: KnownReport) -> dict[str, Any]:
    return {
        "company": row.company,
        "product": row.product,
        "surface": row.surface,
        "action": row.action,
        "action2": row.action2,
        "object": row.object,
        "direction": row.direction,
    }
