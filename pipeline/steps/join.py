"""The pages of one article to one: in order, none twice, seams mended."""

from collections.abc import Sequence

import msgspec

from pipeline.records import Article, Block, Caption, Removed


def join(pages: Sequence[Article]) -> Article:
    """Return the article that `pages` make together, the first of them first; its `extent` is full when no page is missing."""
    first = pages[0]
    blocks: list[Block] = []
    captions: list[Caption] = []
    removed: list[Removed] = []
    for page in pages:
        keep, shift = _fresh(page.blocks, blocks), len(blocks)
        blocks += [block for block, is_new in keep if is_new]
        places = _places([is_new for _, is_new in keep], shift)
        captions += [
            msgspec.structs.replace(c, after_block=places[c.after_block]) for c in page.captions if c not in captions
        ]
        removed += [_moved(item, places, keep) for item in page.removed]
    last = pages[-1]
    return msgspec.structs.replace(
        first,
        blocks=tuple(blocks),
        article_body="\n".join(block.text for block in blocks),
        captions=tuple(captions),
        removed=tuple(removed),
        authors=next((p.authors for p in pages if p.authors), ()),
        editors=next((p.editors for p in pages if p.editors), ()),
        contributors=next((p.contributors for p in pages if p.contributors), ()),
        page_urls=tuple(dict.fromkeys(url for page in pages for url in page.page_urls)),
        next_page_url=last.next_page_url,
        extent="incomplete" if last.next_page_url or (first.extent == "incomplete" and len(pages) == 1) else "full",
    )


def _fresh(blocks: Sequence[Block], before: Sequence[Block]) -> list[tuple[Block, bool]]:
    """Mark the blocks that an earlier page has not told already, such as a lead that is repeated on every page."""
    known = {block.text for block in before}
    return [(block, block.text not in known) for block in blocks]


def _places(are_new: Sequence[bool], shift: int) -> dict[int, int]:
    places, at = {-1: shift - 1}, shift - 1
    for index, is_new in enumerate(are_new):
        at += is_new
        places[index] = at
    return places


def _moved(item: Removed, places: dict[int, int], keep: Sequence[tuple[Block, bool]]) -> Removed:
    is_inside = item.char_offset is not None and keep[item.after_block][1]
    return msgspec.structs.replace(
        item, after_block=places[item.after_block], char_offset=item.char_offset if is_inside else None
    )
