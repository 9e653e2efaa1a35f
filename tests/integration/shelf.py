"""A small store as a crawl leaves it, made without a crawl: pages in the archive, their rows, what was read of them."""

import importlib
import pkgutil
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text

import pipeline
from db.archive import Archive, ArchivedResponse
from db.catalogue import sync_catalogue
from db.downloads import add_download
from db.engine import reading, writing
from db.models import address
from db.readonly import read_only
from pipeline.records import Announced, Page
from pipeline.rules import noise_rules
from pipeline.run import ANNOTATOR_VERSION, read_pages
from pipeline.save import save_reading
from tests.db.rows import NOW, answer, source_row

# A line that today's rules leave in the text, and that an altered rule takes out.
FLASH = "Kabar kilat: siaran ulang malam ini"
RULE = f"""
[[rule]]
id = "id-kabar-kilat"
kind = "ad"
shape = "line"
pattern = "kabar kilat: .*"
example = "{FLASH}"
counter = "Ia membaca kabar kilat itu di pasar."
"""
BAN = "WhatsApp melarang chatbot AI serbaguna mulai 15 Januari 2026, kata juru bicara perusahaan itu."
TRAINING = "LinkedIn mulai memakai data pengguna untuk melatih model AI mulai 3 November 2026, menurut pengumumannya."
PLAIN = "Perahu nomor {n} berangkat sebelum fajar membawa hasil kebun ke pasar terapung, kata juragannya."
# By number: the headline, and the paragraphs that are not plain.
STORIES: dict[int, tuple[str, list[str]]] = {
    1: ("Perahu Pagi Berangkat dari Hulu", []),
    2: ("Perahu Siang Tiba di Hilir", [FLASH]),
    3: ("WhatsApp Melarang Chatbot AI Serbaguna di Layanan Bisnisnya", [BAN]),
    4: ("WhatsApp Melarang Chatbot AI Serbaguna, Pengembang Bersiap", [BAN, FLASH]),
    5: ("Harga Pupuk di Pasar Terapung Turun Lagi", ["Baca juga: Panen raya tiba lebih awal"]),
    6: ("LinkedIn Pakai Data Pengguna untuk Melatih Model AI", [TRAINING]),
    7: ("Juragan Perahu Membuka Bengkel Baru di Hulu", [FLASH, "Baca juga: Harga pupuk turun"]),
    8: ("Pasar Terapung Ramai Menjelang Hari Raya", []),
}
CONCERNED = [number for number, (_, lines) in STORIES.items() if FLASH in lines]
LATER = NOW + timedelta(days=3)


def page_of(number: int, headline: str, lines: list[str]) -> bytes:
    """Return a story as HTML."""
    body = [PLAIN.format(n=f"{number}{n}") for n in range(4)]
    paragraphs = [*body[:2], *lines, *body[2:]]
    told = "".join(f"<p>{line}</p>" for line in paragraphs)
    return (
        f"<html lang='id'><head><title>{headline}</title>"
        f"<meta property='article:published_time' content='2026-03-0{number}T08:00:00+07:00'></head>"
        f"<body><article><h1>{headline}</h1>{told}</article></body></html>"
    ).encode()


def fill_shelf(engine: Engine, folder: Path) -> Archive:
    """Store all stories as a crawl would, and return their archive."""
    with writing(engine) as conn:
        sync_catalogue(conn, [source_row()], [], NOW)
    archive = Archive(folder)
    archive.recover({})
    for number, (headline, lines) in STORIES.items():
        put(engine, archive, number, [page_of(number, headline, lines)])
    archive.close()
    return archive


def put(engine: Engine, archive: Archive, number: int, contents: list[bytes], at: datetime = NOW) -> None:
    """Store one answer for each page of a story, and what they are read as together."""
    urls = [f"https://situs.test/berita/{number}{f'/{n}' if n else ''}" for n in range(len(contents))]
    pages, places = [], []
    for url, content in zip(urls, contents, strict=True):
        pages.append(Page(url=url, content=content, fetched_at=at, content_type="text/html", source_id="situs"))
        places.append(archive.append(ArchivedResponse(url=url, fetched_at=at, status=200, headers=(), body=content)))
    found = read_pages(pages, Announced(url=urls[-1]))
    with writing(engine) as conn:
        downloads = [
            add_download(
                conn,
                answer(
                    url, fetched_at=at, content_type="text/html", location=place, sha256=place.sha256, final_url=url
                ),
            )
            for url, place in zip(urls, places, strict=True)
        ]
        saved = save_reading(
            conn,
            found,
            source_id="situs",
            site_key=str(number),
            download_ids=downloads,
            observed_at=at,
            annotator_version=ANNOTATOR_VERSION,
        )
        for url, download in zip(urls, downloads, strict=True):
            _put_address(conn, url, saved.article_id, download, at)


def _put_address(conn: Any, url: str, article_id: int, download: int, at: datetime) -> None:
    known = conn.scalar(text("select count(*) from address where url = :url"), {"url": url})
    if not known:
        row = {"url": url, "source_id": "situs", "registrable_domain": "situs.test", "role": "article", "state": "read"}
        conn.execute(insert(address).values(**row, article_id=article_id, download_id=download, first_seen_at=at))


def alter_rules(monkeypatch: Any, folder: Path) -> None:
    """Let one more noise rule hold, from a copy of the rules' files, until the test ends."""
    copy = altered_rules(folder)
    monkeypatch.setattr(noise_rules, "_FOLDER", copy)
    forget_rules()


def altered_rules(folder: Path) -> Path:
    """Return a copy of the noise rules with one more in it."""
    copy = folder / "noise"
    shutil.copytree(Path(noise_rules.__file__).with_name("noise"), copy)
    path = copy / "id.toml"
    path.write_text(path.read_text("utf-8") + RULE, "utf-8")
    return copy


def forget_rules() -> None:
    """Let every rule be read from its file again."""
    for found in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        for thing in vars(importlib.import_module(found.name)).values():
            if callable(getattr(thing, "cache_clear", None)):
                thing.cache_clear()


# What a store says, whatever its rows' numbers: the same after an undisturbed run and after one that was killed.
QUESTIONS = (
    (
        "select a.site_key, v.seq, v.cause, v.is_current, v.headline, v.article_body, v.extractor_version, v.annotator_version"
        " from article_version v join article a on a.id = v.article_id order by 1, 2"
    ),
    (
        "select a.site_key, v.seq, r.ordinal, r.annotator_version, r.action, r.object, r.effective, r.strand, c.public_id,"
        " case when r.superseded_at is null then 1 else 0 end as stands"
        " from report r join article_version v on v.id = r.version_id join article a on a.id = v.article_id"
        " join policy_change c on c.id = r.policy_change_id order by 1, 2, 4, 3"
    ),
    "select change_id, company, product, action, object, effective, report_count, copy_count, proof from changes order by 1",
    "select url, ordinal, kind, rule, text from removed order by 1, 2",
    "select change_id, status, from_day from change_status order by 1, 2, 3",
    "select found from reprocess_run order by id",
)


def dump(engine: Engine) -> list[list[tuple[Any, ...]]]:
    """Return what a store says."""
    with reading(engine):
        return [[tuple(row) for row in read_only(engine, question)[1]] for question in QUESTIONS]
