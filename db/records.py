"""The records of the frontier: what is due, what was found, what came back."""

from datetime import datetime

import msgspec

from db.archive import Location


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A source as the catalogue states it."""

    id: str
    kind: str
    name: str
    in_language: str | None
    country: str | None
    timezone: str
    registrable_domain: str
    enabled: bool
    scope: str
    keep: str
    terms_note: str | None
    catalogue_sha256: str


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """One polled address of a source; `interval_s` is how long to wait between polls, in seconds."""

    source_id: str
    kind: str
    url: str
    registrable_domain: str
    interval_s: int


class DueEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is due, with what a conditional request needs, and the lease under which it is handed out."""

    id: int
    source_id: str
    kind: str
    url: str
    registrable_domain: str
    interval_s: int
    due_at: datetime
    etag: str | None
    last_modified: str | None
    last_body_sha256: str | None
    failures: int
    polls_since_full: int
    leased_by: str | None
    leased_until: datetime | None


class DueAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is due, with what a conditional request needs; `checks` counts earlier answers, `hops` redirects so far.

    It is handed out under the lease that it names.
    """

    id: int
    source_id: str
    url: str
    registrable_domain: str
    site_key: str | None
    role: str
    article_id: int | None
    headline_hint: str | None
    download_id: int | None
    attempts: int
    checks: int
    hops: int
    etag: str | None
    last_modified: str | None
    leased_by: str | None
    leased_until: datetime | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came of it; becomes a `download` row."""

    source_id: str
    url: str
    fetched_at: datetime
    robots: str = "allowed"
    final_url: str | None = None
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    byte_count: int | None = None
    sha256: str | None = None
    location: Location | None = None
    error: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One address that an endpoint announced; `matching` is the gate's word on it."""

    url: str
    registrable_domain: str
    site_key: str | None = None
    role: str = "article"
    headline: str | None = None
    description: str | None = None
    date_published: datetime | None = None
    tags: tuple[str, ...] = ()
    matching: bool = True
    hops: int = 0


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is archived but not read yet; without `location` only its announcement is known."""

    address_id: int
    download_id: int
    source_id: str
    url: str
    site_key: str | None
    role: str
    article_id: int | None
    checks: int
    fetched_at: datetime
    content_type: str | None
    location: Location | None
    headline: str | None
    description: str | None
    date_published: datetime | None


class PollCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll found: all items, those never seen before, and of these those the gate let pass by."""

    seen: int = 0
    new: int = 0
    missed: int = 0
