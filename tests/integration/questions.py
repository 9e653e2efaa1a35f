"""What the named questions answer of the newsroom's world after its third round."""

from db.questions import questions
from pantau.demo.bench import Bench
from pantau.newsroom.world import World

BAN = "WhatsApp", "ban", "general_purpose_chatbot"


def answers(bench: Bench, world: World, name: str, **given: str) -> list[tuple[object, ...]]:
    """Return the rows of a question that is asked on the world's day."""
    question = questions()[name]
    return [tuple(row) for row in bench.ask(question.statement, **question.bind(given, world.now.date()))]


def assert_answers(bench: Bench, world: World) -> None:
    """Ask every question and check what it answers."""
    asked = set()

    def ask(name: str, *columns: int, **given: str) -> list[tuple[object, ...]]:
        asked.add(name)
        rows = answers(bench, world, name, **given)
        return [tuple(row[i] for i in columns) for row in rows] if columns else rows

    [(ban,)] = [row[:1] for row in ask("company", company="Meta") if row[1:4] == BAN]
    assert isinstance(ban, str)
    assert ask("history", 1, 2, id=ban)[:1] == [("announced", "")]
    assert {("suspended", "IT"), ("suspended", "BR"), ("amended", ""), ("in_effect", "")} <= set(
        ask("history", 1, 2, id=ban)
    )
    assert {("suspended", "IT"), ("suspended", "BR")} <= set(ask("in-force", 1, 2, product="WhatsApp"))
    assert ask("in-force", 1, 2, product="WhatsApp", day="2025-10-19") == [("announced", "")]
    assert set(ask("suspended", 0, 3, 4)) == {(ban, "suspended", "BR"), (ban, "suspended", "IT")}
    assert (ban, "2026-01-15") in ask("upcoming", 1, 0, day="2026-01-01", until="2026-01-31")
    assert ask("upcoming") == []
    assert len(ask("known-on", company="Meta")) == len(ask("history", id=ban))
    assert ask("known-on", company="Meta", day="2025-01-01") == []
    assert ask("who-first", 0, 1, id=ban)[:2] == [(1, "The Harbour Wire"), (2, "Warta Sungai Palem")]
    assert "exempt" in {role for role, _ in ask("parties", id=ban)}
    assert ask("edited-after", id=ban) == []
    [youtube] = ask("object", 0, object="ai_generated_content")
    assert len(ask("edited-after", id=str(youtube[0]))) == 1
    assert ask("training", 0, 1, 3) == [("Microsoft", "LinkedIn", "2025-11-03")]
    assert ask("loosened", 2, 5) == [("LinkedIn", "loosen_for_platform")]
    assert ask("new-changes") == []
    assert ban in {row[0] for row in ask("new-changes", since="2025-01-01")}
    assert ask("dates-in-dispute") == []
    assert ("Reddit", 1) in ask("unsure", 1, 6)
    assert ask("one-language", 0, 1) == [(ban, "en")]
    assert ask("outlets")[0][0] == "The Harbour Wire"
    assert ask("reporters", 0, 2)[0] == ("Nora Quayle", 2)
    assert {"lawsuit", "gov_regulation", "business_deal", "plain"} <= {row[0] for row in ask("near-misses")}
    assert {row[0] for row in ask("near-misses", kind="lawsuit")} == {"lawsuit"}
    url = bench.ask("select url from removed where text like 'BACA JUGA%' order by url")[0][0]
    assert "read_also" in {row[1] for row in ask("removed", url=url)}
    assert ("read_also", "id-read-also") in ask("noise-rules", 0, 1)
    assert ask("headline-only", 0, 1) == [("headline", "koran-tertutup")]
    assert ask("vanished", 1) == [("papan-kabar",)]
    assert ask("behind") == []
    assert asked == set(questions())
