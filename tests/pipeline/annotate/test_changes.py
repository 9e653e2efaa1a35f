"""Changes told in Indonesian and English are read with their slots, dates and exact quotes."""

from pathlib import Path

import pytest

from pipeline.steps.annotate import annotate

SEED = sorted((Path(__file__).parents[4] / "shared" / "seed").glob("*.txt"))
TITLE = "WhatsApp Melarang Chatbot AI dari Platformnya, OpenAI dan Lainnya Akan Segera Kehilangan Akses"
BODY = (
    "Meta memperbarui ketentuan WhatsApp Business API. Perusahaan menyebut beban pesan bertambah.\n"
    "Aturan itu tidak akan memengaruhi bot layanan pelanggan milik toko dan maskapai."
)

TOLD = [
    ("en", "Spotify bans songs made with AI clones of voices", "Spotify has updated its policy: songs that use AI to clone an artist's voice are banned.", ("Spotify", "Spotify", "ban", "deepfake_likeness", "tighten", "in_effect")),
    ("en", "Etsy will require sellers to disclose AI art", "Etsy said that its sellers will have to disclose AI-generated art under a new seller policy.", ("Etsy", "Etsy", "require", "ai_generated_content", "tighten", "announced")),
    ("en", "Reddit blocks AI crawlers from its archive", "Reddit now blocks AI crawlers that ignore robots.txt.", ("Reddit", "Reddit", "block_access", "crawling_scraping", "tighten", "in_effect")),
    ("en", "Dropbox will train its AI on user files by default", "Dropbox will use customer files to train AI models under its new privacy policy. Users can opt out.", ("Dropbox", "Dropbox", "data_use", "training_on_user_data", "loosen_for_platform", "announced")),
    ("id", "Spotify Larang Lagu AI yang Meniru Suara Penyanyi", "Spotify melarang lagu AI yang meniru suara penyanyi. Kebijakan konten itu kini berlaku.", ("Spotify", "Spotify", "ban", "deepfake_likeness", "tighten", "in_effect")),
    ("id", "TikTok Akan Wajibkan Label pada Video AI", "TikTok akan mewajibkan kreator memberi label pada video yang dibuat dengan AI.", ("ByteDance", "TikTok", "require", "ai_generated_content", "tighten", "announced")),
    ("id", "LinkedIn Akan Pakai Data Pengguna untuk Latih AI", "LinkedIn akan menggunakan data pengguna untuk melatih model AI. Kebijakan privasi baru memuat pilihan menolak.", ("Microsoft", "LinkedIn", "data_use", "training_on_user_data", "loosen_for_platform", "announced")),
]  # fmt: skip


def quotes_hold(found, headline, body):
    """Tell whether every quote is exactly its span, and every entry proves its act."""
    fields = {"headline": headline, "article_body": body}
    changes = found.policy_changes
    spans = [item for change in changes for item in change.evidence]
    exact = all(fields[item.field][item.start : item.end] == item.quote for item in spans)
    return exact and all(any(item.slot == "action" for item in change.evidence) for change in changes)


@pytest.mark.parametrize(("language", "title", "body", "slots"), TOLD, ids=[item[1] for item in TOLD])
def test_a_change_is_read_with_its_slots(language, title, body, slots):
    found = annotate(title, body, "2026-03-10", language)
    change = found.policy_changes[0]
    read = (change.company, change.product, change.action, change.object, change.direction, change.status)
    assert read == slots
    assert quotes_hold(found, title, body)


def check_whatsapp(title, body):
    found = annotate(title, body, "2025-10-20T14:27:00+07:00", "id")
    [change] = found.policy_changes
    slots = (change.company, change.product, change.action, change.object, change.status, change.doubtful)
    assert slots == ("Meta", "WhatsApp", "ban", "general_purpose_chatbot", "announced", False)
    action = next(item for item in change.evidence if item.slot == "action")
    assert (action.field, action.quote) == ("headline", title)
    assert any("bot layanan pelanggan" in name for name in change.exempt)
    assert any(item.slot == "exempt" and "bot layanan pelanggan" in item.quote for item in change.evidence)
    assert quotes_hold(found, title, body)


def test_a_ban_that_only_the_headline_states_is_one_sure_entry():
    check_whatsapp(TITLE, BODY)


@pytest.mark.skipif(not SEED, reason="the seed is not here")
def test_the_seed_is_one_sure_entry():
    lines = [line.strip() for line in SEED[0].read_text("utf-8").split("\n") if line.strip()]
    body = "\n".join(line for line in lines[1:] if not line.startswith("BACA JUGA"))
    check_whatsapp(lines[0], body)


@pytest.mark.parametrize(
    ("title", "body", "wanted"),
    [
        (
            "YouTube requires labels on AI videos and pays nothing for AI clones",
            "YouTube now requires creators to label AI-generated videos.\nYouTube has also updated its privacy policy: it will use viewers' comments to train its AI models.",
            {"require", "data_use"},
        ),
        (
            "TikTok Wajibkan Label Video AI",
            "TikTok mewajibkan kreator memberi label pada video AI.\nTikTok juga akan menggunakan unggahan pengguna untuk melatih model AI mulai 1 April 2026.",
            {"require", "data_use"},
        ),
    ],
)
def test_two_rules_in_one_article_are_two_entries(title, body, wanted):
    found = annotate(title, body, "2026-03-10", None)
    assert {change.action for change in found.policy_changes} == wanted
    assert quotes_hold(found, title, body)


@pytest.mark.parametrize(
    ("phrase", "value", "precision", "raw"),
    [
        ("mulai 15 Januari 2026", "2026-01-15", "day", "15 Januari 2026"),
        ("mulai 15 Januari", "2026-01-15", "day", "15 Januari"),
        ("mulai bulan depan", "2025-11", "relative", "mulai bulan depan"),
        ("mulai pekan depan", "2025-10-27", "relative", "mulai pekan depan"),
        ("mulai tahun depan", "2026", "relative", "mulai tahun depan"),
        ("starting on January 15, 2026", "2026-01-15", "day", "January 15, 2026"),
        ("effective 3 November", "2025-11-03", "day", "3 November"),
        ("starting today", "2025-10-20", "relative", "starting today"),
        ("starting in December", "2025-12", "month", "December"),
        ("starting in early 2026", "2026", "year", "early 2026"),
    ],
)
def test_the_effective_date_has_its_precision_and_phrase(phrase, value, precision, raw):
    title = "WhatsApp bans rival AI chatbots"
    body = f"WhatsApp bans rival AI chatbots from its business API {phrase}."
    [change] = annotate(title, body, "2025-10-20", None).policy_changes
    assert (change.effective.value, change.effective.precision, change.effective.raw) == (value, precision, raw)
    assert any(item.slot == "effective" and item.quote == raw for item in change.evidence)


def test_the_day_of_a_quote_is_not_the_day_of_the_rule():
    body = "WhatsApp melarang chatbot AI serbaguna, kata juru bicara Meta, Senin (1/12/2025)."
    [change] = annotate("WhatsApp Larang Chatbot AI", body, "2025-12-01", "id").policy_changes
    assert change.effective is None


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        (
            "en",
            "Getty tries again",
            "In a post on X, a photographer praised AI-generated pictures with rules of her own.",
        ),
        ("en", "Instagram is not banning AI pictures", "Meta is not banning AI pictures, a spokesperson said."),
        ("id", "Instagram Tidak Melarang Gambar AI", "Juru bicara Meta mengatakan Instagram tidak melarang gambar AI."),
        ("en", "Ministry bans Grok", "The government blocks Grok, the AI chatbot of xAI, for all officials."),
        ("id", "Zodiak Gemini Hari Ini", "Gemini dilarang bersedih, kata peramal."),
        ("id", "Cuaca Cerah", "Dilarang keras mengambil konten untuk AI tanpa izin."),
    ],
)
def test_what_only_looks_like_a_change_is_none(language, title, body):
    assert annotate(title, body, "2026-03-10", language).policy_changes == ()
