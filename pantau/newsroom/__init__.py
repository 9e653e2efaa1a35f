"""A small world of made-up news sites on loopback: what the demo shows and the tests crawl."""
