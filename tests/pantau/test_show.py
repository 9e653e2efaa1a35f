"""Rows for people and programs: nothing of the web's runs in a terminal or a spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest

from pantau.show import harmless_cell, plain, write


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (12, "12"),
        (date(2026, 1, 15), "2026-01-15"),
        (datetime(2026, 1, 15, 8, tzinfo=UTC), "2026-01-15T08:00:00+00:00"),
        ("dua\nbaris\tsatu", "dua baris satu"),
        ("\x1b[31mmerah\x1b[0m", "[31mmerah[0m"),
        ("kiri\u202eke kanan\u200b", "kirike kanan"),
        ("tanda\x07\x00 bel", "tanda bel"),
    ],
)
def test_a_value_is_one_line_that_commands_no_terminal(value, shown):
    assert plain(value) == shown


@pytest.mark.parametrize("text", ["=1+1", "+62 811", "-2", "@sum(a1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text):
    assert str(harmless_cell(text)).startswith("'")


@pytest.mark.parametrize("value", [1, 2.5, None, -3])
def test_numbers_stay_numbers(value):
    assert harmless_cell(value) == value


ROWS = [("Pesan, Inc", "=evil()", None), ('kata "kutip"', "biasa\nsaja", 3)]


def test_csv_can_be_read_again(capsys):
    write(["a", "b", "c"], ROWS, "csv")
    found = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert found == [["a", "b", "c"], ["Pesan, Inc", "'=evil()", ""], ['kata "kutip"', "biasa saja", "3"]]


def test_json_keeps_values_as_they_are(capsys):
    write(["a", "b", "c"], ROWS, "json")
    assert json.loads(capsys.readouterr().out)[1] == {"a": 'kata "kutip"', "b": "biasa\nsaja", "c": 3}


def test_a_table_shows_markup_as_text(capsys):
    write(["judul"], [("[bold]tebal[/bold] [link=http://x.test]x[/link]",)], "table")
    assert "[bold]tebal[/bold] [link=http://x.test]x[/link]" in capsys.readouterr().out
