"""The quotes of an act: the rule's own sentence first, then what states it best, none longer than can be quoted."""

import msgspec
import pytest

from pipeline.steps.annotate import annotate, choose
from pipeline.steps.annotate.score import weights


@pytest.fixture(autouse=True)
def any_article_is_news(monkeypatch):
    """What is read of a rule does not hang on how surely the article is one."""
    low = msgspec.structs.replace(weights(), possible=-99.0)
    monkeypatch.setattr(choose, "weights", lambda: low)


TITLE = "Etsy bans AI art without a label"


def acts(body, language="en"):
    """Return the quotes of the first change's act."""
    change = annotate(TITLE, body, "2026-01-20", language).policy_changes[0]
    return [item for item in change.evidence if item.slot == "action"]


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_an_act_has_one_to_three_quotes(count):
    body = " ".join(f"Etsy now bans AI art of kind {number} without a label." for number in range(count))
    assert 1 <= len(acts(body)) <= 3


def test_a_long_sentence_is_cut_around_its_act():
    filling = "and a word that says no more, " * 8
    body = f"After weeks {filling}Etsy now bans AI art without a label, {filling}it said."
    for item in acts(body):
        assert len(item.quote) <= 380
        text = TITLE if item.field == "headline" else body
        assert text[item.start : item.end] == item.quote
    assert any("bans AI art" in item.quote for item in acts(body) if item.field == "article_body")


def test_a_delay_is_proven_by_the_sentence_that_says_so():
    body = "Sellers of AI art had asked for time.\nThe ban on unlabelled art has been postponed by Etsy until June.\nMany were glad of it all."
    found = annotate("Etsy postpones its ban on AI art", body, "2026-01-20", "en").policy_changes[0]
    quotes = [item.quote for item in found.evidence if item.slot == "action"]
    assert any("has been postponed" in quote for quote in quotes)
