"""Whether an answer's own headers ask programs not to keep it."""

import re
from collections.abc import Iterable

# What speaks of keeping or reading a text by machine; "nofollow" or "max-snippet" do not.
_CLOSING = {"noindex", "none", "noarchive", "noai"}
_SCOPE = re.compile(r"^\s*([\w.-]+)\s*:\s*(.*)$", re.DOTALL)
# Directives that hold a colon of their own, and so only look like a scope.
_WITH_VALUE = {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}


def opted_out(x_robots_tags: Iterable[str], tdm_reservation: str | None, robots_name: str) -> str | None:
    """Return why an answer may not be kept, `None` when it may.

    `x_robots_tags` are the values of X-Robots-Tag, each for everybody or for one named program; `tdm_reservation` is the header of the
    TDM Reservation Protocol (W3C community group, 2024): "1" reserves the rights to mine text and data.
    """
    if (tdm_reservation or "").strip() == "1":
        return "its headers reserve the rights to mine text and data"
    for value in x_robots_tags:
        scope = _SCOPE.match(value)
        named = scope is not None and scope.group(1).lower() not in _WITH_VALUE
        if named and scope is not None and scope.group(1).lower() != robots_name.lower():
            continue
        words = {word.strip().lower() for word in (scope.group(2) if named and scope else value).split(",")}
        if found := sorted(words & _CLOSING):
            return f"its X-Robots-Tag says {found[0]}"
    return None
