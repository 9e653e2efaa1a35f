"""The gate: which announced articles are worth a request where a source's scope is "matching"."""

import re
import tomllib
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("gate.toml")


def lets_through(*texts: str | None) -> bool:
    """Return whether a title, summary or tag mentions a platform or AI; an address without any text is let through."""
    told = " ".join(text for text in texts if text)
    return not told.strip() or bool(_pattern().search(told))


@cache
def _pattern() -> re.Pattern[str]:
    words: list[str] = tomllib.loads(_DATA.read_text("utf-8"))["words"]
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    # A capital X alone is the platform; in lower case it is a letter.
    return re.compile(rf"(?<![\w.])(?:(?i:{listed})|X)(?!\w)")
