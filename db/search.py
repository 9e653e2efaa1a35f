"""Search over the headline and body of every article's newest version: the same hits in the same order on SQLite and PostgreSQL.

What is indexed is asked of the database's own index, what waits to be indexed (`db.indexing`) is read. A tsvector forgets where words
stand in long texts, so PostgreSQL looks phrases up in the words themselves.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Integer, bindparam, select, text

from db.indexing import current_versions
from db.models import article, article_version
from db.types import UtcDateTime
from db.words import PLACES, Place, Query, Term, lines_of, read_query, snippet

_HITS = """
select article_id, version_id, told_at, place from (
    select e.article_id, e.version_id, e.told_at, {place} as place
    from search_index i cross join search_entry e
    where {match} and e.article_id = i.{key} and e.article_id not in (select article_id from search_pending){narrowed}
    order by place desc, e.told_at desc, e.article_id desc
    limit :limit
) as indexed
union all
select article_id, null, null, null from (select distinct article_id from search_pending) as waiting
"""
_ROWS_AT_ONCE = 500
_NO_WORD = "There is no word to search for."
_ONLY_UNWANTED = "There are only words to leave out; name one to look for."
_CUT = "The text is long; only its first words were searched for."


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """An article that was found. `place` is the best of `headline`, `opening` and `text` that holds all that was asked for."""

    article_id: int
    version_id: int
    source_id: str
    url: str
    headline: str | None
    date_published: datetime | None
    in_language: str | None
    place: Place
    snippet: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The hits, best first; `note` is a sentence where the question could not be taken as it was put."""

    hits: tuple[Hit, ...]
    note: str | None = None


class _Found(msgspec.Struct, frozen=True, kw_only=True, order=True):
    # The order of the fields is the ranking.
    place: int
    told_at: datetime
    article_id: int
    version_id: int


def search(
    conn: Connection,
    text: str,
    *,
    limit: int = 20,
    since: datetime | None = None,
    source: str | None = None,
    marks: tuple[str, str] = ("**", "**"),
) -> Answer:
    """Return the articles whose newest version has all the words of `text`; any text is a query.

    `"two words"` are a phrase, `-word` leaves articles out, `word*` is the beginning of a word; case and diacritics do not count. First
    come articles whose headline has it all, then those whose headline and first 80 words have, then the rest; in each the newest first.
    `since` counts by the day of publication, or of our first sight where that is not known. What was found stands between `marks` in
    each snippet, which is plain text of the web's: whoever shows it escapes it.
    """
    query = read_query(text)
    if not query.wanted:
        return Answer(hits=(), note=_ONLY_UNWANTED if query.unwanted else _NO_WORD)
    found, pending = _indexed(conn, query, limit, since, source)
    found += _scanned(conn, query, pending, since, source)
    best = sorted(found, reverse=True)[:limit]
    return Answer(hits=_hits(conn, best, query, marks), note=_CUT if query.is_cut else None)


def _indexed(
    conn: Connection, query: Query, limit: int, since: datetime | None, source: str | None
) -> tuple[list[_Found], list[int]]:
    """Return the best hits of the index, and which articles wait to be indexed; both as of one moment."""
    ask = _ask_sqlite if conn.dialect.name == "sqlite" else _ask_postgresql
    parts, params = ask(query)
    narrowed = ""
    if since is not None:
        narrowed += " and e.told_at >= :since"
        params["since"] = since
    if source is not None:
        narrowed += " and e.article_id in (select id from article where source_id = :source)"
        params["source"] = source
    statement = text(_HITS.format(narrowed=narrowed, **parts)).bindparams(bindparam("limit", type_=BigInteger()))
    if since is not None:
        statement = statement.bindparams(bindparam("since", type_=UtcDateTime()))
    typed = statement.columns(article_id=BigInteger(), version_id=BigInteger(), told_at=UtcDateTime(), place=Integer())
    rows = conn.execute(typed, params | {"limit": limit}).all()
    found = [
        _Found(place=row.place, told_at=row.told_at, article_id=row.article_id, version_id=row.version_id)
        for row in rows
        if row.version_id is not None
    ]
    return found, [row.article_id for row in rows if row.version_id is None]


def _ask_sqlite(query: Query) -> tuple[dict[str, str], dict[str, Any]]:
    wanted = " AND ".join(_fts(term) for term in query.wanted)
    unwanted = " OR ".join(_fts(term) for term in query.unwanted)
    within = "e.article_id in (select rowid from search_index where search_index match :{})"
    parts = {
        "key": "rowid",
        "match": "i.search_index match :anywhere",
        "place": f"({within.format('in_headline')}) + ({within.format('in_opening')})",
    }
    params = {
        "anywhere": f"({wanted}) NOT ({unwanted})" if unwanted else wanted,
        "in_headline": f"headline : ({wanted})",
        "in_opening": f"{{headline opening}} : ({wanted})",
    }
    return parts, params


def _fts(term: Term) -> str:
    return f'"{term.text}"{" *" if term.is_prefix else ""}'


def _ask_postgresql(query: Query) -> tuple[dict[str, str], dict[str, Any]]:
    params: dict[str, Any] = {}
    headline, opening, body = (f"' ' || i.{column} || ' '" for column in ("headline", "opening", "body"))

    def is_in(term: Term, *columns: str) -> str:
        name = f"term{len(params)}"
        params[name] = f"% {term.text}{'' if term.is_prefix else ' '}%"
        return "(" + " or ".join(f"{column} like :{name}" for column in columns) + ")"

    lexemes = [" & ".join(_lexemes(term)) for term in query.wanted]
    lexemes += [f"!{_lexemes(term)[0]}" for term in query.unwanted if len(term.words) == 1]
    match = ["i.words @@ cast(:lexemes as tsquery)"]
    match += [is_in(term, headline, body) for term in query.wanted if len(term.words) > 1]
    match += [f"not {is_in(term, headline, body)}" for term in query.unwanted if len(term.words) > 1]
    in_headline = " and ".join(is_in(term, headline) for term in query.wanted)
    in_opening = " and ".join(is_in(term, headline, opening) for term in query.wanted)
    parts = {
        "key": "article_id",
        "match": " and ".join(match),
        "place": f"case when {in_headline} then 2 when {in_opening} then 1 else 0 end",
    }
    return parts, params | {"lexemes": " & ".join(lexemes)}


def _lexemes(term: Term) -> list[str]:
    *whole, last = term.words
    return [*(f"'{word}'" for word in whole), f"'{last}'{':*' if term.is_prefix else ''}"]


def _scanned(
    conn: Connection, query: Query, article_ids: Sequence[int], since: datetime | None, source: str | None
) -> list[_Found]:
    """Return the hits among some articles by reading them."""
    found = []
    for row in current_versions(conn, article_ids):
        if (since is None or row.told_at >= since) and (source is None or row.source_id == source):
            place = lines_of(row.headline, row.article_body).place_of(query)
            if place is not None:
                found.append(
                    _Found(place=PLACES.index(place), told_at=row.told_at, article_id=row.article_id, version_id=row.id)
                )
    return found


def _hits(conn: Connection, best: Sequence[_Found], query: Query, marks: tuple[str, str]) -> tuple[Hit, ...]:
    v, a = article_version.c, article.c
    asked = select(
        v.id, a.source_id, a.canonical_url, v.headline, v.date_published, v.in_language, v.article_body
    ).join(article, a.id == v.article_id)
    ids = [found.version_id for found in best]
    chunks = (ids[start : start + _ROWS_AT_ONCE] for start in range(0, len(ids), _ROWS_AT_ONCE))
    rows = {row.id: row for chunk in chunks for row in conn.execute(asked.where(v.id.in_(chunk)))}
    return tuple(_hit(found, rows[found.version_id], query, marks) for found in best if found.version_id in rows)


def _hit(found: _Found, row: Any, query: Query, marks: tuple[str, str]) -> Hit:
    return Hit(
        article_id=found.article_id,
        version_id=found.version_id,
        source_id=row.source_id,
        url=row.canonical_url,
        headline=row.headline,
        date_published=row.date_published,
        in_language=row.in_language,
        place=PLACES[found.place],
        snippet=snippet(row.article_body, query, marks),
    )
