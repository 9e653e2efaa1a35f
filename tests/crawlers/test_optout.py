"""What an answer's headers ask of programs."""

import pytest

from crawlers.optout import opted_out


@pytest.mark.parametrize(
    ("tags", "tdm", "closed"),
    [
        ([], None, False),
        (["noindex"], None, True),
        (["index, follow"], None, False),
        (["nofollow, max-snippet:-1, max-image-preview:large"], None, False),
        (["max-snippet:-1, noindex"], None, True),
        (["NOARCHIVE"], None, True),
        (["googlebot: noindex"], None, False),
        (["pantau: noai"], None, True),
        (["googlebot: nofollow", "none"], None, True),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST"], None, False),
        ([], "1", True),
        ([], "0", False),
        ([""], "", False),
        (["noimageai"], None, False),
    ],
)
def test_an_opt_out_is_heard_and_nothing_else_is_one(tags, tdm, closed):
    assert (opted_out(tags, tdm, "Pantau") is not None) == closed
