"""What a demo says of its store, each figure and word counted or read there."""

from collections.abc import Callable
from typing import Any

from pantau.demo.bench import Bench
from pantau.show import plain

Say = Callable[[str], None]
_PAGE = "select url, article_body from articles where headline like 'WhatsApp Melarang Chatbot AI Umum dari%' and extent = 'full'"
_REMOVED = "select kind, rule, text from removed where url = :url order by ordinal"
_CHANGES = """
select c.change_id, coalesce(c.product, c.company) as name, c.action, c.object, c.effective, c.report_count, c.proof,
    (select r.outlet from reports r where r.change_id = c.change_id order by r.date_published, r.report_id limit 1) as first_outlet,
    (
        select s.status from change_status s where s.change_id = c.change_id and s.jurisdiction = '' and s.from_day <= :day
        order by s.from_day desc, s.report_id desc limit 1
    ) as status
from changes c where c.sure = 1 order by c.report_count desc, c.first_reported
"""
# A day that a text states is better than the day on which somebody wrote of it.
_HISTORY = """
select status, jurisdiction, coalesce(min(case when dated_by = 'text' then from_day end), min(from_day)) as day
from change_status where change_id = :id group by status, jurisdiction order by day
"""
_EXEMPT = "select name from change_parties where change_id = :id and role = 'exempt' order by length(name), name"
_SET_ASIDE = "select negative_kind, count(*), min(headline) from articles where negative_kind is not null group by 1 order by 2 desc, 1"
_WALLS = "select verdict, count(*) from download where verdict <> 'article' group by 1 order by 1"
_QUESTION = "select product, action, effective from changes where effective between '2025-11-01' and '2026-01-31' order by effective"
_QUOTE_CHARS = 80
_PROOF_CHARS = 60


def tell_page(bench: Bench, say: Say) -> None:
    """Show one noisy page: what was removed by which rule, and a sentence that only looks like noise."""
    url, body = bench.ask(_PAGE)[0]
    kept, removed = body.split("\n"), bench.ask(_REMOVED, url=url)
    say(f"\nOne page  {len(kept)} paragraphs kept, {len(removed)} pieces removed, such as")
    first_of_kind = {kind: (rule, text) for kind, rule, text in reversed(removed)}
    for kind, (rule, text) in sorted(first_of_kind.items()):
        say(f"  removed {kind:10}by {rule:18} {plain(text)[:_QUOTE_CHARS]}")
    lookalike = next((line for line in kept if line.startswith("Baca juga")), "")
    say(f"  kept    looks like noise, is a sentence: {plain(lookalike)[:_QUOTE_CHARS]}")
    bench.check(bool(lookalike), "a sentence that looks like noise stayed")
    leaked = [line for line in kept if line.startswith("BACA JUGA:")]
    bench.check(any(kind == "read_also" for kind, _, _ in removed) and not leaked, "no read-also line is in the body")


def tell_changes(bench: Bench, say: Say) -> None:
    """Show every sure policy change with its proof, who reported it first, its history and who is exempt."""
    rows = bench.ask(_CHANGES, day="2026-03-10")
    say(f"\n{len(rows)} policy changes, each with the words that say it")
    for change_id, name, action, about, effective, reports, proof, first, status in rows:
        since = f" ({effective})" if effective else ""
        told = f"{reports} report{'s' if reports > 1 else ''}, first {first}"
        say(f"  {name}: {action} {about}, {status or 'reported'}{since}; {told}; “{plain(proof)[:_PROOF_CHARS]}”")
        _tell_more(bench, say, change_id)
    ban = [row for row in rows if (row[1], row[2], row[3]) == ("WhatsApp", "ban", "general_purpose_chatbot")]
    bench.check(len(ban) == 1 and ban[0][5] > 1, "WhatsApp's ban is one entry of several reports")


def _tell_more(bench: Bench, say: Say, change_id: Any) -> None:
    history = bench.ask(_HISTORY, id=change_id)
    if len(history) > 2:
        say("      " + ", ".join(f"{status}{f' in {place}' if place else ''} {day}" for status, place, day in history))
    exempt = [plain(name) for (name,) in bench.ask(_EXEMPT, id=change_id)]
    if exempt:
        say(f"      exempt: {'; '.join(exempt)[:140]}")


def tell_set_aside(bench: Bench, say: Say) -> None:
    """Show what was read and is no policy change, by kind, and what is no article."""
    kinds = bench.ask(_SET_ASIDE)
    say("\nSet aside as no change")
    for kind, number, headline in kinds:
        say(f"  {number:2} {kind:15} {plain(headline)[:_QUOTE_CHARS]}")
    say("  no articles: " + ", ".join(f"{number} {verdict}" for verdict, number in bench.ask(_WALLS)))


def tell_question(bench: Bench, say: Say) -> None:
    """Ask one question in SQL, and show how to ask more."""
    say(f"\nIn SQL    {_QUESTION}")
    for row in bench.ask(_QUESTION):
        say("          " + " | ".join(plain(value) for value in row))
    say('          Yours: pantau demo --keep DIR, then pantau --config DIR/pantau.toml sql "select … from changes"')


def tell_checks(bench: Bench, say: Say) -> bool:
    """Compare all that is stored twice, say which checks do not hold, and return whether all do."""
    report = bench.compare()
    found = {finding.kind for finding in report.findings}
    counts = report.counts
    bench.check("quote" not in found, f"{counts['evidence']} quotes stand in their texts")
    bench.check("removed" not in found, f"{counts['removed_block']} removed blocks can be put back")
    bench.check(not found - {"quote", "removed"}, f"{counts['download']} downloads, archive and rows agree")
    for what in [what for what, holds in bench.checks if not holds]:
        say(f"NO        {what}")
    for finding in report.findings[:5]:
        say(f"          {finding.message}")
    held = sum(holds for _, holds in bench.checks)
    last = "; ".join(what for what, _ in bench.checks[-3:])
    say(f"\nChecks    {held} of {len(bench.checks)} hold: {last}.")
    return held == len(bench.checks)
