"""The platforms that a sentence names, and whether one only stands beside the act."""

import re
from collections.abc import Sequence

import msgspec

from pipeline.rules.policy_rules import Name, names_by_first_word

_CAPITAL = re.compile(r"(?<![\w@#/.-])[^\W_]\w*")
# A name in these places is where something was said or shown, not who acts.
_BYSTANDER_BEFORE = re.compile(
    r"(?:\b(?:told|tells?|in an? (?:\w+ )?(?:post|statement|interview|thread) (?:on|to|with)|posted (?:on|to)|posts? on|wrote on|shared on|via|according to|reported by|kepada|dikutip dari|"
    r"dilansir(?: dari)?|mengutip|di akun|credit|image|photo|ex|former|spotted by|unlike|mantan|unggahan di|melalui akun|lewat akun)|[(:]\s*(?:image|credit|photo|foto|gambar))\W{0,2}\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_BESIDE_AFTER = re.compile(
    r"^\s*(?:charts?|user \w+ said|rival|competitor|cofounder|co-founder|screenshot|channel kami)\b",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(?:AI|apps?|platforms?|users?|pengguna|chatbots?|bots?|models?|API|polic(?:y|ies)|kebijakan|features?|fitur|content|konten|games?|gim|developers?|creators?|kreator|accounts?|akun|data|terms|CEO|"
    r"media sosial|posts?|images?|gambar|videos?|foto|video|music|musik|tracks?|royalties|subscription\w*|model|aplikasi|layanan|service|store|streaming|kecerdasan|algorithm|aturan|rules?|artificial intelligence|"
    r"teens|konten|perusahaan|company|browser|deepfakes?|crawlers?|akses|access|ads|iklan|assistant|asisten|mode|copyright|prompts?|training|latih)\b",
    re.IGNORECASE,
)
_BEFORE_CHARS, _AFTER_CHARS = 45, 30


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A platform named in a text: company, product, the product meant without a name, and its place in the sentence."""

    company: str
    product: str | None
    flagship: str | None
    start: int
    end: int
    is_bystander: bool
    needs_cue: bool = False


def find_in(texts: Sequence[str]) -> list[tuple[Actor, ...]]:
    """Return the platforms that each sentence of an article names, in their order.

    A name that is also a word counts where a word of its trade stands beside it; once it does, it counts in all the article.
    """
    found = [_named(text) for text in texts]
    plain = {
        name for text, actors in zip(texts, found, strict=True) for name, actor in actors if _is_plain(text, actor)
    }
    return [tuple(actor for name, actor in actors if name in plain) for actors in found]


def find(text: str) -> list[Actor]:
    """Return the platforms that a sentence names by itself, in their order."""
    return list(find_in([text])[0])


def _is_plain(text: str, actor: Actor) -> bool:
    return not actor.needs_cue or _TRADE.search(text) is not None


def _named(text: str) -> list[tuple[str, Actor]]:
    found: list[tuple[str, Actor]] = []
    table = names_by_first_word()
    past = 0
    for word in _CAPITAL.finditer(text):
        if word.start() < past or word.group(0) not in table:
            continue
        hit = _named_at(text, word.start(), table[word.group(0)])
        if hit is None:
            continue
        alias, name = hit
        past = word.start() + len(alias)
        found.append((alias, _actor(text, word.start(), past, name)))
    return found


def _named_at(text: str, at: int, listed: tuple[tuple[str, Name], ...]) -> tuple[str, Name] | None:
    for alias, name in listed:
        if text.startswith(alias, at) and _ends(text, at + len(alias)):
            return alias, name
    return None


def _ends(text: str, at: int) -> bool:
    after = text[at : at + 2]
    return not after or not (after[0].isalnum() or after[0] == "_" or (after[0] == "." and after[1:].isalnum()))


def _actor(text: str, start: int, end: int, name: Name) -> Actor:
    before, after = text[max(0, start - _BEFORE_CHARS) : start], text[end : end + _AFTER_CHARS]
    return Actor(
        company=name.company,
        product=name.product,
        flagship=name.flagship,
        start=start,
        end=end,
        needs_cue=name.needs_cue,
        is_bystander=bool(_BYSTANDER_BEFORE.search(before)) or bool(_BESIDE_AFTER.search(after)),
    )
