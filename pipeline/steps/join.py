"""The pages of one article to one: in order, none twice, seams mended."""

import re
from collections.abc import Sequence

import msgspec

from pipeline.records import Article, Block, Caption, Removed
from pipeline.steps.lines import ends_sentence

_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.)$")


def join(pages: Sequence[Article]) -> Article:
    """Return the article that `pages` make together, the first of them first; its `extent` is full when no page is missing.

    What a later page repeats of the ones before it at its beginning, such as the lead or all of it, is told once. A sentence that a page's
    end cuts goes on in the same block.
    """
    first, last = pages[0], pages[-1]
    joined = _Joined()
    for page in pages:
        joined.add(page)
    return msgspec.structs.replace(
        first,
        blocks=tuple(joined.blocks),
        article_body="\n".join(block.text for block in joined.blocks),
        captions=tuple(joined.captions),
        removed=tuple(joined.removed),
        authors=next((p.authors for p in pages if p.authors), ()),
        editors=next((p.editors for p in pages if p.editors), ()),
        contributors=next((p.contributors for p in pages if p.contributors), ()),
        page_urls=tuple(dict.fromkeys(url for page in pages for url in page.page_urls)),
        next_page_url=last.next_page_url,
        extent="incomplete" if last.next_page_url or (first.extent == "incomplete" and len(pages) == 1) else "full",
    )


class _Joined:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.captions: list[Caption] = []
        self.removed: list[Removed] = []

    def add(self, page: Article) -> None:
        told = _told_before(page.blocks, self.blocks)
        fresh = page.blocks[told:]
        mended = self._mend(fresh)
        places = dict.fromkeys(range(-1, told), len(self.blocks) - 1)
        for index, block in enumerate(fresh, told):
            if index > told or mended is None:
                self.blocks.append(block)
            places[index] = len(self.blocks) - 1
        self.captions += [
            msgspec.structs.replace(c, after_block=places[c.after_block])
            for c in page.captions
            if c not in self.captions
        ]
        self.removed += [_moved(item, places, told, mended) for item in page.removed]

    def _mend(self, fresh: Sequence[Block]) -> int | None:
        """Join the first new block to a sentence that the page before left unfinished, and return where it goes on in its block."""
        if not (self.blocks and fresh and _goes_on(self.blocks[-1], fresh[0])):
            return None
        before, place = self.blocks[-1], len(self.blocks) - 1
        self.blocks[-1] = Block(kind=before.kind, text=f"{before.text} {fresh[0].text}")
        # What was removed at the page's end stands inside the sentence now.
        self.removed = [
            msgspec.structs.replace(item, char_offset=len(before.text))
            if item.after_block == place and item.char_offset is None
            else item
            for item in self.removed
        ]
        return len(before.text) + 1


def _goes_on(block: Block, following: Block) -> bool:
    return (
        block.kind == following.kind == "paragraph" and not ends_sentence(block.text) and following.text[:1].islower()
    )


def _told_before(blocks: Sequence[Block], before: Sequence[Block]) -> int:
    """Return how many blocks at a page's beginning were told already, a lead that is cut short with three dots among them."""
    known = {block.text for block in before}
    count = 0
    for block in blocks:
        stem = _CUT_MARK.sub("", block.text)
        is_short = stem != block.text and any(text.startswith(stem) for text in known)
        if block.text not in known and not is_short:
            break
        count += 1
    return count


def _moved(item: Removed, places: dict[int, int], told: int, mended: int | None) -> Removed:
    offset = item.char_offset if item.after_block >= told else None
    if mended is not None and item.after_block == told and offset is not None:
        offset += mended
    elif mended is not None and item.after_block < told:
        # It stood in front of the sentence that goes on.
        offset = mended - 1
    return msgspec.structs.replace(item, after_block=places[item.after_block], char_offset=offset)
