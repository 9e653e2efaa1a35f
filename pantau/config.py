"""Settings: `pantau.toml` for behaviour, the environment for secrets."""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

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


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A language model that reads beside the rules, at an OpenAI-compatible address; off while `url` is empty.

    Prices are for a million tokens, in the currency that `max_cost_per_day` is meant in.
    """

    url: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[\x21-\x7e]*$")] = ""
    name: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\x21-\x7e]*$")] = ""
    timeout_s: Annotated[float, msgspec.Meta(ge=0.1, le=600)] = 60.0
    max_chars: Annotated[int, msgspec.Meta(ge=200, le=200_000)] = 12_000
    max_tokens: Annotated[int, msgspec.Meta(ge=50, le=100_000)] = 2_000
    token_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # noqa: S105 - a field's name
    max_bytes: Annotated[int, msgspec.Meta(ge=1024, le=16 << 20)] = 262_144
    max_per_day: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 200
    max_cost_per_day: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = 0.0
    price_in: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0.0
    price_out: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0.0
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    request: dict[str, Any] = msgspec.field(default_factory=lambda: {"temperature": 0})

    @property
    def is_on(self) -> bool:
        """Return whether there is a model to ask."""
        return bool(self.url)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set; `docs/settings.md` describes each key."""

    data: str = "pantau-data"
    database_url: str | None = None
    catalogue: str | None = None
    now: datetime | None = None
    crawl: CrawlSettings = CrawlSettings()
    read: ReadSettings = ReadSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    model: ModelSettings = ModelSettings()

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
    if settings.model.is_on and (wrong := _wrong_with(settings.model)):
        raise SettingsError(f"{found}: {wrong}")
    if settings.now is not None and settings.now.tzinfo is None:
        raise SettingsError(f"{found}: `now` has no time zone; write it as 2026-01-31T08:00:00+07:00")
    return settings


def model_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the model's key, which only the environment holds.

    Raises:
        SettingsError: it holds what no header may hold; the sentence does not repeat it.
    """
    key = environ.get("PANTAU_MODEL_KEY", "").strip()
    if not re.fullmatch(r"[\x21-\x7e]{0,4096}", key):
        raise SettingsError("PANTAU_MODEL_KEY holds spaces or characters that are not ASCII; set it to the bare key")
    return key or None


def _wrong_with(model: ModelSettings) -> str | None:
    """Return what keeps a model from being asked as set."""
    address = _split(model.url)
    if address is None or address.scheme not in ("http", "https") or not address.hostname:
        return "`model.url` is no address; write it as http://127.0.0.1:11434/v1"
    if address.username is not None or address.query or address.fragment:
        return "`model.url` holds more than an address; the key goes into PANTAU_MODEL_KEY, further fields into `model.request`"
    if not model.name:
        return "`model.name` is empty; name the model as its server does"
    if own := {"messages", "model", "stream", "max_tokens", "max_completion_tokens"} & model.request.keys():
        return f"`model.request` may not set `{min(own)}`; leave it out"
    if model.max_cost_per_day and not (model.price_in or model.price_out):
        return "`model.max_cost_per_day` binds nothing without prices; set `model.price_in` and `model.price_out`"
    return None


def _split(url: str) -> SplitResult | None:
    try:
        found = urlsplit(url)
        found.port  # noqa: B018 - reading it is the check
    except ValueError:
        return None
    return found


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
