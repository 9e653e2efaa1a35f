"""Who made an article: authors, editors and contributors, from its own lines, its markup and its metadata. Names are people.

A labelled line ("Penulis: A | Editor: B") is believed first, since JSON-LD's author may be the editor; then JSON-LD, meta tags, the
markup around the headline, a byline there, and, last, markup elsewhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from pipeline.records import SourceHints
from pipeline.steps.decode import key_of, select, text_of, tidy
from pipeline.steps.metadata import Metadata, names_of, persons_of
from pipeline.steps.person import has_given_name, people, words
from pipeline.steps.role import byline, label_starts, listed, named_in, role_of, role_pattern, roles_in
from pipeline.steps.survey import AUTHOR_TAGS, MAX_PEOPLE, Page, Survey, around, is_aside, is_job, is_name, survey

_GLUED = re.compile(r"(?<!Mc)(?<!Mac)(?<=[a-z])[A-Z]|[A-Z]{3}[a-z]")
# Tags of library catalogues, which may put the family first.
_CATALOGUE = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
_LAST_FIRST = re.compile(r"([^\W\d_][\w'’\-]+), ([^\W\d_][\w.'’ \-]*)")
_EDITOR_META = ("content_editor", "editor")
# A card's labelled data: "Written by" in one tag, the name in its neighbour.
_CARD = (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2"))
_JOURNALIST = re.compile(r"\s*,\s*(?:jurnalis|wartawan)\b", re.IGNORECASE)
_MAX_LABELS = 300
_MAX_LINES = 8
_OPENING = " \n\t\r\xa0,([—–-"


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """The people by what they did, each once, in the order in which they are named."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()


def read(
    root: Any, metadata: Metadata, lines: Sequence[str], hints: SourceHints, seen: Survey | None = None
) -> Credits:
    """Return the credits; `lines` are the texts of the article's head and tail that hold no body."""
    told = _told(lines)
    outlet = _outlet(metadata)
    told["editor"] += _hinted(root, hints.editor) + people(metadata.meta.get(name, "") for name in _EDITOR_META)
    told["editor"] += people(persons_of(metadata.ld.get("editor")))
    told["contributor"] += people(persons_of(metadata.ld.get("contributor")))
    editors = _once(_persons(told["editor"], outlet))
    authors = _once(_hinted(root, hints.author) + _persons(told["author"], outlet)) or _authors(
        seen or survey(root), metadata, lines, _Known(editors, outlet, tuple(told["reporting"]))
    )
    others = [name for name in told["reporting"] if key_of(name) not in {key_of(author) for author in authors}]
    contributors = _once(_spelt_out(_persons(told["contributor"] + others, outlet)))
    return Credits(authors=authors, editors=editors, contributors=contributors)


def lines_of(root: Any, seen: Survey | None = None) -> list[str]:
    """Return the short lines of a page that name a role and a person, wherever they stand; a label and its name may be two elements."""
    seen = seen or survey(root)
    found: list[str] = []
    starts = label_starts()
    aside = around(heading for heading, _ in seen.headings[:20] if heading.tag == "h1")
    labels = [at for at, raw in enumerate(seen.texts) if raw.lstrip(_OPENING)[:3].lower() in starts and len(raw) <= 400]
    for at in labels[:_MAX_LABELS]:
        raw = seen.texts[at]
        line = tidy(raw)
        if at and _JOURNALIST.match(raw) and people(seen.texts[at - 1 : at]):
            found.append(f"{tidy(seen.texts[at - 1])}, Jurnalis-")
            continue
        mark = role_pattern().match(line) if len(line) <= 120 else None
        if mark and mark.end() < len(line):
            text: str | None = line
        else:
            text = _labelled(line, seen, at)
        if text and not is_aside(seen.owners[at], aside):
            found.append(text)
    return found[:_MAX_LINES]


def _labelled(line: str, seen: Survey, at: int) -> str | None:
    """Return a label that stands alone, together with what it labels."""
    if not role_of(line):
        return None
    if paired := _paired(seen, at):
        return paired
    following = [tidy(text[:400]) for text in seen.texts[at + 1 : at + 9]]
    colon = line.endswith(":")
    if following and following[0].startswith(":"):
        colon, following[0] = True, following[0].lstrip(" :")
    following = [text for text in following if text]
    if not following:
        return None
    names = listed(following, skips=0)
    # A job behind a name labels nobody, and neither does one without a colon in front of a single word.
    if names and (colon or (" " in names[0] and not is_job(seen, at))):
        return f"{line.rstrip(' :,')}: {', '.join(names)}"
    return f"{line.rstrip(' :,')}: {following[0]}" if colon and 3 <= len(following[0]) <= 120 else None


def _paired(seen: Survey, at: int) -> str | None:
    """Return the role and person of a job in a row of several people's: "Ana Ruiz", "Penulis", "Tom Orr", "Editor"."""
    if not is_job(seen, at):
        return None
    name = seen.texts[at - 1].strip()
    near = [i for i in (at - 2, at + 2) if 0 <= i < len(seen.texts) and role_of(seen.texts[i]) and is_name(seen, i - 1)]
    others = [seen.texts[i - 1].strip() for i in near]
    return f"{seen.texts[at].strip()}: {name}" if any(other != name for other in others) else None


def _told(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the people whom lines name, by role; a label that many lines give to many people lists other works."""
    told: dict[str, list[str]] = {"author": [], "reporting": [], "editor": [], "contributor": [], "other": []}
    groups: dict[str, list[tuple[str, ...]]] = {"author": [], "reporting": []}
    for line in lines:
        for role, names in roles_in(line):
            if role in groups:
                groups[role] += [tuple(names)] if tuple(names) not in groups[role] else []
            else:
                told[role] += names
    for role, named in groups.items():
        told[role] = [name for names in named for name in names] if len(named) < 3 else []
    return told


class _Known(msgspec.Struct, frozen=True):
    editors: tuple[str, ...]
    outlet: "_Outlet"
    reporting: tuple[str, ...]


def _authors(seen: Survey, metadata: Metadata, lines: Sequence[str], known: _Known) -> tuple[str, ...]:
    """Return the first source of author names that names a person who is neither the editor nor the outlet."""
    stated = [name for text in persons_of(metadata.ld.get("author")) for name in named_in(text)]
    meta = [[n for text in seen.metas.get(name, []) for n in named_in(_turned(text, name))] for name in AUTHOR_TAGS]
    meta += [named_in(metadata.meta.get(data, "")) for label, data in _CARD if _is_written_by(metadata.meta.get(label))]
    page = Page(seen, metadata)
    for names in _sources(stated, meta, metadata, page, lines, known):
        own = _persons(names, known.outlet)
        # The lone author that a page states may be its editor; among several, the outlet means it.
        if len(own) == 1:
            own = [name for name in own if key_of(name) not in {key_of(editor) for editor in known.editors}]
        if own:
            return _once(own)
    return ()


def _sources(
    stated: list[str], meta: list[list[str]], metadata: Metadata, page: Page, lines: Sequence[str], known: _Known
) -> Iterator[list[str]]:
    first = stated or next((names for names in meta if names), [])
    if first:
        marked = [name for name in page.marked() if name not in known.editors]
        yield _spelt_out(_fuller(first, [*meta, marked]))
    yield from map(_spelt_out, meta)
    yield _spelt_out(people(persons_of(metadata.ld.get("creator"))))
    yield _spelt_out(page.marked())
    yield _spelt_out(page.signed())
    # Where the page tells no more, a login is the name that its author goes by.
    yield [name for name in first if not name.isupper()]
    yield page.bare()
    yield page.marked_elsewhere()
    yield [name for line in lines for name in byline(line)]
    yield list(known.reporting)
    yield people(name for name in names_of(metadata.ld.get("author")) if len(name.split()) > 1)


def _fuller(names: list[str], others: Iterable[list[str]]) -> list[str]:
    """Return the longest list that names all of these and some more: JSON-LD often tells the first author alone."""
    keys = {key_of(name) for name in names}
    wider = [other for other in others if keys < {key_of(name) for name in other} and len(other) <= 8]
    return max(wider, key=len, default=names)


def _turned(text: str, name: str) -> str:
    """Return a catalogue's "Ruiz, Ana" as "Ana Ruiz"."""
    found = _LAST_FIRST.fullmatch(tidy(text[:200])) if name in _CATALOGUE else None
    return f"{found[2]} {found[1]}" if found else text


def _spelt_out(names: list[str]) -> list[str]:
    """Return the names but letters that stand for an agency, "ANI", and the logins or brands that are written in one: "LampuKota"."""
    return [name for name in names if " " in name or not ((name.isupper() and name.isascii()) or _GLUED.search(name))]


def _is_written_by(label: str | None) -> bool:
    return (
        (label or "")
        .lower()
        .startswith(("written by", "author", "ditulis oleh", "penulis", "verfasst von", "escrito por", "écrit par"))
    )


def _persons(names: Iterable[str], outlet: "_Outlet") -> list[str]:
    """Return the names but those of the outlet, its desks and its rooms."""
    return [name for name in names if not _is_outlet(key_of(name), outlet)]


def _is_outlet(key: str, outlet: "_Outlet") -> bool:
    if any(key == f"tim {own}" for own in outlet.names):
        return True
    if has_given_name(key) or key in words("given"):
        return False
    room = any(key.startswith(f"{own} ") or key.endswith(f" {own}") for own in outlet.names)
    return room or key in outlet.keys or key.replace(" ", "") in outlet.keys


class _Outlet(msgspec.Struct, frozen=True):
    """The keys of an outlet's own names, which bylines give when no person signed, and of all that it is called by, hosts included."""

    names: frozenset[str]
    keys: frozenset[str]


def _outlet(metadata: Metadata) -> _Outlet:
    told = [metadata.publisher or "", metadata.meta.get("og:site_name", ""), *names_of(metadata.ld.get("publisher"))]
    persons = {key_of(name) for name in persons_of(metadata.ld.get("author"), stated=True) if " " in name}
    names = {key for name in told if len(key := key_of(name)) > 2} - persons
    keys = names | {key.replace(" ", "") for key in names} | set(metadata.host.split("."))
    return _Outlet(frozenset(names), frozenset(keys - {key.replace(" ", "") for key in persons}))


def _hinted(root: Any, selectors: Sequence[str]) -> list[str]:
    found = [element for selector in selectors for element in select(root, selector)[:5]]
    return people(map(text_of, found))


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple({key_of(name): name for name in reversed(names)}.values())[::-1][:MAX_PEOPLE]
