"""The one place that reads the wall clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """Return the present, aware and in UTC."""
        ...


class WallClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present, aware and in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A time that stands still until it is set: what the newsroom and the tests live by."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment


def open_clock(fixed: datetime | None) -> Clock:
    """Return a clock that stands at `fixed`, or the machine's own."""
    return FixedClock(fixed) if fixed else WallClock()
