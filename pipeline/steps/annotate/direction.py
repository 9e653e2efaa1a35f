"""Whether a rule tightens or loosens, and the second act that belongs to it; both agree with act, object and status."""

import re

from pipeline.records import Action2, Direction, Status
from pipeline.steps.annotate.candidates import Candidate
from pipeline.steps.annotate.choose import Told, for_minors

_DATA = ("training_on_user_data", "ads_personalisation")
_CLOSES = ("ban", "restrict", "require", "block_access", "age_gate", "monetise", "enforce")
_NOT_TO_TRAIN = re.compile(
    r"\b(?:no (?:more )?(?:\S+ ){0,2}?train\w*|without (?:\S+ ){0,4}?train\w*|tanpa (?:\S+ ){0,4}?(?:latih|melatih|pelatihan)|bukan (?:untuk )?(?:me)?latih|(?:not|never|n[’']t) (?:\w+ )?(?:be )?(?:used?|fed|train\w*|shared?)|(?:tidak|tak) (?:akan )?(?:lagi )?(?:dipakai|digunakan|melatih|dilatih|memakai|menggunakan|pakai))\b",
    re.IGNORECASE,
)
# From "ask first" to "unless you object": a control that gives the platform more.
_DEFAULT_ON = re.compile(
    r"\b(?:opt[- ]in to (?:an? )?opt[- ]out|to (?:an? )?opt[- ]out (?:consent|model|system|basis)|automatically opt(?:ed|s|ing)?[- ]in|opted in by default|(?:on|enabled|switched on|turned on|activated) by default|by default, (?:\S+ ){0,3}?(?:on|enabled)|unless (?:they|users|you) (?:opt|object|turn|disable)|aktif secara (?:bawaan|otomatis|default)|(?:diaktifkan|menyala) (?:secara )?(?:otomatis|bawaan|default)|kecuali (?:pengguna )?(?:menolak|mematikan))",
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
_OPT_OUT = re.compile(
    r"\b(?:opt(?:ing|ed|s)?[- ](?:out|in)|object(?:ion)? form|turn (?:it|this|that) off|toggle|unless (?:they|users|you)|menolak|keberatan|mematikan|menonaktifkan|pilihan keluar|sakelar)\b",
    re.IGNORECASE,
)


def direction_of(best: Candidate, status: Status) -> Direction:
    """Return the direction of a rule; for people's data it is told from the platform's side."""
    if best.object in _DATA and best.action in ("data_use", "clarify", "opt_control"):
        return _of_data(best, status)
    if status == "reversed" and best.action in _CLOSES:
        return "loosen"
    if best.action == "require" and (best.line.marks.has("voluntary") or _CHOICE.search(best.line.text)):
        return "neutral"
    if best.action == "opt_control" and best.object == "ai_generated_content":
        return "neutral"
    if best.action == "clarify" and _STRICTER.search(best.line.text):
        return "tighten"
    return best.direction if best.direction in ("tighten", "loosen", "neutral") else _usual(best)


def _usual(best: Candidate) -> Direction:
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
