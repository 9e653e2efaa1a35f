"""The settings of a crawl, with their bounds. Imports nothing of Scrapy: the command line reads settings without starting it."""

from typing import Annotated

import msgspec

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]


class CrawlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How Pantau behaves on the web.

    `hosts` states the address of a host and all its subdomains by hand, as a hosts file does; it is the only way to an address that
    is not public. `delay_s` is the least time between two requests to one registrable domain.
    """

    user_agent: Annotated[str, msgspec.Meta(min_length=3, max_length=200, pattern=r"^[\x20-\x7e]+$")] = "Pantau/0.1"
    contact: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[\x20-\x7e]*$")] = ""
    delay_s: _Seconds = 5.0
    timeout_s: Annotated[float, msgspec.Meta(ge=0.1, le=600)] = 60.0
    max_bytes: Annotated[int, msgspec.Meta(ge=1024, le=1 << 30)] = 20 << 20
    max_redirects: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5
    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    max_items: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 5_000
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=256)] = 16
    unconditional_every: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 12
    hosts: dict[str, str] = {}

    @property
    def agent_header(self) -> str:
        """Return the User-Agent as it is sent: the name, and whom to ask about it."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent

    @property
    def robots_name(self) -> str:
        """Return the product token that robots.txt groups are matched with."""
        return self.user_agent.partition("/")[0].strip()
