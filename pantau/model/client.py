"""One request to an OpenAI-compatible server: bounded in time and size, no redirects, no proxies, no cookies.

A model may run on this machine or network, so the crawler's guard on addresses does not hold here: the address is the operator's own.
What goes wrong is told in words of ours: an answer's text, a header or the key stands in no message.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from pantau.config import ModelSettings

_CONNECT_S = 10.0
_CHUNK = 16_384
_LONGEST_WAIT_S = 86_400.0
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class ModelFailed(Exception):
    """A request brought nothing; `passing` tells that another may, `wait_s` how long the server asks to be left alone."""

    def __init__(self, reason: str, *, passing: bool = False, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.wait_s = wait_s


class ModelClient:
    """Sends requests; nothing is opened before the first one."""

    def __init__(self, settings: ModelSettings, key: str | None, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._url = settings.url.rstrip("/") + "/chat/completions"
        self._key = key
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes, *, until: float) -> bytes:
        """Send a request's JSON and return the answer's bytes; give up at `until`, a time of the loop.

        Raises:
            ModelFailed: no answer came in time, or none that can be used; the reason is a phrase of ours.
        """
        try:
            async with asyncio.timeout_at(until):
                return await self._exchange(body)
        except TimeoutError as error:
            raise ModelFailed(f"it did not answer within {self._settings.timeout_s:g} seconds") from error
        except (aiohttp.ClientError, OSError) as error:
            # Its text may name headers: its kind says enough.
            raise ModelFailed(f"the connection failed ({type(error).__name__})", passing=True) from None

    async def close(self) -> None:
        """Close what was opened."""
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        async with self._open().post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise self._refusal(answer)
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise ModelFailed("its answer is packed although it was asked not to be")
            return await self._read(answer)

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            read += chunk
            if len(read) > self._settings.max_bytes:
                raise ModelFailed(f"its answer is larger than {self._settings.max_bytes} bytes")
        return bytes(read)

    def _refusal(self, answer: aiohttp.ClientResponse) -> ModelFailed:
        status = answer.status
        if 300 <= status < 400:
            return ModelFailed(f"it answered with a redirect ({status}); name the final address in `model.url`")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ModelFailed(f"it refused the key ({status}); check PANTAU_MODEL_KEY")
        wait_s = self._wait_of(answer.headers.get("Retry-After"))
        return ModelFailed(f"it answered with status {status}", passing=status in _PASSING, wait_s=wait_s)

    def _wait_of(self, text: str | None) -> float | None:
        """Return the seconds that a Retry-After asks for, a day at most; `None` where it says nothing that can be read."""
        if text is None:
            return None
        if text.strip().isdecimal():
            seconds = float(text) if len(text) < 12 else _LONGEST_WAIT_S
        else:
            try:
                seconds = (parsedate_to_datetime(text) - self._now()).total_seconds()
            except (ValueError, TypeError, OverflowError):
                return None
        return min(max(seconds, 0.0), _LONGEST_WAIT_S)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._settings.concurrency, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session
