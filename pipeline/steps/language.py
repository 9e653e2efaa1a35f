"""The language of a text, as an ISO 639-1 code."""

from functools import cache
from typing import Any

from pipeline.records import SourceHints
from pipeline.steps.metadata import Metadata

# In bytes: a Japanese sentence is short in characters.
_MIN_BYTES = 40
_SAMPLE_CHARS = 400
_LANGUAGES = [
    "id",
    "ms",
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "ja",
    "zh",
    "ko",
    "ru",
    "ar",
    "tr",
    "sv",
    "no",
    "da",
    "vi",
    "th",
    "hi",
    "uk",
    "jv",
]
# Neighbours that short texts are taken for.
_INDONESIAN_KIN = {"jv", "ms"}


def detect(text: str, metadata: Metadata, hints: SourceHints) -> str | None:
    """Return the text's language; a text too short to tell has the source's, or the one that the page states."""
    stated = hints.in_language or metadata.html_language
    if len(text.encode("utf-8", "replace")) < _MIN_BYTES:
        return stated
    found: str = _identifier().classify(text[:_SAMPLE_CHARS])[0]
    if found in _INDONESIAN_KIN and "id" in (stated, hints.in_language):
        return "id"
    return "id" if found == "jv" else found


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - the model takes a while to load

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LANGUAGES)
    return identifier
