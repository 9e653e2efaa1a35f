"""Our reading of saved pages beside other extractors', in one run on the same pages and machine.

    python bench/extract.py FOLDER [--sets aeb,id] [--plot extract.svg] [--limit N]

FOLDER holds `<set>-gold.json` ({page id: {articleBody, url?, headline?, authors?, …}}) and `<set>/<page id>.html.gz` for every set. Bodies
are compared by runs of four words (the measure of Zyte's article-extraction-benchmark); a page is exact when all words agree, mangled
when its own F1 is below .5. Times are CPU milliseconds a page, metadata included, on a warmed-up process.
"""

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import newspaper
import readability
import resiliparse.extract.html2text as resiliparse_text
import resiliparse.parse.html as resiliparse_html
import trafilatura
from lxml import html as lxml_html

from pipeline.records import Page
from pipeline.run import read_article

WORD = re.compile(r"\w+")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = (
    "f1",
    "precision",
    "recall",
    "exact",
    "mangled",
    "ms",
    "leaked",
    "lost",
    "headline",
    "day",
    "time",
    "authors",
    "editors",
)


class Read(NamedTuple):
    """What an extractor made of a page; what it does not tell stays empty."""

    body: str
    headline: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()


def ours(html: str, url: str) -> Read:
    """Read with Pantau."""
    content = html.encode("utf-8", "replace")
    found = read_article(Page(url=url, content=content, content_type="text/html; charset=utf-8", fetched_at=NOW))
    return Read(found.article_body, found.headline or "", found.date_published or "", found.authors, found.editors)


def trafilatura_with(**options: Any) -> Callable[[str, str], Read]:
    """Return trafilatura in one of its modes, with metadata."""

    def read(html: str, url: str) -> Read:
        found = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False, **options)
        if found is None:
            return Read("")
        people = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
        return Read(found.text or "", found.title or "", found.date or "", people)

    return read


def with_readability(html: str, url: str) -> Read:
    """Read with readability-lxml."""
    document = readability.Document(html, url=url)
    body = lxml_html.fromstring(document.summary()).text_content()
    return Read(body, document.short_title())


def with_newspaper(html: str, url: str) -> Read:
    """Read with newspaper4k."""
    article = newspaper.Article(url, fetch_images=False)
    article.download(input_html=html)
    article.parse()
    date = article.publish_date.isoformat() if hasattr(article.publish_date, "isoformat") else ""
    return Read(article.text, article.title or "", date, tuple(article.authors))


def with_resiliparse(html: str, url: str) -> Read:
    """Read with resiliparse."""
    del url
    tree = resiliparse_html.HTMLTree.parse(html)
    return Read(resiliparse_text.extract_plain_text(tree, main_content=True, alt_texts=False), tree.title or "")


READERS: dict[str, Callable[[str, str], Read]] = {
    "pantau": ours,
    "trafilatura": trafilatura_with(),
    "trafilatura precision": trafilatura_with(favor_precision=True),
    "trafilatura fast": trafilatura_with(fast=True),
    "readability-lxml": with_readability,
    "newspaper4k": with_newspaper,
    "resiliparse": with_resiliparse,
}


def pages_of(folder: Path, name: str, limit: int | None) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield a set's pages: what is right, and the HTML."""
    gold = json.loads((folder / f"{name}-gold.json").read_text("utf-8"))
    for key in list(gold)[:limit]:
        raw = gzip.decompress((folder / name / f"{key}.html.gz").read_bytes())
        yield gold[key], raw.decode("utf-8", "replace")


def measure(reader: Callable[[str, str], Read], pages: list[tuple[dict[str, Any], str]]) -> dict[str, float | None]:
    """Return an extractor's figures on pages."""
    seconds, reads = [], []
    for gold, html in pages:
        began = time.process_time()
        try:
            found = reader(html, gold.get("url") or "http://localhost/")
        except Exception as error:  # noqa: BLE001 - a peer that fails on a page has read nothing of it
            print(f"  {type(error).__name__} on {gold.get('url')}", file=sys.stderr)
            found = Read("")
        seconds.append(time.process_time() - began)
        reads.append((gold, found))
    return {
        **body_figures(reads),
        **noise_figures(reads),
        **people_figures(reads),
        "ms": 1000 * statistics.fmean(seconds),
    }


def body_figures(reads: list[tuple[dict[str, Any], Read]]) -> dict[str, float | None]:
    """Return F1, precision and recall over pages, the share of exact ones and the number of mangled ones."""
    rows = [overlap(gold.get("articleBody", ""), found.body) for gold, found in reads]
    precision = statistics.fmean([p for p, _ in rows if p is not None] or [0.0])
    recall = statistics.fmean([r for _, r in rows if r is not None] or [0.0])
    exact = [words(gold.get("articleBody", "")) == words(found.body) for gold, found in reads]
    mangled = sum((p, r) != (None, None) and harmonic(p or 0.0, r or 0.0) < 0.5 for p, r in rows)
    return {
        "f1": harmonic(precision, recall),
        "precision": precision,
        "recall": recall,
        "exact": statistics.fmean(exact),
        "mangled": mangled,
    }


def noise_figures(reads: list[tuple[dict[str, Any], Read]]) -> dict[str, float | None]:
    """Return how many removed texts of the gold stand in bodies, and how many paragraphs of it are missing."""
    leaked = lost = told = 0
    for gold, found in reads:
        body, right = (f" {' '.join(words(text))} " for text in (found.body, gold.get("articleBody", "")))
        for block in gold.get("removed") or []:
            told += 1
            text = f" {' '.join(words(block['text']))} "
            leaked += bool(text.strip()) and text in body and text not in right
        lost += sum(
            " ".join(words(text)) not in body for text in gold.get("articleBody", "").split("\n") if words(text)
        )
    return {"leaked": leaked if told else None, "lost": lost}


def people_figures(reads: list[tuple[dict[str, Any], Read]]) -> dict[str, float | None]:
    """Return the shares of right headlines, days and times, and F1 over people."""
    headlines, days, times = [], [], []
    people: dict[str, list[tuple[set[str], set[str]]]] = {"authors": [], "editors": []}
    for gold, found in reads:
        if gold.get("headline"):
            headlines.append(words(gold["headline"]) == words(found.headline))
        date = gold.get("date_published") or gold.get("datePublished")
        if date:
            days.append(found.date[:10] == date[:10])
        if date and len(date) > 10:
            times.append(found.date[:16] == date[:16])
        for role, rows in people.items():
            if role in gold:
                rows.append((names(gold[role]), names(getattr(found, role))))
    shares = {"headline": share(headlines), "day": share(days), "time": share(times)}
    return shares | {role: people_f1(rows) for role, rows in people.items()}


def overlap(right: str, found: str) -> tuple[float | None, float | None]:
    """Return precision and recall of runs of four words."""
    want, got = shingles(right), shingles(found)
    shared = sum((want & got).values())
    return (shared / sum(got.values()) if got else None), (shared / sum(want.values()) if want else None)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return a text's runs of four words, counted."""
    found = WORD.findall(text or "")
    return Counter(tuple(found[i : i + 4]) for i in range(max(1, len(found) - 3)) if found)


def words(text: str) -> list[str]:
    """Return a text's words, in lower case."""
    return WORD.findall((text or "").casefold())


def names(value: Any) -> set[str]:
    """Return people's names in a form that can be compared."""
    listed = re.split(r",|;|\band\b|\bdan\b|&", value) if isinstance(value, str) else value or ()
    return {" ".join(words(name)) for name in listed if words(name)}


def people_f1(rows: list[tuple[set[str], set[str]]]) -> float | None:
    """Return F1 over names, `None` where the gold names nobody."""
    right = sum(len(a & b) for a, b in rows)
    wrong = sum(len(a ^ b) for a, b in rows)
    return 2 * right / (2 * right + wrong) if right + wrong else None


def harmonic(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(values: list[bool]) -> float | None:
    """Return the share that is true, `None` of nothing."""
    return statistics.fmean(values) if values else None


def shown(value: float | None) -> str:
    """Return a figure for the table."""
    if value is None:
        return "–"
    return (
        f"{value:.3f}"
        if isinstance(value, float) and value <= 1
        else f"{value:.1f}"
        if isinstance(value, float)
        else str(value)
    )


def table(title: str, rows: dict[str, dict[str, float | None]]) -> str:
    """Return one set's table as Markdown."""
    lines = [f"### {title}", f"| | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(shown(row.get(column)) for column in COLUMNS)} |" for name, row in rows.items()]
    return "\n".join(lines)


def plot(path: Path, results: dict[str, dict[str, dict[str, float | None]]]) -> None:
    """Draw F1 against CPU time, a panel a set."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - it takes a second to load, and the figures come first

    figure, panels = plt.subplots(1, len(results), figsize=(4 * len(results), 4), sharey=True, squeeze=False)
    for panel, (title, rows) in zip(panels[0], results.items(), strict=True):
        for name, row in rows.items():
            panel.scatter(row["ms"], row["f1"], color="C3" if name == "pantau" else "C0")
            panel.annotate(name, (row["ms"], row["f1"]), fontsize=7, xytext=(3, 3), textcoords="offset points")
        panel.set(title=title, xlabel="CPU ms a page", xscale="log")
    panels[0][0].set_ylabel("F1 of the body")
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/eval/pages"))
    parser.add_argument("--sets", default="aeb,naeb,wcxb,id")
    parser.add_argument("--readers", default=",".join(READERS))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--plot", type=Path, default=Path("var/bench-extract.svg"))
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder; name one with <set>-gold.json files and their pages")
    results: dict[str, dict[str, dict[str, float | None]]] = {}
    for name in options.sets.split(","):
        pages = list(pages_of(options.folder, name, options.limit))
        rows = {}
        for reader in options.readers.split(","):
            for gold, html in pages[:3]:
                READERS[reader](html, gold.get("url") or "http://localhost/")
            rows[reader] = measure(READERS[reader], pages)
        results[name] = rows
        print(table(f"{name}: {len(pages)} pages", rows), flush=True)
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    plot(options.plot, results)
    print(f"plot: {options.plot}")


if __name__ == "__main__":
    main()
