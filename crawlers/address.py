"""Addresses of articles: one form each, and the site's own id in them."""

import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import msgspec

from crawlers.domain import domain_of
from pipeline.records import SourceHints

_TRACKING = re.compile(
    r"^(utm_|fbclid$|gclid$|mc_|_ga$|ref$|ref_src$|cmpid$|ncid$|tag$|source$|traffic_source$|wtmc$|spm$)", re.IGNORECASE
)
_VARIANT = re.compile(r"^(single|page|hal|amp|print|m)$", re.IGNORECASE)
_MAX_LENGTH = 2_000


class SiteAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address as a site means it: cleaned URL, the key of its article, and whether it is a later page."""

    url: str
    site_key: str
    is_article: bool
    page: str | None = None


def resolve(base: str, link: str) -> str | None:
    """Return the absolute http(s) address of a link without fragment and tracking, or `None` when it is not one."""
    link = "".join(c for c in link if ord(c) >= 33 and unicodedata.category(c) not in ("Cc", "Cf"))
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or len(link) > _MAX_LENGTH:
        return None
    host = _host(parts.hostname)
    if host is None:
        return None
    netloc = host if port is None or (parts.scheme, port) in (("http", 80), ("https", 443)) else f"{host}:{port}"
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return urlunsplit((parts.scheme, netloc, parts.path or "/", query, ""))


def _host(name: str) -> str | None:
    """Return a host in the form in which it is asked for, `None` when it is none."""
    if ":" in name:
        return f"[{name}]"
    try:
        # IDNA refuses empty labels and those of more than 63 characters.
        return name.lower().rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return None


def read_address(url: str, hints: SourceHints) -> SiteAddress:
    """Return what an address says of its article; the layout's `article_url` gives the id, else the cleaned URL is the key."""
    match = re.search(hints.article_url, url) if hints.article_url else None
    if match:
        groups = match.groupdict()
        key = groups.get("id") or _plain_key(url)
        return SiteAddress(url=url, site_key=key, is_article=True, page=groups.get("page"))
    return SiteAddress(url=url, site_key=_plain_key(url), is_article=hints.article_url is None)


def same_site(url: str, domains: frozenset[str]) -> bool:
    """Return whether an address belongs to one of a source's registrable domains."""
    return domain_of(url) in domains


def _plain_key(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query) if not _VARIANT.match(k)))
    host = re.sub(r"^(www|m|amp|mobile)\.", "", parts.netloc)
    path = re.sub(r"/(amp|print)/?$", "", parts.path).rstrip("/") or "/"
    return urlunsplit(("", host, path, query, "")).lstrip("/")
