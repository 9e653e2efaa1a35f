"""The fitted weights are about features that the reading has, and decide as they say."""

import json
import tomllib
from pathlib import Path
from typing import get_args

from pipeline.records import Action
from pipeline.steps.annotate.acts import act_features, act_points
from pipeline.steps.annotate.candidates import candidates_in
from pipeline.steps.annotate.features import features_of, features_of_page, words_of
from pipeline.steps.annotate.page import read_page
from pipeline.steps.annotate.score import score, weights

CUES = Path(__file__).parents[3] / "pipeline" / "rules" / "cues"
INVENTED = Path(__file__).parents[2] / "quality" / "invented"
TITLE = "Etsy will require sellers to disclose AI art"
BODY = "Etsy said that its sellers will have to disclose AI-generated art under a new seller policy. Artists had urged it to."


def pages():
    lines = (INVENTED / "en.jsonl").read_text("utf-8").splitlines()[::40]
    return [read_page(row["title"], row["text"]) for row in map(json.loads, lines)]


def test_every_act_has_weights_and_no_other():
    tables = tomllib.loads((CUES / "acts.toml").read_text("utf-8"))
    assert set(tables) == set(get_args(Action))


def test_an_act_is_weighed_by_features_that_pages_have():
    tables = tomllib.loads((CUES / "acts.toml").read_text("utf-8"))
    known = set().union(*map(act_features, pages()))
    places = ("title_", "lead_")
    weighed = {name for table in tables.values() for name in table} - {"bias"}
    assert all(name.startswith(places) for name in weighed)
    assert len(weighed & known) > len(weighed) / 3


def test_the_act_of_headline_and_lead_has_most_points():
    points = act_points(read_page(TITLE, BODY))
    assert max(points, key=points.__getitem__) == "require"


def test_a_sentence_is_weighed_by_named_features_and_by_words():
    found = set()
    for page in pages():
        shared = features_of_page(page, indonesian=False)
        found |= {name for one in candidates_in(page) for name in features_of(page, one, shared)}
    named = {name for name in found if not name.startswith("word_")}
    assert len(named & set(weights().features)) > len(weights().features) / 2
    assert {name.removeprefix("word_") for name in found - named} & set(weights().words)


def test_names_of_platforms_are_no_words():
    [title, *_] = read_page(TITLE, BODY).lines
    assert "word_etsy" not in words_of(title)
    assert "word_requir" in words_of(title)


def test_points_are_the_sum_of_the_shares():
    page = read_page(TITLE, BODY)
    best = score(page, indonesian=False)[0]
    shared = features_of_page(page, indonesian=False)
    shares = weights().of(features_of(page, best.candidate, shared))
    assert abs(best.points - sum(points for _, points in shares)) < 1e-9
