"""`pantau review`: a person's word on an entry."""

import getpass
from collections.abc import Callable, Sequence
from typing import Literal

import click
from sqlalchemy import Connection, Engine

from db.engine import reading, writing
from db.readonly import read_only
from db.reviews import entry_of
from db.verdicts import DAY_SLOTS
from pantau.cli.context import open_store, settings_of
from pantau.cli.sql import form_option
from pantau.clock import open_clock
from pantau.config import Settings
from pantau.show import Format, plain, write
from pipeline.review import Done, Speaker, judge, mend, merge, split, undo
from pipeline.vocabulary import WrongWord, name_of, note_of, place_of, value_of

_LIST = "list"
_MANY = 1_000
# What each verb takes: as it stands in the sentence that says so, the fewest values and the most.
_VERBS = {
    "confirm": ("", 0, 0),
    "wrong": ("", 0, 0),
    "merge": ("OTHER", 1, 1),
    "split": ("REPORT...", 1, _MANY),
    "set": ("SLOT VALUE", 2, 2),
    "undo": ("[REVIEW]", 0, 1),
}
_MOST_DIGITS = 18

_WAITING = """
select change_id, company, product, action, object, effective, report_count as reports, first_reported, because, proof from waiting
order by case because when 'doubtful' then 0 when 'nobody has looked' then 3 when 'its days differ' then 2 else 1 end,
    first_reported desc, change_id
"""
_COUNT = "select count(*) from waiting"
_GIVEN = """
select review_id, reviewed_at, reviewer, change_id, verdict, coalesce(other_id, '') as other, coalesce(slot, '') as slot,
    coalesce(value, '') as value, coalesce(read_value, '') as read, case when is_undone = 1 then 'undone' else '' end as undone,
    undoes, note
from reviews
"""
# From the tables: `reports` leaves out those of an entry that was called wrong.
_REPORTS = """
select r.id as report_id, coalesce(v.date_published, a.first_seen_at) as told, s.name as outlet,
    case when r.doubtful then 'doubtful' else '' end as sure, k.original_id as copy_of, v.headline, e.quote as proof
from report r
join policy_change c on c.id = r.policy_change_id
join article_version v on v.id = r.version_id
join article a on a.id = v.article_id
join source s on s.id = a.source_id
left join evidence e on e.report_id = r.id and e.slot = 'action' and e.ordinal = 0
left join report_copy k on k.report_id = r.id
where c.public_id = :id and r.superseded_at is null and v.is_current
order by told, report_id
"""
_DAYS = "select announced, effective from changes where change_id = :id"
_NAMES = "select asked_id from change_ids where change_id = :id and is_merged = 1 order by asked_id"


class WrongUsage(click.ClickException):
    """A command line that says nothing that can be done."""

    exit_code = 2


@click.command(epilog='Example: pantau review pc-0a1b2c3d4e5f set effective 2026-01-15 --note "the notice says so"')
@click.argument("entry", metavar="ID|list")
@click.argument("verb", required=False, metavar="[confirm|wrong|merge|split|set|undo]")
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@click.option("--by", envvar="PANTAU_REVIEWER", help="Who says so; default: PANTAU_REVIEWER, else your user name.")
@click.option("--note", help="Why.")
@click.option(
    "--in", "place", metavar="PLACE", help="Where a day that is set holds, such as IT; default: the entry's own place."
)
@click.option("--force", is_flag=True, help="Merge entries of two companies; set a name that is not known.")
@click.option("--given", is_flag=True, help="With list: the words that were given, the latest first.")
@click.option("--max-rows", type=click.IntRange(1), default=50, show_default=True, help="With list: show so many.")
@form_option
@click.pass_context
def review(
    ctx: click.Context,
    entry: str,
    verb: str | None,
    values: tuple[str, ...],
    *,
    by: str | None,
    note: str | None,
    place: str | None,
    force: bool,
    given: bool,
    max_rows: int,
    form: Format,
) -> None:
    """Say what is true of the entry ID; every later reading and linking respects it.

    confirm: it is right. wrong: it is no policy change. merge OTHER: OTHER is the same. split REPORT...: these reports tell of
    another. set SLOT VALUE: a field is this. undo [REVIEW]: take the last word back, or the one named. Without a word ID is shown,
    with its reports and all that was said of it; `list` shows what waits for a word, the doubtful entries first.
    """
    if entry == _LIST or verb is None:
        if verb is not None or values:
            raise WrongUsage("`pantau review list` takes no further words; give an entry's ID to say something of it")
        with open_store(settings_of(ctx)) as engine:
            if entry != _LIST:
                _show(engine, entry, form)
            elif given:
                write(*read_only(engine, f"{_GIVEN} order by review_id desc", max_rows=max_rows), form)
            else:
                _list(engine, max_rows, form)
        return
    settings = settings_of(ctx)
    try:
        act = _act(entry, verb, values, place=place, force=force)
        speaker = _speaker(settings, by, note)
    except WrongWord as error:
        raise WrongUsage(str(error)) from error
    with open_store(settings) as engine, writing(engine) as conn:
        done = act(conn, speaker)
    click.echo(plain(_told(verb, done)))


def _act(
    entry: str, verb: str, values: Sequence[str], *, place: str | None, force: bool
) -> Callable[[Connection, Speaker], Done]:
    """Return what a verb does with its values, which are checked before the store is opened.

    Raises:
        WrongUsage: the verb is none, or takes other values.
        WrongWord: a value is none.
    """
    _check_count(verb, len(values))
    if place is not None and (verb != "set" or values[0] not in DAY_SLOTS):
        raise WrongUsage(f"--in goes with `set {'` or `set '.join(DAY_SLOTS)}` only")
    if verb == "merge":
        return lambda conn, speaker: merge(conn, entry, values[0], speaker, force=force)
    if verb == "split":
        reports = [_number("report", value) for value in values]
        return lambda conn, speaker: split(conn, entry, reports, speaker)
    if verb == "set":
        slot, value = values[0], value_of(values[0], values[1], as_written=force)
        where = None if place is None else place_of(place)
        return lambda conn, speaker: mend(conn, entry, slot, value, speaker, place=where)
    if verb == "undo":
        number = _number("review", values[0]) if values else None
        return lambda conn, speaker: undo(conn, entry, number, speaker)
    verdict: Literal["confirm", "wrong"] = "confirm" if verb == "confirm" else "wrong"
    return lambda conn, speaker: judge(conn, entry, verdict, speaker)


def _check_count(verb: str, count: int) -> None:
    if verb not in _VERBS:
        raise WrongUsage(f"{verb[:40]!a} is no word that can be said of an entry; say one of {', '.join(_VERBS)}")
    takes, least, most = _VERBS[verb]
    if not least <= count <= most:
        raise WrongUsage(f"write it as `pantau review ID {' '.join(filter(None, (verb, takes)))}`")


def _number(what: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise WrongUsage(f"{text[:40]!a} is no {what}'s number; `pantau review ID` shows the numbers")
    return int(text)


def _speaker(settings: Settings, by: str | None, note: str | None) -> Speaker:
    return Speaker(
        name=name_of(_user_name() if by is None else by), note=note_of(note), now=open_clock(settings.now).now()
    )


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # the system knows no name for who runs this
        return ""


def _told(verb: str, done: Done) -> str:
    """Return what was done, as one sentence, and how it is taken back."""
    entry, other = done.entry, done.other
    led = "" if entry.asked == entry.public_id else f" (asked as {entry.asked})"
    name = f"{entry.public_id}{led}"
    number = done.word.id
    if done.undone is not None:
        back = f"; {other.asked} leads to {other.public_id} again" if other else ""
        return f"Review {done.undone.id} ({done.undone.verdict}, by {done.undone.reviewer}) of {name} is undone by review {number}{back}."
    what = {
        "confirm": f"{name} is confirmed",
        "wrong": f"{name} is called wrong and hidden from `changes`",
        "set": f"{name} has {done.word.slot} {done.word.value or 'empty'} now, where its reports say {done.word.read_value or 'nothing'}",
        "merge": f"{other.asked if other else ''} leads to {name} from now on",
        "split": f"{other.public_id if other else ''} has these reports for its own; the others stay in {name}",
    }[verb]
    return f"{what} (`pantau review {entry.public_id} undo {number}` takes it back)."


def _show(engine: Engine, public_id: str, form: Format) -> None:
    """Show an entry: its fields with what is read beside them, its names, its reports, and every word on it."""
    with reading(engine) as conn:
        entry = entry_of(conn, public_id)
    words = read_only(
        engine, f"{_GIVEN} where change_id = :id or other_id = :id order by review_id", {"id": entry.public_id}
    )
    if form != "table":
        write(*words, form)
        return
    head = (entry.company, entry.product, entry.surface, entry.action, entry.action2, entry.object, entry.direction)
    click.echo("  ".join(plain(value) for value in (entry.public_id, *head, entry.instrument, entry.review) if value))
    _, days = read_only(engine, _DAYS, {"id": entry.public_id})
    for name, day in zip(DAY_SLOTS, days[0] if days else (), strict=False):
        if day:
            click.echo(f"{name} {plain(day)}")
    _, names = read_only(engine, _NAMES, {"id": entry.public_id})
    if names:
        click.echo(f"also known as {', '.join(plain(row[0]) for row in names)}")
    click.echo("\nReports:")
    write(*read_only(engine, _REPORTS, {"id": entry.public_id}), form)
    click.echo("\nWhat people said:" if words[1] else "\nNobody has said anything of it.")
    if words[1]:
        write(*words, form)


def _list(engine: Engine, max_rows: int, form: Format) -> None:
    columns, rows = read_only(engine, _WAITING, max_rows=max_rows)
    write(columns, rows, form)
    _, [(count,)] = read_only(engine, _COUNT)
    if count > len(rows):
        click.echo(f"{len(rows)} of {count} are shown; --max-rows shows more", err=True)
