"""Addresses: one form each, the site's own id, and which hosts may be connected to."""

import socket

import pytest

from crawlers.address import read_address, resolve
from crawlers.domain import registrable_domain
from crawlers.guard import RefusedAddressError, check_host, is_public
from pipeline.records import SourceHints


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("/berita/1", "https://situs.test/berita/1"),
        ("?page=2", "https://situs.test/a/b?page=2"),
        ("https://SITUS.test:443/x#bagian", "https://situs.test/x"),
        ("//lain.test/x", "https://lain.test/x"),
        ("/x?utm_source=a&id=3&fbclid=z", "https://situs.test/x?id=3"),
        (" /x\n", "https://situs.test/x"),
        ("/a b", "https://situs.test/ab"),
        ("http://situs.test./x", "http://situs.test/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("javascript:alert(1)", None),
        ("mailto:a@situs.test", None),
        ("data:text/html,x", None),
        ("ftp://situs.test/x", None),
        ("https://nama:rahasia@situs.test/", None),
        ("https://situs.test:99999/", None),
        ("http://[::1", None),
        ("http://", None),
        ("http://a..test/", None),
        ("http://:p@situs.test/", None),
        ("http://bücher.test/x", "http://xn--bcher-kva.test/x"),
        ("http://situs.test/a\u202eb\x7f", "http://situs.test/ab"),
        ("/" + "x" * 3000, None),
    ],
)
def test_a_link_has_one_form_or_none(link, found):
    assert resolve("https://situs.test/a/b", link) == found


NUMBERED = SourceHints(article_url=r"/(?:read|amp)/(?P<id>\d+)/[\w-]+(?:/(?P<page>\d+))?$")


@pytest.mark.parametrize(
    ("url", "hints", "key", "page"),
    [
        ("https://a.test/read/43058/judul", NUMBERED, "43058", None),
        ("https://a.test/amp/43058/judul/16", NUMBERED, "43058", "16"),
        ("https://www.a.test/berita/judul/", SourceHints(), "a.test/berita/judul", None),
        ("https://m.a.test/berita/judul?page=2", SourceHints(), "a.test/berita/judul", None),
        ("https://amp.a.test/berita/judul/amp", SourceHints(), "a.test/berita/judul", None),
        ("https://a.test/berita/judul?id=5&single=1", SourceHints(), "a.test/berita/judul?id=5", None),
        ("https://a.test/", SourceHints(), "a.test/", None),
    ],
)
def test_an_article_s_addresses_share_its_key(url, hints, key, page):
    found = read_address(url, hints)
    assert (found.site_key, found.page) == (key, page)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("inet.detik.com", "detik.com"),
        ("www.viva.co.id", "viva.co.id"),
        ("a.b.test", "b.test"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_host_s_registrable_domain(host, domain):
    assert registrable_domain(host) == domain


CLOSED = [
    "127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "0", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fec0::1]", "[3fff::1]", "192.88.99.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "ｌocalhost", "127%2e0.0.1",
    "loc%61lhost", "127.0.0.1%20", "127.0.0.1 ", "localhost", "LOCALHOST", "localhost.", "a.localhost", "", ".", "192.0.2.1", "198.18.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", CLOSED)
def test_a_host_that_is_not_public_is_refused_in_every_notation(host):
    with pytest.raises(RefusedAddressError):
        check_host(host, {})


@pytest.mark.parametrize(
    "host", ["situs.example.com", "8.8.8.8", "[2606:4700:4700::1111]", "127.0.0.1.example.com", "10.example.org"]
)
def test_a_public_host_is_let_through(host):
    check_host(host, {})


def test_an_address_stated_by_hand_is_let_through_for_its_host_alone():
    stated = {"situs.test": "127.0.0.1"}
    check_host("situs.test", stated)
    check_host("a.situs.test", stated)
    for host in ("127.0.0.1", "lain-situs.test.localhost", "localhost"):
        with pytest.raises(RefusedAddressError):
            check_host(host, stated)


@pytest.mark.parametrize("text", ["1", "127.1", "0x7f000001", "0177.0.0.1", "1.2.3", "300.1.1.1"])
def test_what_the_c_library_takes_for_an_address_is_judged_as_one(text):
    try:
        address = socket.inet_ntoa(socket.inet_aton(text))
    except OSError:
        check_host(text, {})
        return
    if is_public(address):
        check_host(text, {})
    else:
        with pytest.raises(RefusedAddressError):
            check_host(text, {})
