"""A run ends cleanly and soon, and only one works on a store."""

import signal
import threading
import time

import pytest

from pantau.newsroom.server import Reply
from tests.integration.stage import pantau, start

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Situs</title>'
    b"<item><title>Perahu</title><link>/berita/1-perahu</link></item></channel></rss>"
)


@pytest.fixture
def slow_site(stage):
    """A site whose article does not answer until the test is over."""
    asked, release = threading.Event(), threading.Event()

    def answer(_, path):
        if path == "/rss":
            return Reply(body=FEED, content_type="application/rss+xml")
        if path == "/robots.txt":
            return Reply(status=404)
        asked.set()
        release.wait(30)
        return Reply(body=b"<p>terlambat</p>")

    site = stage(answer)
    yield site, asked
    release.set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_within_ten_seconds_and_hands_its_work_back(slow_site, number):
    site, asked = slow_site
    process = start(site.bench, "run")
    assert asked.wait(30)
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    assert time.monotonic() - began < 10
    assert site.bench.ask("select state, leased_by from address") == [("due", None)]


def test_a_second_run_on_the_same_store_is_refused_in_one_sentence(slow_site):
    site, asked = slow_site
    first = start(site.bench, "run")
    assert asked.wait(30)
    second = pantau(site.bench, "run")
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=30)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "another `pantau run` or `pantau crawl` works on this store" in second.stderr


def test_a_run_for_a_time_ends_by_itself(newsroom):
    done = pantau(newsroom.bench, "run", "--for", "3s")
    assert (done.returncode, done.stderr) == (0, "")
    assert newsroom.bench.count("select count(*) from poll") > 0


@pytest.mark.parametrize("length", ["soon", "0s", "-5m", "", "nan", "1e400s"])
def test_a_length_of_time_that_is_none_is_a_wrong_usage(newsroom, length):
    done = pantau(newsroom.bench, "run", "--for", length)
    assert done.returncode == 2
    assert "--for" in done.stderr
    assert "Traceback" not in done.stderr
