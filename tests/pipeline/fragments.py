"""Small pieces of HTML as the cleaner sees them."""

from pipeline.steps.decode import parse
from pipeline.steps.lines import read_lines


def fragment_of(html):
    """Return the lines of a piece of HTML."""
    return read_lines(parse(html))
