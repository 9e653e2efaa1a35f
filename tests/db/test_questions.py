"""Named questions: each can be asked of an empty store, takes its parameters as they are, and says what is missing."""

from datetime import date

import pytest

from db.errors import StatementRefused
from db.questions import questions
from db.readonly import read_only

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize("name", list(questions()))
def test_a_question_can_be_asked_of_an_empty_store(engine, name):
    question = questions()[name]
    given = {param.name: "x'; --%s" for param in question.params if param.default is None}
    columns, rows = read_only(engine, question.statement, question.bind(given, TODAY))
    assert columns
    assert list(rows) == []
    assert question.about.endswith((".", "?"))


def test_days_are_counted_from_the_day_of_the_question():
    bound = questions()["upcoming"].bind({"until": "today+90"}, TODAY)
    assert bound == {"day": "2026-03-10", "until": "2026-06-08"}
    assert questions()["company"].bind({"company": "today we changed"}, TODAY) == {"company": "today we changed"}


def test_what_is_missing_or_unknown_is_said():
    with pytest.raises(StatementRefused, match="needs --param id=…"):
        questions()["history"].bind({}, TODAY)
    with pytest.raises(StatementRefused, match="has no parameter nama; it takes id"):
        questions()["history"].bind({"nama": "x"}, TODAY)
    with pytest.raises(StatementRefused, match="it takes none"):
        questions()["training"].bind({"x": "y"}, TODAY)
