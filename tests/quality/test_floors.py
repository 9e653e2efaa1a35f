"""No figure of quality falls below what was reached once."""

import json

import pytest

from tests.quality import measure

FLOORS = json.loads(measure.FLOORS.read_text("utf-8"))

beside = pytest.mark.skipif(not measure.EVAL.exists(), reason="the evaluation pages are not here")


@pytest.mark.slow
def test_no_figure_on_invented_news_falls_below_its_floor():
    today = measure.invented()
    below = {key: (today[key], floor) for key, floor in FLOORS["invented"].items() if today[key] < floor}
    assert below == {}


@beside
@pytest.mark.slow
@pytest.mark.parametrize("name", [*measure.SETS, "wcxb-other", "policy"])
def test_no_figure_falls_below_its_floor(name):
    rest = {"policy": measure.policy, "wcxb-other": measure.others}
    today = rest[name]() if name in rest else measure.pages(name)
    below = {key: (today[key], floor) for key, floor in FLOORS[name].items() if today[key] < floor}
    assert below == {}


@beside
@pytest.mark.slow
def test_every_quote_of_an_entry_stands_at_its_place():
    assert measure.policy()["quotes_exact"] == 1


@beside
@pytest.mark.slow
def test_general_news_raises_no_alarm():
    assert measure.policy()["general_quiet"] == 1
