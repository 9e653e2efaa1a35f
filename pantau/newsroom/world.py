"""The newsroom's world: which host answers what, in which round, on a clock that stands still."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pantau.newsroom import feeds
from pantau.newsroom.feeds import Item
from pantau.newsroom.layouts import cepat, harbour, harian, papan, sungai
from pantau.newsroom.server import LOOPBACK, Reply
from pantau.newsroom.story import Story, stories

_START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
# The second round an hour later finds nothing new; the third comes when articles are looked at again.
_ROUNDS = (timedelta(0), timedelta(hours=1), timedelta(hours=8))
_CATALOGUE = Path(__file__).with_name("catalogue.toml")
DOMAINS = (
    "warta-sungai.test",
    "kabar-cepat.test",
    "harian-lentera.test",
    "harbour-wire.test",
    "papan-kabar.test",
    "pesan-app.test",
    "koran-tertutup.test",
)
_OPEN = Reply(body=b"User-agent: *\nAllow: /\n", content_type="text/plain")
_CLOSED = Reply(body=b"User-agent: *\nDisallow: /berita/\n", content_type="text/plain")
_GONE = Reply(status=410, body=b"<h1>Gone</h1>")
_NOT_FOUND = Reply(status=404, body=b"<h1>Not found</h1>")


class World:
    """The sites of the newsroom; `round` is 1, 2 or 3."""

    def __init__(self) -> None:
        self.round = 1
        self.port = 0
        self.hosts = dict.fromkeys(DOMAINS, LOOPBACK)
        self._sites: dict[str, Callable[[str, str], Reply | None]] = {
            "warta-sungai.test": self._sungai,
            "kabar-cepat.test": self._cepat,
            "harian-lentera.test": self._harian,
            "harbour-wire.test": self._harbour,
            "papan-kabar.test": self._papan,
            "pesan-app.test": self._pesan,
            "koran-tertutup.test": self._tertutup,
        }

    @property
    def now(self) -> datetime:
        """Return the time of the round."""
        return _START + _ROUNDS[self.round - 1]

    @property
    def article_count(self) -> int:
        """Return how many articles a crawl finds in this round: every story, and the headline of the closed site."""
        return sum(len(self.told(name)) for name in ("sungai", "cepat", "harian", "harbour", "papan")) + 1

    def answer(self, host: str, path: str) -> Reply:
        """Return what a host answers at a path."""
        domain = ".".join(host.split(".")[-2:])
        site = self._sites.get(domain)
        if site is None:
            return _NOT_FOUND
        if path == "/robots.txt":
            return _CLOSED if domain == "koran-tertutup.test" else _OPEN
        return site(f"http://{host}:{self.port}", path) or _NOT_FOUND

    def write_catalogue(self, folder: Path) -> None:
        """Write the catalogue that points at this world's port."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "newsroom.toml").write_text(_CATALOGUE.read_text("utf-8").replace("{port}", str(self.port)), "utf-8")

    def told(self, name: str) -> list[Story]:
        """Return the stories of a site that are there in this round, the newest first."""
        there = [s for s in stories(name) if s.round <= self.round and not (s.vanishes and self.round >= s.vanishes)]
        return sorted(there, key=lambda s: s.published, reverse=True)

    def _items(self, name: str, address: Callable[[Story], str], host: str = "") -> list[Item]:
        return [
            Item(url=address(s), title=s.title_in(self.round), published=s.published, summary=s.paragraphs[0])
            for s in self.told(name)
            if not host or s.host == host
        ]

    def _related(self, name: str, address: Callable[[Story], str], story: Story) -> list[tuple[str, str]]:
        # The same neighbours in every round: what stands beside an article is no reason for a new version.
        return [(address(s), s.headline) for s in stories(name) if s.id != story.id and s.round == 1][:4]

    def _sungai(self, base: str, path: str) -> Reply | None:
        host = base.partition("://")[2].partition(".")[0]

        def address(story: Story) -> str:
            return f"http://{story.host}.warta-sungai.test:{self.port}/read/{story.id}/{story.slug}"

        if path == "/rss":
            return Reply(
                body=feeds.rss("Warta Sungai", self._items("sungai", address, host)), content_type="application/rss+xml"
            )
        if path == "/news-sitemap.xml":
            return Reply(
                body=feeds.news_sitemap("Warta Sungai", self._items("sungai", address, host)),
                content_type="application/xml",
            )
        if path == "/kategori/teknologi":
            rows = [(address(s), s.headline) for s in self.told("sungai") if s.category == "Teknologi"]
            return _html(sungai.listing(base, rows))
        match = re.fullmatch(r"/(read|amp)/(\d+)/[\w-]+(?:/(\d+))?", path)
        story = self._find("sungai", match.group(2)) if match else None
        if match is None or story is None or story.host != host:
            return None
        number = int(match.group(3) or 0) // sungai.OFFSET
        if number >= len(story.pages):
            return None
        related = self._related("sungai", address, story)
        return _html(sungai.page(story, base, number, story.title_in(self.round), related, amp=match.group(1) == "amp"))

    def _cepat(self, base: str, path: str) -> Reply | None:
        def address(story: Story) -> str:
            return f"{base}/berita/d-{story.id}/{story.slug}"

        if path == "/rss":
            extra = [
                Item(
                    url=f"{base}/berita/d-8120098/persetujuan-dahulu",
                    title="Bot AI di Platform Belanja, Simak Kebijakannya",
                    published=_START,
                ),
                Item(
                    url=f"{base}/berita/d-8120099/sudah-tidak-ada",
                    title="Kebijakan AI Platform yang Sudah Dihapus",
                    published=_START,
                ),
            ]
            return Reply(
                body=feeds.rss("Kabar Cepat", [*self._items("cepat", address), *extra], broken=True),
                content_type="text/xml",
            )
        if path == "/berita/d-8120098/persetujuan-dahulu":
            return _html(_CONSENT)
        if path == "/berita/d-8120099/sudah-tidak-ada":
            return _html(_SOFT_404)
        match = re.fullmatch(r"/berita/d-(\d+)/[\w-]+", path)
        story = self._find("cepat", match.group(1)) if match else None
        return (
            _html(cepat.page(story, base, story.title_in(self.round), self._related("cepat", address, story)))
            if story
            else None
        )

    def _harian(self, base: str, path: str) -> Reply | None:
        def address(story: Story) -> str:
            return f"{base}/berita/{story.id}/{story.slug}"

        if path == "/rss":
            return Reply(
                body=feeds.rss("Harian Lentera", self._items("harian", address)), content_type="application/rss+xml"
            )
        match = re.fullmatch(r"/berita/(\w+)/[\w-]+", path)
        story = self._find("harian", match.group(1)) if match else None
        return (
            _html(harian.page(story, base, story.title_in(self.round), self._related("harian", address, story)))
            if story
            else None
        )

    def _harbour(self, base: str, path: str) -> Reply | None:
        def address(story: Story) -> str:
            return f"{base}/{story.published:%Y/%m/%d}/{story.slug}/"

        def announced(story: Story) -> str:
            return f"{base}/go/{story.id}" if story.id == "1004" else address(story)

        if path == "/feed/":
            return Reply(
                body=feeds.atom("The Harbour Wire", self._items("harbour", announced)),
                content_type="application/atom+xml",
            )
        if match := re.fullmatch(r"/go/(\d+)", path):
            story = self._find("harbour", match.group(1))
            return Reply(status=301, headers=(("Location", address(story)),)) if story else None
        match = re.fullmatch(r"/\d{4}/\d\d/\d\d/([\w-]+)/", path)
        story = next((s for s in self.told("harbour") if match and s.slug == match.group(1)), None)
        return (
            _html(harbour.page(story, base, story.title_in(self.round), self._related("harbour", address, story)))
            if story
            else None
        )

    def _papan(self, base: str, path: str) -> Reply | None:
        def address(story: Story) -> str:
            return f"{base}/kabar/{story.id}-{story.slug}.html"

        if path == "/semua":
            return _html(papan.listing(base, [(address(s), s.headline) for s in self.told("papan")]))
        match = re.fullmatch(r"/kabar/(\d+)-[\w-]+\.html", path)
        if match and any(s.id == match.group(1) and s.vanishes and self.round >= s.vanishes for s in stories("papan")):
            return _GONE
        story = self._find("papan", match.group(1)) if match else None
        return (
            _html(papan.page(story, base, story.title_in(self.round), self._related("papan", address, story)))
            if story
            else None
        )

    def _pesan(self, base: str, path: str) -> Reply | None:
        del base
        if path != "/legal/ketentuan-bisnis":
            return None
        clause = (
            "Penyedia asisten AI umum boleh memakai layanan ini di wilayah yang dikecualikan."
            if self.round >= 3
            else ""
        )
        return _html(_TERMS.replace("{clause}", f"<p>{clause}</p>" if clause else ""))

    def _tertutup(self, base: str, path: str) -> Reply | None:
        if path == "/rss":
            item = Item(
                url=f"{base}/berita/55-whatsapp-melarang-chatbot-ai-umum",
                title="WhatsApp Melarang Chatbot AI Umum di Layanan Bisnisnya",
                published=datetime(2025, 10, 21, 1, 0, tzinfo=UTC),
            )
            return Reply(body=feeds.rss("Koran Tertutup", [item]), content_type="application/rss+xml")
        return _html("<h1>Khusus pelanggan</h1>") if path.startswith("/berita/") else None

    def _find(self, name: str, key: str) -> Story | None:
        return next((s for s in self.told(name) if s.id == key), None)


def _html(text: str) -> Reply:
    return Reply(body=text.encode())


_CONSENT = """<!doctype html><html lang="id"><head><title>Kabar Cepat - Persetujuan cookie</title></head><body><div class="consent">
<h1>Kami menghargai privasi Anda</h1><p>Kami dan mitra kami memakai cookie. Setuju dengan penggunaan cookie untuk melanjutkan.</p>
<button>Setuju</button></div></body></html>"""
_SOFT_404 = """<!doctype html><html lang="id"><head><title>Halaman tidak ditemukan - Kabar Cepat</title></head><body><h1>Halaman tidak ditemukan</h1>
<p>Maaf, halaman yang Anda cari tidak ditemukan.</p><a href="/">Kembali ke beranda</a></body></html>"""
_TERMS = """<!doctype html><html lang="id"><head><title>Ketentuan Layanan Bisnis - PesanApp</title></head><body><h1>Ketentuan Layanan Bisnis</h1>
<h2>1. Penyedia AI</h2><p>Penyedia yang menjadikan asisten AI sebagai fungsi utama dilarang memakai antarmuka bisnis ini.</p>
<p>Usaha boleh memakai AI sebagai pelengkap untuk melayani pelanggannya sendiri.</p>{clause}<h2>2. Berlaku</h2><p>Ketentuan ini berlaku mulai 15 Januari 2026.</p></body></html>"""
