"""The smaller slots of an entry: status, exempt, instrument, jurisdiction, attribution, each with its quote."""

import re

from pipeline.records import Action, Attribution, Evidence, Instrument, Status
from pipeline.steps.annotate.sentences import Sentence

_STATUS: tuple[tuple[Status, re.Pattern[str]], ...] = (
    ("reversed", re.compile(r"\b(?:revers(?:es|ed|ing)|backtrack\w*|walks? back|walked back|backs? down|backed down|scraps? (?:plans?|policy)|withdr(?:aws?|ew)|u-turn|membatalkan|batalkan|menarik kembali|mencabut)\b", re.IGNORECASE)),
    ("suspended", re.compile(r"\b(?:paus(?:es|ed|ing)|suspend(?:s|ed|ing)? (?:its|the|plans?|rollout|policy|enforcement)|puts? on hold|interim measures?|menangguhkan|membekukan|menghentikan sementara)\b", re.IGNORECASE)),
    ("delayed", re.compile(r"\b(?:delay(?:s|ed|ing)?|postpon(?:es|ed|ing)|pushe[sd] back|menunda|ditunda|diundur)\b", re.IGNORECASE)),
    ("testing", re.compile(r"\b(?:test(?:s|ing)|trial(?:s|ling|ing)?|pilot(?:s|ing)?|experiment(?:s|ing)?|menguji|uji coba)\b", re.IGNORECASE)),
    ("amended", re.compile(r"\b(?:amend(?:s|ed|ing)|carve[- ]out|softens?|adds? an? exception|mengubah kembali|merevisi)\b", re.IGNORECASE)),
    ("announced", re.compile(r"\b(?:will|plans? to|going to|to (?:ban|require|allow|label|block|start|begin|restrict|remove|limit|use|stop)|soon|upcoming|akan|segera|bakal|berencana|rencana)\b", re.IGNORECASE)),
)  # fmt: skip
_EXEMPT = re.compile(
    r"(?:does(?:n't| not) (?:affect|apply to|cover|include)|(?:will|are|is) not (?:be )?(?:affected?|apply to|impacted)|exempt(?:s|ed|ion)?(?: for)?|except(?:ion)?(?: for)?|excluding|"
    r"tidak (?:akan )?(?:memengaruhi|mempengaruhi|berlaku (?:bagi|untuk)|berdampak (?:pada|bagi))|dikecualikan|kecuali|pengecualian (?:bagi|untuk))\s+(?P<who>[^.;\n]{4,180})",
    re.IGNORECASE,
)
_INSTRUMENTS: tuple[tuple[Instrument, re.Pattern[str]], ...] = (
    ("privacy_policy", re.compile(r"privacy (?:policy|notice)|kebijakan privasi", re.IGNORECASE)),
    ("api_terms", re.compile(r"(?:business )?api (?:terms|policy|rules)|business (?:solution )?(?:api|terms|platform)|api terms", re.IGNORECASE)),
    ("community_guidelines", re.compile(r"community (?:guidelines|standards)|pedoman komunitas|standar komunitas", re.IGNORECASE)),
    ("monetisation_policy", re.compile(r"moneti[sz]ation (?:polic\w+|rules?|guidelines)|partner program|kebijakan monetisasi|program partner", re.IGNORECASE)),
    ("developer_policy", re.compile(r"developer (?:polic\w+|guidelines|terms|agreement)|app (?:store )?review guidelines|kebijakan pengembang", re.IGNORECASE)),
    ("advertising_policy", re.compile(r"ad(?:vertising|s)? polic\w+|kebijakan iklan", re.IGNORECASE)),
    ("usage_policy", re.compile(r"(?:usage|acceptable use) polic\w+", re.IGNORECASE)),
    ("seller_policy", re.compile(r"seller (?:polic\w+|rules)", re.IGNORECASE)),
    ("webmaster_policy", re.compile(r"robots\.txt|spam polic\w+|webmaster", re.IGNORECASE)),
    ("terms_of_service", re.compile(r"terms (?:of (?:service|use)|and conditions)|user agreement|ketentuan layanan|syarat dan ketentuan|persyaratan layanan|\bterms\b", re.IGNORECASE)),
    ("content_policy", re.compile(r"content (?:polic\w+|guidelines|rules)|kebijakan konten", re.IGNORECASE)),
    ("product_setting", re.compile(r"\bsettings?\b|\btoggle\b|pengaturan|setelan", re.IGNORECASE)),
)  # fmt: skip
_PLACES = {
    "IT": r"Italy|Italian|Italia", "BR": r"Brazil(?:ian)?|Brasil", "EU": r"(?:the )?EU|European Union|Uni Eropa|Europe|Eropa", "GB": r"UK|United Kingdom|Britain|Inggris",
    "US": r"US|U\.S\.|United States|Amerika Serikat|AS", "ID": r"Indonesia", "IN": r"India", "AU": r"Australia", "JP": r"Japan|Jepang", "KR": r"South Korea|Korea Selatan",
    "CN": r"China|Tiongkok", "CA": r"Canada|Kanada", "DE": r"Germany|Jerman", "FR": r"France|Prancis", "DK": r"Denmark", "MY": r"Malaysia", "PH": r"Philippines|Filipina", "NZ": r"New Zealand|Selandia Baru",
}  # fmt: skip
_PLACE = {
    code: re.compile(rf"\b(?:in|across|for|di|untuk|within)\s+(?:the\s+)?(?P<place>{names})\b")
    for code, names in _PLACES.items()
}
_ATTRIBUTIONS: tuple[tuple[Attribution, re.Pattern[str]], ...] = (
    ("spokesperson_to_outlet", re.compile(r"spokes(?:person|man|woman)|confirmed to|told (?:The |TechCrunch|Ars|Reuters)|juru bicara|mengonfirmasi .{0,40} kepada|kepada TechCrunch", re.IGNORECASE)),
    ("company_document", re.compile(r"(?:updated|new|revised|its) (?:terms|policy|policies|guidelines)|policy (?:page|document)|support page|help (?:page|center)|ketentuan (?:baru|terbaru)", re.IGNORECASE)),
    ("company_statement", re.compile(r"(?:blog post|announced|announcement|in a statement|said in|press release|mengumumkan|pernyataan|blog resmi)", re.IGNORECASE)),
    ("media_report", re.compile(r"according to (?:a report|reports|\w+)|reports? that|reported|dilaporkan|menurut laporan|dikutip|dilansir", re.IGNORECASE)),
    ("user_observation", re.compile(r"users? (?:noticed|spotted|reported)|spotted|pengguna (?:menemukan|melaporkan)", re.IGNORECASE)),
)  # fmt: skip
_AROUND = 6


def status_of(at: Sentence, sentences: list[Sentence], *, score_act: Action) -> tuple[Status, Evidence | None]:
    """Return how far a rule has come, by its own sentence, then by the headline and the lead."""
    for sentence in dict.fromkeys([at, *sentences[:3]]):
        for status, pattern in _STATUS:
            if score_act == "remove_feature" and status in ("reversed", "suspended"):
                continue
            if match := pattern.search(sentence.text):
                return status, _mark("status", sentence, match.start(), match.end())
        if sentence is at and sentence.number:
            break
    return "in_effect", None


def exempt_in(sentences: list[Sentence]) -> tuple[tuple[str, ...], list[Evidence]]:
    """Return whom the text spares, in its own words."""
    for sentence in sentences[:25]:
        if match := _EXEMPT.search(sentence.text):
            who = match.group("who").rstrip(" ,")
            return (who,), [_mark("exempt", sentence, match.start("who"), match.start("who") + len(who))]
    return (), []


def instrument_of(sentences: list[Sentence]) -> tuple[Instrument | None, Evidence | None]:
    """Return the kind of document that holds the rule."""
    for sentence in dict.fromkeys(sentences):
        for instrument, pattern in _INSTRUMENTS:
            if match := pattern.search(sentence.text):
                return instrument, _mark("instrument", sentence, match.start(), match.end())
    return None, None


def jurisdiction_of(sentences: list[Sentence]) -> tuple[str | None, Evidence | None]:
    """Return where the rule holds, as an ISO code; `None` when the sentence does not say."""
    for sentence in sentences:
        for code, pattern in _PLACE.items():
            if match := pattern.search(sentence.text):
                return code, _mark("jurisdiction", sentence, match.start("place"), match.end("place"))
    return None, None


def attribution_of(sentences: list[Sentence]) -> tuple[Attribution | None, Evidence | None]:
    """Return by whose word the article tells it."""
    for sentence in sentences[: _AROUND * 2]:
        for attribution, pattern in _ATTRIBUTIONS:
            if match := pattern.search(sentence.text):
                return attribution, _mark("attribution", sentence, match.start(), match.end())
    return None, None


def _mark(slot: str, sentence: Sentence, start: int, end: int) -> Evidence:
    return Evidence(
        slot=slot,
        field=sentence.field,
        start=sentence.start + start,
        end=sentence.start + end,
        quote=sentence.text[start:end],
    )
