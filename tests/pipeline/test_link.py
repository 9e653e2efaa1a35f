"""Reports of one rule come together over months and languages; look-alikes stay apart."""

from datetime import date, timedelta

import msgspec
import pytest

from pipeline.records import PolicyChange, PolicyDate
from pipeline.steps.link import link

DAY_0 = date(2025, 10, 18)


class Known(msgspec.Struct):
    """A change that is known, as the store hands it over."""

    id: int
    product: str | None = "WhatsApp"
    action: str = "ban"
    object: str = "general_purpose_chatbot"
    first_day: str | None = "2025-10-18"
    last_day: str | None = "2025-10-18"


def report(effective=None, **slots):
    known = {
        "company": "Meta",
        "product": "WhatsApp",
        "action": "ban",
        "object": "general_purpose_chatbot",
        "direction": "tighten",
        "status": "announced",
        "confidence": 0.9,
        "annotator_version": "2",
        "evidence": (),
        "effective": PolicyDate(value=effective, precision="day", raw=effective) if effective else None,
    }
    return PolicyChange(**(known | slots))


def day(number):
    return (DAY_0 + timedelta(days=number)).isoformat()


def test_a_rule_is_followed_from_its_first_report_to_its_amendment():
    known = Known(id=1)
    course = [
        (0, report()),
        (44, report(effective=day(89))),
        (65, report(status="suspended", jurisdiction="IT")),
        (87, report(status="suspended", jurisdiction="BR", action="allow", direction="loosen")),
        (89, report(status="in_effect")),
        (139, report(status="amended", action="restrict")),
    ]
    for number, told in course:
        assert link(told, day(number), [known]) == 1
        known.last_day = max(known.last_day, told.effective.value if told.effective else day(number))


def test_distance_counts_from_the_last_event():
    assert link(report(), day(239), [Known(id=1)]) is None
    assert link(report(), day(239), [Known(id=1, last_day=day(89))]) == 1


def test_a_report_late_in_the_feed_joins_by_its_effective_day():
    assert link(report(effective=day(89)), day(400), [Known(id=1, last_day=day(89))]) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"product": "Instagram"},
        {"object": "minors_and_ai"},
        {"object": "training_on_user_data", "action": "data_use"},
        {"action": "allow", "direction": "loosen"},
        {"action": "require"},
    ],
    ids=["product", "object", "data", "direction", "act"],
)
def test_a_look_alike_is_a_new_change(other):
    assert link(report(**other), day(3), [Known(id=1)]) is None


def test_the_same_product_and_act_win_over_a_kin():
    kin, same = Known(id=1, action="restrict"), Known(id=2)
    assert link(report(), day(5), [kin, same]) == 2
    assert link(report(), day(5), [Known(id=3, product=None), same]) == 2


def test_a_report_without_product_joins_the_only_rule():
    assert link(report(product=None), day(5), [Known(id=1)]) == 1


def test_a_report_without_a_day_joins():
    assert link(report(), None, [Known(id=1)]) == 1
    assert link(report(), "soon", [Known(id=1, first_day=None)]) == 1


def test_nothing_known_is_a_new_change():
    assert link(report(), day(0), []) is None
