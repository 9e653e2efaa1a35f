"""Our reading of policy changes beside simple baselines, on the same labelled articles, in one run.

    python bench/annotate.py GOLD.jsonl [--background FILE] [--folds 5] [--refit] [--plot var/bench-annotate.svg]
    python bench/annotate.py --background FILE --alarms [--below 1.5] [--judged docs/alarms.md]

GOLD, one JSON object a line: `id, language, title, text, label`, where known `published` (ISO 8601) and `text_kind`. A label is `{relevant,
doubtful, entries}`, an entry `{company, product, action, action2, object, direction, status, effective, effective_in_text, evidence: [{key}]}`;
a label of one entry may hold its fields itself. The background: `id, language, title, text`, no labels, where known `kind`; without a kind
Indonesian articles count as general news, others as technology news.

**Measures**, by language and kind of text; "sure" leaves out the articles whose label is doubtful:

- relevance: an article is found when at least one entry is read in it; precision, recall and F1 over articles.
- entries: entries read and entries labelled are paired one to one within an article, those with most slots in common first. A pair needs the
  same company or product, and the same action or object. F1 over pairs. Values are compared without case, spaces and punctuation; where the
  label has a second action, either is right.
- slots: of the slots that the paired labels fill, the share that is read the same; and slot by slot. Unpaired entries do not count.
- effective: the share of pairs with the same effective day, "none" included, leaving out labels whose day the text does not give; dated: the
  share of those whose label has one.
- evidence: of the pairs whose label holds a phrase, the share in which one of the first three quotes for the action holds it, or lies in
  it. Quotes of fewer than four words (but for the headline) and of more than 400 characters do not count.
- off: quotes that are not what stands at their place, and entries without a quote. Must be 0.
- ms: CPU milliseconds an article, warmed up.

**Methods.** `pantau` reads with the weights as they are, which may have been fitted on the very same articles; `--refit` adds `pantau refitted`:
each fold of both files is read with weights fitted on the other folds (the background negative but for what `--judged` holds as true), the cue words
as they are. `one sentence` finds an article where one sentence names a platform, AI and an act on a rule, by our lists. `tf-idf` is logistic
regression on words and pairs of words, fitted on the other folds, its line chosen inside of them; on the background it is fitted on all of GOLD.
Folds are drawn by event: articles of one company and object, or with nearly the same title, stay together.
"""

import argparse
import hashlib
import importlib.util
import itertools
import json
import math
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.records import Evidence, PolicyChange
from pipeline.steps.annotate import annotate
from pipeline.steps.annotate.page import read_page

SLOTS = ("company", "product", "action", "object", "direction", "status")
QUOTES, QUOTE_WORDS, QUOTE_CHARS = 3, 4, 400
SAME_TITLE = 0.5
LETTERS = 4
HASH_CHARS = 10
WARM_UP = 20


class Wanted(NamedTuple):
    """An entry as it is labelled; empty texts are slots that the label leaves open."""

    slots: dict[str, str]
    second_action: str
    effective: str | None
    is_dated_in_text: bool
    phrases: tuple[str, ...]


class Article(NamedTuple):
    """An article with its label, as far as it has one."""

    id: str
    language: str
    kind: str
    title: str
    text: str
    published: str | None
    is_doubtful: bool
    wanted: tuple[Wanted, ...]

    @property
    def is_positive(self) -> bool:
        """Tell whether it is labelled as news of a policy change."""
        return bool(self.wanted)


Found = list[tuple[PolicyChange, ...]]
Verdicts = list[bool]
Row = dict[str, float | None]


# Reading the files


def articles_in(path: Path) -> list[Article]:
    """Return a file's articles; a row that is none ends the program with its place."""
    found = []
    # Texts may hold line separators of their own: only a newline ends a row.
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if line.strip():
            try:
                found.append(article_of(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                sys.exit(
                    f"{path}, line {number} is no article as `--help` describes it ({error!r}); mend it or leave it out."
                )
    return found


def article_of(row: dict[str, Any]) -> Article:
    """Return a row as an article."""
    label = row.get("label") or {}
    entries = (label.get("entries") or [label]) if label.get("relevant") else []
    news = "general" if row["language"] == "id" else "technology"
    return Article(
        id=str(row["id"]),
        language=row["language"],
        kind=(row.get("text_kind") or "verbatim") if label else (row.get("kind") or news),
        title=row["title"],
        text=row["text"],
        published=row.get("published"),
        is_doubtful=bool(label.get("doubtful")),
        wanted=tuple(wanted_of(entry) for entry in entries),
    )


def wanted_of(entry: dict[str, Any]) -> Wanted:
    """Return a labelled entry."""
    listed = [part.get("key") or part.get("text") for part in entry.get("evidence") or []]
    phrases = [entry["evidence_key"]] if entry.get("evidence_key") else listed
    return Wanted(
        slots={slot: plain(entry.get(slot)) for slot in SLOTS},
        second_action=plain(entry.get("action2")),
        effective=entry.get("effective") or None,
        is_dated_in_text=bool(entry.get("effective_in_text", True)),
        phrases=tuple(plain(phrase) for phrase in phrases if phrase),
    )


def plain(value: str | None) -> str:
    """Return a text's letters and digits, in lower case."""
    return "".join(letter for letter in (value or "").casefold() if letter.isalnum())


# The measures


def same(slot: str, wanted: Wanted, found: PolicyChange) -> bool:
    """Tell whether a slot is read as it is labelled."""
    value = plain(getattr(found, slot))
    return value == wanted.slots[slot] or (slot == "action" and value != "" and value == wanted.second_action)


def pairs_of(wanted: tuple[Wanted, ...], found: tuple[PolicyChange, ...]) -> list[tuple[Wanted, PolicyChange]]:
    """Return the entries that tell of one rule, the most alike first."""
    alike = {
        (i, j): {slot for slot in SLOTS if same(slot, one, two)}
        for (i, one), (j, two) in itertools.product(enumerate(wanted), enumerate(found))
    }
    fitting = [key for key, slots in alike.items() if slots & {"company", "product"} and slots & {"action", "object"}]
    pairs: dict[int, int] = {}
    for i, j in sorted(fitting, key=lambda key: (len(alike[key]), key), reverse=True):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return [(wanted[i], found[j]) for i, j in pairs.items()]


def proves(quotes: Iterable[Evidence], phrases: tuple[str, ...], title: str) -> bool:
    """Tell whether a quote for the action says what the label's phrase says."""
    told = [quote.quote for quote in quotes if quote.slot == "action"][:QUOTES]
    counted = [
        plain(quote)
        for quote in told
        if len(quote) <= QUOTE_CHARS and (len(quote.split()) >= QUOTE_WORDS or plain(quote) == plain(title))
    ]
    return any(phrase in quote or quote in phrase for phrase in phrases for quote in counted)


def quotes_off(article: Article, change: PolicyChange) -> int:
    """Return how many quotes do not stand at their place; an entry without any counts once."""
    fields = {"headline": article.title, "article_body": article.text}
    wrong = sum(fields[quote.field][quote.start : quote.end] != quote.quote for quote in change.evidence)
    return wrong or int(not change.evidence)


def relevance(articles: list[Article], verdicts: Verdicts) -> Row:
    """Return precision, recall and F1 of what is found."""
    hits = sum(article.is_positive and verdict for article, verdict in zip(articles, verdicts, strict=True))
    told, wanted = sum(verdicts), sum(article.is_positive for article in articles)
    return {"P": share(hits, told), "R": share(hits, wanted), "F1": share(2 * hits, told + wanted)}


def entry_figures(articles: list[Article], found: Found) -> Row:
    """Return the figures of entries and of what stands in them."""
    n: Counter[str] = Counter()
    for article, changes in zip(articles, found, strict=True):
        pairs = pairs_of(article.wanted, changes)
        n["pairs"] += len(pairs)
        n["entries"] += len(article.wanted) + len(changes)
        n["off"] += sum(quotes_off(article, change) for change in changes)
        for wanted, change in pairs:
            n.update(pair_counts(article, wanted, change))
    slots = {slot: share(n[f"{slot} right"], n[slot]) for slot in SLOTS}
    return {
        "entries F1": share(2 * n["pairs"], n["entries"]),
        "slots": share(sum(n[f"{slot} right"] for slot in SLOTS), sum(n[slot] for slot in SLOTS)),
        **slots,
        "effective": share(n["effective right"], n["effective"]),
        "dated": share(n["dated right"], n["dated"]),
        "evidence": share(n["proven"], n["phrased"]),
        "off": n["off"],
    }


def pair_counts(article: Article, wanted: Wanted, change: PolicyChange) -> Counter[str]:
    """Return what counts in a pair, and what of it is right."""
    n: Counter[str] = Counter()
    for slot in SLOTS:
        if wanted.slots[slot]:
            n[slot] += 1
            n[f"{slot} right"] += same(slot, wanted, change)
    if wanted.is_dated_in_text or wanted.effective is None:
        day = change.effective.value if change.effective else None
        right = (day or None) == wanted.effective
        n.update({"effective": 1, "effective right": right})
        if wanted.effective:
            n.update({"dated": 1, "dated right": right})
    if wanted.phrases:
        n.update({"phrased": 1, "proven": proves(change.evidence, wanted.phrases, article.title)})
    return n


def share(part: float, whole: float) -> float | None:
    """Return a share, `None` of nothing."""
    return part / whole if whole else None


def groups_of(articles: list[Article]) -> dict[str, list[int]]:
    """Return the places of all articles, and by language and kind of text."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, article in enumerate(articles):
        for name in ("all", article.language, f"{article.language} {article.kind}"):
            found[name].append(at)
    return dict(sorted(found.items()))


def sure_of(articles: list[Article], places: list[int]) -> list[int]:
    """Return the places of articles whose label is sure."""
    return [at for at in places if not articles[at].is_doubtful]


# Events and folds


def events_of(articles: list[Article]) -> list[int]:
    """Return a number for each article, the same for those that may tell of one event."""
    number = list(range(len(articles)))
    first: dict[str, int] = {}
    titles = [title_words(article.title) for article in articles]
    for at, article in enumerate(articles):
        for key in {f"{wanted.slots['company']} {wanted.slots['object']}" for wanted in article.wanted}:
            join(number, at, first.setdefault(key, at))
        for other in range(at):
            if len(titles[at] & titles[other]) >= SAME_TITLE * max(1, len(titles[at] | titles[other])):
                join(number, at, other)
    return number


def title_words(title: str) -> set[str]:
    """Return the longer words of a title."""
    return {word for word in re.findall(r"\w+", title.casefold()) if len(word) >= LETTERS}


def join(number: list[int], one: int, two: int) -> None:
    """Give the events of two articles one number."""
    old, new = number[one], number[two]
    number[:] = [new if value == old else value for value in number]


def folds_of(articles: list[Article], count: int) -> list[int]:
    """Return a fold for each article: events whole, the folds alike in positives and in size."""
    members: dict[int, list[int]] = defaultdict(list)
    for at, event in enumerate(events_of(articles)):
        members[event].append(at)
    fold = [0] * len(articles)
    sizes = [[0, 0] for _ in range(count)]
    weighed = [(sum(articles[at].is_positive for at in listed), len(listed), listed) for listed in members.values()]
    for positives, size, listed in sorted(weighed, reverse=True):
        where = sizes.index(min(sizes)) if positives else min(range(count), key=lambda k: sizes[k][1])
        sizes[where] = [sizes[where][0] + positives, sizes[where][1] + size]
        for at in listed:
            fold[at] = where
    return fold


# The methods


class Reading(NamedTuple):
    """What a method finds: on GOLD (in folds, where it is fitted), and on the background, with CPU milliseconds of each article."""

    gold: Verdicts
    background: Verdicts
    ms: list[float]
    entries: Found | None = None


def timed(read: Callable[[Article], Any], articles: list[Article]) -> tuple[list[Any], list[float]]:
    """Return what is read in each article, and its CPU milliseconds."""
    for article in articles[:WARM_UP]:
        read(article)
    found, spent = [], []
    for article in articles:
        began = time.process_time()
        found.append(read(article))
        spent.append(1000 * (time.process_time() - began))
    return found, spent


def ours(article: Article) -> tuple[PolicyChange, ...]:
    """Read with Pantau."""
    return annotate(article.title, article.text, article.published, article.language).policy_changes


def one_sentence(article: Article) -> bool:
    """Tell whether one sentence names a platform, AI and an act on a rule."""
    return any(line.actors and line.marks.has("ai") and line.marks.acts for line in read_page(*article[3:5]).lines)


def names_platform(article: Article) -> bool:
    """Tell whether a platform is named where we read."""
    return any(line.actors for line in read_page(article.title, article.text).lines)


def with_pantau(gold: list[Article], background: list[Article]) -> Reading:
    """Read all with Pantau as it is."""
    entries = [ours(article) for article in gold]
    told, ms = timed(ours, background)
    return Reading([bool(changes) for changes in entries], [bool(changes) for changes in told], ms, entries)


def with_one_sentence(gold: list[Article], background: list[Article]) -> Reading:
    """Read all by the rule of one sentence."""
    told, ms = timed(one_sentence, background)
    return Reading([one_sentence(article) for article in gold], told, ms)


def with_tf_idf(gold: list[Article], background: list[Article], folds: list[int]) -> Reading:
    """Classify all by their words."""
    events = events_of(gold)
    verdicts = [False] * len(gold)
    for train, test in splits(folds):
        read = tf_idf([gold[at] for at in train], [events[at] for at in train])
        for at in test:
            verdicts[at] = read(gold[at])
    told, ms = timed(tf_idf(gold, events), background)
    return Reading(verdicts, told, ms)


def splits(folds: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the places to fit on and to try on, fold by fold."""
    for fold in sorted(set(folds)):
        yield [at for at, k in enumerate(folds) if k != fold], [at for at, k in enumerate(folds) if k == fold]


def tf_idf(train: list[Article], events: list[int]) -> Callable[[Article], bool]:
    """Return a classifier of words and pairs of words; the line is where F1 is best within the training articles."""
    # Only this baseline needs it, and `main` has seen that it is there.
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import GroupKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    )
    texts, right = [words_of(article) for article in train], [article.is_positive for article in train]
    inner = cross_val_predict(model, texts, right, groups=events, cv=GroupKFold(5), method="predict_proba")[:, 1]
    line = max(sorted(inner), key=lambda at: relevance(train, [p >= at for p in inner])["F1"] or 0.0)
    model.fit(texts, right)
    return lambda article: bool(model.predict_proba([words_of(article)])[0, 1] >= line)


def words_of(article: Article) -> str:
    """Return the text that is classified."""
    return f"{article.title}\n{article.text}"


def with_refitted(gold: list[Article], background: list[Article], folds: list[int], judged: dict[str, str]) -> Reading:
    """Read each fold of both files with Pantau's weights fitted on the others; the background is negative but for what was judged true."""
    import numpy as np  # noqa: PLC0415 - only this method needs it

    from bench import fit_policy  # noqa: PLC0415 - the same

    everything = [*gold, *background]
    made_up = fit_policy.invented()
    items = [*({"title": a.title, "text": a.text, "language": a.language} for a in everything), *made_up]
    bags = [fit_policy.bag_of(item) for item in items]
    names = fit_policy.names_in(bags)
    rows = fit_policy.matrices(bags, names)
    told = [a.is_positive or judged.get(hash_of(a)) == "true" for a in everything]
    right = np.array([float(one) for one in told + [item["label"]["relevant"] for item in made_up]])
    trust = np.array(
        [fit_policy.DOUBTFUL if a.is_doubtful else 1.0 for a in gold]
        + [1.0 if one else fit_policy.UNLABELLED for one in told[len(gold) :]]
        + [fit_policy.MADE_UP] * len(made_up)
    )
    always = list(range(len(everything), len(items)))
    entries: Found = [()] * len(everything)
    ms = [0.0] * len(everything)
    count = max(folds) + 1
    for train, test in splits([*folds, *(at % count for at in range(len(background)))]):
        on = [*train, *always]
        features, words = fit_policy.tables(names, fit_policy.fit([rows[at] for at in on], right[on], trust[on]))
        with weighted(features, words):
            found, spent = timed(ours, [everything[at] for at in test])
        for at, changes, cost in zip(test, found, spent, strict=True):
            entries[at], ms[at] = changes, cost
    read = [bool(changes) for changes in entries]
    return Reading(read[: len(gold)], read[len(gold) :], ms[len(gold) :], entries[: len(gold)])


@contextmanager
def weighted(
    features: dict[str, float] | None = None, words: dict[str, float] | None = None, lower: float = 0.0
) -> Iterator[float]:
    """Let Pantau read with other weights or a lower line for entries, in this process; yields the line as it was."""
    # By their full names: the package has a function of the same name as its module `score`.
    modules = [importlib.import_module(f"pipeline.steps.annotate.{name}") for name in ("score", "entries", "choose")]
    kept = modules[0].weights
    now = kept()
    other = modules[0].Weights(
        sure=now.sure, possible=now.possible - lower, features=features or now.features, words=words or now.words
    )
    for module in modules:
        vars(module)["weights"] = lambda: other
    try:
        yield now.possible
    finally:
        for module in modules:
            vars(module)["weights"] = kept


# What is printed


def markdown(title: str, columns: list[str], rows: list[list[str]]) -> str:
    """Return a table as Markdown."""
    lines = [f"### {title}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def shown(value: float | None) -> str:
    """Return a figure for a table."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def relevance_table(gold: list[Article], readings: dict[str, Reading]) -> str:
    """Return relevance by group and method, on all articles and on sure ones."""
    rows = []
    for (group, places), (name, reading) in itertools.product(groups_of(gold).items(), readings.items()):
        cells = [group, name, str(len(places)), str(sum(gold[at].is_positive for at in places))]
        for chosen in (places, sure_of(gold, places)):
            row = relevance([gold[at] for at in chosen], [reading.gold[at] for at in chosen])
            cells += [shown(row[key]) for key in ("P", "R", "F1")]
        rows.append(cells)
    columns = ["text", "method", "articles", "positive", "P", "R", "F1", "P sure", "R sure", "F1 sure"]
    return markdown("Relevance", columns, rows)


def entries_table(title: str, gold: list[Article], found: Found) -> str:
    """Return the figures of entries by group."""
    groups = groups_of(gold)
    rows = []
    for group, places in {**groups, "all sure": sure_of(gold, groups["all"])}.items():
        sure = sure_of(gold, places)
        row = entry_figures([gold[at] for at in places], [found[at] for at in places])
        in_sure = entry_figures([gold[at] for at in sure], [found[at] for at in sure])
        columns = ["text", "entries F1", "F1 sure", *list(row)[1:]]
        rows.append([group, shown(row.pop("entries F1")), shown(in_sure["entries F1"]), *map(shown, row.values())])
    return markdown(title, columns, rows)


def background_table(background: list[Article], readings: dict[str, Reading]) -> str:
    """Return CPU time and alarms on the background, by kind of news and where no platform is named."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, article in enumerate(background):
        places[article.kind].append(at)
        if not names_platform(article):
            places["no platform named"].append(at)
    rows = []
    for (kind, listed), (name, reading) in itertools.product(places.items(), readings.items()):
        if reading.ms:
            spent = sorted(reading.ms[at] for at in listed)
            alarms = sum(reading.background[at] for at in listed)
            cells = [f"{statistics.fmean(spent):.2f}", f"{spent[int(0.95 * len(spent))]:.2f}", str(alarms)]
            rows.append([kind, name, str(len(listed)), *cells, f"{1000 * alarms / len(listed):.1f}"])
    columns = ["background", "method", "articles", "ms", "ms, 95 of 100", "alarms", "alarms per 1,000"]
    return markdown("Background", columns, rows)


def plot(path: Path, gold: list[Article], readings: dict[str, Reading]) -> None:
    """Draw F1 of relevance, a group of bars for each kind of text."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - it takes a second to load, and the figures come first

    groups = groups_of(gold)
    figure, panels = plt.subplots(2, 1, figsize=(9, 6), sharex=True, sharey=True)
    for panel, title in zip(panels, ("all labels", "sure labels"), strict=True):
        for step, (name, reading) in enumerate(readings.items()):
            kept = [sure_of(gold, places) if title == "sure labels" else places for places in groups.values()]
            rows = [relevance([gold[at] for at in places], [reading.gold[at] for at in places]) for places in kept]
            at = [place + 0.8 * step / len(readings) for place in range(len(groups))]
            panel.bar(at, [row["F1"] or 0.0 for row in rows], 0.8 / len(readings), align="edge", label=name)
        panel.set(title=title, ylabel="F1 of relevance", ylim=(0, 1))
        panel.set_xticks([place + 0.4 for place in range(len(groups))], list(groups))
    panels[0].legend(fontsize=7)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)


# Alarms on articles without labels


def hash_of(article: Article) -> str:
    """Return the mark under which a judgement of an article is kept."""
    return hashlib.sha256(article.id.encode()).hexdigest()[:HASH_CHARS]


def judgements_in(path: Path) -> dict[str, str]:
    """Return the judgements of a table whose first column is the mark and whose second is the verdict."""
    rows = re.findall(r"^\| `?([0-9a-f]{10})`? \| (\w+)", path.read_text("utf-8"), re.MULTILINE)
    return dict(rows)


def print_alarms(background: list[Article], judged: dict[str, str], below: float) -> None:
    """Print every article in which an entry is read, the surest first, with its quotes and with what was judged of it.

    Articles that miss the line by at most `below` points follow, marked as such: their judgements tell what the line costs.
    """
    with weighted(lower=below) as line:
        told = [(article, changes) for article in background if (changes := ours(article))]
    told.sort(key=lambda pair: -pair[1][0].confidence)
    alarms = {hash_of(article) for article, changes in told if points_of(changes[0]) >= line}
    for article, changes in told:
        verdict = judged.get(hash_of(article), "not judged")
        place = "alarm" if hash_of(article) in alarms else "below the line"
        print(f"{hash_of(article)}  {article.id}  {article.kind}  {place}  {verdict}  {safe(article.title)}")
        for change in changes:
            print_change(change)
    print()
    print(alarm_totals(background, alarms, judged))


def print_change(change: PolicyChange) -> None:
    """Print what is read, and the quotes for its action."""
    slots = (change.company, change.product, change.action, change.object, change.direction, change.status)
    sure = "doubtful" if change.doubtful else "sure"
    print(f"    {points_of(change):+.2f} points, {sure}: {' > '.join(filter(None, slots))}")
    for quote in change.evidence:
        if quote.slot == "action":
            print(f"        “{safe(quote.quote)}”")


def points_of(change: PolicyChange) -> float:
    """Return the points behind a confidence, to the two places that it was rounded to."""
    chance = min(max(change.confidence, 0.001), 0.999)
    return round(math.log(chance / (1 - chance)), 2)


def alarm_totals(background: list[Article], told: set[str], judged: dict[str, str]) -> str:
    """Return how many alarms a kind of news raises, and what was judged of them."""
    rows = []
    for kind in sorted({article.kind for article in background}):
        marks = [hash_of(article) for article in background if article.kind == kind]
        alarms = Counter(judged.get(mark, "not judged") for mark in marks if mark in told)
        missed = sum(judged.get(mark) == "true" and mark not in told for mark in marks)
        counts = [str(alarms[verdict]) for verdict in ("true", "false", "not judged")]
        rows.append([kind, str(len(marks)), f"{1000 * alarms.total() / len(marks):.1f}", *counts, str(missed)])
    columns = ["background", "articles", "alarms per 1,000", "true", "false", "not judged", "judged true, no alarm"]
    return markdown("Alarms", columns, rows)


def safe(text: str) -> str:
    """Return a text from the web without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="?")
    parser.add_argument("--background", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--refit", action="store_true", help="add Pantau with weights fitted on the other folds")
    parser.add_argument("--without-tf-idf", action="store_true", help="leave out the baseline that needs scikit-learn")
    parser.add_argument("--alarms", action="store_true", help="only list what is read in the background")
    parser.add_argument("--below", type=float, default=0.0, help="list also what misses the line by so many points")
    parser.add_argument("--judged", type=Path, default=Path(__file__).parent.parent / "docs" / "alarms.md")
    parser.add_argument("--plot", type=Path, default=Path("var/bench-annotate.svg"))
    options = parser.parse_args()
    for path in filter(None, (options.gold, options.background)):
        if not path.is_file():
            parser.error(f"{path} is no file; name one with an article as JSON in each line")
    background = articles_in(options.background) if options.background else []
    judged = judgements_in(options.judged) if options.judged.is_file() else {}
    if options.alarms:
        if not background:
            parser.error("--alarms lists what is read in the background; name it with --background FILE")
        print_alarms(background, judged, options.below)
        return
    if options.gold is None:
        parser.error("no labelled articles; name a file of them as GOLD.jsonl")
    if not options.without_tf_idf and importlib.util.find_spec("sklearn") is None:
        parser.error(
            "the tf-idf baseline needs scikit-learn: install it, or leave the baseline out with --without-tf-idf"
        )
    measure(articles_in(options.gold), background, judged, options)


def measure(
    gold: list[Article], background: list[Article], judged: dict[str, str], options: argparse.Namespace
) -> None:
    """Run every method, and print and draw what comes out."""
    folds = folds_of(gold, options.folds)
    readings = {"pantau": with_pantau(gold, background)}
    if options.refit:
        readings["pantau refitted"] = with_refitted(gold, background, folds, judged)
    readings["one sentence"] = with_one_sentence(gold, background)
    if not options.without_tf_idf:
        readings["tf-idf"] = with_tf_idf(gold, background, folds)
    print(relevance_table(gold, readings))
    for name, reading in readings.items():
        if reading.entries is not None:
            print(entries_table(f"Entries, {name}", gold, reading.entries))
    if background:
        print(background_table(background, readings))
    plot(options.plot, gold, readings)
    print(f"plot: {options.plot}")


if __name__ == "__main__":
    main()
