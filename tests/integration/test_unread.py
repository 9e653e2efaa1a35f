"""An article in a language without rules is stored like any other, and says that it was not read for policies."""

from db.catalogue import sync_catalogue
from db.engine import writing
from pipeline.records import Article, Reading
from pipeline.save import save_reading
from pipeline.steps.annotate import ANNOTATOR_VERSION, annotate
from tests.db.rows import NOW, source_row
from tests.integration.telling import ask

TEXT = "Meta verbietet Chatbots auf WhatsApp."


def test_it_is_stored_and_marked(engine):
    read = Reading(
        article=Article(
            url="https://hafen.test/1",
            headline=TEXT,
            article_body=TEXT,
            in_language="de",
            extractor_version="1",
        ),
        annotation=annotate(TEXT, TEXT, "2026-03-01", "de"),
    )
    with writing(engine) as conn:
        sync_catalogue(conn, [source_row("hafen")], [], NOW)
        save_reading(
            conn,
            read,
            source_id="hafen",
            site_key="1",
            download_ids=(),
            observed_at=NOW,
            annotator_version=ANNOTATOR_VERSION,
        )
    assert ask(engine, "select headline, negative_kind from articles") == [(TEXT, "unread")]
    assert ask(engine, "select count(*) from reports") == [0]
