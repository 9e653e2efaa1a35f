"""Fit `pipeline/rules/cues/acts.toml`: which act an article tells, by the cues of its headline and first sentences.

    python bench/fit_acts.py GOLD.jsonl [--write] [--without-gold]

Multinomial logistic regression on the first labelled entry of each positive article, of GOLD and of the invented ones. Cross-validated by event,
beside the act that the loudest cue alone would name. `--without-gold` fits on the invented articles alone, to see how far they carry.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.fit_policy import ROOT, SEEDS, Item, event_of, folds_of, invented, read_lines
from pipeline.steps.annotate.acts import act_features
from pipeline.steps.annotate.page import read_page

ACTS = ROOT / "pipeline" / "rules" / "cues" / "acts.toml"
C = 0.5
FOLDS = 5
SMALLEST = 0.1


def entry_of(item: Item) -> dict[str, Any]:
    """Return the first entry of a label, which may hold its fields itself."""
    label = item["label"]
    return dict((label.get("entries") or [label])[0])


def fit(found: Sequence[set[str]], acts: Sequence[str]) -> tuple[DictVectorizer, LogisticRegression]:
    """Return the features' columns and the fitted regression."""
    columns = DictVectorizer()
    table = columns.fit_transform([dict.fromkeys(one, 1.0) for one in found])
    return columns, LogisticRegression(C=C, max_iter=1000, fit_intercept=False).fit(table, acts)


def told(fitted: tuple[DictVectorizer, LogisticRegression], found: Sequence[set[str]]) -> list[str]:
    """Return the act that each article tells most likely."""
    columns, model = fitted
    return list(model.predict(columns.transform([dict.fromkeys(one, 1.0) for one in found])))


def main() -> None:
    """Fit, report, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--without-gold", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    gold = [item | {"group": f"gold {item['language']}", "event": event_of(item)} for item in read_lines(args.gold)]
    items = [item for item in [*gold, *invented()] if item["label"]["relevant"]]
    found = [act_features(read_page(item["title"], item["text"])) for item in items]
    entries = [entry_of(item) for item in items]
    acts = [entry["action"] for entry in entries]
    right = [{entry["action"], entry.get("action2")} for entry in entries]
    for name in sorted({item["group"] for item in items}):
        at = [i for i, item in enumerate(items) if item["group"] == name]
        print(name, len(at), f"{np.mean([share(items, found, acts, right, at, seed) for seed in range(SEEDS)]):.3f}")
    if args.write:
        used = [i for i, item in enumerate(items) if not (args.without_gold and item["group"].startswith("gold"))]
        write(*fit([found[i] for i in used], [acts[i] for i in used]))


def share(
    items: Sequence[Item],
    found: Sequence[set[str]],
    acts: Sequence[str],
    right: Sequence[set[str]],
    at: Sequence[int],
    seed: int,
) -> float:
    """Return the share of articles whose act is told right by what was fitted on other events."""
    folds, hits = folds_of([item["event"] for item in items], seed), 0
    for k in range(FOLDS):
        train, rest = np.flatnonzero(folds != k), [i for i in at if folds[i] == k]
        if rest:
            fitted = fit([found[i] for i in train], [acts[i] for i in train])
            hits += sum(act in right[i] for act, i in zip(told(fitted, [found[i] for i in rest]), rest, strict=True))
    return hits / len(at)


def write(columns: DictVectorizer, model: LogisticRegression) -> None:
    """Write the weights of each act."""
    lines = [
        "# How much what headline (title_) and first sentences (lead_) hold speaks for each act: the plain and hinting words of acts, what",
        "# is spoken of (about_), and other marks (says_). Written by bench/fit_acts.py.",
    ]
    for act, weights in sorted(zip(model.classes_, model.coef_, strict=True)):
        table = zip(columns.get_feature_names_out(), weights, strict=True)
        lines += ["", f"[{act}]", *(f"{name} = {value:.2f}" for name, value in table if abs(value) >= SMALLEST)]
    ACTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
