"""Who acts in a sentence, as far as the words between a platform's name and the act can tell."""

import re

from pipeline.steps.annotate.actors import Actor
from pipeline.steps.annotate.marks import Span
from pipeline.steps.annotate.page import Line

# What may stand between a subject and its verb: auxiliaries, adverbs of news, "says it"; no other noun, so no other subject.
_BETWEEN = re.compile(
    r"(?:['’]s)?(?:,? (?:AI|app|platform|service)\b)?(?:[\s,]+(?:will|would|is|are|was|has|have|had|been|being|be|now|to|also|may|can|could|reportedly|quietly|officially|finally|temporarily|effectively|essentially|abruptly|"
    r"just|soon|still|already|explicitly|formally|no|longer|not|won['’]t|again|plans?|planning|going|moves?|moved|moving|wants?|starts?|started|starting|begins?|began|says?|said|announced|announces|confirmed|confirms|decided|decides|"
    r"pauses?|paused|pausing|suspends?|suspended|halts?|halted|stops?|stopped|resumes?|resumed|delays?|delayed|menangguhkan|tangguhkan|menghentikan|hentikan|menunda|tunda|menjeda|(?:the|its|all) use of|penggunaan|intends?|vows?|promises|promised|agrees?|agreed|it|they|that|he|akan|bakal|resmi|kini|mulai|segera|juga|telah|sudah|diam-diam|akhirnya|siap|mau|ikut|ingin|berencana|memutuskan|putuskan|umumkan|mengumumkan|"
    r"sepakat|janji|berjanji|sempat|lagi|tak|tidak|untuk|bahwa|menyatakan|mengatakan|sementara|secara|langsung)\b){0,8}\W*",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:(?:the|its) (?:\w+[- ]){0,3}?(?:company|platform|service|startup|firm|app|site|giant|giants|lab|maker|network|store|marketplace|streamer|repository|owner|publisher|provider|operator)|it|they|"
    r"(?:perusahaan|platform|layanan|aplikasi|raksasa|situs|pihak|induk|pengelola|pembuat|pengembang|penyedia)(?: (?!yang)\w+){0,3}?(?: (?:itu|ini|tersebut))?|mereka|pihaknya)(?=\W)",
    re.IGNORECASE,
)
_ACTED_ON = re.compile(
    r"\W+(?:\w+\W+){0,3}?(?:from|on|by|at|in|off|across|to|inside|di|dari|oleh|pada|ke)\W+(?:the\s+)?$", re.IGNORECASE
)
_ROLE_REACH = 110


def subject_acts(line: Line, act: Span) -> bool:
    """Tell whether a platform, or "the company" that stands for it, is the act's own subject: nothing else comes between."""
    ends = [actor.end for actor in line.actors if actor.end <= act.start and not actor.is_bystander]
    start = max(0, act.start - _ROLE_REACH)
    ends += [role.end() for role in _ROLE.finditer(line.text, start, act.start)]
    return any(_BETWEEN.fullmatch(line.text, end, act.start) for end in ends)


def is_subject(line: Line, actor: Actor, act: Span) -> bool:
    """Tell whether a platform is itself the subject of an act."""
    return _BETWEEN.fullmatch(line.text, actor.end, act.start) is not None


def acted_on(line: Line, act: Span) -> bool:
    """Tell whether the act is done on, from or by a platform named behind it, as in "AI songs banned from Bandcamp"."""
    return any(
        _ACTED_ON.fullmatch(line.text, act.end, actor.start)
        for actor in line.actors
        if act.end < actor.start and not actor.is_bystander
    )
