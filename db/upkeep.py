"""Small cares of the tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from db.models import endpoint


def due_at_once(conn: Connection, sources: Sequence[str], now: datetime) -> int:
    """Make the endpoints of some sources due now, of all when none is named; return how many."""
    which = endpoint.c.state != "off"
    if sources:
        which &= endpoint.c.source_id.in_(sources)
    return conn.execute(update(endpoint).where(which, endpoint.c.next_poll_at > now).values(next_poll_at=now)).rowcount
