"""Fit the weights of `pipeline/rules/cues/weights.toml` on labelled articles, and report what cross-validation says.

    python bench/fit_policy.py GOLD.jsonl --background UNLABELLED.jsonl --positives IDS.txt [--write] [--misses 20]

GOLD as `bench/annotate.py` reads it. The unlabelled articles count as negative but for the ids listed (`--leave-out` names articles that are
neither). The invented articles of `tests/quality/invented` are read beside them: their wording is the widest, their style is not a newsroom's,
so they weigh less (`MADE_UP`). An article is as positive as its best sentence (multiple-instance logistic regression: choose the best sentence, fit,
repeat). Words count only where `COMMON` articles use them, and at half the size of the named features, so that they are shrunk more.
Folds are drawn by event: two reports of one change never stand on both sides.
"""

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.steps.annotate.candidates import candidates_in
from pipeline.steps.annotate.features import features_of, features_of_page
from pipeline.steps.annotate.page import read_page

Item = dict[str, Any]
Bag = list[dict[str, float]]
Array = np.ndarray[Any, np.dtype[np.float64]]
ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "pipeline" / "rules" / "cues" / "weights.toml"
INVENTED = ROOT / "tests" / "quality" / "invented"
ROUNDS, FOLDS, SEEDS, C = 6, 5, 2, 0.3
DOUBTFUL, UNLABELLED, MADE_UP = 0.4, 0.5, 0.25
COMMON, WORD = 25, 0.5
SMALLEST = 0.03
LINES = np.arange(-1.5, 1.6, 0.25)


def read_lines(path: Path) -> list[Item]:
    """Return the articles of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def bag_of(item: Item) -> Bag:
    """Return the features of each sentence that may tell of a rule."""
    page = read_page(item["title"], item["text"])
    shared = features_of_page(page, indonesian=item["language"] == "id")
    return [features_of(page, c, shared) for c in candidates_in(page)]


def event_of(item: Item) -> str:
    """Return what two reports of one event have in common."""
    label = item["label"]
    entry = (label.get("entries") or [label])[0]
    if not label.get("relevant"):
        return " ".join(re.findall(r"\w{5,}", item["title"].lower())[:2])
    return f"{entry.get('company')} {entry.get('object')}"


def names_in(bags: Sequence[Bag]) -> list[str]:
    """Return the features that count: the named ones, and the words that many articles use."""
    found = Counter(name for bag in bags for name in {name for row in bag for name in row})
    return sorted(name for name, count in found.items() if not name.startswith("word_") or count >= COMMON)


def matrices(bags: Sequence[Bag], names: Sequence[str]) -> list[Any]:
    """Return one sparse matrix an article: sentences by features; a word's column is scaled by `WORD`."""
    at = {name: i for i, name in enumerate(names)}
    return [_matrix(bag, at) for bag in bags]


def _matrix(bag: Bag, at: dict[str, int]) -> Any:
    cells = [
        (i, at[name], value * (WORD if name.startswith("word_") else 1.0))
        for i, row in enumerate(bag)
        for name, value in row.items()
        if name in at
    ]
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(bag), len(at)))


def fit(rows: Sequence[Any], y: Array, weight: Array) -> Array:
    """Return the coefficients by which each article's best sentence tells the positives apart."""
    full = [i for i, found in enumerate(rows) if found.shape[0]]
    y, weight, found = y[full], weight[full], [rows[i] for i in full]
    every = sparse.vstack(found).tocsr()
    first = np.cumsum([0, *(one.shape[0] for one in found)])
    # First a sentence is as good as the next, then the coefficients choose.
    chosen = sparse.vstack([sparse.csr_matrix(one.mean(axis=0)) for one in found]).tocsr()
    for _ in range(ROUNDS):
        model = LogisticRegression(C=C, max_iter=500, tol=1e-4, fit_intercept=False)
        points = every @ model.fit(chosen, y, sample_weight=weight).coef_[0]
        chosen = every[[int(a + np.argmax(points[a:b])) for a, b in pairwise(first)]]
    model = LogisticRegression(C=C, max_iter=500, tol=1e-5, fit_intercept=False)
    return np.asarray(model.fit(chosen, y, sample_weight=weight).coef_[0])


def scores(rows: Sequence[Any], coefficients: Array) -> Array:
    """Return the points of each article's best sentence."""
    return np.array([(found @ coefficients).max() if found.shape[0] else -9.0 for found in rows])


def f1(y: Array, found: Array) -> float:
    """Return the harmonic mean of precision and recall."""
    return float(2 * (y * found).sum() / max(1, y.sum() + found.sum()))


def folds_of(events: Sequence[str], seed: int) -> Array:
    """Return a fold for each article, the same for all of one event."""
    keys = sorted(set(events))
    order = np.random.default_rng(seed).permutation(len(keys))
    fold = {key: int(order[i]) % FOLDS for i, key in enumerate(keys)}
    return np.array([fold[event] for event in events])


def cross_validate(rows: Sequence[Any], y: Array, weight: Array, events: Sequence[str], seed: int) -> Array:
    """Return the points of each article under weights that never saw its event."""
    folds, out = folds_of(events, seed), np.zeros(len(rows))
    for k in range(FOLDS):
        train, rest = np.flatnonzero(folds != k), np.flatnonzero(folds == k)
        out[rest] = scores([rows[i] for i in rest], fit([rows[i] for i in train], y[train], weight[train]))
    return out


def main() -> None:
    """Fit, report, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--background", type=Path, required=True)
    parser.add_argument("--positives", type=Path, help="ids of background articles that are positive, one a line")
    parser.add_argument("--leave-out", type=Path, help="ids of background articles that may be either, one a line")
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--possible", type=float, help="the line below which there is no entry")
    parser.add_argument("--sure", type=float, help="the line above which an entry is not doubtful")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    items = articles(args)
    bags = [bag_of(item) for item in items]
    names = names_in(bags)
    rows = matrices(bags, names)
    y = np.array([float(item["label"]["relevant"]) for item in items])
    weight = np.array([item["weight"] for item in items])
    events = [item["event"] for item in items]
    report(items, y, [cross_validate(rows, y, weight, events, seed) for seed in range(SEEDS)], args.misses)
    if args.write:
        write(names, fit(rows, y, weight), args.possible, args.sure)


def articles(args: argparse.Namespace) -> list[Item]:
    """Return all articles with group, weight and event."""
    known = set(args.positives.read_text("utf-8").split()) if args.positives else set()
    left = set(args.leave_out.read_text("utf-8").split()) if args.leave_out else set()
    found = []
    for item in read_lines(args.gold):
        doubtful = item["label"].get("doubtful")
        group = f"gold {item['language']}" if not doubtful else "doubtful"
        found.append(item | {"group": group, "weight": DOUBTFUL if doubtful else 1.0, "event": event_of(item)})
    for item in read_lines(args.background):
        told = item["id"] in known
        if item["id"] not in left:
            extra = {"label": {"relevant": told}, "group": "background", "weight": 1.0 if told else UNLABELLED}
            found.append(item | extra | {"event": item["id"]})
    return found + invented()


def report(items: Sequence[Item], y: Array, outs: Sequence[Array], misses: int) -> None:
    """Print what cross-validation says: F1 at several lines, alarms on the unlabelled, and the worst errors."""
    groups = sorted({item["group"] for item in items})
    for name in groups:
        at = np.array([i for i, item in enumerate(items) if item["group"] == name])
        cells = []
        for line in LINES:
            if name == "background":
                false = np.mean([((out[at] > line) * (1 - y[at])).sum() for out in outs])
                true = np.mean([((out[at] > line) * y[at]).sum() for out in outs])
                cells.append(f"{line:+.2f}: {true:.1f} true {false:.1f} false")
            else:
                cells.append(f"{line:+.2f}: {np.mean([f1(y[at], out[at] > line) for out in outs]):.3f}")
        print(f"{name} ({int(y[at].sum())} of {len(at)})", *cells, sep="  ")
    out = np.mean(outs, axis=0)
    real = [i for i, item in enumerate(items) if not item["group"].startswith("invented")]
    for i in sorted((i for i in real if y[i] and out[i] < 0), key=lambda i: out[i])[:misses]:
        print("missed", round(out[i], 1), items[i]["id"], items[i]["title"])
    for i in sorted((i for i in real if not y[i] and out[i] > 0), key=lambda i: -out[i])[:misses]:
        print("false", round(out[i], 1), items[i]["id"], items[i]["title"])


def tables(names: Sequence[str], coefficients: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weights of the named features and of the words, without those that hardly count."""
    found = {name: float(value) for name, value in zip(names, coefficients, strict=True)}
    features = {name: value for name, value in found.items() if not name.startswith("word_") and abs(value) >= SMALLEST}
    words = {name[5:]: value * WORD for name, value in found.items() if name.startswith("word_")}
    return features, {word: value for word, value in words.items() if abs(value) >= SMALLEST}


def invented() -> list[Item]:
    """Return the invented articles with group, weight and event."""
    return [
        item | {"group": f"invented {item['language']}", "weight": MADE_UP, "event": item["id"]}
        for path in sorted(INVENTED.glob("*.jsonl"))
        for item in read_lines(path)
    ]


def write(names: Sequence[str], coefficients: Array, possible: float | None, sure: float | None) -> None:
    """Write the weights file anew; a line that is not given stays."""
    old = tomllib.loads(WEIGHTS.read_text("utf-8"))
    features, words = tables(names, coefficients)
    lines = [
        "# How much each feature counts; an article's best sentence decides. Written by bench/fit_policy.py; `possible` and `sure` are lines",
        "# on the sum, between which an entry is doubtful. A word's feature is its first letters.",
        f"sure = {old['sure'] if sure is None else sure}",
        f"possible = {old['possible'] if possible is None else possible}",
        "",
        "[features]",
        *(f"{name} = {value:.2f}" for name, value in features.items()),
        "",
        "[words]",
        *(f'"{name}" = {value:.2f}' for name, value in words.items()),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
