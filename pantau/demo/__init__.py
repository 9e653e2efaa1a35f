"""The demo: a made-up newsroom on loopback, the real scheduler against it in processes of their own, and what SQL answers then.

Every figure that is printed is counted from the store or from the newsroom's own log; the demo is sound only if all checks hold.
"""

from pantau.demo.newsroom import show_newsroom
from pantau.demo.pages import show_pages

__all__ = ["show_newsroom", "show_pages"]
