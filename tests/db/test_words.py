"""Texts and queries as words, and the part of a text that is shown."""

import pytest

from db.words import lines_of, read_query, snippet, words


def terms(text):
    """Return a query's terms as they would be typed."""
    query = read_query(text)
    return [f"{sign}{t.text}{'*' if t.is_prefix else ''}" for sign, ts in (("", query.wanted), ("-", query.unwanted)) for t in ts]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("WhatsApp MELARANG chatbot", ["whatsapp", "melarang", "chatbot"]),
        ("Édition re\u0301sume\u0301 naïve", ["edition", "resume", "naive"]),
        ("ﬁle Ｆｕｌｌ ½", ["file", "full", "1", "2"]),
        ("Straße STRASSE ΣΊΣΥΦΟΣ", ["strasse", "strasse", "σισυφοσ"]),
        ("chat\u00adbot zero\u200bwidth", ["chatbot", "zerowidth"]),
        ("GPT-4o, x.com; snake_case don’t", ["gpt", "4o", "x", "com", "snake", "case", "don", "t"]),
        ("İstanbul \U0001f6a3 \ud800 \x00 “…”", ["istanbul"]),
        ("a" * 100, ["a" * 64]),
        ("", []),
    ],
)
def test_words_are_folded_letters_and_digits(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Bot  umum", ["bot", "umum"]),
        ("bot BOT bot", ["bot"]),
        ('"Bot umum" meta', ["bot umum", "meta"]),
        ("“bot umum” „tanpa izin“", ["bot umum", "tanpa izin"]),
        ('meta "bot umum', ["meta", "bot umum"]),
        ("meta -bot", ["meta", "-bot"]),
        ('meta -"bot umum"', ["meta", "-bot umum"]),
        ("e-mail GPT-4 x.com", ["e mail", "gpt 4", "x com"]),
        ("larang* *larang la*rang", ["larang*", "larang", "la rang"]),
        ('"bot um"* "bot um*"', ["bot um*"]),
        ("- -- * \" ' ()", []),
        ("NEAR(bot umum) AND OR NOT headline:bot bot^2", ["near bot", "umum", "and", "or", "not", "headline bot", "bot 2"]),
        ("{headline} : bot + umum", ["headline", "bot", "umum"]),
        ("bot & umum | !meta <-> x:*", ["bot", "umum", "meta", "x*"]),
        ("'; drop table article; --", ["drop", "table", "article"]),
        ("100% _", ["100"]),
    ],
)  # fmt: skip
def test_any_text_is_a_query(text, asked):
    assert terms(text) == asked


@pytest.mark.parametrize("text", ["kata " * 200_000, '"' * 1_000_000, "a." * 500_000, "-" * 1_000_000, "x" * 1_000_000,
                                  " ".join(f"kata{n}" for n in range(100_000))])  # fmt: skip
def test_a_megabyte_of_text_is_a_short_query(text):
    query = read_query(text)
    assert sum(len(term.words) for term in query.wanted) <= 64
    assert query.is_cut == text.startswith(("kata0", "a."))


def test_a_monstrous_article_is_cut_at_a_word():
    lines = lines_of("huruf " * 40_000, " ".join(f"é{n:07}" for n in range(200_000)))
    assert len(lines.headline.encode()) <= 90_000
    assert 899_000 < len(lines.body.encode()) <= 900_000
    assert lines.body.endswith("0") or len(lines.body.rpartition(" ")[2]) == 8
    assert len(lines.opening.split()) == 80


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("whatsapp melarang", "headline"),
        ("whatsapp chatbot", "opening"),
        ("whatsapp jauh", "text"),
        ("chatbot jauh", "text"),
        ("chat* jau*", "text"),
        ('"melarang chatbot"', None),
        ("whatsapp hilang", None),
        ("whatsapp -jauh", None),
    ],
)
def test_the_best_place_holds_all_that_is_wanted(text, place):
    lines = lines_of("WhatsApp Melarang", "Chatbot umum tak boleh lagi. " + "isi " * 80 + "jauh di bawah")
    assert lines.place_of(read_query(text)) == place


BODY = (
    "Perahu pertama berangkat sebelum fajar membawa hasil kebun. " * 6
    + "WhatsApp melarang chatbot umum,\nkata Méta. "
    + "Perahu terakhir pulang menjelang malam. " * 6
)


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("chatbot melarang", "WhatsApp **melarang** **chatbot** umum, kata"),
        ('"umum kata meta"', "chatbot **umum, kata Méta**. Perahu"),
        ("lar*", "…"),
        ("melar*", "WhatsApp **melarang** chatbot"),
        ("meta", "kata **Méta**."),
        ("tidak ada", "Perahu pertama berangkat"),
    ],
)
def test_a_snippet_shows_where_it_stands(text, has):
    found = snippet(BODY, read_query(text), ("**", "**"))
    assert has in found
    assert "\n" not in found
    assert len(found.replace("**", "")) < 190


@pytest.mark.parametrize(
    ("body", "shows"),
    [
        ("", False),
        ("bot", True),
        ("bot" * 400, False),
        ("bot " * 300, True),
        ("x\u0301" * 300 + " bot", True),
        ("🚣" * 300 + "\nbot", True),
        ("ﷺ" * 100 + " bot", True),
    ],
)
def test_a_snippet_is_made_of_any_body(body, shows):
    found = snippet(body, read_query("bot"), ("<", ">"))
    assert len(found.replace("<", "").replace(">", "")) <= 190
    assert ("<bot>" in found) == shows
