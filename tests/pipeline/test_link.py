"""Reports of one rule come together over months and languages, in whatever order; look-alikes stay apart."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pipeline.steps.link import Gist, Group, Told, day_of, gist_of, link, replay

DAY_0 = datetime(2025, 10, 18, 9, tzinfo=UTC)


def told(number=0, name=None, **slots):
    """Return a report of day `number`, by default of the ban on chatbots."""
    key = name or f"outlet|{number}"
    known = {
        "key": key,
        "article": key,
        "told_at": DAY_0 + timedelta(days=number),
        "product": "WhatsApp",
        "action": "ban",
        "object": "general_purpose_chatbot",
        "direction": "tighten",
        "status": "announced",
    }
    return Told(**(known | slots))


def day(number):
    return (DAY_0 + timedelta(days=number)).date().isoformat()


def text(*words, language="en", names=()):
    return Gist(language=language, words=frozenset(words), names=frozenset(names))


def partition(groups):
    return {frozenset(member.key for member in group.members) for group in groups}


COURSE = [
    told(0, "first"),
    told(44, "again", effective=day(89)),
    told(65, "italy", status="suspended", jurisdiction="IT"),
    told(87, "brazil", status="in_effect", jurisdiction="BR", action="allow", direction="loosen"),
    told(89, "in effect", status="in_effect"),
    told(139, "amended", status="amended", action="restrict"),
    told(400, "withdrawn", status="reversed", action2="reversal", direction="loosen"),
]
OTHERS = [
    told(1, "telegram", product="Telegram"),
    told(2, "minors", object="ai_generated_content", action="require"),
    told(3, "data", object="training_on_user_data", action="data_use", direction="loosen_for_platform"),
    told(60, "allowed", action="allow", direction="loosen"),
]


@pytest.mark.parametrize("seed", range(5))
def test_a_rule_is_followed_from_its_first_report_to_its_end_in_any_order(seed):
    reports = [*COURSE, *OTHERS]
    random.Random(seed).shuffle(reports)
    assert partition(replay([], reports)) == {
        frozenset(report.key for report in COURSE),
        *(frozenset([report.key]) for report in OTHERS),
    }


@pytest.mark.parametrize("late", COURSE, ids=lambda report: report.key)
def test_a_report_that_arrives_late_leaves_the_groups_as_if_it_had_come_in_time(late):
    before = [Group(7, [report for report in COURSE if report.place < late.place])]
    after = [report for report in COURSE if report.place >= late.place]
    assert partition(group for group in replay(before, after) if group.members) == partition(replay([], COURSE))


def test_distance_counts_from_the_last_event():
    assert link(told(239), [Group(1, [told(0)])]) is None
    assert link(told(239, status="suspended"), [Group(1, [told(0)])])
    assert link(told(239, effective=day(200)), [Group(1, [told(0, effective=day(200))])])


@pytest.mark.parametrize("stated", [day(89), "2026-01", "2026"], ids=["day", "month", "year"])
def test_a_report_told_long_after_joins_by_its_day_of_effect(stated):
    assert link(told(300, effective=stated), [Group(1, [told(0, effective=day(89))])])


@pytest.mark.parametrize(
    "other",
    [
        {"product": "Instagram"},
        {"object": "minors_and_ai", "told_at": DAY_0 + timedelta(days=40)},
        {"object": "training_on_user_data", "action": "data_use"},
        {"action": "allow", "direction": "loosen"},
        {"action": "require"},
    ],
    ids=["product", "kin of the object", "data", "direction", "act"],
)
def test_a_look_alike_is_a_new_change(other):
    assert link(told(3, **other), [Group(1, [told(0, effective=day(10))])]) is None


def test_a_kindred_object_is_bound_by_time_and_the_day_of_effect_together():
    group = Group(1, [told(0, effective=day(89))])
    vague = told(3, object="ai_model_use")
    assert link(vague, [group]) is None
    assert link(msgspec.structs.replace(vague, effective=day(90)), [group])


def test_two_rules_on_ai_at_large_are_one_only_when_told_at_once():
    rule = Group(1, [told(0, object="ai_model_use")])
    assert link(told(13, object="ai_model_use"), [rule]) is None
    assert link(told(2, object="ai_model_use"), [rule])


def test_a_copy_tells_what_its_original_tells_whatever_was_read_in_it():
    words = [f"word{number}" for number in range(20)]
    group = Group(1, [told(0, action="monetise", object="ai_generated_content", gist=text(*words))])
    misread = told(1, action="require", object="ai_agents", direction="loosen", gist=text(*words[:18], "x", "y"))
    assert link(misread, [group])
    assert link(msgspec.structs.replace(misread, gist=text(*words[:10], "x", "y", "z", "a", "b", "c")), [group]) is None


def test_one_article_tells_of_two_rules():
    both = [told(0, "a|1|0", article="a|1"), told(0, "a|1|1", article="a|1", action="restrict")]
    assert len(replay([], both)) == 2


def test_another_rule_of_the_same_slots_is_known_by_its_time_or_its_day_of_effect():
    rule = Group(1, [told(0, effective=day(5))])
    assert link(told(40), [rule])
    assert link(told(90), [rule]) is None
    assert link(told(40, effective=day(60)), [rule]) is None
    assert link(told(90, status="amended"), [rule])


def test_the_group_that_agrees_most_wins_and_of_equals_the_likest_then_the_nearest():
    dated, other = Group(1, [told(0, effective=day(9))]), Group(2, [told(1)])
    assert link(told(5, effective=day(9)), [dated, other]) is dated
    songs, hosts = (Group(1, [told(0, gist=text(*words))]) for words in ("abcde", "vwxyz"))
    assert link(told(60, status="amended", gist=text(*"abcpq")), [hosts, songs]) is songs
    early, late = Group(1, [told(0)]), Group(2, [told(30)])
    assert link(told(35), [early, late]) is late


def test_a_report_without_a_product_joins_the_rule_that_is_near():
    assert link(told(5, product=None), [Group(1, [told(0)])])
    assert link(told(50, product=None), [Group(1, [told(0)])]) is None


def test_an_exemption_joins_the_rule_and_a_permission_does_not():
    rule = Group(1, [told(0)])
    loosened = {"action": "allow", "direction": "loosen", "status": "in_effect"}
    assert link(told(60, jurisdiction="BR", **loosened), [rule])
    assert link(told(60, **loosened), [rule]) is None


def test_a_persons_word_holds_whenever_the_report_was_told():
    apart = told(0, "apart", pin=9)
    groups = replay([], [apart, told(300, "late", pin=9, product="Instagram"), told(1, "joins")])
    assert partition(groups) == {frozenset(["apart", "late", "joins"])}
    assert {group.label for group in groups} == {9}


def test_what_a_text_is_known_by_leaves_out_the_platforms_names_and_years():
    gist = gist_of(
        "WhatsApp bans chatbots",
        "Meta told Reuters in 2026 that the Business API of WhatsApp is shut from 15 January.",
        "en",
        ["Meta", "WhatsApp"],
    )
    assert gist.names == {"reuters", "business", "api", "15", "january"}
    assert "chatbots" in gist.words
    assert not {"whatsapp", "2026", "the"} & (gist.words - {"2026"})


def test_a_day_is_read_from_what_is_a_day():
    assert [str(day_of(stated)) for stated in ("2026-01-15", "2026-01", "2026")] == [
        "2026-01-15",
        "2026-01-01",
        "2026-01-01",
    ]
    assert [day_of(stated) for stated in (None, "", "soon", "2026-13", "2026-02-30")] == [None] * 5


def test_nothing_known_is_a_new_change():
    assert link(told(), []) is None
