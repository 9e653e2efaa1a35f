"""The demo: the newsroom on loopback, the real scheduler against it in processes of their own, and what SQL answers then.

Every figure that is printed is counted from the store or from the newsroom's own log; the demo is sound only if all checks hold.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from db.archive import Archive
from db.check import check
from db.engine import open_engine
from db.readonly import read_only
from pantau.newsroom.folder import PagesSite
from pantau.newsroom.server import Asked, SiteServer
from pantau.newsroom.world import World
from pantau.show import console, plain

_ROUND_S = 300.0
_KILL_AFTER_REQUESTS = 12
_PAGE = "select url from articles where headline like 'WhatsApp Melarang Chatbot AI Umum dari%' and extent = 'full'"


class Bench:
    """A demo's folder, its settings file, and the ways to run and to ask."""

    def __init__(self, folder: Path, hosts: dict[str, str]) -> None:
        self.folder = folder
        self.hosts = hosts
        self.config = folder / "pantau.toml"
        self.checks: list[tuple[str, bool]] = []

    @property
    def store_url(self) -> str:
        """Return the address of the demo's store."""
        return f"sqlite:///{self.folder / 'data' / 'pantau.db'}"

    def set_clock(self, now: datetime) -> None:
        """Write the settings with the clock at `now`."""
        hosts = "\n".join(f'"{host}" = "{address}"' for host, address in self.hosts.items())
        text = f"""data = "{self.folder / "data"}"
catalogue = "{self.folder / "catalogue"}"
database_url = "{self.store_url}"
now = "{now.isoformat()}"
[crawl]
delay_s = 0
contact = "demo"
[crawl.hosts]
{hosts}
[read]
workers = 2
"""
        self.config.write_text(text, "utf-8")

    def start(self) -> "subprocess.Popen[bytes]":
        """Start `pantau run --until-idle` in a process of its own."""
        command = [sys.executable, "-m", "pantau", "--config", str(self.config), "run", "--until-idle"]
        return subprocess.Popen(command, env=_environment())  # noqa: S603 - our own program

    def run_round(self) -> None:
        """Run the scheduler until nothing is due."""
        code = self.start().wait(_ROUND_S)
        self.check(code == 0, f"the scheduler ended cleanly (exit {code})")

    def check(self, holds: bool, what: str) -> None:  # noqa: FBT001 - a check is its outcome and its name
        """Note a check."""
        self.checks.append((what, bool(holds)))

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Yield the store."""
        engine = open_engine(self.store_url)
        try:
            yield engine
        finally:
            engine.dispose()

    def ask(self, statement: str, **params: Any) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        with self.engine() as engine:
            return read_only(engine, statement, params, max_rows=100_000)[1]

    def count(self, statement: str, **params: Any) -> int:
        """Return the first figure of a statement."""
        return int(self.ask(statement, **params)[0][0] or 0)


def show_newsroom(keep: Path | None) -> bool:
    """Run the demo on the newsroom; return whether every check holds."""
    world = World()
    with _folder(keep) as folder, SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(folder / "catalogue")
        bench = Bench(folder, world.hosts)
        out = console()
        out.print(f"The newsroom: {len(world.hosts)} sites on loopback, its clock at {world.now:%Y-%m-%d %H:%M} UTC")
        _round_one(bench, world, server, out.print)
        _round_two(bench, world, server, out.print)
        _round_three(bench, world, server, out.print)
        _show_page(bench, out.print)
        _show_changes(bench, out.print)
        _show_set_aside(bench, out.print)
        return _finish(bench, out.print)


def show_pages(pages: Path, keep: Path | None) -> bool:
    """Run the main job on a folder of saved pages, twice; return whether every check holds."""
    site = PagesSite(pages)
    with _folder(keep) as folder, SiteServer(site.answer) as server:
        site.write_catalogue(folder / "catalogue", server.port)
        bench = Bench(folder, site.hosts)
        bench.set_clock(site.now)
        out = console()
        began = time.monotonic()
        bench.run_round()
        asked = Counter(item.path for item in server.take_log() if item.path.startswith("/page/"))
        out.print(f"{len(site.pages)} pages fetched, archived and read in {time.monotonic() - began:.1f} s")
        bench.check(len(asked) == len(site.pages) and set(asked.values()) == {1}, "every page was fetched once")
        bench.check(
            bench.count("select count(*) from address where state = 'read'") == len(site.pages),
            "every page was read or set aside",
        )
        for verdict, number in bench.ask(
            "select verdict, count(*) from download where verdict is not null group by 1 order by 2 desc"
        ):
            out.print(f"  {number:5}  {verdict}")
        changes = bench.count("select count(*) from changes")
        out.print(f"  {changes:5}  policy changes")
        bench.set_clock(site.later)
        bench.run_round()
        again = [item for item in server.take_log() if item.path.startswith("/page/") and item.status == 200]
        bench.check(not again, "the second round fetched no page again")
        return _finish(bench, out.print)


def _round_one(bench: Bench, world: World, server: SiteServer, say: Callable[[str], None]) -> None:
    bench.set_clock(world.now)
    process = bench.start()
    _wait_for_requests(server, process, _KILL_AFTER_REQUESTS)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = server.take_log()
    bench.run_round()
    after = server.take_log()
    articles = bench.count("select count(*) from article")
    say(
        f"Round 1  collect, killed (kill -9) after {len(before)} requests and started again: {len(after)} more, {articles} articles"
    )
    doubled = bench.count(
        "select count(*) from (select source_id, site_key from article group by 1, 2 having count(*) > 1) t"
    )
    bench.check(doubled == 0, "nothing is there twice after the kill")
    expected = world.article_count
    bench.check(articles == expected, f"nothing was lost in the kill: {articles} of {expected} articles")


def _round_two(bench: Bench, world: World, server: SiteServer, say: Callable[[str], None]) -> None:
    rows = _row_counts(bench)
    world.round = 2
    bench.set_clock(world.now)
    bench.run_round()
    log = server.take_log()
    polls = bench.count("select count(*) from poll where started_at >= :now", now=_sql_time(world.now))
    say(
        f"Round 2  nothing new: {len(log)} requests, {sum(a.conditional for a in log)} conditional, {_statuses(log)}; {polls} polls"
    )
    bench.check(
        all(item.conditional and item.status == 304 for item in log),
        "round 2 asked only conditionally, and was told nothing new",
    )
    grown = {name for name, number in _row_counts(bench).items() if number != rows[name]}
    bench.check(grown <= {"poll"}, f"round 2 left no row but its polls ({', '.join(sorted(grown))})")


def _round_three(bench: Bench, world: World, server: SiteServer, say: Callable[[str], None]) -> None:
    versions, articles = (
        bench.count("select count(*) from article_version"),
        bench.count("select count(*) from article"),
    )
    world.round = 3
    bench.set_clock(world.now)
    bench.run_round()
    log = server.take_log()
    edits = bench.ask("select old_headline, new_headline from article_edits")
    new = bench.count("select count(*) from article") - articles
    say(f"Round 3  {len(log)} requests, {_statuses(log)}; {new} new article, {len(edits)} edit")
    for old, latest in edits:
        say(f"         edited: {plain(old)} → {plain(latest)}")
    bench.check(len(edits) == 1 and new == 1, "round 3 found one edit and one new article")
    bench.check(bench.count("select count(*) from article_version") == versions + 2, "and made two versions, no more")


def _show_page(bench: Bench, say: Callable[[str], None]) -> None:
    url = bench.ask(_PAGE)[0][0]
    body = bench.ask("select article_body from articles where url = :url", url=url)[0][0]
    kept = body.split("\n")
    removed = bench.ask("select kind, rule, text from removed where url = :url order by ordinal", url=url)
    say(f"\nOne page: {len(kept)} paragraphs kept, {len(removed)} pieces removed")
    shown: set[str] = set()
    for kind, rule, text in removed:
        if kind not in shown:
            shown.add(kind)
            say(f"  removed  {kind:9} by {rule:20} {plain(text)[:70]}")
    lookalike = next((line for line in kept if line.startswith("Baca juga")), "")
    say(f"  kept     looks like noise:             {plain(lookalike)[:90]}")
    bench.check(bool(lookalike), "a sentence that looks like noise stayed")
    bench.check(not any(line.startswith("BACA JUGA:") for line in kept), "no read-also line is in the body")


def _show_changes(bench: Bench, say: Callable[[str], None]) -> None:
    statement = """
        select c.change_id, coalesce(c.product, c.company), c.action, c.object, c.effective, c.report_count, c.proof,
            (select r.outlet from reports r where r.change_id = c.change_id order by r.date_published limit 1)
        from changes c where c.sure = 1 order by c.report_count desc, c.first_reported
    """
    rows = bench.ask(statement)
    say(f"\n{len(rows)} policy changes")
    for change_id, name, action, about, effective, reports, proof, first in rows:
        say(f"  {name}: {action} {about}, from {effective or 'a day not told'}; {reports} reports, first {first}")
        say(f"      “{plain(proof)[:120]}”")
        if reports > 1:
            history = bench.ask(
                "select status, jurisdiction, from_day from change_status where change_id = :id order by from_day",
                id=change_id,
            )
            say(
                "      "
                + " · ".join(dict.fromkeys(f"{status} {place or 'all'} {day}" for status, place, day in history))
            )
            exempt = bench.ask(
                "select name from change_parties where change_id = :id and role = 'exempt'", id=change_id
            )
            say(f"      exempt: {'; '.join(plain(name) for (name,) in exempt)[:140] or 'nobody named'}")
    bench.check(
        any(row[1] == "WhatsApp" and row[2] == "ban" and row[5] > 1 for row in rows),
        "WhatsApp's ban is one entry of several reports",
    )


def _show_set_aside(bench: Bench, say: Callable[[str], None]) -> None:
    statement = "select negative_kind, count(*), min(headline) from articles where negative_kind is not null group by 1 order by 2 desc"
    say("\nRead and set aside as no change")
    for kind, number, headline in bench.ask(statement):
        say(f"  {number:3} {kind:15} e.g. {plain(headline)[:80]}")
    walls = bench.ask(
        "select verdict, count(*) from download where verdict is not null and verdict <> 'article' group by 1"
    )
    say("  not articles: " + ", ".join(f"{number} {verdict}" for verdict, number in walls))


def _finish(bench: Bench, say: Callable[[str], None]) -> bool:
    with bench.engine() as engine:
        report = check(engine, Archive(bench.folder / "data" / "archive"))
    bench.check(
        not report.findings, "quotes stand in their texts, removed blocks can be put back, archive and rows agree"
    )
    say('\nAsk it yourself:  pantau sql "select product, action, effective, proof from changes order by effective"')
    failed = [what for what, holds in bench.checks if not holds]
    for what in failed:
        say(f"NO   {what}")
    for finding in report.findings[:5]:
        say(f"     {finding.message}")
    say(f"Checks: {len(bench.checks) - len(failed)} of {len(bench.checks)} hold.")
    return not failed


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="pantau-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_requests(server: SiteServer, process: "subprocess.Popen[bytes]", number: int) -> None:
    deadline = time.monotonic() + _ROUND_S
    while len(server.log) < number and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def _row_counts(bench: Bench) -> dict[str, int]:
    with bench.engine() as engine:
        return check(engine, Archive(bench.folder / "data" / "archive")).counts


def _statuses(log: Sequence[Asked]) -> str:
    return ", ".join(f"{number}x {status}" for status, number in sorted(Counter(item.status for item in log).items()))


def _sql_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _environment() -> dict[str, str]:
    # The demo has a store of its own: one that the environment names must not be touched.
    return {name: value for name, value in os.environ.items() if name != "PANTAU_DATABASE_URL"}
