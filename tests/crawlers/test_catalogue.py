"""A catalogue that says what cannot be is refused, with the file, the key and the cure."""

import pytest

from crawlers.catalogue import CatalogueError, load

GOOD = 'id = "situs"\nname = "Situs"\nhomepage = "https://situs.example.com/"\nin_language = "id"\n'


def write(folder, *sources, layout="", name="a.toml"):
    (folder / name).write_text(layout + "".join(f"[[source]]\n{source}\n" for source in sources), "utf-8")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (GOOD + 'nama = "x"', "nama"),
        (GOOD.replace('"situs"', '"Si Tus"'), "source"),
        (GOOD.replace("https://situs.example.com/", "situs"), "homepage"),
        (GOOD.replace("https:", "ftp:"), "homepage"),
        (GOOD + 'endpoints = [{ kind = "feed", url = "https://lain.example.org/rss" }]', "also_domains"),
        (GOOD + 'endpoints = [{ kind = "rss", url = "https://situs.example.com/rss" }]', "kind"),
        (GOOD + 'endpoints = [{ kind = "feed", url = "https://situs.example.com/rss", every_s = 5 }]', "every_s"),
        (GOOD + 'timezone = "Asia/Atlantis"', "timezone"),
        (GOOD + 'keep = "sometimes"', "keep"),
        (GOOD + 'state = "off"', "terms_note"),
        (GOOD + "[source.hints]\narticle_url = '(('", "hints.article_url"),
        (GOOD + "[source.hints]\ncontainer = ['div[']", "hints.container"),
        (GOOD + "[source.hints]\nremove = [{ select = '..x' }]", "hints.remove"),
        (GOOD + "[source.hints]\ncanonical_url = '/read/{nomor}'\narticle_url = '/(?P<id>.)'", "hints.canonical_url"),
        (GOOD + "[source.hints]\nremove = [{ select = 'p', kind = 'iklan' }]", "remove"),
        ("id = [", "not valid TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path, source, said):
    write(tmp_path, source)
    with pytest.raises(CatalogueError) as found:
        load(tmp_path)
    assert str(found.value).startswith("a.toml")
    assert said in str(found.value)
    assert "\n" not in str(found.value)


def test_the_same_id_or_endpoint_twice_is_a_mistake_of_the_second_file(tmp_path):
    feed = 'endpoints = [{ kind = "feed", url = "https://situs.example.com/rss" }]'
    write(tmp_path, GOOD + feed)
    write(tmp_path, GOOD, name="b.toml")
    with pytest.raises(CatalogueError, match=r"b\.toml: source id 'situs' is there already, in a\.toml"):
        load(tmp_path)
    write(tmp_path, GOOD.replace('"situs"', '"lain"') + feed, name="b.toml")
    with pytest.raises(CatalogueError, match=r"b\.toml: endpoint https://situs\.example\.com/rss is there already"):
        load(tmp_path)


@pytest.mark.parametrize("folder", ["kosong", "tidak-ada"])
def test_a_catalogue_without_sources_is_said(tmp_path, folder):
    (tmp_path / "kosong").mkdir()
    with pytest.raises(CatalogueError, match=r"is not a folder|holds no source"):
        load(tmp_path / folder)


def test_a_source_s_own_hint_wins_over_its_network_s(tmp_path):
    layout = "[layout]\ncontainer = ['div.a']\ndate = ['time']\n"
    write(tmp_path, GOOD + "[source.hints]\ncontainer = ['div.b']", layout=layout)
    [source] = load(tmp_path).sources
    assert (source.hints.container, source.hints.date, source.hints.in_language) == (("div.b",), ("time",), "id")


def test_the_catalogue_is_read_without_scrapy():
    import subprocess
    import sys

    code = "import sys, crawlers.catalogue; print('scrapy' in sys.modules or 'twisted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
