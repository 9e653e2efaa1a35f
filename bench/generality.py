"""How far the reading's thresholds hold on pages that they were not chosen on.

    python bench/generality.py [FOLDER]

FOLDER holds the pages and gold that `bench/extract.py` reads. Every combination of a few values of the thresholds that matter most reads
all pages once. Then they are chosen anew, by the mean F1 of the body, without the pages that they are tried on: with each set left out in
turn, and in five folds by site. The table shows what that choice reaches on the pages left out, beside the thresholds as they are.
"""

import argparse
import itertools
import statistics
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.extract import NOW, harmonic, overlap, pages_of
from crawlers.domain import domain_of
from pipeline.records import Page
from pipeline.run import read_article
from pipeline.steps import clean, locate

SETS = ("aeb", "naeb", "wcxb", "id")
THRESHOLDS: tuple[tuple[Any, str, tuple[float, ...]], ...] = (
    (locate, "_DECAY", (0.75, 0.85, 0.95)),
    (locate, "_WIDEN_SHARE", (0.2, 0.35, 0.6)),
    (clean, "_SMALL_PART", (0.2, 0.35, 0.5)),
)
FOLDS = 5


class Sample(NamedTuple):
    """A page with its set, its site, its address, its HTML and its right body."""

    name: str
    site: str
    url: str
    html: str
    body: str


def samples(folder: Path) -> list[Sample]:
    """Return the pages of all sets."""
    found = []
    for name in SETS:
        for gold, html in pages_of(folder, name, None):
            url = gold.get("url") or "http://localhost/"
            found.append(Sample(name, domain_of(url) or url, url, html, gold["articleBody"]))
    return found


def set_thresholds(values: tuple[float, ...]) -> None:
    """Put values in the places of the thresholds, in this process."""
    for (module, name, _), value in zip(THRESHOLDS, values, strict=True):
        setattr(module, name, value)


def score(sample: Sample) -> float:
    """Return the F1 of a page's body."""
    page = Page(
        url=sample.url,
        content=sample.html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=NOW,
    )
    precision, recall = overlap(sample.body, read_article(page).article_body)
    return harmonic(precision or 0.0, recall or 0.0)


def chosen(scores: dict[tuple[float, ...], list[float]], kept: list[int]) -> tuple[float, ...]:
    """Return the thresholds that read the `kept` pages best."""
    return max(scores, key=lambda values: statistics.fmean(scores[values][i] for i in kept))


def row(
    title: str, scores: dict[tuple[float, ...], list[float]], now: tuple[float, ...], tried: list[list[int]]
) -> str:
    """Return a line of the table: groups of pages tried with thresholds that were chosen without them."""
    count = len(next(iter(scores.values())))
    reached, picks = {}, []
    for group in tried:
        left = set(group)
        pick = chosen(scores, [i for i in range(count) if i not in left])
        picks.append(pick)
        reached |= {i: scores[pick][i] for i in group}
    there = statistics.fmean(reached.values())
    here = statistics.fmean(scores[now][i] for i in reached)
    best = max(statistics.fmean(values[i] for i in reached) for values in scores.values())
    return f"| {title} | {len(reached)} | {here:.4f} | {there:.4f} | {best:.4f} | {', '.join(sorted({str(p) for p in picks}))} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/eval/pages"))
    options = parser.parse_args()
    pages = samples(options.folder)
    now = tuple(getattr(module, name) for module, name, _ in THRESHOLDS)
    scores = {}
    for values in {now, *itertools.product(*(values for _, _, values in THRESHOLDS))}:
        with ProcessPoolExecutor(initializer=set_thresholds, initargs=(values,)) as pool:
            scores[values] = list(pool.map(score, pages, chunksize=16))
    print(f"thresholds: {', '.join(name for _, name, _ in THRESHOLDS)}; today {now}")
    print("| left out | pages | today's | chosen without them | best possible | chosen |\n|---|---|---|---|---|---|")
    for name in SETS:
        print(row(name, scores, now, [[i for i, page in enumerate(pages) if page.name == name]]))
    folds = [[i for i, p in enumerate(pages) if zlib.crc32(p.site.encode()) % FOLDS == fold] for fold in range(FOLDS)]
    print(row(f"{FOLDS} folds by site", scores, now, folds))


if __name__ == "__main__":
    main()
