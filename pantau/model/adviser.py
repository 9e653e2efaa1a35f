"""A second look at readings by a language model: which are shown to it, within which budget, and what is left when it fails.

Whatever goes wrong, the rules' reading stands: it is counted in the day's row and told in one sentence.
"""

import asyncio
import logging
from functools import partial

import msgspec

from crawlers.desk import Desk
from db.model_use import Budget, add_use, take_turn
from pantau.config import ModelSettings
from pantau.model.client import ModelClient, ModelFailed
from pipeline.records import Reading
from pipeline.steps.model_answer import AnswerUnusable, Merged, Reply, merge, read_reply
from pipeline.steps.model_question import is_candidate, is_near_miss, question

log = logging.getLogger(__name__)
_WAITING = 64
_RETRY_S = 1.0
# A server that failed so often in a row is left alone for a while: the rules need not wait for it every time.
_FAILURES, _PAUSE_S = 3, 600.0
_MILLION = 1_000_000
# What is booked for a request before the server has counted it: more tokens than prose comes to in any common tokenizer.
_BYTES_A_TOKEN = 2


class Adviser:
    """Asks the model about candidates, a few at a time."""

    def __init__(self, settings: ModelSettings, key: str | None, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._client = ModelClient(settings, key, desk.clock.now)
        self._turns = asyncio.Semaphore(settings.concurrency)
        self._waiting = 0
        self._failures = 0
        self._paused_until = 0.0

    @property
    def waiting(self) -> int:
        """Return how many readings are with the model or wait for their turn."""
        return self._waiting

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def look_at(self, reading: Reading) -> Reading:
        """Return a reading with what the model mends in it, or as it came."""
        if not is_candidate(reading.annotation):
            return reading
        self._waiting += 1
        try:
            return await self._in_turn(reading)
        except ModelFailed as failure:
            return await self._fall_back(reading, failure.reason, failure.wait_s)
        except Exception as error:  # noqa: BLE001 - no failure of a helper may cost the reading
            return await self._fall_back(reading, f"something went wrong ({type(error).__name__})")
        finally:
            self._waiting -= 1

    async def _in_turn(self, reading: Reading) -> Reading:
        if self._waiting > _WAITING or self._is_paused():
            return await self._skip(reading)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                await self._turns.acquire()
        except TimeoutError:
            return await self._skip(reading)
        try:
            return await self._skip(reading) if self._is_paused() else await self._ask(reading)
        finally:
            self._turns.release()

    async def _ask(self, reading: Reading) -> Reading:
        request = await asyncio.to_thread(self._question, reading)
        body = await self._answer(request, self._budget(reading))
        if body is None:
            return await self._skip(reading)
        try:
            reply = await asyncio.to_thread(read_reply, body)
        except AnswerUnusable as error:
            raise ModelFailed(str(error)) from error
        merged = await asyncio.to_thread(
            merge, reading.annotation, reading.article, reply.entries, model=self._settings.name
        )
        self._failures = 0
        await self._count(reply, merged, booked=self._cost_at_most(request))
        return msgspec.structs.replace(reading, annotation=merged.annotation)

    async def _answer(self, request: bytes, budget: Budget) -> bytes | None:
        """Return the answer, at the second try at the latest and within the time for both; `None` when the budget is spent."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._settings.timeout_s
        book = partial(take_turn, budget=budget, cost=self._cost_at_most(request))
        if not await self._desk.writer.write(book, self._desk.clock.now()):
            return None
        try:
            return await self._client.post(request, until=ends)
        except ModelFailed as failure:
            wait_s = _RETRY_S if failure.wait_s is None else failure.wait_s
            is_worth_it = failure.passing and loop.time() + wait_s < ends
            if not is_worth_it:
                raise
            await asyncio.sleep(wait_s)
            if not await self._desk.writer.write(book, self._desk.clock.now()):
                raise
        return await self._client.post(request, until=ends)

    def _question(self, reading: Reading) -> bytes:
        return question(
            reading.annotation,
            reading.article,
            model=self._settings.name,
            max_chars=self._settings.max_chars,
            options={self._settings.token_field: self._settings.max_tokens, **self._settings.request},
        )

    def _budget(self, reading: Reading) -> Budget:
        """Return the day's budget; near misses, of which there are many, may use half of it."""
        share = 0.5 if is_near_miss(reading.annotation) else 1.0
        cost = self._settings.max_cost_per_day
        return Budget(requests=max(1, int(self._settings.max_per_day * share)), cost=cost * share if cost else None)

    def _cost_at_most(self, request: bytes) -> float:
        return self._cost(len(request) // _BYTES_A_TOKEN, self._settings.max_tokens)

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self._settings.price_in + tokens_out * self._settings.price_out) / _MILLION

    async def _count(self, reply: Reply, merged: Merged, *, booked: float) -> None:
        counts: dict[str, float] = {
            "answered": 1,
            "slots_taken": merged.taken,
            "slots_refused": merged.refused,
            "entries_proposed": merged.proposed,
        }
        if reply.tokens_in is not None and reply.tokens_out is not None:
            # What the server counted takes the place of what was booked for it.
            counts["cost"] = self._cost(reply.tokens_in, reply.tokens_out) - booked
            counts |= {"tokens_in": reply.tokens_in, "tokens_out": reply.tokens_out}
        await self._desk.writer.write(add_use, self._desk.clock.now(), counts)

    async def _skip(self, reading: Reading) -> Reading:
        log.info("the model was not asked about %s: the budget, the queue or a pause", reading.article.url)
        await self._desk.writer.write(add_use, self._desk.clock.now(), {"skipped": 1})
        return reading

    async def _fall_back(self, reading: Reading, reason: str, wait_s: float | None = None) -> Reading:
        self._failures += 1
        self._pause(max(wait_s or 0.0, _PAUSE_S if self._failures >= _FAILURES else 0.0))
        log.warning("the model gave nothing on %s: %s; the rules' reading stands", reading.article.url, reason)
        try:
            await self._desk.writer.write(add_use, self._desk.clock.now(), {"failed": 1}, failure=reason[:200])
        except Exception as error:  # noqa: BLE001 - the same
            log.warning("the model's failure could not be counted (%s)", type(error).__name__)
        return reading

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)

    def _is_paused(self) -> bool:
        return asyncio.get_running_loop().time() < self._paused_until
