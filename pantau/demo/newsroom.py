"""The demo on the newsroom: three rounds of the scheduler, a kill in the first, and what is known then."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from pantau.demo.bench import Bench, demo_folder
from pantau.demo.telling import tell_changes, tell_checks, tell_page, tell_question, tell_set_aside
from pantau.newsroom.server import Asked, SiteServer
from pantau.newsroom.world import World
from pantau.show import console, plain

_KILL_AFTER_REQUESTS = 12
Say = Callable[[str], None]


def show_newsroom(keep: Path | None) -> bool:
    """Run the demo on the newsroom, its store in `keep` or in a folder that is gone afterwards; return whether every check holds."""
    world = World()
    with demo_folder(keep) as folder, SiteServer(world.answer) as server:
        world.port = server.port
        world.write_catalogue(folder / "catalogue")
        bench, say = Bench(folder, world.hosts), console().print
        say(f"Newsroom  {len(world.hosts)} made-up sites on loopback, the clock at {world.now:%Y-%m-%d %H:%M} UTC")
        _collect(bench, world, server, say)
        _nothing_new(bench, world, server, say)
        _edit_and_news(bench, world, server, say)
        tell_page(bench, say)
        tell_changes(bench, say)
        tell_set_aside(bench, say)
        tell_question(bench, say)
        return tell_checks(bench, say)


def _collect(bench: Bench, world: World, server: SiteServer, say: Say) -> None:
    bench.set_clock(world.now)
    bench.run_and_kill(server, _KILL_AFTER_REQUESTS)
    before = server.take_log()
    bench.run_round()
    after = server.take_log()
    articles = bench.count("select count(*) from article")
    say(f"Round 1   collect: {len(before)} requests, then kill -9; resumed with {len(after)}: {articles} articles")
    doubled = bench.count(
        "select count(*) from (select source_id, site_key from article group by 1, 2 having count(*) > 1) t"
    )
    bench.check(doubled == 0, "nothing is there twice after the kill")
    expected = world.article_count
    bench.check(articles == expected, f"nothing was lost in the kill: {articles} of {expected} articles")


def _nothing_new(bench: Bench, world: World, server: SiteServer, say: Say) -> None:
    before = bench.compare().counts
    log = _run_round(bench, world, server, 2)
    polls = _polls_since(bench, world.now)
    conditional = sum(item.conditional for item in log)
    say(f"Round 2   nothing new: {polls} polls, {len(log)} requests, {conditional} conditional, {_statuses(log)}")
    unchanged = [item.conditional and item.status == 304 for item in log]
    bench.check(bool(log) and all(unchanged), "round 2 asked only conditionally, and was told nothing new")
    after = bench.compare().counts
    grown = sorted(name for name in after if after[name] != before[name])
    bench.check(grown == ["poll"], f"round 2 left no row but its polls ({', '.join(grown)})")


def _edit_and_news(bench: Bench, world: World, server: SiteServer, say: Say) -> None:
    before = bench.compare().counts
    log = _run_round(bench, world, server, 3)
    after = bench.compare().counts
    edits = bench.ask("select old_headline, new_headline from article_edits")
    new = after["article"] - before["article"]
    gone = bench.count("select count(*) from articles where vanished_at is not null")
    say(f"Round 3   {new} new article, {len(edits)} edit, {gone} page gone: {len(log)} requests, {_statuses(log)}")
    for old, latest in edits:
        say(f"          edited: {plain(old)} → {plain(latest)}")
    bench.check((new, len(edits), gone) == (1, 1, 1), "round 3 found one new article, one edit, one page gone")
    bench.check(after["article_version"] - before["article_version"] == 2, "and made two versions, no more")


def _run_round(bench: Bench, world: World, server: SiteServer, number: int) -> list[Asked]:
    world.round = number
    bench.set_clock(world.now)
    bench.run_round()
    return server.take_log()


def _polls_since(bench: Bench, moment: datetime) -> int:
    return bench.count("select count(*) from poll where started_at >= :now", now=f"{moment:%Y-%m-%d %H:%M:%S}")


def _statuses(log: Sequence[Asked]) -> str:
    return ", ".join(f"{number}x {status}" for status, number in sorted(Counter(item.status for item in log).items()))
