"""A person's name: what is taken off it, how it is spelt, and what is none."""

import pytest

from pipeline.steps import person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ana Ruiz and Jan van der Berg", ["Ana Ruiz", "Jan van der Berg"]),
        ("Ana Ruiz, Tom Orr & Zoë Lund", ["Ana Ruiz", "Tom Orr", "Zoë Lund"]),
        ("By ANA RUIZ, AP National Political Writer", ["Ana Ruiz"]),
        ("TJ MCDONALD", ["TJ McDonald"]),
        ("J.K. O'BRIEN III", ["J.K. O'Brien III"]),
        ("Ana Ruiz The Associated Press", ["Ana Ruiz"]),
        ("Ana Ruiz Senior Writer", ["Ana Ruiz"]),
        ("Ana Ruizola. Lampu International", ["Ana Ruizola"]),
        ("Ana Ruiz in Jakarta", ["Ana Ruiz"]),
        ("Ana Ruiz (@anaruiz)", ["Ana Ruiz"]),
        ("Tom Orr as told to Ana Ruiz", ["Ana Ruiz"]),
        ("Written by: Ana Ruiz", ["Ana Ruiz"]),
        ("Текст: Анна Орлова", ["Анна Орлова"]),
        ("Mei Ma", ["Mei Ma"]),
        ("Mei Lin MA", ["Mei Lin"]),
        ("Dr. Mei Lin, MD, PhD", ["Dr. Mei Lin"]),
        ("Tim Barr", ["Tim Barr"]),
        ("Min Link and Max Head", ["Min Link", "Max Head"]),
        ("Lampu Kota staff", []),
        ("Staff Reports", []),
        ("Guest Author", []),
        ("lampu.ana@kota.example", []),
        ("LUX.addData", []),
        ("MD", []),
        ("Lampu’s Entertainment", []),
        ("Reuters", []),
    ],
)
def test_a_name_is_freed_of_what_stands_around_it(text: str, expected: list[str]) -> None:
    assert person.people([text]) == expected


@pytest.mark.parametrize(("name", "expected"), [("Anna Orr", True), ("Luxury Lamps", False), ("Anna", False)])
def test_a_known_given_name_tells_a_person_from_an_outlet(name: str, expected: bool) -> None:  # noqa: FBT001
    assert person.has_given_name(name) is expected
