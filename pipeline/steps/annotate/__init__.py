"""An article to what it tells of platform AI policies."""

from pipeline.records import Annotation

ANNOTATOR_VERSION = "0"


def annotate(headline: str, article_body: str, date_published: str | None, in_language: str | None) -> Annotation:
    return Annotation(read=False)
