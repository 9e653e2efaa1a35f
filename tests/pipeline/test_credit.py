"""Who made an article: labels, bylines, metadata and what is no person."""

from time import process_time

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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Reporting by Ana Ruiz; Editing by Tom Orr", [("reporting", ["Ana Ruiz"]), ("editor", ["Tom Orr"])]),
        ("—Reporting by Ana Ruiz, Zoë Lund, and Tom Orr", [("reporting", ["Ana Ruiz", "Zoë Lund", "Tom Orr"])]),
        ("Reporting by Ana Ruiz Writing by Zoë Lund", [("reporting", ["Ana Ruiz"]), ("reporting", ["Zoë Lund"])]),
        ("Redaktur & Reporter : Rina Wati", [("author", ["Rina Wati"])]),
        ("(Laporan: Rina Wati)", [("author", ["Rina Wati"])]),
        ("Words: Ana Ruiz | Photographs by Tom Orr", [("author", ["Ana Ruiz"]), ("contributor", ["Tom Orr"])]),
        ("Rina Wati berkontribusi dalam penulisan artikel ini", [("contributor", ["Rina Wati"])]),
        ("Ana Ruiz and Tom Orr contributed to this report.", [("contributor", ["Ana Ruiz", "Tom Orr"])]),
        ("Associated Press writer Tom Orr in Rome contributed to this report.", [("contributor", ["Tom Orr"])]),
        ("Ana Ruiz’s latest novel, The Lamp, is published by Tom Orr.", []),
        ("Pilihan editor: Kamera Tua Jadi Rebutan", []),
        ("Smoking contributed to this report of fires", []),
    ],
)
def test_more_forms_of_a_credit_line(line: str, expected: list[tuple[str, list[str]]]) -> None:
    assert credit.roles_in(line) == expected


@pytest.mark.parametrize(
    "markup",
    [
        '<span class="post-author vcard">Posted by <span class="fn" itemprop="author"><span itemprop="name">Ana Ruiz</span></span></span>',
        '<div itemprop="author" itemscope><meta itemprop="name" content="Ana Ruiz"></div>',
        '<p class="entry-meta"><span class="byline">by <a rel="author" href="/author/ana/">Ana Ruiz</a></span></p>',
        '<dd class="createdby" itemprop="author">Written by <span itemprop="name">Ana Ruiz</span></dd>',
        '<a class="css-1" href="https://www.lampu-kota.example/authors/ana-ruiz">Ana Ruiz</a>',
        '<div class="Byline_root__x1">By <span class="AuthorLink-sc-1">Ana Ruiz</span>, Senior Writer</div>',
        '<p>By</p><p><a href="/u/1">Ana Ruiz</a></p>',
        "<p>Written by</p><p>Ana Ruiz</p><p>Researched by</p><p>Tom Orr</p>",
        "<p>Ana Ruiz | Senior Writer | July 2, 2025</p>",
        "<p>By Ana Ruiz</p>",
        "<ul><li><span>Author, </span><span>Ana Ruiz</span></li><li><span>Role, </span>Lamp reporter</li></ul>",
        "<p>Ana Ruiz · Senin, 16 Juni 2025 - 15:20 WIB</p>",
        '<div class="penulis"><a>Penulis: <b>Ana Ruiz</b></a></div><div class="editor"><a>Editor: Joko Susilo</a></div>',
        "<p>By Ana Ruiz, Jakarta</p>",
        "<p>Submitted by <a>Ana Ruiz</a> on Mon, 2025-07-02</p>",
        '<div class="detail__author">Ana Ruiz - <span>detailNews</span></div>',
        "<p>Ana Ruiz</p><p>July 2, 2025</p>",
        "<p>Ana Ruiz</p><p>Anything at all.</p><p>Ana Ruiz is a writer who lives in Rome with three loud parrots.</p>",
        '<p class="author">Ana Ruiz</p><ul class="related"><li><a rel="author">Tom Orr</a></li></ul>',
        '<div class="byline"><a rel="author">Ana Ruiz</a><span>Photos by</span><a rel="author">Tom Orr</a></div>',
    ],
)
def test_an_author_is_found_by_the_headline(markup: str) -> None:
    assert _read(f"<h1>The lamps of Rome burn</h1>{markup}<p>{'It rained. ' * 40}</p>").authors == ("Ana Ruiz",)


@pytest.mark.parametrize(
    "markup",
    [
        '<nav><a href="/author/tom-orr/">Tom Orr</a></nav><h1>The lamps of Rome burn</h1>',
        '<h1>The lamps of Rome burn</h1><div id="comments"><span class="comment-author vcard">Tom Orr</span></div>',
        '<h1>The lamps of Rome burn</h1><div class="card"><a href="/b">Other</a><span class="author">Tom Orr</span></div>',
        "<h1>Anna Orr sings again tonight</h1><a href='/topics/anna-orr'>Anna Orr</a><p>July 2, 2025</p>",
        '<h1>The lamps of Rome burn</h1><p>{long}<a href="/people/tom-orr">Tom Orr</a>{long}</p>'.replace(
            "{long}", "It rained a lot in the city and nobody minded. " * 8
        ),
        "<h1>Lamps to read</h1><p>Author: Ann Lee</p><p>Author: Bo Lim</p><p>Author: Cy Orr</p>",
        '<article class="post author-tomorr"><h1>The lamps of Rome burn</h1><p>Rome</p></article>',
    ],
)
def test_people_of_other_pages_readers_and_topics_are_no_authors(markup: str) -> None:
    assert _read(markup).authors == ()


def test_markup_or_a_meta_tag_may_name_more_authors_than_json_ld() -> None:
    ld = '<script type="application/ld+json">{"@type": "Article", "headline": "Rain", "author": {"name": "Ana Ruiz"}}</script>'
    byline = '<p class="byline"><a rel="author">Ana Ruiz</a> and <a rel="author">Tom Orr</a></p>'
    assert _read(f"{ld}<h1>Rain in the city</h1>{byline}").authors == ("Ana Ruiz", "Tom Orr")
    assert _read(f'{ld}<meta name="author" content="Ana Ruiz,Tom Orr">').authors == ("Ana Ruiz", "Tom Orr")


def test_a_byline_that_lists_the_editor_too_makes_no_author_of_him() -> None:
    byline = '<p class="byline"><a rel="author">Rina Wati</a>, <a rel="author">Joko Susilo</a></p>'
    meta = '<meta name="author" content="Rina Wati">'
    read = _read(f"{meta}<h1>Hujan di kota</h1>{byline}<p>Editor: Joko Susilo</p>")
    assert (read.authors, read.editors) == (("Rina Wati",), ("Joko Susilo",))


def test_reporting_helps_who_signed_and_signs_where_nobody_did() -> None:
    meta = '<meta name="author" content="Ana Ruiz">'
    read = _read(meta, ["Reporting by Tom Orr"])
    assert (read.authors, read.contributors) == (("Ana Ruiz",), ("Tom Orr",))
    assert _read("", ["Reporting by Tom Orr"]).authors == ("Tom Orr",)


def test_a_contributor_signs_where_nobody_else_did() -> None:
    assert _read("<p>Kontributor: Rina Wati</p>").authors == ("Rina Wati",)
    read = _read("<p>Penulis: Joko Susilo</p><p>Kontributor: Rina Wati</p>")
    assert (read.authors, read.contributors) == (("Joko Susilo",), ("Rina Wati",))
    assert _read("<h1>Rain in Rome</h1><p><a rel='author'>Ana Ruiz</a></p><p>Contributor</p>").authors == ("Ana Ruiz",)


def test_what_a_page_hides_names_nobody() -> None:
    assert _read('<div class="list hide"><p>Editor</p><p>Rina Wati</p></div>').editors == ()


def test_a_card_tells_who_wrote() -> None:
    card = '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ana Ruiz">'
    assert _read(card).authors == ("Ana Ruiz",)
    assert _read(card.replace("Written by", "Est. reading time")).authors == ()


def test_a_login_yields_to_the_name_by_the_headline() -> None:
    meta = '<meta name="author" content="AnaRuiz88x"><meta name="parsely-author" content="AnaRuiz">'
    assert _read(f"{meta}<h1>Rain in the city</h1><p>By Ana Ruiz Sol</p>").authors == ("Ana Ruiz Sol",)
    assert _read(meta).authors == ("AnaRuiz",)


def test_letters_are_an_agency() -> None:
    assert _read('<meta name="author" content="LPK">').authors == ()


def test_each_tag_of_a_catalogue_names_an_author() -> None:
    markup = '<meta name="citation_author" content="Ruiz, Ana"><meta name="citation_author" content="Tom Orr">'
    assert _read(markup).authors == ("Ana Ruiz", "Tom Orr")


def test_the_outlet_behind_a_name_is_no_second_author() -> None:
    assert _read('<meta name="author" content="Ana Ruiz, Futurama">').authors == ("Ana Ruiz",)


@pytest.mark.parametrize(
    ("outlet", "name", "expected"),
    [
        ("Anna Ruiz", "Anna Ruiz", ("Anna Ruiz",)),
        ("Luxury Lamps", "Luxury Lamps", ()),
        ("Lamp", "Lamp Arts", ()),
        ("Lamp", "Tim Lamp", ()),
        ("Anna", "Anna Ruiz", ("Anna Ruiz",)),
    ],
)
def test_a_person_may_be_the_outlet(outlet: str, name: str, expected: tuple[str, ...]) -> None:
    markup = f'<meta property="og:site_name" content="{outlet}"><meta name="author" content="{name}">'
    assert _read(markup).authors == expected


def test_a_role_may_stand_in_an_element_of_its_own() -> None:
    read = _read("<p>Reporter</p><a>Rina Wati</a><p>Editor</p><a>Agung Jaya</a><p>18 Juni 2025</p>")
    assert (read.authors, read.editors) == (("Rina Wati",), ("Agung Jaya",))


def test_roles_may_follow_their_names_in_a_row() -> None:
    read = _read("<p>Tim Redaksi</p><p>Rina Wati</p><p>Penulis</p><p>Joko Susilo</p><p>Editor</p><p>18 Juni 2025</p>")
    assert (read.authors, read.editors) == (("Rina Wati",), ("Joko Susilo",))


def test_a_job_behind_a_name_labels_nobody() -> None:
    assert _read("<p>Rina Wati</p><p>Editor</p><p>Updated:</p><p>Joko Susilo</p>").editors == ()


def test_a_signature_may_be_parted_into_several_elements() -> None:
    assert _read("<div><b>Rina Wati</b><i>, Jurnalis</i>-Senin, 16 Juni 2025 |15:20 WIB</div>").authors == (
        "Rina Wati",
    )


def test_several_stated_authors_stay_though_one_is_named_as_editor() -> None:
    meta = '<meta name="author" content="Ana Ruiz, Tom Orr">'
    assert _read(meta, ["Edited by Tom Orr"]).authors == ("Ana Ruiz", "Tom Orr")


def test_author_cards_and_credit_boxes_are_read() -> None:
    assert _read('<h1>Rain in Rome</h1><div class="author-card"><a rel="author">Ana Ruiz</a></div>').authors == (
        "Ana Ruiz",
    )
    assert _read('<div class="read__credit"><p>Penulis</p><p>Rina Wati</p></div>').authors == ("Rina Wati",)
    wrapped = '<div class="has-comments nav-open"><h1>Hujan</h1><p>Editor: Agung Jaya</p></div>'
    assert _read(wrapped).editors == ("Agung Jaya",)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Editor</p><p>Rina Wati</p>" * 20_000,
        "<p>Rina Wati</p><p>Editor</p>" * 20_000,
        '<div class="author">' * 200 + "Ana Ruiz" + '</div><div class="author">Tom Orr</div>' * 20_000,
        "<p>By</p>" * 20_000,
        "<h1>Rain</h1>" * 20_000,
        "<b><i>a</i></b> b " * 20_000,
    ],
)
def test_a_hostile_page_is_surveyed_in_time(markup: str) -> None:
    begun = process_time()
    _read(markup)
    assert process_time() - begun < 5


def test_a_text_behind_an_element_comes_after_its_children() -> None:
    seen = credit.survey(html.fromstring("<p>By <a><b>Ana</b></a> and <i>Tom</i> of <b>Rome</b>.</p>"))
    assert [text.strip() for text in seen.texts] == ["By", "Ana", "and", "Tom", "of", "Rome", "."]


def test_one_survey_serves_both_readings() -> None:
    root = html.fromstring("<html><body><p>Penulis: Rina Wati</p></body></html>")
    seen = credit.survey(root)
    lines = credit.lines_of(root, seen)
    stated = metadata.read(root, "https://lampu-kota.example/a")
    assert credit.read(root, stated, lines, SourceHints(), seen) == credit.read(root, stated, lines, SourceHints())
