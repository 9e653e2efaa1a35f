"""How good the reading is on the evaluation pages, where they are; the figures may rise, never fall unseen.

`python -m tests.quality.measure` prints today's figures beside the floors. `--write` pins figures that rose; a floor is lowered only with
`--lower` as well, and the commit says why.
"""

import argparse
import gzip
import importlib.util
import json
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from pipeline.records import Article, Page
from pipeline.run import read_article
from pipeline.steps.annotate import annotate

EVAL = Path(__file__).parents[3] / "shared" / "eval"
FLOORS = Path(__file__).with_name("floors.json")
SETS = ("aeb", "naeb", "wcxb", "id")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def scorer(name: str) -> ModuleType:
    """Return one of the scorers that come with the evaluation pages."""
    spec = importlib.util.spec_from_file_location(name, EVAL / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_set(name: str) -> tuple[dict[str, Any], dict[str, Article]]:
    """Return a set's gold and what we read of its pages."""
    gold = json.loads((EVAL / "pages" / f"{name}-gold.json").read_text("utf-8"))
    read = {}
    for key, page in gold.items():
        html = gzip.decompress((EVAL / "pages" / name / f"{key}.html.gz").read_bytes())
        url = page.get("url") or "http://localhost/"
        read[key] = read_article(Page(url=url, content=html, content_type="text/html", fetched_at=NOW))
    return gold, read


def pages(name: str) -> dict[str, float]:
    """Return a set's figures."""
    gold, read = read_set(name)
    total, _ = scorer("score_extraction").evaluate(gold, {key: article.article_body for key, article in read.items()})
    rows = {
        key: {
            "article_body": a.article_body,
            "headline": a.headline,
            "date_published": a.date_published,
            "authors": list(a.authors),
            "editors": list(a.editors),
        }
        for key, a in read.items()
    }
    people = scorer("score_articles").score(gold, rows)
    figures = {
        "f1": total["f1"],
        "exact": total["accuracy"],
        "articles": sum(a.verdict == "article" for a in read.values()) / len(read),
    }
    figures |= {k: people[k] for k in ("headline", "day", "time", "authors", "editors") if people[k] is not None}
    if people["of"]:
        figures |= {
            "not_leaked": 1 - people["leaked"] / people["of"],
            "not_lost": 1 - people["lost"] / people["paragraphs"],
        }
    return {key: round(value, 4) for key, value in figures.items()}


def others() -> dict[str, float]:
    """Return the share of pages that are no articles and are not taken for one."""
    _, read = read_set("wcxb-other")
    return {"not_articles": round(sum(a.verdict != "article" for a in read.values()) / len(read), 4)}


@cache
def policy() -> dict[str, float]:
    """Return the figures of reading policies, on the labelled articles that may be read and on news without labels.

    Relevance on articles whose label is sure; entries and what stands in them on all; every figure is the better the higher it is.
    """
    score = scorer("score_policy").score
    gold, found = read_policies("gold")
    sure = score([row for row in gold if not row["label"].get("doubtful")], found)["all"]
    total = score(gold, found)["all"]
    quotes = sum(max(1, len(entry["evidence"])) for entries in found.values() for entry in entries)
    return {
        **sure_figures(gold, found),
        "entries": total["entries_F1"],
        "entries_sure": sure["entries_F1"],
        "slots": total["slots"],
        "effective": total["effective"],
        "dated": total["dated"],
        "evidence": total["evidence"],
        "quotes_exact": round(1 - total["spans_off"] / quotes, 4),
        "general_quiet": quiet_share("id"),
    }


@cache
def invented() -> dict[str, float]:
    """Return the figures of reading the invented articles, which are part of the project.

    Relevance on all; slots of the first entry where one is read.
    """
    path = Path(__file__).with_name("invented")
    rows = [json.loads(line) for file in sorted(path.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    found = {row["id"]: read_policy(row) for row in rows}
    read = [
        (row["label"]["entries"][0], found[row["id"]][0])
        for row in rows
        if row["label"]["relevant"] and found[row["id"]]
    ]
    slots = ("action", "object", "direction", "status")
    return sure_figures(rows, found) | {
        slot: round(sum(entry[slot] == wanted[slot] for wanted, entry in read) / len(read), 4) for slot in slots
    }


def read_policies(name: str) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Return a file's articles, and by id what we read in each."""
    lines = (EVAL / "policy" / f"{name}.jsonl").read_text("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    return rows, {row["id"]: read_policy(row) for row in rows}


def read_policy(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries that we read in an article."""
    found = annotate(row["title"], row["text"], row.get("published"), row["language"])
    return list(msgspec.to_builtins(found.policy_changes))


def quiet_share(language: str) -> float:
    """Return the share of a language's articles without labels in which nothing is read; Indonesian ones are general news."""
    rows, found = read_policies("background")
    alarms = [bool(found[row["id"]]) for row in rows if row["language"] == language]
    return round(1 - sum(alarms) / len(alarms), 4)


def sure_figures(gold: list[dict[str, Any]], found: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """Return precision and recall of "is it a policy change" on the items whose label is sure."""
    sure = [row for row in gold if not row["label"].get("doubtful")]
    true = sum(bool(row["label"].get("relevant")) and bool(found[row["id"]]) for row in sure)
    told = sum(bool(found[row["id"]]) for row in sure)
    relevant = sum(bool(row["label"].get("relevant")) for row in sure)
    return {"precision": round(true / told, 4), "recall": round(true / relevant, 4)}


def all_figures() -> dict[str, dict[str, float]]:
    """Return every figure, by set."""
    return {name: pages(name) for name in SETS} | {"wcxb-other": others(), "policy": policy(), "invented": invented()}


def main() -> int:
    """Print, and pin where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--lower", action="store_true")
    options = parser.parse_args()
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    today = all_figures()
    for name, figures in today.items():
        for key, value in figures.items():
            floor = floors.get(name, {}).get(key)
            print(  # noqa: T201 - a script that prints its table
                f"{name:10} {key:12} {value:.4f}  floor {floor if floor is not None else 'none'}{'  BELOW' if floor is not None and value < floor else ''}"
            )
            pinned = value if floor is None or value > floor or options.lower else floor
            floors.setdefault(name, {})[key] = pinned
    if options.write:
        FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
