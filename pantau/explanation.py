"""An explained page for a terminal: what was read, where the text was found, and every line with its fate."""

from rich.text import Text

from pantau.show import console, plain
from pipeline.explain import Explanation, Piece
from pipeline.records import Article

_TEXT_CHARS = 90


def show_explanation(explanation: Explanation) -> None:
    """Print why a page reads as it does."""
    out = console()
    for name, value in _facts(explanation):
        out.print(Text(f"{name:<10} {plain(value)}"))
    for number, piece in enumerate(explanation.pieces, 1):
        out.print(Text(plain(_row(number, piece))), soft_wrap=True)


def _facts(explanation: Explanation) -> list[tuple[str, str]]:
    article = explanation.article
    found = "by the catalogue's hint" if explanation.by_hint else f"holds {explanation.share:.0%} of the page's prose"
    removed = sum(piece.kind != "kept" for piece in explanation.pieces)
    return [
        ("verdict", f"{article.verdict}, {article.extent}, confidence {article.confidence:.2f}"),
        ("headline", article.headline or "none found"),
        ("published", _published(article)),
        ("authors", ", ".join(article.authors) or "none found"),
        ("editors", ", ".join(article.editors) or "none found"),
        ("next page", article.next_page_url or "none"),
        (
            "container",
            f"{explanation.container} ({found})" if explanation.container else "none: the page holds no text",
        ),
        ("lines", f"{len(explanation.pieces) - removed} kept, {removed} removed"),
    ]


def _published(article: Article) -> str:
    if article.date_published is None:
        return "none found"
    return f'{article.date_published} from "{article.date_published_raw}", zone {article.date_published_zone}'


def _row(number: int, piece: Piece) -> str:
    text = piece.text if len(piece.text) <= _TEXT_CHARS else f"{piece.text[: _TEXT_CHARS - 1]}…"
    inside = "cut out of it: " if piece.is_inside else ""
    return f"{number:>4} {piece.kind:<9} {piece.rule or '':<22} {inside}{text}  [{piece.place}]"
