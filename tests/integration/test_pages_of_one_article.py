"""Pages, AMP and numbered addresses of one article: one article, each page fetched once, whichever is found first."""

import pytest

from pantau.newsroom.layouts import sungai
from pantau.newsroom.server import Reply
from pantau.newsroom.story import stories
from tests.integration.stage import pantau

STORY = next(story for story in stories("sungai") if len(story.pages) > 1)
HINTS = r"""[source.hints]
article_url = '/(?:read|amp)/(?P<id>\d+)/(?P<slug>[\w-]+)(?:/(?P<page>\d+))?$'
canonical_url = "/read/{id}/{slug}"
container = ["div.post"]
headline = ["h1.text-black"]
"""


def addresses(kind="read", page=""):
    return f"/{kind}/{STORY.id}/{STORY.slug}{page}"


def site_that_announces(paths):
    """A site of one story on two pages whose feed names these addresses of it."""
    asked = []

    def answer(_, path):
        asked.append(path)
        if path == "/rss":
            items = "".join(f"<item><title>{STORY.headline}</title><link>{item}</link></item>" for item in paths)
            return Reply(
                body=f'<rss version="2.0"><channel><title>S</title>{items}</channel></rss>'.encode(),
                content_type="text/xml",
            )
        head, _, number = path.removesuffix("/16").partition(STORY.slug)
        if path.removesuffix("/16") not in (addresses("read"), addresses("amp")) or number:
            return Reply(status=404)
        page = 1 if path.endswith("/16") else 0
        return Reply(body=sungai.page(STORY, "", page, STORY.headline, [], amp=head.startswith("/amp")).encode())

    return answer, asked


@pytest.mark.parametrize(
    "found",
    [
        [addresses()],
        [addresses("amp")],
        [addresses("read", "/16")],
        [addresses("amp", "/16")],
        [addresses("amp", "/16"), addresses(), addresses("amp"), addresses("read", "/16")],
    ],
    ids=["first", "amp", "second", "amp-second", "all"],
)
def test_whichever_page_is_found_the_article_is_whole_and_one(stage, found):
    answer, asked = site_that_announces(found)
    site = stage(answer)
    site.write_catalogue(f'[[source.endpoints]]\nkind = "feed"\nurl = "{site.home}/rss"\n', HINTS)
    done = pantau(site.bench, "crawl")
    assert (done.returncode, done.stderr) == (0, "")
    [(url, extent, body)] = site.bench.ask("select url, extent, article_body from articles")
    texts = [text for page in STORY.pages for text in page]
    assert body.split("\n")[0].endswith(texts[0])
    assert body.split("\n")[1:] == texts[1:]
    assert (extent, url) == ("full", f"{site.home}{addresses()}")
    articles = [path for path in asked if STORY.slug in path]
    assert len(articles) == len(set(articles)) <= 3
    assert site.bench.compare().findings == []
    [(causes,)] = site.bench.ask(
        "select group_concat(cause, ' ') from (select cause from article_version order by seq)"
    )
    assert causes.split()[0] == "first"
    assert set(causes.split()[1:]) <= {"pages"}


def test_a_second_page_alone_is_incomplete_when_the_first_is_gone(stage):
    answer, _ = site_that_announces([addresses("amp", "/16")])
    site = stage(lambda host, path: answer(host, path) if path.endswith(("/16", "/rss")) else Reply(status=410))
    site.write_catalogue(f'[[source.endpoints]]\nkind = "feed"\nurl = "{site.home}/rss"\n', HINTS)
    assert pantau(site.bench, "crawl").returncode == 0
    assert site.bench.ask("select extent from articles") == [("incomplete",)]
