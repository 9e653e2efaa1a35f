"""Scrapy's settings, and the steps between a request and its answer in their order."""

from typing import Any

from crawlers.limits import CrawlSettings

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawlers.middlewares.guard.GuardMiddleware": 50,
    "crawlers.middlewares.robots.RobotsMiddleware": 100,
    # Ours is asked inside the slot and expires; proxies of the environment would go round the address guard.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}


def scrapy_settings(crawl: CrawlSettings) -> dict[str, Any]:
    """Return the settings of the one crawler."""
    return {
        "DOWNLOADER_MIDDLEWARES": DOWNLOADER_MIDDLEWARES,
        "PANTAU_HOSTS": crawl.hosts,
        "USER_AGENT": crawl.agent_header,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "id,en;q=0.8,*;q=0.5",
        },
        "DOWNLOAD_DELAY": crawl.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": crawl.concurrency + 8,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 4,
        "DOWNLOAD_TIMEOUT": crawl.timeout_s,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_ENABLED": False,
        "EXTENSIONS": dict.fromkeys(("scrapy.extensions.logstats.LogStats", "scrapy.extensions.corestats.CoreStats")),
    }
