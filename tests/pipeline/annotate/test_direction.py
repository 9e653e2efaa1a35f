"""Whether a rule tightens or loosens follows from act, object, status and its words."""

import msgspec
import pytest

from pipeline.steps.annotate import annotate
from pipeline.steps.annotate.candidates import candidates_in
from pipeline.steps.annotate.direction import direction_of
from pipeline.steps.annotate.page import read_page

SAID = [
    ("ban", "ai_generated_content", "in_effect", "Etsy bans AI art.", "tighten"),
    ("ban", "ai_generated_content", "reversed", "Etsy takes back its ban on AI art.", "loosen"),
    ("ban", "general_purpose_chatbot", "amended", "Meta bans AI chatbots but narrows the rule on WhatsApp.", "loosen"),
    ("ban", "general_purpose_chatbot", "suspended", "Meta bans AI chatbots from WhatsApp.", "tighten"),
    ("require", "ai_generated_content", "in_effect", "TikTok requires a label on AI videos.", "tighten"),
    ("require", "ai_generated_content", "in_effect", "TikTok creators may choose to label AI videos.", "neutral"),
    ("require", "ai_generated_content", "in_effect", "The AI label was optional on TikTok and is now mandatory.", "tighten"),
    ("require", "ai_generated_content", "amended", "TikTok renames its AI label.", "neutral"),
    ("require", "ai_generated_content", "amended", "Pengguna TikTok tidak perlu lagi memberi label AI.", "loosen"),
    ("opt_control", "platform_ai_feature", "in_effect", "Firefox users can switch off AI features.", "neutral"),
    ("opt_control", "platform_ai_feature", "in_effect", "Firefox turns AI features into an opt-in.", "tighten"),
    ("opt_control", "training_on_user_data", "in_effect", "LinkedIn lets users object to AI training.", "tighten_for_platform"),
    ("remove_feature", "platform_ai_feature", "in_effect", "Google removes an AI feature after complaints.", "tighten"),
    ("remove_feature", "platform_ai_feature", "announced", "Google will retire an old AI feature.", "neutral"),
    ("license", "ai_model_use", "in_effect", "Meta lets shops use its AI model under a new licence.", "loosen"),
    ("license", "ai_model_use", "in_effect", "Meta's AI licence no longer covers rivals.", "tighten"),
    ("license", "copyright_ip", "in_effect", "Lisensi baru Spotify: lagu haram untuk AI.", "tighten"),
    ("allow", "ai_generated_content", "in_effect", "Steam allows games with AI art.", "loosen"),
    ("allow", "ai_generated_content", "reversed", "Steam no longer allows games with AI art.", "tighten"),
    ("clarify", "ai_model_use", "in_effect", "OpenAI explains its AI policy.", "neutral"),
    ("clarify", "ai_model_use", "in_effect", "OpenAI explains its AI policy and forbids scams.", "tighten"),
    ("data_use", "training_on_user_data", "in_effect", "LinkedIn trains AI on posts.", "loosen_for_platform"),
    ("data_use", "training_on_user_data", "in_effect", "LinkedIn will not be using posts to train AI.", "tighten_for_platform"),
    ("data_use", "training_on_user_data", "in_effect", "Vimeo bars itself from training AI on clips.", "tighten_for_platform"),
    ("data_use", "training_on_user_data", "reversed", "Zoom will train AI on calls, or so it had said.", "tighten_for_platform"),
    ("data_use", "training_on_user_data", "suspended", "X may train AI on posts.", "loosen_for_platform"),
]  # fmt: skip


@pytest.fixture(scope="module")
def some_rule():
    """Return any rule, whose act, object and sentence a test sets."""
    return candidates_in(read_page("Etsy bans AI art", "Etsy now bans AI art."))[0]


@pytest.mark.parametrize(("action", "about", "status", "text", "direction"), SAID, ids=[item[3] for item in SAID])
def test_a_direction_follows_from_the_rule_and_its_words(some_rule, action, about, status, text, direction):
    usual = {"allow": "loosen", "license": "loosen", "clarify": "neutral"}.get(action, "tighten")
    line = read_page(text, "").title
    rule = msgspec.structs.replace(some_rule, action=action, object=about, direction=usual, line=line)
    assert direction_of(rule, status) == direction


@pytest.mark.parametrize(
    ("title", "body", "action2"),
    [
        ("Zoom batal pakai data pengguna untuk latih AI", "Zoom membatalkan rencana menggunakan data pengguna untuk melatih model AI.", "reversal"),
        ("LinkedIn akan pakai data pengguna untuk latih AI", "LinkedIn akan menggunakan data pengguna untuk melatih model AI. Pengguna dapat menolak.", "opt_control"),
    ],
)  # fmt: skip
def test_the_second_act_tells_a_reversal_or_the_control(title, body, action2):
    change = annotate(title, body, "2026-03-10", "id").policy_changes[0]
    assert (change.action, change.action2) == ("data_use", action2)
