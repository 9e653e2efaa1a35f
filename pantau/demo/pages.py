"""The demo on a folder of saved pages: the main job twice, and every page accounted for."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pantau.demo.bench import Bench, demo_folder
from pantau.demo.telling import tell_checks
from pantau.newsroom.folder import PagesSite
from pantau.newsroom.server import SiteServer
from pantau.show import console, plain

# Of the pages served, not of the later pages and addresses that they name and that are not in the folder.
_SERVED = "from download where url like '%/page/%' and status = 200"
_VERDICTS = f"select coalesce(verdict, 'unread'), count(*) {_SERVED} group by 1 order by 2 desc, 1"
_ARCHIVED = f"select count(*) {_SERVED} and archive_file is not null"
_CHANGES = "select coalesce(product, company), action, object, proof from changes order by sure desc, 1, 2 limit 20"


def show_pages(pages: Path, keep: Path | None) -> bool:
    """Serve a folder of saved pages as a site and read it, twice; return whether every check holds."""
    site = PagesSite(pages)
    with demo_folder(keep) as folder, SiteServer(site.answer) as server:
        site.write_catalogue(folder / "catalogue", server.port)
        bench, say = Bench(folder, site.hosts), console().print
        if site.unreadable:
            left = f"{len(site.unreadable)} file{'s' if len(site.unreadable) > 1 else ''} cannot be unpacked and"
            say(
                f"{left} {'are' if len(site.unreadable) > 1 else 'is'} left out: {plain(', '.join(site.unreadable[:5]))}"
            )
        _first_round(bench, site, server, say)
        _second_round(bench, site, server, say)
        return tell_checks(bench, say)


def _first_round(bench: Bench, site: PagesSite, server: SiteServer, say: Callable[[str], None]) -> None:
    bench.set_clock(site.now)
    began = time.monotonic()
    bench.run_round()
    took = time.monotonic() - began
    asked = Counter(item.path for item in server.take_log() if item.path.removeprefix("/page/") in site.pages)
    say(
        f"Round 1   {len(site.pages)} pages fetched, archived and read in {took:.1f} s, {took / len(site.pages) * 1000:.0f} ms each"
    )
    bench.check(len(asked) == len(site.pages) and set(asked.values()) == {1}, "every page was fetched once")
    archived = bench.count(_ARCHIVED)
    bench.check(archived == len(site.pages), "every page lies in the archive")
    counted = bench.ask(_VERDICTS)
    bench.check(sum(number for _, number in counted) == len(site.pages), "every page has its verdict")
    articles = bench.count("select count(*) from article")
    bench.check(
        articles == sum(n for verdict, n in counted if verdict == "article"), "every article is stored, no wall is"
    )
    say("          " + ", ".join(f"{number} {verdict}" for verdict, number in counted))
    changes = bench.count("select count(*) from changes")
    say(f"          {articles} articles stored, {changes} policy changes read out of them")
    for name, action, about, proof in bench.ask(_CHANGES):
        say(f"          {name}: {action} {about} — “{plain(proof)[:110]}”")


def _second_round(bench: Bench, site: PagesSite, server: SiteServer, say: Callable[[str], None]) -> None:
    bench.set_clock(site.later)
    bench.run_round()
    log = server.take_log()
    again = [item for item in log if item.path.startswith("/page/") and item.status == 200]
    say(f"Round 2   {len(log)} requests, {len(again)} pages fetched again")
    bench.check(not again, "the second round fetched no page again")
