"""Each noise rule takes its example and leaves its counter-example, which only looks like it."""

import pytest

from pipeline.rules.noise_rules import line_rules, markup_rules
from pipeline.steps.clean import clean, matches
from tests.pipeline.fragments import fragment_of

RULES = line_rules()
SENTENCE = (
    "<p>Perahu pagi berangkat sebelum fajar membawa hasil kebun ke pasar terapung di hilir sungai, kata juragannya.</p>"
)


def line_of(text):
    [line] = fragment_of(f"<p>{text}</p>").lines
    return line


def is_taken(rule, text):
    if rule.shape == "tail":
        return rule.regex.fullmatch(text) is not None
    return matches(rule, line_of(text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_takes_its_example(rule):
    assert is_taken(rule, rule.example)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_leaves_what_only_looks_like_it(rule):
    assert not is_taken(rule, rule.counter)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.shape != "tail"], ids=lambda rule: rule.id)
def test_an_example_is_removed_from_a_page(rule):
    cleaned = clean(fragment_of(f"<div>{SENTENCE}<p>{rule.example}</p>{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert len(cleaned.blocks) == 2
    assert [item.text for item in cleaned.removed] == [rule.example]


def test_ids_are_unique():
    ids = [rule.id for rule in RULES] + [rule.id for rule, _ in markup_rules()]
    assert len(ids) == len(set(ids))


LOOKALIKES = [
    "Baca juga aturan baru itu sebelum memakai API, kata juru bicara perusahaan kepada para pengembang.",
    "Simak juga cara kerjanya: kapal berhenti dahulu, lalu petugas memeriksa muatan satu per satu.",
    "Editor adalah jabatan yang kini hilang di banyak media daerah, kata peneliti itu.",
    "Nilai tukar dolar Amerika Serikat (USD) menguat pekan ini.",
    "WhatsApp menyebut Channel yang diikuti pengguna tidak ada kaitannya dengan kebijakan baru itu.",
    "Iklan itu ditarik kemarin setelah warga memprotes.",
    "Read also the annex before you sign, the lawyer said, because the fees stand there.",
    "Share prices rose after the rule was published on Friday, traders said.",
    "Advertisement revenue fell by a third last year, the company said.",
]


@pytest.mark.parametrize("text", LOOKALIKES)
def test_a_sentence_that_looks_like_noise_stays(text):
    cleaned = clean(fragment_of(f"<div>{SENTENCE}<p>{text}</p>{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert [block.text for block in cleaned.blocks][1] == text


def test_noise_glued_into_a_sentence_is_cut_and_the_sentence_stays():
    html = (
        "<p>Air surut pelan-pelan sejak subuh. <span class='picked-article'><span>Baca Juga</span><a href='/x'>Harga Ikan Turun</a></span>"
        " Warga mulai membersihkan rumah mereka dari lumpur.</p>"
    )
    cleaned = clean(fragment_of(f"<div>{SENTENCE}{html}{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert (
        cleaned.blocks[1].text
        == "Air surut pelan-pelan sejak subuh. Warga mulai membersihkan rumah mereka dari lumpur."
    )
    assert {item.kind for item in cleaned.removed} == {"read_also"}


def test_a_label_alone_takes_the_list_behind_it():
    html = "<p>Baca Juga</p><ul><li><a href='/a'>Harga Ikan Patin Turun Lagi</a></li><li><a href='/b'>Jembatan Lama Dicat Ulang</a></li></ul>"
    cleaned = clean(fragment_of(f"<div>{SENTENCE}{html}{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert len(cleaned.blocks) == 2
    assert [item.kind for item in cleaned.removed] == ["read_also"] * 3
