"""Runs `pantau reprocess` under an altered rule in a process that kills itself (kill -9) inside or behind its n-th transaction.

usage: python tests/integration/dying_reprocess.py RULES inside|behind|never TIMES ARGUMENT…
"""

import sys
from contextlib import contextmanager
from pathlib import Path

from dying import die_at_last  # the script beside this one

import pantau.reprocess
from pantau.__main__ import main
from pipeline.rules import noise_rules


def inside(times: int) -> None:
    """Die when a batch is written but not committed."""
    advance = pantau.reprocess.advance_run

    def dying(*args, **kwargs):
        advance(*args, **kwargs)
        die_at_last(times)

    pantau.reprocess.advance_run = dying


def behind(times: int) -> None:
    """Die when a batch is committed and nobody was told."""
    settle = pantau.reprocess.Reprocess._settle

    def dying(*args):
        found = settle(*args)
        die_at_last(times)
        return found

    pantau.reprocess.Reprocess._settle = dying


@contextmanager
def here(_):
    """Read in this process: the altered rule holds here alone."""
    yield pantau.reprocess.HereReader()


if __name__ == "__main__":
    noise_rules._FOLDER = Path(sys.argv[1])
    pantau.reprocess.workers = here
    pantau.reprocess._BATCH = 2
    if sys.argv[2] != "never":
        {"inside": inside, "behind": behind}[sys.argv[2]](int(sys.argv[3]))
    sys.argv = ["pantau", *sys.argv[4:]]
    main()
