"""The platforms that a sentence names, and whether one is its subject."""

import re
from functools import cache

import msgspec

from pipeline.rules.policy_rules import name_pattern, names

# A name in these places is where something was said or shown, not who acts.
_BYSTANDER_BEFORE = re.compile(
    r"(?:told|tells?|in a (?:post|statement) (?:on|to)|posted (?:on|to)|post on|via|according to|reports?|reported by|by way of|kepada|melalui|dikutip dari|dilansir|"
    r"mengutip|lewat|di akun|credit:?|image:?|photo:?|ex-|former|spotted by|on)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(r"^\s*(?:charts?|user \w+ said|rival|competitor|-?owned)\b", re.IGNORECASE)
_TRADE = re.compile(
    r"\b(?:AI|app|apps|platform|users?|pengguna|chatbot|bot|model|API|policy|kebijakan|feature|fitur|content|konten|game|games|developer|creator|kreator|account|akun|data|terms|CEO|media sosial)\b",
    re.IGNORECASE,
)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A platform named in a text: company, product, and its place in the sentence."""

    company: str
    product: str | None
    start: int
    end: int
    is_bystander: bool


def find(text: str) -> list[Actor]:
    """Return the platforms that a sentence names, in their order."""
    found = []
    table = names()
    has_trade = bool(_TRADE.search(text))
    for match in name_pattern().finditer(text):
        name = table[match.group(0)]
        if name.needs_cue and not has_trade:
            continue
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 30]
        beside = bool(_BYSTANDER_BEFORE.search(before)) or bool(_SAID_AFTER.search(after))
        found.append(
            Actor(company=name.company, product=name.product, start=match.start(), end=match.end(), is_bystander=beside)
        )
    return found


@cache
def _first_letters() -> frozenset[str]:
    return frozenset(name[0] for name in names())
