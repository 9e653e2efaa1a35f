"""`pantau extract URL`: one page of the live web, under the crawler's own manners."""

import json

import pytest

from tests.integration.stage import pantau


def visit(newsroom, host, path):
    done = pantau(newsroom.bench, "extract", f"http://{host}:{newsroom.server.port}{path}")
    return done, newsroom.server.take_log()


def test_a_page_is_read_after_robots_txt_was_asked(newsroom):
    done, log = visit(newsroom, "harbour-wire.test", "/2025/06/11/wikipedia-pauses-ai-summaries/")
    assert (done.returncode, done.stderr) == (0, "")
    article = json.loads(done.stdout)
    assert (article["headline"], article["authors"]) == (
        "Wikipedia pauses AI summaries after its editors object",
        ["Ida Marsh"],
    )
    assert [item.path for item in log] == ["/robots.txt", "/2025/06/11/wikipedia-pauses-ai-summaries/"]


def test_a_redirect_is_followed(newsroom):
    done, _ = visit(newsroom, "harbour-wire.test", "/go/1004")
    assert json.loads(done.stdout)["url"].endswith("/2025/07/01/cloudflare-blocks-ai-crawlers-by-default/")


@pytest.mark.parametrize(
    ("host", "path", "said", "asked"),
    [
        ("koran-tertutup.test", "/berita/55", "robots.txt closes this address", ["/robots.txt"]),
        ("harbour-wire.test", "/tidak-ada", "answers 404", ["/robots.txt", "/tidak-ada"]),
        ("127.0.0.1", "/x", "is not a public address", []),
        ("2130706433", "/x", "is not a public address", []),
        ("localhost", "/x", "is this machine itself", []),
    ],
)
def test_what_may_not_be_had_is_said_in_one_sentence(newsroom, host, path, said, asked):
    done, log = visit(newsroom, host, path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr
    assert [item.path for item in log] == asked
