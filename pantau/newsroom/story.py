"""The newsroom's articles, from their data files."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

_FOLDER = Path(__file__).with_name("articles")


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article. It appears in `round`, may change its headline in `edit_round`, and may go in the round `vanishes`."""

    id: str
    slug: str
    headline: str
    published: datetime
    author: str
    paragraphs: tuple[str, ...]
    host: str = ""
    editor: str | None = None
    section: str | None = None
    category: str | None = None
    caption: str | None = None
    signature: str | None = None
    page_break: int | None = None
    round: int = 1
    edit_round: int | None = None
    edited_headline: str | None = None
    vanishes: int | None = None

    def title_in(self, round_number: int) -> str:
        """Return the headline that stands in a round."""
        edited = self.edit_round is not None and round_number >= self.edit_round
        return self.edited_headline or self.headline if edited else self.headline

    @property
    def pages(self) -> tuple[tuple[str, ...], ...]:
        """Return the paragraphs by page."""
        if self.page_break is None:
            return (self.paragraphs,)
        return (self.paragraphs[: self.page_break], self.paragraphs[self.page_break :])


@cache
def stories(name: str) -> tuple[Story, ...]:
    """Return the articles of one site's data file, in its order."""
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    return msgspec.convert(data["article"], tuple[Story, ...], strict=False)
