"""Who made an article: labels, bylines, metadata and what is no person."""

import pytest
from lxml import html

from pipeline.records import SourceHints
from pipeline.steps import credit, metadata


def _read(markup: str, lines: list[str] | None = None) -> credit.Credits:
    root = html.fromstring(f"<html><head></head><body>{markup}</body></html>")
    told = [*(lines or []), *credit.lines_of(root)]
    return credit.read(root, metadata.read(root, "https://www.lampu-kota.example/a"), told, SourceHints())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Reporter : Sari", [("author", ["Sari"])]),
        ("Rep: Dewi Lestari/ Red: Bagus Putra", [("author", ["Dewi Lestari"]), ("editor", ["Bagus Putra"])]),
        ("(Penulis: Rina Wati, Joko | Editor: Agung)", [("author", ["Rina Wati", "Joko"]), ("editor", ["Agung"])]),
        ("Pewarta: Budi Hartono dan Agus S", [("author", ["Budi Hartono", "Agus S"])]),
        ("Laporan wartawan Lampu Kota, Rina Wati", [("author", ["Rina Wati"])]),
        ("Penulis : Kontributor Kota Baru, Wahyudi", [("author", ["Wahyudi"])]),
        ("Additional reporting by Ana Ruiz", [("contributor", ["Ana Ruiz"])]),
        ("Edited by Tom O'Brien", [("editor", ["Tom O'Brien"])]),
        ("The plan was backed by critics and universities", []),
        ("Didukung sepenuhnya oleh Presiden Negeri Jauh", []),
        ("Editor: Tim Redaksi", []),
    ],
)
def test_a_credit_line_names_its_roles_and_people(line: str, expected: list[tuple[str, list[str]]]) -> None:
    assert credit.roles_in(line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ana Ruiz and Jan van der Berg", ["Ana Ruiz", "Jan van der Berg"]),
        ("Oleh Ahmad bin Yusuf", ["Ahmad bin Yusuf"]),
        ("Von Jörg Müller", ["Jörg Müller"]),
        ("Par Léa Martin et Zoé Petit", ["Léa Martin", "Zoé Petit"]),
        ("Por Inés Gil y Luis Sanz", ["Inés Gil", "Luis Sanz"]),
        ("Mary-Ann Jones-Smith", ["Mary-Ann Jones-Smith"]),
        ("Dan Evans", ["Dan Evans"]),
        ("J. K. Moor, Ph.D., Senior Writer", ["J. K. Moor"]),
        ("Ana Ruiz on December 3, 2023", ["Ana Ruiz"]),
        ("山田太郎", ["山田太郎"]),
        ("https://lampu-kota.example/ana", []),
        ("@anaruiz", []),
        ("aruiz", []),
        ("Staff", []),
        ("Admin", []),
        ("Redaksi", []),
        ("seven of his colleagues", []),
    ],
)
def test_names_are_people(text: str, expected: list[str]) -> None:
    assert credit.people([text]) == expected


def test_a_label_and_its_name_may_be_two_elements() -> None:
    read = _read("<div><b>Penulis</b>: Rina Wati</div><div><b>Editor</b><span>:</span><a>Agung Jaya</a></div>")
    assert read.authors == ("Rina Wati",)
    assert read.editors == ("Agung Jaya",)


def test_the_labelled_author_is_believed_before_json_ld_which_names_the_editor() -> None:
    ld = '{"@type": "NewsArticle", "headline": "Hujan", "author": {"@type": "Person", "name": "Agung Jaya"}}'
    read = _read(f'<script type="application/ld+json">{ld}</script><p>Reporter: Rina</p><p>Editor: Agung Jaya</p>')
    assert (read.authors, read.editors) == (("Rina",), ("Agung Jaya",))


def test_json_ld_people_are_followed_into_the_graph() -> None:
    ld = (
        '{"@graph": [{"@type": "Article", "headline": "Rain", "author": [[{"@id": "#a"}], {"@type": "Organization", "name": "Lamp"}]},'
        ' {"@type": "Person", "@id": "#a", "name": "Ana Ruiz"}]}'
    )
    assert _read(f'<script type="application/ld+json">{ld}</script>').authors == ("Ana Ruiz",)


@pytest.mark.parametrize("name", ["Lampu Kota", "lampu-kota.example", "Redaksi Lampu"])
def test_the_outlet_is_no_author(name: str) -> None:
    markup = f'<meta property="og:site_name" content="Lampu Kota"><meta name="author" content="{name}">'
    assert _read(markup).authors == ()


def test_a_byline_alone_on_its_line_is_the_last_source() -> None:
    assert _read("<h1>Rain</h1>", ["By Ana Ruiz and Tom Orr", "By this measure Rome has two"]).authors == (
        "Ana Ruiz",
        "Tom Orr",
    )


def test_ten_thousand_characters_are_no_name() -> None:
    assert credit.people(["A" * 10_000, "Ab " * 5_000]) == []
