"""Whether a rule tightens or loosens, and the second act that belongs to it; both agree with act, object and status."""

import re
from collections.abc import Callable

from pipeline.records import Action, Action2, Direction, Status
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.choose import Told, for_minors

_DATA = ("training_on_user_data", "ads_personalisation")
_CLOSES = ("ban", "restrict", "require", "block_access", "age_gate", "monetise", "enforce")
_NOT_TO_TRAIN = re.compile(
    r"\b(?:out of (?:\S+ ){0,3}?(?:data ?sets?|training|models?)|(?:bars?|barred|barring|binds?|bound) itself|no (?:more )?(?:\S+ ){0,2}?train\w*|without (?:\S+ ){0,4}?train\w*|tanpa (?:\S+ ){0,4}?(?:latih|melatih|pelatihan)|bukan (?:untuk )?(?:me)?latih|(?:not|never|n[’']t) (?:\w+ )?(?:be )?(?:us(?:ed?|ing)|fed|fodder|train\w*|shared?)|(?:tidak|tak) (?:akan )?(?:lagi )?(?:dipakai|digunakan|melatih|dilatih|memakai|menggunakan|pakai))\b",
    re.IGNORECASE,
)
# From "ask first" to "unless you object": a control that gives the platform more.
_DEFAULT_ON = re.compile(
    r"\b(?:opt[- ]in to (?:an? )?opt[- ]out|to (?:an? )?opt[- ]out (?:consent|model|system|basis)|automatically opt(?:ed|s|ing)?[- ]in|opted in by default|(?:on|enabled|switched on|turned on|activated) by default|by default, (?:\S+ ){0,3}?(?:on|enabled)|unless (?:they|users|you) (?:opt|object|turn|disable)|aktif secara (?:bawaan|otomatis|default)|(?:diaktifkan|menyala) (?:secara )?(?:otomatis|bawaan|default)|kecuali (?:pengguna )?(?:menolak|mematikan))",
    re.IGNORECASE,
)
_DEFAULT_OFF = re.compile(
    r"\b(?:opt[- ]in|(?:off|disabled|out of action|blocked|inactive) (?:\S+ )?by default|by default (?:\S+ ){0,4}?(?:off|disabled|out)|(?:dimatikan|nonaktif|mati) (?:sejak awal|secara (?:bawaan|default))|pilihan, bukan|hanya (?:jika|bila|kalau) (?:pengguna )?(?:menyalakan|mengaktifkan))\b",
    re.IGNORECASE,
)
# What users do with their own hand: they may, they choose, there is a switch.
_OWN_HAND = re.compile(
    r"\b(?:lets?|letting|can|may|able|choos\w+|choice|option\w*|toggle|switch\w*|veto|control\w*|dial|hide|turn\w* off|disable|remove|opt(?:ing|s)?|bisa|dapat|boleh|sakelar|tombol|pilih\w*|memilih|matikan|mematikan|menolak|menonaktifkan|mengatur|kontrol)\b",
    re.IGNORECASE,
)
_STRICTER = re.compile(
    r"\b(?:strict(?:er|ly)?|strengthen\w*|tighten\w*|tough(?:er|ens?)|crack\w* down|prohibit\w*|forbid\w*|bans?|restrict\w*|new rules|perketat|memperketat|pengetatan|melarang|larangan|lebih ketat|tegas\w*)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(?:voluntar\w+|optional|opt-in (?:tag|label)\w*|option to (?:flag|label|tag|disclose|mark)|can (?:choose|opt) to|may choose|encourag\w+|sukarela|opsional|boleh memilih|dianjurkan|diimbau|mengimbau)\b",
    re.IGNORECASE,
)
_COMPULSORY = re.compile(
    r"\b(?:compulsory|mandatory|no longer (?:optional|voluntary|eligible)|must|have to|has to|required|obliged|wajib|diwajibkan|harus|mesti)\b",
    re.IGNORECASE,
)
# An amendment that gives way, and one that only changes a name or a wording.
_EASED = re.compile(
    r"\b(?:eas(?:e|es|ed|ing)|relax\w*|loosen\w*|soften\w*|narrow\w*|water(?:s|ed|ing) down|scal(?:es|ed|ing) back|dial(?:s|ed|ing)? back|exempt\w*|exception\w*|carve[- ]?outs?|no longer (?:need|have|required|must|ask|cover|appl)\w*|need(?:n['’]t| not)|"
    r"to (?:allow|permit|let|spare)|may (?:now|again|stay)|again|back|(?:me|di|per)?longgar\w*|(?:me|di)?lunak\w*|(?:mem|di)?perlunak|(?:mem|di)?persempit|menyempit|(?:tak|tidak) (?:perlu|usah|wajib|lagi)|dikecualikan|kecuali\w*|boleh|mengizinkan|diizinkan)\b",
    re.IGNORECASE,
)
_RENAMED = re.compile(
    r"\b(?:renam\w*|rebrand\w*|relabel\w*|new name|(?:would|will) give way to|chang\w+ (?:the )?(?:name|wording|label)|replac\w+ (?:the )?(?:words?|label|tag)|diganti (?:menjadi|jadi|nama)|ganti nama|berganti nama|mengganti (?:nama|label|tulisan|kalimat))\b",
    re.IGNORECASE,
)
# A licence that closes: whose terms are tightened.
_LICENCE_CLOSES = re.compile(
    r"\b(?:no longer|not (?:be )?(?:used|allowed|permitted|covered)|may not|must not|cannot|can['’]t|forbid\w*|forbidden|prohibit\w*|exclud\w*|carv\w* out|stop(?:s|ped)? short|off[- ]limits|written (?:consent|permission)|must (?:buy|pay|ask|obtain)|haram|dilarang|melarang|(?:tak|tidak) (?:lagi|boleh)|harus (?:membeli|membayar|meminta)|mesti|wajib|izin tertulis)\b",
    re.IGNORECASE,
)
# The end of a feature's life by its maker's own plan, blamed on nobody.
_RETIRES = re.compile(
    r"\b(?:retir(?:e|es|ed|ing|ement)|sunset\w*|end of life|end-of-life|discontinu\w*|phas(?:e|es|ed|ing) out|wind(?:s|ing)? down|low (?:use|usage|uptake|demand)|dipensiunkan|memensiunkan|pensiun|sepi peminat)\b",
    re.IGNORECASE,
)
_SWITCHED = ("platform_ai_feature", "ai_agents", "ai_generated_content")
_OPT_OUT = re.compile(
    r"\b(?:opt(?:ing|ed|s)?[- ](?:out|in)|object(?:ion)? form|turn (?:it|this|that) off|toggle|unless (?:they|users|you)|menolak|keberatan|mematikan|menonaktifkan|pilihan keluar|sakelar)\b",
    re.IGNORECASE,
)


def direction_of(best: Candidate, status: Status) -> Direction:
    """Return the direction of a rule; for people's data it is told from the platform's side."""
    if best.object in _DATA and best.action in ("data_use", "clarify", "opt_control"):
        return _of_data(best, status)
    worded = _WORDED.get(best.action)
    return _turned(best, status) or (worded(best) if worded else None) or _usual(best)


def _of_duty(best: Candidate) -> Direction | None:
    text = best.line.text
    is_choice = best.line.marks.has("voluntary") or _CHOICE.search(text)
    return "neutral" if is_choice and not _COMPULSORY.search(text) else None


def _of_control(best: Candidate) -> Direction | None:
    """A switch for the platform's own features is neither; one that stands at "off" holds the platform back."""
    text = best.line.text
    off = best.object == "platform_ai_feature" and _DEFAULT_OFF.search(text)
    is_theirs = best.object == "ai_generated_content" or _OWN_HAND.search(text)
    return "neutral" if best.object in _SWITCHED and is_theirs and not off else None


def _of_feature(best: Candidate) -> Direction | None:
    return "neutral" if best.object == "platform_ai_feature" and _RETIRES.search(best.line.text) else None


def _of_licence(best: Candidate) -> Direction | None:
    return "tighten" if _LICENCE_CLOSES.search(best.line.text) else None


def _of_wording(best: Candidate) -> Direction | None:
    return "tighten" if _STRICTER.search(best.line.text) else None


_WORDED: dict[Action, Callable[[Candidate], Direction | None]] = {
    "require": _of_duty,
    "opt_control": _of_control,
    "remove_feature": _of_feature,
    "license": _of_licence,
    "clarify": _of_wording,
}


def _turned(best: Candidate, status: Status) -> Direction | None:
    """Return the direction of a rule that is taken back, or amended by words of giving way; `None` for every other."""
    if status == "reversed" and best.action in _CLOSES:
        return "loosen"
    if status == "reversed" and best.action in ("allow", "license"):
        return "tighten"
    if status == "amended" and best.action in (*_CLOSES, "remove_feature"):
        return "neutral" if _RENAMED.search(best.line.text) else "loosen" if _EASED.search(best.line.text) else None
    return None


def _usual(best: Candidate) -> Direction:
    if best.direction in ("tighten", "loosen", "neutral"):
        return best.direction
    return "loosen" if best.action in ("allow", "license") else "neutral" if best.action == "clarify" else "tighten"


def _of_data(best: Candidate, status: Status) -> Direction:
    text = best.line.text
    stops = any(stop.start < best.act.start for stop in best.line.marks.words.get("stops", ()))
    if status == "reversed" or (status != "suspended" and (stops or _NOT_TO_TRAIN.search(text))):
        return "tighten_for_platform"
    if best.action == "data_use" or _DEFAULT_ON.search(text):
        return "loosen_for_platform"
    return "tighten_for_platform"


def action2_of(told: Told, best: Candidate, status: Status, direction: Direction) -> Action2 | None:
    """Return the second act of a rule: that it takes another back, whom it limits by age, the control or penalty beside it."""
    if status == "reversed" or (status == "amended" and direction == "loosen"):
        return "reversal"
    if told.instead is not None:
        return told.instead
    if best.action == "data_use":
        return "opt_control" if "opt_control" in told.beside or _OPT_OUT.search(best.line.text) else None
    if best.action in ("ban", "require", "restrict") and "enforce" in told.beside:
        return "enforce"
    return "age_gate" if for_minors(best) else None
