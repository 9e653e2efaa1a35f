"""How far a rule has come, and where: every status, in both languages, for all or for one country."""

from typing import get_args

import msgspec
import pytest

from pipeline.records import Status
from pipeline.steps.annotate import annotate, choose
from pipeline.steps.annotate.score import weights


@pytest.fixture(autouse=True)
def any_article_is_news(monkeypatch):
    """What is read of a rule does not hang on how surely the article is one."""
    low = msgspec.structs.replace(weights(), possible=-99.0)
    monkeypatch.setattr(choose, "weights", lambda: low)


DAY = "2026-01-20"
TOLD = [
    ("en", "reported", None, "Etsy to ban AI art without a label, report says", "Etsy reportedly wants to ban AI art without a label, according to a leaked memo."),
    ("id", "reported", None, "Etsy Dikabarkan Bakal Larang Karya AI Tanpa Label", "Etsy dikabarkan bakal melarang karya AI tanpa label."),
    ("en", "announced", None, "Etsy will ban AI art without a label", "Etsy will ban AI art without a label, it told sellers."),
    ("id", "announced", None, "TikTok Akan Wajibkan Label pada Video AI", "TikTok akan mewajibkan kreator memberi label pada video AI."),
    ("en", "testing", None, "YouTube is testing labels on AI videos", "YouTube is testing a rule that requires creators to label AI videos, with a small group of users."),
    ("id", "testing", None, "YouTube Uji Coba Kewajiban Label Video AI", "YouTube sedang menguji coba kewajiban kreator memberi label pada video AI."),
    ("en", "in_effect", None, "Spotify bans songs by AI voice clones", "Spotify now bans songs that use AI to clone a voice."),
    ("id", "in_effect", "ID", "TikTok Larang Avatar AI di Siaran Langsung", "TikTok kini melarang avatar AI dalam siaran langsung di Indonesia."),
    ("en", "delayed", None, "Vinted postpones its ban on AI pictures", "Vinted has postponed its ban on AI pictures until June 1."),
    ("id", "delayed", None, "Shopee Undur Larangan Foto AI hingga 1 Juni", "Shopee menunda larangan foto produk buatan AI hingga 1 Juni 2026."),
    ("en", "suspended", "IT", "WhatsApp suspends its ban on rival chatbots in Italy", "Meta has suspended its ban on AI chatbots on WhatsApp in Italy after an order by the regulator."),
    ("en", "suspended", "BR", "WhatsApp exempts Brazil from its chatbot ban", "Meta exempts Brazil from its ban on general-purpose AI chatbots on WhatsApp."),
    ("en", "suspended", "BR, MX", "Meta bans AI chatbots from WhatsApp, but not everywhere", "Meta will not apply its ban on AI chatbots on WhatsApp in Brazil and Mexico."),
    ("en", "suspended", "DE", "WhatsApp bans AI chatbots, with a pause", "Meta has put its ban on AI chatbots on WhatsApp on hold in Germany."),
    ("id", "suspended", "BR", "WhatsApp Larang Chatbot AI, Brasil Dikecualikan", "Meta mengecualikan pengguna di Brasil dari larangan chatbot AI di WhatsApp."),
    ("en", "amended", None, "WhatsApp narrows its ban on AI chatbots", "Meta has amended the rule: AI chatbots of shops may stay on WhatsApp."),
    ("en", "amended", None, "Character.AI revises its teen ban to allow parental consent", "Character.AI has revised its ban on AI chats for teens to allow parental consent."),
    ("id", "amended", None, "Meta Revisi Larangan Chatbot AI di WhatsApp", "Meta merevisi aturan WhatsApp yang melarang chatbot AI."),
    ("en", "reversed", None, "Zoom drops its plan to train AI on calls", "Zoom has dropped its plan to use calls to train its AI models after protests."),
    ("id", "reversed", None, "Zoom Batalkan Rencana Pakai Data Pengguna untuk Latih AI", "Zoom membatalkan rencana menggunakan data pengguna untuk melatih model AI."),
    ("en", "in_effect", None, "Google removes an AI feature from Maps", "Google has removed the AI feature that wrote reviews from Google Maps."),
    ("en", "in_effect", None, "Vimeo updates its terms to ban AI clones", "Vimeo has updated its terms to ban AI clones of people."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "status", "place", "title", "body"), TOLD, ids=[item[3] for item in TOLD])
def test_a_status_is_read_with_its_place(language, status, place, title, body):
    change = annotate(title, body, DAY, language).policy_changes[0]
    assert (change.status, change.jurisdiction) == (status, place)


def test_every_status_is_told_above():
    assert {item[1] for item in TOLD} == set(get_args(Status))


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("en", "Etsy bans AI art without a label", "Etsy, based in Ireland, now bans AI art without a label."),
        (
            "id",
            "Etsy Larang Karya AI Tanpa Label",
            "Etsy kini melarang karya AI tanpa label. Kantor pusatnya jauh dari Asia.",
        ),
    ],
)
def test_where_no_country_is_said_none_is_told(language, title, body):
    assert annotate(title, body, DAY, language).policy_changes[0].jurisdiction is None


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("TikTok now requires creators in the US, Canada and New Zealand to label AI videos.", "US, CA, NZ"),
        ("TikTok now requires Irish users to label AI videos.", "IE"),
        ("TikTok now requires creators across the EU to label AI videos.", "EU"),
        ("TikTok now requires users in South Korea to label AI videos.", "KR"),
    ],
)
def test_a_list_of_countries_is_read_whole(body, place):
    assert annotate("TikTok requires labels on AI videos", body, DAY, "en").policy_changes[0].jurisdiction == place
