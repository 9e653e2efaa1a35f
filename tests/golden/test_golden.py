"""Golden pages: one page a layout, one assertion a field."""

import json

import pytest

from tests.golden import compare

CASES = [(name, field) for name in compare.names() for field in compare.FIELDS]


@pytest.mark.parametrize(("name", "field"), CASES, ids=[f"{name}-{field}" for name, field in CASES])
def test_a_golden_page_reads_as_expected(name, field):
    if field in compare.golden(name).known:
        assert not compare.agrees(name, field), "this is read rightly now: take its mark out of [known] in meta.toml"
    else:
        assert compare.agrees(name, field), "\n".join(compare.difference(name, field))


@pytest.mark.parametrize("name", compare.names())
def test_an_expectation_tells_every_field_and_no_other(name):
    assert set(compare.expected(name)) == set(compare.FIELDS)
    assert set(compare.golden(name).known) <= set(compare.FIELDS)


def test_comparing_tells_by_its_exit_code_whether_anything_differs(capsys):
    differing = [name for name in compare.names() if compare.differing(name)]

    code = compare.main([])

    printed = capsys.readouterr().out
    assert code == (1 if differing else 0)
    assert [name for name in differing if name not in printed] == []


def test_a_proposal_lies_beside_what_is_expected_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "HERE", tmp_path)
    monkeypatch.setattr(compare, "read", lambda _: {"headline": "Sungai Surut"})
    (tmp_path / "a" / "b").mkdir(parents=True)
    expected = tmp_path / "a" / "b" / "expected.json"
    expected.write_text("{}", "utf-8")

    proposal = compare.propose("a/b")

    assert json.loads(proposal.read_text("utf-8")) == {"headline": "Sungai Surut"}
    assert (proposal.name, expected.read_text("utf-8")) == ("expected.json.proposed", "{}")
