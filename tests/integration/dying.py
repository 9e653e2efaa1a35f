"""Runs `pantau crawl` in a process that kills itself (kill -9) at a moment that a timer could not hit.

usage: python tests/integration/dying.py MOMENT TIMES ARGUMENT…
"""

import os
import signal
import sys

import crawlers.polls
import pantau.reader
from db.archive import Archive
from pantau.__main__ import main

seen = 0


def die_at_last(times: int) -> None:
    """Die when this was called so often."""
    global seen  # noqa: PLW0603 - a script of one purpose
    seen += 1
    if seen >= times:
        os.kill(os.getpid(), signal.SIGKILL)


def between_answer_and_addresses(times: int) -> None:
    """Die when a feed's addresses are written but not committed."""
    finish = crawlers.polls.finish_poll

    def dying(*args, **kwargs):
        counts = finish(*args, **kwargs)
        if kwargs["outcome"] == "new":
            die_at_last(times)
        return counts

    crawlers.polls.finish_poll = dying


def inside_a_record(times: int) -> None:
    """Die when half of a record is on the disk."""
    append = Archive.append

    def dying(self, response):
        global seen  # noqa: PLW0603 - the same
        seen += 1
        if seen < times:
            return append(self, response)
        location = append(self, response)
        os.truncate(self.folder / location.file, location.offset + location.length // 2)
        os.kill(os.getpid(), signal.SIGKILL)
        return location

    Archive.append = dying


def between_record_and_row(times: int) -> None:
    """Die when a record is in the archive and no row knows it."""
    append = Archive.append

    def dying(self, response):
        location = append(self, response)
        die_at_last(times)
        return location

    Archive.append = dying


def inside_a_reading_s_rows(times: int) -> None:
    """Die when an article's rows are written but not committed."""
    save = pantau.reader._save

    def dying(*args, **kwargs):
        saved = save(*args, **kwargs)
        die_at_last(times)
        return saved

    pantau.reader._save = dying


MOMENTS = {
    moment.__name__: moment
    for moment in (between_answer_and_addresses, inside_a_record, between_record_and_row, inside_a_reading_s_rows)
}

if __name__ == "__main__":
    MOMENTS[sys.argv[1]](int(sys.argv[2]))
    sys.argv = ["pantau", *sys.argv[3:]]
    main()
