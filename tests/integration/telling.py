"""Articles that tell of rules, stored as the crawler stores them, and what the store answers of them."""

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, text

from db.articles import SavedVersion
from db.catalogue import sync_catalogue
from db.engine import reading, writing
from pipeline.records import Annotation, Article, Evidence, PolicyChange, PolicyDate, Reading
from pipeline.save import save_reading
from tests.db.rows import NOW, source_row

# Every report that is told today, also of what was called wrong, which the public view leaves out.
_TOLD = """
(select r.id as report_id, c.public_id as change_id, a.canonical_url as url from report r
join policy_change c on c.id = r.policy_change_id join article_version v on v.id = r.version_id and v.is_current
join article a on a.id = v.article_id where r.superseded_at is null) as told
"""
# A text of its own for each article, so that none is another's copy.
_SYLLABLES = ("su", "ra", "ke", "li", "mo", "ta", "pe", "nu", "ba", "do", "gi")


def rule(**more: Any) -> PolicyChange:
    """Return what an article tells: that WhatsApp bans chatbots, unless other slots are given; `effective` is ISO text."""
    day = more.pop("effective", None)
    values = {
        "company": "Meta",
        "product": "WhatsApp",
        "action": "ban",
        "object": "general_purpose_chatbot",
        "direction": "tighten",
        "status": "announced" if day else "in_effect",
        "effective": PolicyDate(value=day, precision="day", raw=day) if day else None,
        "confidence": 0.9,
        "annotator_version": "1",
        "evidence": (Evidence(slot="action", field="headline", start=0, end=6, quote="Aturan"),),
    }
    return PolicyChange(**(values | more))


def words(number: int, count: int = 60) -> str:
    """Return a text that shares no word with another number's."""
    return " ".join(f"{_SYLLABLES[(number + n) % 11]}{_SYLLABLES[n * number % 11]}{number}x{n}" for n in range(count))


def tell(
    engine: Engine,
    key: str,
    *rules: PolicyChange,
    day: str = "2026-03-01",
    body: str | None = None,
    annotator: str = "1",
    now: datetime = NOW,
) -> SavedVersion:
    """Store an article of a source, `source/number`, as read now."""
    source, _, number = key.partition("/")
    article = Article(
        url=f"https://{source}.test/{number}",
        headline=f"Aturan baru {number}",
        article_body=words(crc32(key.encode()) % 10_000) if body is None else body,
        date_published=f"{day}T08:00:00+07:00",
        date_published_precision="minute",
        in_language="id",
    )
    with writing(engine) as conn:
        return save_reading(
            conn,
            Reading(article=article, annotation=Annotation(policy_changes=rules)),
            source_id=source,
            site_key=number,
            download_ids=[],
            observed_at=now,
            annotator_version=annotator,
        )


def sources(engine: Engine, *names: str) -> None:
    """Store sources."""
    with writing(engine) as conn:
        sync_catalogue(conn, [source_row(name) for name in names], [], NOW)


def ask(engine: Engine, statement: str, **params: Any) -> list[Any]:
    """Return the rows that a statement finds, those of one column as values."""
    with reading(engine) as conn:
        return _values(conn, statement, params)


def _values(conn: Connection, statement: str, params: dict[str, Any]) -> list[Any]:
    rows = [tuple(row) for row in conn.execute(text(statement), params)]
    return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows


def later(days: int) -> datetime:
    """Return the present of the tests, some days on."""
    return NOW + timedelta(days=days)


def entries(engine: Engine) -> dict[str, set[str]]:
    """Return the articles of each entry that `changes` shows, by public id."""
    found: dict[str, set[str]] = {}
    for public_id, url in ask(
        engine, "select c.change_id, r.url from changes c join reports r on r.change_id = c.change_id"
    ):
        found.setdefault(public_id, set()).add(url.removeprefix("https://").replace(".test", ""))
    return found


def entry_with(engine: Engine, key: str) -> str:
    """Return the public id of the entry that an article's report is under."""
    [found] = ask(engine, f"select distinct change_id from {_TOLD} where url = :url", url=address_of(key))
    return str(found)


def told_count(engine: Engine, public_id: str) -> int:
    """Return how many reports an entry has, also one that was called wrong."""
    [found] = ask(engine, f"select count(*) from {_TOLD} where change_id = :id", id=public_id)
    return int(found)


def address_of(key: str) -> str:
    """Return the address of an article, `source/number`."""
    return f"https://{key.replace('/', '.test/')}"


def reports_of(engine: Engine, *keys: str) -> list[int]:
    """Return the reports of articles."""
    return [
        number
        for key in keys
        for number in ask(engine, f"select report_id from {_TOLD} where url = :url", url=address_of(key))
    ]
