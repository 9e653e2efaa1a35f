"""On the web as a good guest: robots.txt, one request at a time, conditional requests, and no address that is not public."""

import itertools
import socket
import threading
import time
from datetime import timedelta

import pytest

from pantau.newsroom.server import Reply
from tests.integration.stage import NOW, pantau

TEXT = "".join(
    f"<p>Kapal nomor {n} menunggu air pasang di muara sebelum berlayar ke hulu, kata nakhodanya.</p>" for n in range(6)
)


def feed(*links):
    items = "".join(
        f"<item><title>Kapal {n} menunggu air pasang</title><link>{link}</link></item>" for n, link in enumerate(links)
    )
    return Reply(
        body=f'<rss version="2.0"><channel><title>S</title>{items}</channel></rss>'.encode(),
        content_type="application/rss+xml",
    )


def article(path):
    return Reply(
        body=f"<html lang='id'><head><title>Kapal</title></head><body><h1>Kapal Menunggu Air Pasang {path}</h1>{TEXT}</body></html>".encode()
    )


class Site:
    """Answers with a feed of some articles, and notes when what was asked, and how many at once."""

    def __init__(self, links, robots=None, special=None):
        self.links, self.robots, self.special = links, robots, special or {}
        self.asked = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __call__(self, host, path):
        with self._lock:
            self.asked.append((time.monotonic(), host, path))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self._answer(path)
        finally:
            with self._lock:
                self.at_once -= 1

    def _answer(self, path):
        time.sleep(0.02)
        if path in self.special:
            return self.special[path]
        if path == "/rss":
            return feed(*self.links)
        if path == "/robots.txt":
            return self.robots or Reply(status=404)
        return article(path) if path in self.links else Reply(status=404)

    def paths(self):
        return [path for _, _, path in self.asked]


@pytest.fixture
def crawl(stage):
    """Crawl a site once; return the stage, the finished process and the site."""

    def run(site, *settings, **more):
        opened = stage(site)
        for line in settings:
            opened.set("crawl", line)
        return opened, pantau(opened.bench, "crawl", **more), site

    return run


def test_one_request_at_a_time_with_the_delay_between(crawl):
    _, done, site = crawl(Site([f"/berita/{n}" for n in range(5)]))
    assert done.returncode == 0, done.stderr
    assert site.most_at_once == 1


def test_the_delay_stands_between_all_requests_to_a_domain(stage):
    site = Site([f"/berita/{n}" for n in range(4)])
    opened = stage(site)
    text = opened.bench.config.read_text("utf-8").replace("delay_s = 0\n", "delay_s = 0.4\n")
    opened.bench.config.write_text(text, "utf-8")
    assert pantau(opened.bench, "crawl").returncode == 0
    times = [moment for moment, _, _ in site.asked]
    assert len(times) == 6
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.3


@pytest.mark.parametrize(
    ("robots", "fetched"),
    [
        (Reply(body=b"User-agent: *\nDisallow: /berita/1\n", content_type="text/plain"), {"/berita/2"}),
        (
            Reply(body=b"User-agent: *\nDisallow: /\n\nUser-agent: Pantau\nAllow: /berita/2\nDisallow: /berita/\n"),
            {"/berita/2"},
        ),
        (Reply(status=404), {"/berita/1", "/berita/2"}),
        (Reply(status=403), {"/berita/1", "/berita/2"}),
        (Reply(status=500), set()),
        (Reply(status=503), set()),
        (Reply(status=429), set()),
        (Reply(status=301, headers=(("Location", "/robots-baru.txt"),)), {"/berita/2"}),
        (Reply(body=b"\xff\xfe\x00 rusak \x00"), {"/berita/1", "/berita/2"}),
        (Reply(body=b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"), {"/berita/1", "/berita/2"}),
    ],
    ids=["disallow", "own group", "404", "403", "500", "503", "429", "moved", "garbage", "too long"],
)
def test_robots_txt_is_obeyed(crawl, robots, fetched):
    moved = {"/robots-baru.txt": Reply(body=b"User-agent: *\nDisallow: /berita/1\n")}
    opened, done, site = crawl(Site(["/berita/1", "/berita/2"], robots=robots, special=moved))
    assert done.returncode == 0, done.stderr
    assert {path for path in site.paths() if path.startswith("/berita/")} == fetched
    assert site.paths().count("/robots.txt") == 1
    if not fetched:
        [(outcome, reason)] = opened.bench.ask("select outcome, reason from poll")
        assert (outcome, "robots.txt answers" in reason) == ("refused", True)


def test_what_robots_txt_closes_is_kept_as_its_headline_alone(crawl):
    opened, _, _ = crawl(Site(["/berita/1"], robots=Reply(body=b"User-agent: *\nDisallow: /berita/\n")))
    assert opened.bench.ask("select headline, extent, article_body from articles") == [
        ("Kapal 0 menunggu air pasang", "headline", "")
    ]
    assert opened.bench.ask("select robots, status from download where url like '%/berita/1'") == [("disallowed", None)]


@pytest.mark.parametrize(
    "headers",
    [(("X-Robots-Tag", "noindex, nofollow"),), (("TDM-Reservation", "1"),), (("X-Robots-Tag", "pantau: noai"),)],
)
def test_a_page_that_opts_out_is_not_kept(crawl, headers):
    closed = Reply(body=article("/berita/1").body, headers=headers)
    opened, _, _ = crawl(Site(["/berita/1"], special={"/berita/1": closed}))
    assert opened.bench.ask("select extent, article_body from articles") == [("headline", "")]
    asked = opened.bench.ask("select robots, archive_file from download where url like '%/berita/1'")
    assert asked == [("disallowed", None)]


def test_a_source_that_keeps_only_what_is_relevant_stores_nothing_else(stage):
    ban = Reply(
        body=(
            "<html lang='id'><head><title>WhatsApp Melarang Chatbot AI Serbaguna</title></head><body>"
            "<h1>WhatsApp Melarang Chatbot AI Serbaguna di Layanan Bisnisnya</h1>"
            f"<p>WhatsApp melarang chatbot AI serbaguna memakai layanan bisnisnya mulai 15 Januari 2026.</p>{TEXT}</body></html>"
        ).encode()
    )
    opened = stage(Site(["/berita/1", "/berita/2"], special={"/berita/2": ban}))
    opened.write_catalogue(f'keep = "relevant"\n[[source.endpoints]]\nkind = "feed"\nurl = "{opened.home}/rss"\n')
    assert pantau(opened.bench, "crawl").returncode == 0
    assert opened.bench.ask("select substr(url, -9) from articles") == [("/berita/2",)]
    told = opened.bench.ask("select reason from address where url like '%/berita/1'")
    assert told == [("it tells of no policy change, and its source keeps only what does",)]
    assert opened.bench.compare().findings == []


def test_nothing_new_is_asked_only_conditionally(crawl):
    opened, _, site = crawl(Site(["/berita/1"]))
    opened.server.take_log()
    opened.bench.set_clock(NOW + timedelta(hours=1))
    assert pantau(opened.bench, "crawl").returncode == 0
    assert [(item.path, item.status, item.conditional) for item in opened.server.take_log()] == [("/rss", 304, True)]
    assert [row[0] for row in opened.bench.ask("select outcome from poll order by id")] == ["new", "not_modified"]
    assert site.paths().count("/berita/1") == 1


def test_a_server_that_lies_is_unmasked_by_an_unconditional_poll(crawl):
    opened, _, _ = crawl(Site(["/berita/1"]))
    for hour in range(1, 5):
        opened.bench.set_clock(NOW + timedelta(hours=hour))
        opened.set("crawl", "unconditional_every = 2")
        assert pantau(opened.bench, "crawl").returncode == 0
    conditional = [item.conditional for item in opened.server.take_log() if item.path == "/rss"]
    assert conditional == [False, True, True, False, True]


@pytest.fixture
def ear():
    """A socket that listens where nobody may call; what it heard."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    heard = []

    def listen():
        while listener.fileno() != -1:
            try:
                listener.accept()[0].close()
            except TimeoutError:
                continue
            except OSError:
                return
            heard.append("a call")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield listener.getsockname()[1], heard
    listener.close()
    thread.join()


INSIDE = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "localhost", "ip6-localhost"]


@pytest.mark.parametrize("host", INSIDE)
def test_no_redirect_leads_to_this_machine(crawl, ear, host):
    port, heard = ear
    away = Reply(status=302, headers=(("Location", f"http://{host}:{port}/rahasia"),))
    opened, done, _ = crawl(Site(["/berita/1"], special={"/berita/1": away}))
    assert done.returncode == 0, done.stderr
    assert heard == []
    [(state, reason)] = opened.bench.ask("select state, reason from address where url like '%/berita/1'")
    assert state == "failed"
    assert "it redirects to" in reason


def test_no_feed_robots_or_proxy_leads_to_this_machine(stage, ear, monkeypatch):
    port, heard = ear
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    links = ["/berita/1", *(f"http://{host}:{port}/berita/9" for host in INSIDE)]
    away = Reply(status=301, headers=(("Location", f"http://127.0.0.1:{port}/robots.txt"),))
    site = Site(links, robots=away)
    opened = stage(site)
    inside = "".join(
        f'[[source.endpoints]]\nkind = "feed"\nurl = "http://{host}:{port}/rss"\n'
        for host in ("127.0.0.1", "0x7f.0.0.1")
    )
    opened.write_catalogue(
        f'also_domains = ["127.0.0.1", "0.1", "localhost"]\n[[source.endpoints]]\nkind = "feed"\nurl = "{opened.home}/rss"\n{inside}'
    )
    done = pantau(opened.bench, "crawl")
    assert done.returncode == 0, done.stderr
    assert heard == []
    outcomes = opened.bench.ask("select outcome, count(*) from poll group by 1")
    assert dict(outcomes) == {"refused": 3}


BAD = {
    "/loop": Reply(status=302, headers=(("Location", "/loop"),)),
    "/loop-a": Reply(status=302, headers=(("Location", "/loop-b"),)),
    "/loop-b": Reply(status=302, headers=(("Location", "/loop-a"),)),
    "/lain": Reply(status=301, headers=(("Location", "http://lain.test/"),)),
    "/kosong": Reply(status=302),
    "/gone": Reply(status=410),
    "/hilang": Reply(status=404),
    "/bayar": Reply(status=402),
    "/rusak": Reply(status=500),
    "/sibuk": Reply(status=503, headers=(("Retry-After", "7200"),)),
    "/salah": Reply(body="<p>Kapal “é” menunggu.</p>".encode("cp1252"), content_type="text/html; charset=utf-16"),
    "/aneh": Reply(status=299, body=b"x"),
    "/baik": article("/baik"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    """The store after a crawl of a site whose articles answer badly, one way each."""
    from pantau.newsroom.server import SiteServer
    from tests.integration.stage import Stage

    site = Site(list(BAD), special=BAD)
    with SiteServer(site) as server:
        opened = Stage(tmp_path_factory.mktemp("bad"), server)
        done = pantau(opened.bench, "crawl")
        assert done.returncode == 0, done.stderr
        yield opened.bench, site


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("/loop", "failed", "it redirects in a loop"),
        ("/lain", "failed", "it redirects to another site"),
        ("/kosong", "failed", "it redirects in a loop"),
        ("/gone", "gone", "the server answers 410"),
        ("/hilang", "gone", "the server answers 404"),
        ("/rusak", "due", "the server answers 500"),
        ("/sibuk", "due", "the server answers 503"),
        ("/aneh", "due", "the server answers 299"),
    ],
)
def test_a_bad_answer_is_a_state_with_one_sentence(bad, path, state, said):
    assert bad[0].ask("select state, reason from address where url like :url", url=f"%:%{path}") == [(state, said)]


def test_a_refusal_leaves_the_headline(bad):
    assert bad[0].ask("select extent from articles where url like '%/bayar'") == [("headline",)]


def test_the_rest_goes_on(bad):
    bench, site = bad
    assert bench.count("select count(*) from articles where url like '%/baik' and extent = 'full'") == 1
    assert bench.compare().findings == []
    assert site.paths().count("/loop-a") <= 1
    assert site.paths().count("/rusak") == 1


def test_a_server_that_asks_for_two_hours_gets_them(bad):
    [(again,)] = bad[0].ask("select next_fetch_at from address where url like '%/sibuk'")
    assert str(again).startswith("2026-03-10 04:00")


def test_a_slow_or_broken_connection_is_a_failed_attempt(crawl):
    def stall(_, path):
        if path in ("/rss", "/robots.txt"):
            return feed("/lama", "/baik") if path == "/rss" else Reply(status=404)
        if path == "/lama":
            time.sleep(3)
        return article(path)

    opened, done, _ = crawl(stall, "timeout_s = 1")
    assert done.returncode == 0, done.stderr
    states = dict(opened.bench.ask("select substr(url, -5), state from address"))
    assert states == {"/lama": "due", "/baik": "read"}


def test_a_feed_that_shows_a_wall_keeps_what_was_known(crawl):
    site = Site(["/berita/1"])
    opened, _, _ = crawl(site)
    site.special["/rss"] = Reply(body=b"<html><title>Just a moment...</title></html>")
    opened.bench.set_clock(NOW + timedelta(hours=1))
    assert pantau(opened.bench, "crawl").returncode == 0
    [(outcome, reason)] = opened.bench.ask("select outcome, reason from poll order by id desc limit 1")
    assert (outcome, "no feed" in reason) == ("failed", True)
    del site.special["/rss"]
    site.links.append("/berita/2")
    opened.bench.set_clock(NOW + timedelta(hours=9))
    assert pantau(opened.bench, "crawl").returncode == 0
    assert opened.bench.count("select count(*) from article") == 2
