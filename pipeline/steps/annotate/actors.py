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
# A name in these places is whom or what another platform's rule meets: its bot, its works, an example, a rival.
_MET_BEFORE = re.compile(
    r"\b(?:rivals?|competitors?|pesaing\w*|saingan\w*|(?:that|which|yang) (?:only|hanya)|such as|including|e\.g\.|seperti|misalnya|semacam|macam|"
    r"(?:made|generated|created|written|drawn|produced|composed|drafted) (?:by|with|using|in)|using|buatan|bikinan|hasil|keluaran|"
    r"(?:dibuat|ditulis|digambar) (?:dengan|oleh|lewat|memakai|pakai)|pakai|memakai|menggunakan|"
    r"(?:bots?|crawlers?|scrapers?|agents?|fetchers?|robots?|perayap|agen|peramban)(?: (?:AI|belanja|milik|dari|from|of|by|run by))*|"
    r"(?:blocks?|blocked|blocking|bans?|bars?|barred|cuts? off|kicks?|locks? out|shuts? out|turns? away|sues?|sued|against|lawan|melawan|gugat|menggugat|blokir|memblokir|tendang|menendang))"
    r"\W{0,2}\s*$",
    re.IGNORECASE,
)
_MET_AFTER = re.compile(
    r"^(?:-(?:style|like|powered|made|generated|based|written|drawn)\b|[’']s? (?:\w+ ){0,2}?(?:crawlers?|bots?|fetchers?|scrapers?|spiders?)\b)",
    re.IGNORECASE,
)
_CRAWLER = re.compile(r"\w*[Bb]ot$|[\w-]*-(?:Extended|User|SearchBot|ai)$")
_LISTED = re.compile(r"^\s*(?:,|,? (?:and|or|dan|atau|sampai|hingga|serta|maupun))\s*$", re.IGNORECASE)
# "While Shopee closes its doors, Lazada ...": the first is a foil to the second.
_FOIL = re.compile(
    r"^\W*(?:while|whereas|unlike|saat|ketika|kala|sementara|berbeda (?:dari|dengan)|(?:tak|tidak) seperti)\b[^,]*$",
    re.IGNORECASE,
)
_DONE_TO = re.compile(
    r"\b(?:banned|blocked|barred|removed|expelled|cut off|kicked off|pulled|restricted|limited|rejected|disetop|diblokir|dilarang|dihapus|ditendang|ditutup|dibatasi|ditolak|dicabut|diputus)\b(?:\s+\S+){0,4}?\s+(?:by|oleh)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_DONE_REACH = 90
_HEARD = 4


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
    """Return the platforms that each sentence of an article names, in their order; the first is the headline.

    A name that is also a word counts where a word of its trade stands beside it; once it does, or where the article names its company
    otherwise, it counts in all the article. Whom another platform's rule meets stands by, where headline or lead name that other platform.
    """
    found = [_named(text) for text in texts]
    plain = {
        name for text, actors in zip(texts, found, strict=True) for name, actor in actors if _is_plain(text, actor)
    }
    known = _known(found, plain)
    met = [_met(text, actors) for text, actors in zip(texts, known, strict=True)]
    free = {
        actor.company
        for actors, beside in zip(known[:_HEARD], met[:_HEARD], strict=True)
        for actor in actors
        if actor not in beside and not actor.is_bystander
    }
    return [
        tuple(_aside(actor) if actor in beside and free - {actor.company} else actor for actor in actors)
        for actors, beside in zip(known, met, strict=True)
    ]


def _known(found: list[list[tuple[str, Actor]]], plain: set[str]) -> list[tuple[Actor, ...]]:
    sure = {actor.company for actors in found for name, actor in actors if name in plain and not actor.needs_cue}
    return [
        tuple(actor for name, actor in actors if name in plain or (actor.product and actor.company in sure))
        for actors in found
    ]


def _met(text: str, actors: tuple[Actor, ...]) -> list[Actor]:
    """Return the platforms that a sentence names as met by a rule, as an example or as a foil."""
    found: list[Actor] = []
    doers = [actor for actor in actors if _DONE_TO.search(text[max(0, actor.start - _DONE_REACH) : actor.start])]
    for at, actor in enumerate(actors):
        if actor not in doers and (
            is_met(text, actor)
            or (found and found[-1] is actors[at - 1] and _LISTED.match(text[actors[at - 1].end : actor.start]))
            or any(actor.end < doer.start for doer in doers)
            or (_FOIL.match(text[: actor.start]) and "," in text[actor.end :])
        ):
            found.append(actor)
    return found


def is_met(text: str, actor: Actor) -> bool:
    """Tell whether a name stands for a tool, a bot, an example or a rival in its sentence."""
    before, after = text[max(0, actor.start - _BEFORE_CHARS) : actor.start], text[actor.end : actor.end + _AFTER_CHARS]
    return any((_MET_BEFORE.search(before), _MET_AFTER.match(after), _CRAWLER.fullmatch(text, actor.start, actor.end)))


def _aside(actor: Actor) -> Actor:
    return msgspec.structs.replace(actor, is_bystander=True)


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
