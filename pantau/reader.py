"""Archived answers to rows: pages go out to worker processes, readings come back and are saved.

A page is read in a process of its own pool with a hard time limit, because one hostile page must stop neither the schedule nor
the other pages. What was archived but not read when the program stopped is found again in the table.
"""

import asyncio
import logging
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, TimeoutError as ReadingTimeoutError
from dataclasses import dataclass, field

from pebble import ProcessPool
from sqlalchemy import Engine

from crawlers.catalogue import Catalogue
from db.archive import Archive, ArchivedResponse
from db.engine import reading, writing
from db.frontier import Unread, take_unread
from pantau.clock import Clock
from pantau.config import ReadSettings
from pipeline.records import Announced, Article, Page, Reading, SourceHints
from pipeline.run import EXTRACTOR_VERSION, read_page

log = logging.getLogger(__name__)
_BATCH = 32


@dataclass
class ReadCounts:
    """What this process has read so far."""

    verdicts: dict[str, int] = field(default_factory=dict)
    timed_out: int = 0

    def add(self, verdict: str) -> None:
        """Count one reading."""
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1
