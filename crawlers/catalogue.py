"""The catalogue: every source as data, one TOML file a publisher network or platform, checked when it is loaded."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cssselect import HTMLTranslator, SelectorError

from crawlers.address import resolve
from crawlers.domain import domain_of, host_of
from db.records import EndpointRow, SourceRow
from pipeline.records import SourceHints

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
_DEFAULT_EVERY_S = {"feed": 900, "news_sitemap": 900, "listing": 1800, "search": 3600, "document": 86400}
_SELECTORS = ("container", "headline", "date", "author", "editor", "next_page")


class CatalogueError(ValueError):
    """The catalogue says something that cannot be: the message names the file, the key and the cure."""


class EndpointEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address that is polled; `every_s` is the time between polls in seconds, by kind when it is left out."""

    kind: Literal["feed", "news_sitemap", "listing", "search", "document"]
    url: str
    every_s: Annotated[int, msgspec.Meta(ge=60, le=604_800)] | None = None

    @property
    def interval_s(self) -> int:
        """Return the seconds between two polls."""
        return self.every_s or _DEFAULT_EVERY_S[self.kind]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outlet or a platform. `scope` is what is fetched, `keep` what stays; `state` says why a source is on or off."""

    id: _Id
    name: str
    homepage: str
    in_language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$")]
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")] | None = None
    timezone: str = "UTC"
    kind: Literal["news", "platform"] = "news"
    state: Literal["active", "off", "unverified"] = "active"
    scope: Literal["all", "matching"] = "matching"
    keep: Annotated[str, msgspec.Meta(pattern=r"^(all|relevant|days:[1-9][0-9]{0,4})$")] = "all"
    terms_note: str | None = None
    evidence: str | None = None
    also_domains: tuple[str, ...] = ()
    endpoints: tuple[EndpointEntry, ...] = ()
    hints: SourceHints = SourceHints()

    @property
    def enabled(self) -> bool:
        """Return whether it is polled."""
        return self.state == "active"

    @property
    def domains(self) -> frozenset[str]:
        """Return the registrable domains that are this source's own."""
        return frozenset({domain_of(self.homepage), *self.also_domains})


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: tuple[Source, ...]
    layout: SourceHints = SourceHints()


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All sources, in the order of their ids."""

    sources: tuple[Source, ...]

    def get(self, source_id: str) -> Source | None:
        """Return a source, or `None` when the catalogue has none of that id (any more)."""
        return next((source for source in self.sources if source.id == source_id), None)

    def source_of(self, url: str) -> Source | None:
        """Return the source whose site an address belongs to: that of its very host, else one of its registrable domain."""
        host, domain = host_of(url), domain_of(url)
        own = [source for source in self.sources if domain in source.domains and source.kind == "news"]
        return next((source for source in own if host_of(source.homepage) == host), own[0] if own else None)

    def rows(self) -> tuple[list[SourceRow], list[EndpointRow]]:
        """Return the rows that the store keeps of it."""
        return [_source_row(source) for source in self.sources], [
            row for source in self.sources for row in _endpoint_rows(source)
        ]


def load(folder: Path) -> Catalogue:
    """Read every `*.toml` of a folder.

    Raises:
        CatalogueError: a key is unknown, an address bad, an id or address there twice; file and key are named.
    """
    if not folder.is_dir():
        raise CatalogueError(f"{folder} is not a folder; name the catalogue's folder with `catalogue` in pantau.toml")
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for source in _read(path):
            _check(path, source)
            _claim(path, f"source id {source.id!r}", f"id:{source.id}", owners)
            for endpoint in source.endpoints:
                _claim(path, f"endpoint {endpoint.url}", f"url:{resolve(endpoint.url, '') or endpoint.url}", owners)
            sources[source.id] = source
    if not sources:
        raise CatalogueError(f"{folder} holds no source; add a .toml file with a [[source]] table")
    return Catalogue(sources=tuple(sources[key] for key in sorted(sources)))


def _read(path: Path) -> tuple[Source, ...]:
    try:
        text = path.read_text("utf-8")
        file = msgspec.convert(tomllib.loads(text), _File)
    except OSError as error:
        raise CatalogueError(f"{path.name} cannot be read ({error.strerror}); check its rights") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} is not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{path.name}: {error}; see docs/add-a-source.md") from error
    return tuple(_with_layout(source, file.layout) for source in file.source)


def _with_layout(source: Source, layout: SourceHints) -> Source:
    """Return a source whose hints are its own, and where it says nothing the network's."""
    default = SourceHints()
    merged = {
        name: own if (own := getattr(source.hints, name)) != getattr(default, name) else getattr(layout, name)
        for name in SourceHints.__struct_fields__
    }
    hints = SourceHints(
        **merged
        | {
            "timezone": merged["timezone"] or source.timezone,
            "in_language": merged["in_language"] or source.in_language,
        }
    )
    return msgspec.structs.replace(source, hints=hints)


def _check(path: Path, source: Source) -> None:
    where = f"{path.name}: source {source.id!r}"
    for key, url in [
        ("homepage", source.homepage),
        *(("endpoints.url", endpoint.url) for endpoint in source.endpoints),
    ]:
        if resolve(url, "") is None or "." not in url:
            raise CatalogueError(f"{where}: {key} {url!r} is not an http(s) address; write it in full")
    for endpoint in source.endpoints:
        if domain_of(endpoint.url) not in source.domains:
            raise CatalogueError(
                f"{where}: endpoints.url {endpoint.url} is on another domain; add that to also_domains"
            )
    try:
        ZoneInfo(source.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CatalogueError(
            f"{where}: timezone {source.timezone!r} is unknown; use a name such as Asia/Jakarta"
        ) from error
    _check_hints(where, source.hints)
    if source.state != "active" and not (source.terms_note or source.evidence):
        raise CatalogueError(f"{where}: state is {source.state!r} without a reason; say why in terms_note or evidence")


def _check_hints(where: str, hints: SourceHints) -> None:
    try:
        groups = set(re.compile(hints.article_url or "").groupindex)
    except re.error as error:
        raise CatalogueError(f"{where}: hints.article_url is not a regular expression ({error}); mend it") from error
    unknown = set(re.findall(r"{(\w*)}", hints.canonical_url or "")) - groups
    if unknown:
        raise CatalogueError(f"{where}: hints.canonical_url names {min(unknown)!r}, which is no group of article_url")
    for key in _SELECTORS:
        for selector in getattr(hints, key):
            _check_selector(where, key, selector)
    for removal in hints.remove:
        _check_selector(where, "remove", removal.select)


def _check_selector(where: str, key: str, selector: str) -> None:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise CatalogueError(f"{where}: hints.{key} {selector!r} is not a CSS selector ({error}); mend it") from error


def _claim(path: Path, what: str, key: str, owners: dict[str, str]) -> None:
    if key in owners:
        raise CatalogueError(f"{path.name}: {what} is there already, in {owners[key]}; keep one of them")
    owners[key] = path.name


def _source_row(source: Source) -> SourceRow:
    return SourceRow(
        id=source.id,
        kind=source.kind,
        name=source.name,
        in_language=source.in_language,
        country=source.country,
        timezone=source.timezone,
        registrable_domain=domain_of(source.homepage),
        enabled=source.enabled,
        scope=source.scope,
        keep=source.keep,
        terms_note=source.terms_note,
        catalogue_sha256=hashlib.sha256(msgspec.json.encode(source)).hexdigest(),
    )


def _endpoint_rows(source: Source) -> list[EndpointRow]:
    return [
        EndpointRow(
            source_id=source.id,
            kind=endpoint.kind,
            url=endpoint.url,
            registrable_domain=domain_of(endpoint.url),
            interval_s=endpoint.interval_s,
        )
        for endpoint in source.endpoints
    ]
