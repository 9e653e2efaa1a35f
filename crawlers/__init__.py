"""The web to pages: the only room that knows Scrapy."""
