"""Registrable domains: who is behind a host, and so whose patience a request uses."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract

# The list that comes with the package: nothing is fetched, nothing is cached on disk.
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain that someone registered; an address stands for itself, an unknown suffix keeps its last two labels."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        found: str = _extract(name).top_domain_under_public_suffix
        return found or ".".join(name.split(".")[-2:])


def domain_of(url: str) -> str:
    """Return the registrable domain of a URL's host, "" when it has none."""
    return registrable_domain(host_of(url))


def host_of(url: str) -> str:
    """Return a URL's host in lower case, "" when it has none or cannot be read."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
