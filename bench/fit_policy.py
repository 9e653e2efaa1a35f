"""Fit the weights of `pipeline/rules/cues/weights.toml` on labelled articles, and report what cross-validation says.

    python bench/fit_policy.py GOLD.jsonl [--background UNLABELLED.jsonl --positives IDS.txt] [--write] [--l2 1.0]

GOLD as `score_policy.py` reads it. The unlabelled articles count as negative but for the ids listed. An article is as positive as
its best sentence (multiple-instance logistic regression: choose the best sentence, fit, repeat). Folds are drawn by event, so that
two reports of one change never stand on both sides.
"""

import argparse
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.steps.annotate.candidates import candidates_in
from pipeline.steps.annotate.features import features_of, features_of_page
from pipeline.steps.annotate.page import read_page

Item = dict[str, Any]
Array = np.ndarray[Any, np.dtype[np.float64]]
WEIGHTS = Path(__file__).parents[1] / "pipeline" / "rules" / "cues" / "weights.toml"
ROUNDS, STEPS, FOLDS = 6, 60, 8
DOUBTFUL_WEIGHT = 0.4
SMOOTH = 9


def read_lines(path: str) -> list[Item]:
    """Return the articles of a file of JSON lines."""
    return [json.loads(line) for line in Path(path).read_text("utf-8").split("\n") if line]


def bag_of(item: Item) -> list[dict[str, float]]:
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


def matrices(bags: list[list[dict[str, float]]], names: list[str]) -> list[Array]:
    """Return one matrix an article: sentences by features."""
    at = {name: i for i, name in enumerate(names)}
    out = []
    for bag in bags:
        rows = np.zeros((len(bag), len(names)))
        for i, found in enumerate(bag):
            for name, value in found.items():
                if name in at:
                    rows[i, at[name]] = value
        out.append(rows)
    return out


def solve(x: Array, y: Array, weight: Array, l2: float, start: Array) -> Array:
    """Newton's method for weighted logistic regression; the bias is not shrunk less than the rest: it is one of many."""
    w = start.copy()
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (y - p)) - l2 * w
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + l2 * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-5:
            break
    return w


def fit(rows: list[Array], y: Array, weight: Array, l2: float) -> Array:
    """Return the weights by which each article's best sentence tells the positives apart."""
    # First the reading order decides which sentence stands for an article, then the weights do.
    full = [i for i, r in enumerate(rows) if len(r)]
    w = np.zeros(rows[full[0]].shape[1])
    chosen = np.array([rows[i].mean(axis=0) for i in full])
    for _ in range(ROUNDS):
        w = solve(chosen, y[full], weight[full], l2, w)
        chosen = np.array([rows[i][np.argmax(rows[i] @ w)] for i in full])
    return solve(chosen, y[full], weight[full], l2, w)


def scores(rows: list[Array], w: Array) -> Array:
    """Return the points of each article's best sentence."""
    return np.array([(r @ w).max() if len(r) else -99.0 for r in rows])


def f1(y: Array, found: Array) -> float:
    """Return the harmonic mean of precision and recall."""
    tp = (y * found).sum()
    return float(2 * tp / max(1, y.sum() + found.sum()))


def folds_of(events: list[str], n: int) -> Array:
    """Return a fold for each article, the same for all of one event."""
    keys = sorted(set(events))
    order = np.random.default_rng(7).permutation(len(keys))
    fold = {key: int(order[i]) % n for i, key in enumerate(keys)}
    return np.array([fold[e] for e in events])


def cross_validate(rows: list[Array], y: Array, weight: Array, events: list[str], l2: float) -> Array:
    """Return the points of each article under weights that never saw its event."""
    folds, out = folds_of(events, FOLDS), np.zeros(len(rows))
    for k in range(FOLDS):
        train = folds != k
        w = fit([r for r, t in zip(rows, train, strict=True) if t], y[train], weight[train], l2)
        out[~train] = scores([r for r, t in zip(rows, train, strict=True) if not t], w)
    return out


def main() -> None:
    """Fit, report, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold")
    parser.add_argument("--background")
    parser.add_argument("--positives", help="ids of background articles that are positive, one a line")
    parser.add_argument("--background-weight", type=float, default=0.5)
    parser.add_argument("--l2", type=float, default=1.0)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    gold = read_lines(args.gold)
    extra = read_lines(args.background) if args.background else []
    known = set(Path(args.positives).read_text("utf-8").split()) if args.positives else set()
    items = gold + extra
    bags = [bag_of(item) for item in items]
    names = sorted({name for bag in bags for found in bag for name in found})
    rows = matrices(bags, names)
    y = np.array([float(i["label"]["relevant"]) for i in gold] + [float(i["id"] in known) for i in extra])
    weight = np.array(
        [DOUBTFUL_WEIGHT if i["label"].get("doubtful") else 1.0 for i in gold] + [args.background_weight] * len(extra)
    )
    events = [event_of(i) for i in gold] + [i["id"] for i in extra]
    out = cross_validate(rows, y, weight, events, args.l2)
    report(gold, extra, y, out, rows, args)
    w = fit(rows, y, weight, args.l2)
    line = best_line(gold, y, out)
    print("line", line)
    if args.write:
        write(names, w, line)


def best_line(gold: list[Item], y: Array, out: Array) -> float:
    """Return the line on the points with the best smoothed F1 on sure and unlabelled articles."""
    count = len(y) - len(gold)
    mask = np.array([not i["label"].get("doubtful") for i in gold] + [True] * count)
    lines = np.arange(-3, 3, 0.05)
    smooth = np.convolve([f1(y[mask], out[mask] > t) for t in lines], np.ones(SMOOTH) / SMOOTH, "same")
    return float(lines[int(np.argmax(smooth))])


def report(
    gold: list[Item], extra: list[Item], y: Array, out: Array, rows: list[Array], args: argparse.Namespace
) -> None:
    """Print what cross-validation says: F1 at several lines with the alarms on the unlabelled, and the worst errors."""
    n = len(gold)
    no_candidate = [gold[i]["title"] for i in range(n) if y[i] and not len(rows[i])]
    print("positives without candidate:", len(no_candidate), no_candidate[:10])
    sure = np.array([not i["label"].get("doubtful") for i in gold])
    for name, mask in (
        ("sure", sure),
        ("sure en", sure & [i["language"] == "en" for i in gold]),
        ("sure id", sure & [i["language"] == "id" for i in gold]),
    ):
        best = max((f1(y[:n][mask], out[:n][mask] > t), t) for t in np.arange(-3, 3, 0.05))
        print(
            f"cross-validated {name}: best F1 {best[0]:.3f} at {best[1]:.2f};",
            " ".join(
                f"{t:+.1f}:{f1(y[:n][mask], out[:n][mask] > t):.2f}/{int((out[n:] > t).sum())}"
                for t in np.arange(-2, 1.6, 0.5)
            ),
        )
    for i in sorted(np.flatnonzero(y[:n] * (out[:n] < 0)), key=lambda i: out[i])[: args.misses]:
        print("missed", round(out[i], 1), gold[i]["title"])
    for i in sorted(np.flatnonzero((1 - y) * (out > 0)), key=lambda i: -out[i])[: args.misses]:
        print("false", round(out[i], 1), (gold + extra)[i]["id"], (gold + extra)[i]["title"])


def write(names: list[str], w: Array, line: float) -> None:
    """Write the weights file anew; the line for sure entries stays."""
    old = tomllib.loads(WEIGHTS.read_text("utf-8"))
    lines = [
        "# How much each feature counts; an article's best sentence decides. Written by bench/fit_policy.py; `possible` and `sure` are lines",
        "# on the sum, between which an entry is doubtful.",
        f"sure = {old.get('sure', 0.5)}",
        f"possible = {line:.2f}",
        "",
        "[features]",
    ]
    lines += [f"{name} = {value:.2f}" for name, value in zip(names, w, strict=True) if abs(value) >= 0.05]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
