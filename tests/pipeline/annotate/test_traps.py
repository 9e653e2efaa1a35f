"""What confuses a reader of AI policy news: each trap in sentences of our own, with the reading that is right."""

import pytest

from pipeline.steps.annotate import annotate

# Trap, language, headline, body: news in which no platform changes a rule.
NONE = [
    ("platform, AI and a policy verb in a launch", "en", "YouTube lets creators dub videos with AI", "YouTube now allows creators to make dubbed versions of their videos with a new AI tool. It is available in twelve languages.\nThe feature rolls out this week."),
    ("platform, AI and a policy verb in a launch", "id", "YouTube Izinkan Kreator Sulih Suara Video dengan AI", "YouTube meluncurkan fitur baru yang memungkinkan kreator membuat sulih suara dengan AI. Fitur ini hadir dalam dua belas bahasa."),
    ("a plan's quota", "en", "Anthropic raises Claude limits for paid plans", "Anthropic said subscribers to its paid plans can now send twice as many messages to Claude before they reach the weekly rate limit."),
    ("a rights holder's cease-and-desist", "en", "Film studio tells Midjourney to stop making its heroes", "A film studio sent Midjourney a cease-and-desist letter. It demands that the company block prompts for its characters."),
    ("a lawsuit with words of a ban", "en", "Authors sue Anthropic to bar it from training on their books", "The lawsuit, filed in a federal court, asks a judge to prohibit Anthropic from training Claude on pirated books."),
    ("a lawsuit with words of a ban", "id", "Penulis Gugat Anthropic, Minta Larang Latih AI dengan Buku", "Gugatan itu meminta hakim melarang Anthropic melatih Claude dengan buku bajakan."),
    ("a government as subject", "en", "Turkey blocks Grok after insults", "A court in Ankara blocked access to Grok, the AI chatbot of xAI, on Wednesday. Prosecutors have opened an inquiry."),
    ("a government as subject", "en", "Pentagon labels Anthropic a supply chain risk", "The defence department banned its contractors from using Claude, the AI model made by Anthropic."),
    ("a government as subject", "id", "Italia Blokir DeepSeek", "Otoritas Italia memblokir chatbot AI DeepSeek karena data pengguna."),
    ("a school as subject", "en", "School district bans ChatGPT on its laptops", "Teachers said pupils had handed in essays written by ChatGPT. The board prohibited the AI chatbot until summer."),
    ("an employer's rule for staff", "en", "Bank bans staff from using ChatGPT", "The bank told employees that AI chatbots such as ChatGPT are off limits at work."),
    ("an employer's rule for staff", "en", "Amazon tells engineers to use its own AI coding tool", "Employees must get approval before they use Claude Code at work, an internal memo to staff said."),
    ("a record label", "en", "Record label signs AI singer", "The label will require the AI artist, made with Suno, to release two albums a year."),
    ("bare agents", "en", "Talent agents barred from AI fair", "Organisers banned Hollywood agents from a fair at which Sora clips were shown."),
    ("a background sentence", "en", "Pinterest shares fall after weak quarter", "Pinterest reported lower revenue from advertisers. Investors had hoped for more.\nThe company blamed tariffs.\nIts chief executive spoke of a hard year.\nLast October, Pinterest began to require labels on AI-generated pins."),
    ("a background sentence", "id", "Saham Pinterest Anjlok", "Pendapatan iklan Pinterest turun pada kuartal ini. Investor kecewa.\nDirektur utama menyebut tahun ini berat.\nTahun lalu, Pinterest mulai mewajibkan label pada gambar AI."),
    ("a whole company shuts down", "en", "AI app maker Rewind shuts down after funding dries up", "The start-up said it will close in December and has laid off its staff. Investors had put in 30 million dollars."),
    ("an employer's tools", "en", "Microsoft cancels Claude Code licences for its own developers", "Employees were told by email that the tool will be removed from their laptops."),
    ("a new ability of a model", "en", "Claude can now end abusive chats", "Anthropic has given Claude the ability to leave a conversation. The new feature is an experiment in model welfare."),
    ("break reminders", "en", "ChatGPT adds reminders to take a break", "OpenAI launches a new feature that asks users whether it is time for a break after long chats."),
    ("a platform that sues its own user", "en", "Meta sues maker of undressing app", "Meta filed a lawsuit in Hong Kong against the company behind an AI app that makes fake nudes and that advertised on Facebook."),
    ("limits in one customer's contract", "en", "Google signs AI deal with defence ministry", "The contract worth 200 million dollars lets the ministry use Gemini for any lawful purpose. Google said that it welcomed the partnership."),
    ("a denial", "en", "Google denies training Gemini on Gmail messages", "Google said it does not use the content of Gmail to train its Gemini model, calling the reports false."),
    ("a denial", "id", "Google Bantah Latih Gemini Pakai Isi Gmail", "Google membantah memakai isi surel pengguna Gmail untuk melatih model AI Gemini."),
    ("a negation", "en", "Meta is not currently training AI on unposted photos", "Meta said that it is not training its AI models on photos in the camera roll, a spokesperson told reporters."),
    ("a negation", "id", "Steam Tidak Melarang Gim Buatan AI", "Valve menegaskan Steam tidak melarang gim yang dibuat dengan AI."),
    ("a demand", "en", "Senators urge Meta to ban AI companions for teens", "In a letter the senators called on Meta to stop offering AI chatbots to minors."),
    ("a hypothetical", "en", "What would happen if Spotify banned AI music?", "If Spotify were to ban AI-generated songs, small labels could gain, an analyst argues."),
    ("AI as a tool", "en", "Tinder uses AI to catch fake profiles", "Tinder has introduced an AI system that detects fake profiles and bans their owners."),
    ("AI as a tool", "id", "TikTok Pakai AI untuk Hapus Video Kekerasan", "TikTok menggunakan AI untuk mendeteksi dan menghapus video yang melanggar pedoman komunitas."),
    ("a rule without AI", "en", "WhatsApp limits forwarding of messages", "WhatsApp will restrict forwarded messages to one chat at a time. The new rule is to slow rumours."),
    ("cue words with another meaning", "en", "Researchers stop models turning evil with a vaccine", "Scientists at Anthropic found a way to prevent harmful behaviour in Claude before training ends."),
    ("cue words with another meaning", "en", "More job adverts on LinkedIn require AI skills", "A study by LinkedIn found that employers now require AI skills in one of ten adverts."),
    ("a name that only shows where something was said", "en", "Singer bans phones at concerts", "In a post on X, the singer said that AI videos of her shows are prohibited."),
    ("a picture credit", "en", "Festival bans AI posters", "The festival's board prohibited AI-generated posters. (Image: Adobe)"),
    ("a pair of glasses", "en", "Cruise line bans smart glasses", "Passengers may no longer wear Ray-Ban Meta glasses in the pool, the cruise line said. The AI assistant in them records video."),
    ("a zodiac sign", "id", "Ramalan Zodiak Gemini Pekan Ini", "Gemini dilarang gegabah soal uang pekan ini, kata peramal kecerdasan hati."),
    ("a copyright tail", "id", "Harga Ponsel Turun", "Harga ponsel turun pekan ini.\nDilarang keras mengambil konten, melakukan crawling atau pengindeksan otomatis untuk AI di situs ini tanpa izin."),
    ("a sports league", "en", "Chess league bans AI glasses", "The league prohibited players from wearing AI glasses that run on Meta software."),
    ("an incident", "en", "Grok praises dictator in bizarre posts", "The AI chatbot of xAI wrote insulting posts on Tuesday. Users shared screenshots. The company blamed a bug."),
    ("an app that cannot be uninstalled", "en", "Samsung phones ship with Gemini that users cannot remove", "Owners found that the AI app is preinstalled on the new phones and cannot be uninstalled."),
]  # fmt: skip

# Trap, language, headline, body, and (product, action, object, status) of the entry.
TOLD = [
    ("a platform's own cease-and-desist", "en", "Amazon orders Perplexity to keep its AI shopping agent away", "Amazon has sent Perplexity a cease-and-desist letter: its conditions of use forbid AI agents such as Comet to shop without saying so.\nAmazon said it enforces its terms.", ("Amazon", {"enforce", "block_access", "ban"}, {"ai_agents"}, {"in_effect"})),
    ("a withdrawn feature, nixed", "en", "Instagram nixes AI profiles after mockery", "Meta has taken down the AI profiles on Instagram that it had made itself, a spokesperson said.", ("Instagram", {"remove_feature"}, {"platform_ai_feature"}, {"in_effect"})),
    ("a withdrawn feature that only lasted one day", "en", "Prime Video's AI recaps only lasted one day", "Amazon pulled the AI-made recaps from Prime Video after viewers found errors in them.", ("Prime Video", {"remove_feature"}, {"platform_ai_feature"}, {"in_effect"})),
    ("a withdrawn feature in a participle", "en", "Duolingo explains its now-scrapped AI tutor voices", "Duolingo has removed the AI voices from its lessons after complaints.", ("Duolingo", {"remove_feature"}, {"platform_ai_feature"}, {"in_effect"})),
    ("a withdrawn feature", "id", "Instagram Hapus Fitur Profil AI Usai Dikritik", "Meta menghapus fitur profil AI buatannya dari Instagram setelah dikritik pengguna.", ("Instagram", {"remove_feature"}, {"platform_ai_feature"}, {"in_effect"})),
    ("guardrails", "en", "Meta stops its chatbots from talking to teens about self-harm", "Meta has changed the rules for its AI chatbots: they will no longer speak with teenagers about self-harm or romance.", ("Meta AI", {"restrict", "age_gate", "ban"}, {"minors_and_ai"}, {"in_effect", "announced"})),
    ("a mandatory tag", "en", "Steam makes developers disclose AI art", "Valve now requires developers to disclose AI-generated content in their games on Steam.", ("Steam", {"require"}, {"ai_generated_content"}, {"in_effect"})),
    ("an authority's order suspends", "en", "LinkedIn pauses AI training on British profiles after regulator steps in", "LinkedIn has suspended the use of British members' data to train its AI after questions from the privacy regulator.", ("LinkedIn", {"data_use"}, {"training_on_user_data"}, {"suspended"})),
    ("an authority's order suspends", "id", "LinkedIn Tangguhkan Pelatihan AI dengan Data Warga Inggris", "LinkedIn menangguhkan penggunaan data pengguna Inggris untuk melatih AI setelah ditegur regulator.", ("LinkedIn", {"data_use"}, {"training_on_user_data"}, {"suspended"})),
    ("the platform's own withdrawal reverses", "en", "Zoom backs down on AI training with customers' calls", "Zoom has reversed a change to its terms of service: it will not use customers' calls to train AI models without consent.", ("Zoom", {"data_use"}, {"training_on_user_data"}, {"reversed"})),
    ("will no longer, told as done", "en", "Bandcamp will no longer host AI music", "Bandcamp has updated its policy: music made wholly or in large part with AI is not permitted.", ("Bandcamp", {"ban"}, {"ai_generated_content"}, {"in_effect"})),
    ("an oblique headline: how to opt out", "en", "Here's how to opt out of LinkedIn's AI training", "LinkedIn has updated its privacy policy: from November it will use members' profiles and posts to train AI models by default.\nMembers can switch this off in settings.", ("LinkedIn", {"data_use", "opt_control"}, {"training_on_user_data"}, {"announced"})),
    ("an oblique headline: claims", "en", "X claims it has stopped Grok from undressing people", "X said on Wednesday that it has blocked Grok from editing photos of real people into swimwear. The restriction applies to all users.", (None, {"restrict", "ban"}, {"deepfake_likeness"}, {"in_effect"})),
    ("a licence that lets people do something new", "en", "Udio turns off downloads as it moves to licensed music", "Udio has disabled downloads of AI songs for all users under its licence with a music company. Songs may no longer leave the platform.", ("Udio", {"restrict", "remove_feature", "ban"}, {"ai_generated_content", "copyright_ip", "platform_ai_feature"}, {"in_effect"})),
    ("hosts are platforms", "en", "ArXiv closes its door to machine-written surveys", "arXiv will no longer accept review articles in computer science unless they have been peer-reviewed, because of a flood of AI-generated papers.", ("arXiv", {"ban", "restrict", "require"}, {"ai_generated_content"}, {"announced", "in_effect"})),
    ("hosts are platforms", "en", "Wikipedia lets editors delete AI-written articles on sight", "Wikipedia has adopted a policy under which administrators may delete AI-generated articles without discussion.", ("Wikipedia", {"ban", "enforce", "restrict", "allow", "clarify"}, {"ai_generated_content"}, {"in_effect"})),
    ("infrastructure is a platform", "en", "Cloudflare will block AI crawlers by default", "Cloudflare will block AI crawlers by default for new domains from 1 July 2025 unless the owner allows them.", ("Cloudflare", {"block_access"}, {"crawling_scraping"}, {"announced"})),
    ("an app store is a platform", "en", "Apple tells apps to say when they send data to AI", "Apple updated its App Review Guidelines: apps must disclose where personal data is shared with third-party AI and get permission first.", ("App Store", {"require"}, {"training_on_user_data", "platform_ai_feature", "ai_model_use"}, {"in_effect"})),
    ("a ban only in the headline", "id", "Telegram Larang Chatbot AI Tanpa Izin di Platformnya", "Telegram memperbarui ketentuan untuk pengembang. Perusahaan menyebut beban server bertambah.", ("Telegram", {"ban", "block_access"}, {"general_purpose_chatbot", "ai_agents"}, {"in_effect", "announced"})),
]  # fmt: skip


@pytest.mark.parametrize(("trap", "language", "title", "body"), NONE, ids=[f"{t[1]}: {t[2]}" for t in NONE])
def test_no_change_is_read(trap, language, title, body):
    assert annotate(title, body, "2026-03-10", language).policy_changes == (), trap


@pytest.mark.parametrize(("trap", "language", "title", "body", "slots"), TOLD, ids=[f"{t[1]}: {t[2]}" for t in TOLD])
def test_the_change_is_read(trap, language, title, body, slots):
    changes = annotate(title, body, "2026-03-10", language).policy_changes
    assert changes, trap
    product, actions, objects, statuses = slots
    change = changes[0]
    assert product in (None, change.product)
    assert change.action in actions or change.action2 in actions
    assert change.object in objects
    assert change.status in statuses
