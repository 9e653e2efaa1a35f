"""Asking a language model: bounded in time, size and number, never trusted, and whatever fails leaves the rules' reading and a count."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest
from sqlalchemy import select

from crawlers.writer import Writer
from db.engine import open_engine, reading
from db.models import model_use
from db.upgrade import upgrade
from pantau.clock import FixedClock
from pantau.config import ModelSettings, SettingsError, load, model_key
from pantau.model import adviser as adviser_module
from pantau.model.adviser import Adviser
from pipeline.records import Annotation, Article, Reading
from pipeline.steps.annotate import annotate
from tests.pantau.liar import KEY, liar, say

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
HEADLINE = "Spotify Larang Lagu AI yang Meniru Suara Penyanyi"
BODY = "Spotify melarang lagu AI yang meniru suara penyanyi. Kebijakan konten itu kini berlaku, untuk sementara."
READING = Reading(
    article=Article(url="https://situs.test/1", headline=HEADLINE, article_body=BODY, in_language="id"),
    annotation=annotate(HEADLINE, BODY, None, "id"),
)
NEAR = msgspec.structs.replace(READING, annotation=Annotation(negative_kind="background_mention"))
TESTING = [{"entry": 0, "status": {"value": "testing", "quote": "untuk sementara"}}]


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(adviser_module, "_RETRY_S", 0.01)


@pytest.fixture
def desk(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(engine)
    writer = Writer(engine)
    yield SimpleNamespace(writer=writer, clock=FixedClock(NOW), engine=engine)
    writer.close()
    engine.dispose()


def ask(desk, url, *readings, key=None, **settings):
    """Let an adviser look at readings, one after another, and return them with the day's row."""
    model = ModelSettings(**({"url": url, "name": "tiny", "timeout_s": 3.0} | settings))

    async def run():
        found = Adviser(model, key, desk)
        try:
            return [await found.look_at(one) for one in readings or (READING,)]
        finally:
            await found.close()

    return asyncio.run(run()), use(desk)


def use(desk):
    with reading(desk.engine) as conn:
        rows = [row._asdict() for row in conn.execute(select(model_use).order_by(model_use.c.day))]
    return rows[-1] if rows else None


def test_a_proper_answer_mends_the_reading_and_is_counted(desk):
    usage = {"prompt_tokens": 1_000, "completion_tokens": 50}
    with liar(lambda x: x.give(body=say(TESTING, usage=usage))) as server:
        [found], row = ask(desk, server.url, key=KEY, price_in=3.0, price_out=10.0, max_cost_per_day=1.0)
    [sent] = server.asked
    assert (sent.path, sent.headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    request = msgspec.json.decode(sent.sent)
    assert (request["model"], request["temperature"], request["max_tokens"]) == ("tiny", 0, 2_000)
    [change] = found.annotation.policy_changes
    assert (change.status, change.annotator_version.endswith("+tiny")) == ("testing", True)
    assert found.article == READING.article
    assert row["cost"] == pytest.approx((1_000 * 3 + 50 * 10) / 1e6)
    assert {name: row[name] for name in ("day", "asked", "answered", "failed", "skipped", "slots_taken")} == {
        "day": "2026-03-10", "asked": 1, "answered": 1, "failed": 0, "skipped": 0, "slots_taken": 1,
    }  # fmt: skip
    assert (row["tokens_in"], row["tokens_out"], row["last_failure"]) == (1_000, 50, None)


@pytest.mark.parametrize(
    ("play", "said", "tries"),
    [
        (lambda x: x.give(body=b""), "it is not JSON", 1),
        (lambda x: x.give(body=b"<html>Selamat datang</html>", Content_Type="text/html"), "it is not JSON", 1),
        (lambda x: x.give(body=b"[" * 90_000), "it is not JSON", 1),
        (lambda x: x.give(body=b"{}"), "it holds no message", 1),
        (lambda x: x.give(body=say("Tentu! Ini jawabannya.")), "no list of entries", 1),
        (lambda x: x.give(body=say('{"entries": 1' + "0" * 9_000 + "}")), "no ", 1),
        (lambda x: x.give(body=b"\x1f\x8b123", Content_Encoding="gzip"), "packed", 1),
        (lambda x: x.give(307, Location="http://127.0.0.1:1/"), "redirect (307)", 1),
        (lambda x: x.give(401, body=KEY.encode()), "refused the key (401); check PANTAU_MODEL_KEY", 1),
        (lambda x: x.give(404), "status 404", 1),
        (lambda x: x.give(429), "status 429", 2),
        (lambda x: x.give(429, Retry_After="0"), "status 429", 2),
        (lambda x: x.give(500, body=b"x" * 5_000_000), "status 500", 2),
        (lambda x: x.give(503, Retry_After="tomorrow"), "status 503", 2),
        (lambda x: x.give(503, Retry_After="-1"), "status 503", 2),
        (lambda x: x.give(503, Retry_After="9" * 400), "status 503", 1),
        (lambda x: x.flood(), "larger than 262144 bytes", 1),
        (lambda x: x.drip(), "did not answer within 0.5 seconds", 1),
        (lambda x: x.stall(), "did not answer within 0.5 seconds", 1),
        (lambda x: x.hang_up(), "the connection failed", 2),
        (lambda x: x.cut(), "the connection failed", 2),
        (lambda x: x.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n" * 9), "the connection failed", 2),
    ],
    ids=range(22),
)
def test_whatever_goes_wrong_the_rules_reading_stands_counted_and_said_in_a_sentence(desk, caplog, play, said, tries):
    caplog.set_level(logging.DEBUG)
    began = time.monotonic()
    with liar(play) as server:
        [found], row = ask(desk, server.url, key=KEY, timeout_s=0.5)
    assert time.monotonic() - began < 3
    assert found == READING
    assert len(server.asked) == row["asked"] == tries
    assert (row["answered"], row["failed"]) == (0, 1)
    assert said in row["last_failure"]
    [warning] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert said in warning
    assert "the rules' reading stands" in warning
    assert KEY not in caplog.text + str(row)


@pytest.mark.parametrize(
    "entries",
    [
        [{"entry": 0, "status": {"value": "testing", "quote": "kata karangan"}}],
        [{"entry": 0, "status": {"value": "abolished", "quote": "untuk sementara"}}],
        [{"entry": 0, "company": {"value": "Reddit", "quote": "Spotify"}}],
        [{"entry": 0, "delete": True}, {"entry": 99}, None, 10**40],
        [],
    ],
)
def test_a_lie_changes_nothing(desk, entries):
    with liar(lambda x: x.give(body=say(entries))) as server:
        [found], row = ask(desk, server.url)
    assert found == READING
    assert (row["answered"], row["slots_taken"]) == (1, 0)


def test_a_second_try_can_succeed_after_the_time_asked_for(desk):
    def play(x):
        if len(x.server.asked) == 1:
            x.give(429, Retry_After="1")
        else:
            x.give(body=say(TESTING))

    began = time.monotonic()
    with liar(play) as server:
        [found], row = ask(desk, server.url)
    assert time.monotonic() - began >= 1
    assert found.annotation.policy_changes[0].status == "testing"
    assert (row["asked"], row["answered"], row["failed"]) == (2, 1, 0)


def test_a_long_retry_after_is_kept_without_waiting(desk):
    when = (NOW + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    with liar(lambda x: x.give(429, Retry_After=when)) as server:
        found, row = ask(desk, server.url, READING, READING, READING)
    assert found == [READING] * 3
    assert (len(server.asked), row["failed"], row["skipped"]) == (1, 1, 2)


def test_a_server_that_keeps_failing_is_left_alone(desk):
    with liar(lambda x: x.give(404)) as server:
        _, row = ask(desk, server.url, *[READING] * 10)
    assert (len(server.asked), row["failed"], row["skipped"]) == (3, 3, 7)


def test_a_server_that_is_not_there_is_a_failure_like_others(desk):
    with liar(lambda x: x.give()) as server:
        url = server.url
    [found], row = ask(desk, url)
    assert (found, row["failed"]) == (READING, 1)


def test_the_day_s_budget_of_requests_is_kept_over_restarts_and_new_the_next_day(desk):
    with liar(lambda x: x.give(body=say([]))) as server:
        ask(desk, server.url, READING, max_per_day=2)
        _, row = ask(desk, server.url, READING, READING, max_per_day=2)
        assert (len(server.asked), row["asked"], row["skipped"]) == (2, 2, 1)
        desk.clock.moment = NOW + timedelta(days=1)
        _, row = ask(desk, server.url, max_per_day=2)
    assert (row["day"], row["asked"], row["skipped"]) == ("2026-03-11", 1, 0)


def test_near_misses_may_use_half_of_the_budget(desk):
    with liar(lambda x: x.give(body=say([]))) as server:
        _, row = ask(desk, server.url, NEAR, NEAR, NEAR, READING, READING, READING, max_per_day=4)
    assert (len(server.asked), row["skipped"]) == (4, 2)


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": -5}, {"prompt_tokens": 10**30, "completion_tokens": 1}])
def test_costs_are_booked_at_most_and_bound_the_day(desk, usage):
    with liar(lambda x: x.give(body=say([], usage=usage))) as server:
        _, row = ask(desk, server.url, READING, READING, price_out=400.0, max_cost_per_day=1.0)
    assert len(server.asked) == 1
    assert row["cost"] == pytest.approx(0.8)
    assert row["skipped"] == 1


def test_only_candidates_are_shown_to_the_model(desk):
    others = [
        msgspec.structs.replace(READING, annotation=annotation)
        for annotation in (Annotation(negative_kind="plain"), Annotation(read=False))
    ]
    with liar(lambda x: x.give(body=say([]))) as server:
        found, row = ask(desk, server.url, *others)
    assert (found, server.asked, row) == (others, [], None)


def test_a_queue_is_bounded_and_lets_the_rules_go_on(desk):
    model = {"timeout_s": 0.4, "concurrency": 1}

    async def run(url):
        found = Adviser(ModelSettings(url=url, name="tiny", **model), None, desk)
        try:
            return await asyncio.gather(*(found.look_at(READING) for _ in range(80)))
        finally:
            await found.close()

    began = time.monotonic()
    with liar(lambda x: x.stall()) as server:
        assert asyncio.run(run(server.url)) == [READING] * 80
    assert time.monotonic() - began < 4
    row = use(desk)
    assert row["failed"] + row["skipped"] == 80


def test_a_proxy_of_the_environment_is_not_used(desk, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with liar(lambda x: x.give(body=say(TESTING))) as server:
        _, row = ask(desk, server.url)
    assert row["answered"] == 1


def settings(folder, text):
    (folder / "pantau.toml").write_text(text, "utf-8")
    return load(folder / "pantau.toml", {}).model


def test_a_model_is_off_until_it_has_an_address(tmp_path):
    assert not load(None, {}).model.is_on
    assert not settings(tmp_path, '[model]\nname = "tiny"').is_on
    assert settings(tmp_path, '[model]\nurl = "http://[::1]:8080/v1"\nname = "tiny"').is_on


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "localhost:11434"', "model.url"),
        ('url = "ftp://h/v1"\nname = "x"', "model.url"),
        ('url = "http://h:99999/v1"\nname = "x"', "model.url"),
        ('url = "http://[::1"\nname = "x"', "model.url"),
        ('url = "http://u:rahasia@h/v1"\nname = "x"', "PANTAU_MODEL_KEY"),
        ('url = "https://h/v1?key=rahasia"\nname = "x"', "PANTAU_MODEL_KEY"),
        ('url = "https://h/v1"', "model.name"),
        ('url = "https://h/v1"\nname = "a b"', "model.name"),
        ('url = "https://h/v1"\nname = "x"\nkey = "rahasia"', "key"),
        ('url = "https://h/v1"\nname = "x"\ntimeout_s = 0', "model.timeout_s"),
        ('url = "https://h/v1"\nname = "x"\nmax_bytes = 5', "model.max_bytes"),
        ('url = "https://h/v1"\nname = "x"\ntoken_field = "n"', "model.token_field"),
        ('url = "https://h/v1"\nname = "x"\nmax_cost_per_day = 1', "model.price_in"),
        ('url = "https://h/v1"\nname = "x"\nrequest = { messages = [] }', "messages"),
        ('url = "https://h/v1"\nname = "x"\nrequest = { max_tokens = 9 }', "max_tokens"),
    ],
)
def test_a_wrong_setting_of_the_model_is_refused_without_telling_a_secret(tmp_path, lines, said):
    with pytest.raises(SettingsError) as found:
        settings(tmp_path, f"[model]\n{lines}")
    assert said in str(found.value)
    assert "rahasia" not in str(found.value)


def test_a_key_is_taken_from_the_environment_only_where_a_header_can_hold_it():
    assert model_key({}) is None
    assert model_key({"PANTAU_MODEL_KEY": ""}) is None
    assert model_key({"PANTAU_MODEL_KEY": f" {KEY}\n"}) == KEY
    with pytest.raises(SettingsError, match="PANTAU_MODEL_KEY") as found:
        model_key({"PANTAU_MODEL_KEY": "rahasia\r\nX: y"})
    assert "rahasia" not in str(found.value)
