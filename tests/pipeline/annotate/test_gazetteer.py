"""The gazetteer is wide, says where its facts come from, and each of its names is found as a whole word only."""

import re
from datetime import date
from typing import get_args

import pytest

from pipeline.records import Action, Attribution, Instrument, NegativeKind, PolicyObject, Status
from pipeline.rules import policy_rules
from pipeline.steps.annotate.actors import find
from pipeline.steps.annotate.score import weights


def test_it_is_wide():
    companies = policy_rules.companies()
    assert len(companies) >= 120
    assert sum(len(company.product) for company in companies) >= 250
    assert len(policy_rules.regulators()) >= 30


def test_every_company_and_authority_has_a_source():
    assert all(entry.source for entry in (*policy_rules.companies(), *policy_rules.regulators()))


def test_no_company_stands_twice():
    listed = [company.name for company in policy_rules.companies()]
    assert sorted(set(listed)) == sorted(listed)


@pytest.mark.parametrize("name", sorted(policy_rules.names()))
def test_a_name_is_found_in_a_sentence_and_not_inside_a_word(name):
    wanted = policy_rules.names()[name]
    [*found] = find(f"Kebijakan AI untuk pengguna {name} berubah.")
    assert (wanted.company, wanted.product) in [(actor.company, actor.product) for actor in found]
    inside = find(f"Kebijakan AI untuk pengguna qq{name}qq berubah.")
    assert wanted.product not in [actor.product for actor in inside if actor.end - actor.start >= len(name)]


@pytest.mark.parametrize(
    ("company", "earlier"),
    [("X Corp", "Twitter, Inc."), ("Tokopedia", "GoTo"), ("Superhuman", "Grammarly"), ("TikTok USDS Joint Venture", "ByteDance")],
)  # fmt: skip
def test_a_changed_owner_has_its_day(company, earlier):
    [entry] = [entry for entry in policy_rules.companies() if entry.name == company]
    [until] = [owner.until for owner in entry.owners if owner.name == earlier]
    assert date.fromisoformat(until)


def test_the_indonesian_ministry_changed_its_name_in_2024():
    [ministry] = [entry for entry in policy_rules.regulators() if entry.name == "Komdigi"]
    assert (ministry.since, ministry.was) == ("2024-10-21", "Kominfo")


@pytest.mark.parametrize(
    "text", ["The threads of a gemini coat", "Threads of wool", "Gemini bersinar malam ini", "Grab a chair"]
)
def test_a_name_that_is_also_a_word_needs_a_word_of_its_trade(text):
    assert find(text) == []


@pytest.mark.parametrize("text", ["In a post on X, users cheered AI", "a spokesman told Reddit users"])
def test_where_something_was_said_is_no_actor(text):
    assert all(actor.is_bystander for actor in find(text))


@pytest.mark.parametrize(
    ("slot", "values"), [("status", Status), ("instrument", Instrument), ("attribution", Attribution)]
)
def test_slot_cues_name_values_of_the_vocabulary(slot, values):
    assert set(policy_rules.slot_cues(slot)) <= set(get_args(values))


def test_places_are_iso_codes():
    assert all(re.fullmatch("[A-Z]{2}", code) for code in policy_rules.slot_cues("jurisdiction"))


def test_cues_cover_the_vocabulary():
    assert {cue.action for cue in policy_rules.action_cues()} == set(get_args(Action))
    assert set(policy_rules.object_order()) == set(get_args(PolicyObject))
    assert set(policy_rules.negative_kinds()) < set(get_args(NegativeKind))


def test_the_line_for_sure_is_above_that_for_possible():
    assert weights().possible < weights().sure
