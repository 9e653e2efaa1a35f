"""What a language model was asked on a day (UTC): the row that its budget is kept in, and that tells of its failures."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from db.models import article_version, model_use
from db.upsert import insert_new


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests a day may make, and what they may cost together; no bound on the cost where it is `None`."""

    requests: int
    cost: float | None


def take_turn(conn: Connection, now: datetime, budget: Budget, cost: float) -> bool:
    """Book one request at what it may cost at most, if the day's budget allows it; return whether it does."""
    row = _today(conn, now)
    if row.asked >= budget.requests or (budget.cost is not None and row.cost + cost > budget.cost):
        return False
    add_use(conn, now, {"asked": 1, "cost": cost})
    return True


def add_use(conn: Connection, now: datetime, counts: dict[str, float], *, failure: str | None = None) -> None:
    """Add to the day's figures; `failure` says what went wrong last."""
    _today(conn, now)
    values: dict[str, Any] = {name: model_use.c[name] + count for name, count in counts.items()}
    if failure is not None:
        values["last_failure"] = failure
    conn.execute(update(model_use).where(model_use.c.day == _day(now)).values(values))


def is_current(conn: Connection, article_id: int, text_sha256: str) -> bool:
    """Return whether an article's current version says what this digest stands for: then it was read already."""
    v = article_version.c
    known = select(v.text_sha256).where(v.article_id == article_id, v.is_current)
    return conn.execute(known).scalar_one_or_none() == text_sha256


def _today(conn: Connection, now: datetime) -> Any:
    insert_new(conn, model_use, {"day": _day(now)})
    return conn.execute(select(model_use).where(model_use.c.day == _day(now))).one()


def _day(now: datetime) -> str:
    return now.date().isoformat()
