"""Settings: `pantau.toml` for behaviour, the environment for secrets."""

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from crawlers.limits import CrawlSettings

CONFIG_NAME = "pantau.toml"
BUNDLED_CATALOGUE = Path(__file__).resolve().parent.parent / "crawlers" / "sources"


class SettingsError(ValueError):
    """A setting is unknown or out of range: the message names the file, the key and the cure."""


class ReadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How pages are read: how many processes, and for how long at most on one page (seconds)."""

    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    time_limit_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 20.0


class ScheduleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often the scheduler looks for due work, and how late it may still start (seconds)."""

    tick_s: Annotated[float, msgspec.Meta(ge=0.05, le=3600)] = 2.0
    misfire_grace_s: Annotated[int, msgspec.Meta(ge=1, le=86400)] = 300


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set; `docs/settings.md` describes each key."""

    data: str = "pantau-data"
    database_url: str | None = None
    catalogue: str | None = None
    now: datetime | None = None
    crawl: CrawlSettings = CrawlSettings()
    read: ReadSettings = ReadSettings()
    schedule: ScheduleSettings = ScheduleSettings()

    @property
    def store_url(self) -> str:
        """Return the database's address; by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{Path(self.data) / 'pantau.db'}"

    @property
    def archive_folder(self) -> Path:
        """Return the folder of the WARC files."""
        return Path(self.data) / "archive"

    @property
    def catalogue_folder(self) -> Path:
        """Return the folder of the catalogue's TOML files; by default the one that comes with Pantau."""
        return Path(self.catalogue) if self.catalogue else BUNDLED_CATALOGUE


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings file at `path`, or `pantau.toml` here if there is one, and the environment's overrides.

    Raises:
        SettingsError: the file cannot be read, a key is unknown, or a value is out of range.
    """
    found = path or _default_path()
    values = _read(found) if found else {}
    if url := environ.get("PANTAU_DATABASE_URL"):
        values["database_url"] = url
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"{found or 'the environment'}: {error}; see docs/settings.md for what can be set"
        ) from error
    if settings.now is not None and settings.now.tzinfo is None:
        raise SettingsError(f"{found}: `now` has no time zone; write it as 2026-01-31T08:00:00+07:00")
    return settings


def _default_path() -> Path | None:
    path = Path(CONFIG_NAME)
    return path if path.exists() else None


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); name an existing file with --config") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
