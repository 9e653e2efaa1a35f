"""What a language model is asked about an article: its instructions, and the article with the rules' entries as a block of data."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec

from pipeline.records import (
    Action,
    Action2,
    Annotation,
    Article,
    Attribution,
    Direction,
    Instrument,
    PolicyChange,
    PolicyObject,
    Status,
)

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "action": get_args(Action),
    "action2": tuple(name for part in get_args(Action2) for name in get_args(part)),
    "object": get_args(PolicyObject),
    "direction": get_args(Direction),
    "status": get_args(Status),
    "instrument": get_args(Instrument),
    "attribution": get_args(Attribution),
}
# The kind of "no" of an article in which a platform, an act and AI stand together, and speak for a rule too faintly.
_NEAR_MISS = "background_mention"
_HEADLINE_CHARS = 500
_MARK_LENGTH = 16


def is_candidate(annotation: Annotation) -> bool:
    """Tell whether the rules found a change possible: entries, sure or doubtful, or a near miss."""
    return bool(annotation.policy_changes) or is_near_miss(annotation)


def is_near_miss(annotation: Annotation) -> bool:
    """Tell whether the rules found the parts of a change without enough that speaks for it."""
    return annotation.read and not annotation.policy_changes and annotation.negative_kind == _NEAR_MISS


def question(
    annotation: Annotation, article: Article, *, model: str, max_chars: int, options: Mapping[str, Any]
) -> bytes:
    """Return the JSON of a chat-completions request; of the article at most `max_chars` code points go out.

    `options` are further fields of the request, such as the temperature.
    """
    return msgspec.json.encode(
        {
            **options,
            "model": model,
            "stream": False,
            "messages": [
                {"role": "system", "content": instructions()},
                {"role": "user", "content": _data(annotation, article, max_chars)},
            ],
        }
    )


@cache
def instructions() -> str:
    """Return what the model is told, with every value that its answer may hold."""
    data = tomllib.loads((Path(__file__).parents[1] / "rules" / "model.toml").read_text("utf-8"))
    listed = "\n".join(_values(slot, names, data["values"].get(slot, {})) for slot, names in VOCABULARY.items())
    text: str = data["instructions"]
    return text.strip().replace("{values}", listed)


def _values(slot: str, names: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    told = "; ".join(f"{name} ({meanings[name]})" if name in meanings else name for name in names)
    return f"- `{slot}`: {told}"


def _data(annotation: Annotation, article: Article, max_chars: int) -> str:
    """Return the block of data: inside JSON nothing can end it, and its mark is one that no text can know of itself."""
    headline = (article.headline or "")[: min(_HEADLINE_CHARS, max_chars)]
    block = msgspec.json.encode(
        {
            "article": {
                "headline": headline,
                "article_body": article.article_body[: max_chars - len(headline)],
                "date_published": article.date_published,
                "in_language": article.in_language,
            },
            "entries": [{"entry": number, **_told(change)} for number, change in enumerate(annotation.policy_changes)],
        }
    )
    mark = hashlib.sha256(block).hexdigest()[:_MARK_LENGTH]
    return f"DATA {mark}\n{block.decode()}\nEND OF DATA {mark}\nAnswer with the JSON object only."


def _told(change: PolicyChange) -> dict[str, Any]:
    slots = msgspec.structs.asdict(change)
    for own in ("confidence", "annotator_version", "evidence", "doubtful"):
        slots.pop(own)
    quotes: dict[str, list[str]] = {}
    for item in change.evidence:
        quotes.setdefault(item.slot, []).append(item.quote)
    return {**slots, "sure": not change.doubtful, "quotes": quotes}
