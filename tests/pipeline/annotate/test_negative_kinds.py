"""Each kind of news that only looks like a change of rule gives no entry, and is told by its kind."""

import pytest

from pipeline.steps.annotate import annotate

NEWS = {
    "lawsuit": [
        ("en", "Novelists sue OpenAI over book training", "A group of novelists filed a lawsuit on Monday. The complaint alleges that OpenAI copied their books to train ChatGPT."),
        ("en", "Judge throws out claims against Midjourney", "The court said the plaintiffs had not shown copying. Midjourney trains its image model on pictures from the web."),
        ("en", "Record label settles AI copyright lawsuit with Suno", "The settlement ends a trial over songs made with AI."),
        ("id", "Penulis Gugat OpenAI ke Pengadilan soal Data Latih", "Gugatan itu menuduh OpenAI memakai buku tanpa izin untuk melatih ChatGPT. Sidang pertama digelar bulan depan."),
        ("id", "Hakim Tolak Gugatan terhadap Midjourney", "Pengadilan menilai penggugat belum membuktikan penyalinan gambar oleh model AI."),
        ("id", "Sidang Gugatan Musisi Lawan Suno Dimulai", "Para musisi menggugat pembuat lagu AI itu di pengadilan."),
    ],
    "gov_regulation": [
        ("en", "Parliament passes law against deepfakes", "Lawmakers passed the bill on Tuesday. Platforms such as Instagram must remove AI deepfakes within a day."),
        ("en", "Regulator orders chatbot makers to check ages", "The ministry said the legislation binds OpenAI and Meta. Lawmakers will vote on fines."),
        ("en", "Government bans DeepSeek on ministry devices", "The ministry told officials to delete the AI chatbot DeepSeek."),
        ("id", "Komdigi Siapkan Peraturan soal Label Konten AI", "Pemerintah menyusun peraturan menteri. Sanksi menanti platform seperti TikTok yang melanggar regulasi."),
        ("id", "Pemerintah Blokir Chatbot AI Grok", "Kementerian Komdigi memutus akses Grok karena melanggar undang-undang."),
        ("id", "DPR Sahkan Undang-Undang Kecerdasan Buatan", "Undang-undang itu memuat sanksi bagi penyedia AI."),
    ],
    "product_launch": [
        ("en", "Google launches a new AI mode for Maps", "Google is rolling out a new feature that can now plan trips. It is available to Android users."),
        ("en", "Spotify introduces AI playlists in more countries", "The new feature arrives in beta. Users can now describe a mood and get a list."),
        ("en", "Anthropic unveils faster Claude model", "Claude now supports longer texts and is available in the API preview."),
        ("id", "Google Luncurkan Fitur Baru AI di Gmail", "Google meluncurkan fitur baru yang memungkinkan Gemini menulis surat. Fitur ini hadir di Android."),
        ("id", "Spotify Hadirkan Daftar Putar AI", "Spotify merilis fitur baru berbasis AI. Pengguna kini bisa menulis suasana hati."),
        ("id", "Meta AI Kini Bisa Menyunting Video", "Meta memperkenalkan fitur baru yang diluncurkan di Instagram."),
    ],
    "business_deal": [
        ("en", "OpenAI raises billions at a new valuation", "Investors put two billion dollars in funding into the maker of ChatGPT."),
        ("en", "Microsoft acquires AI startup for $300 million", "The acquisition adds fifty engineers. Investors welcomed the deal."),
        ("en", "Reddit signs licensing deal with Google", "The partnership is worth 60 million. Shares of Reddit rose."),
        ("id", "OpenAI Raih Pendanaan 30 Triliun", "Investasi itu menaikkan valuasi pembuat ChatGPT menjadi miliaran dolar."),
        ("id", "Microsoft Akuisisi Perusahaan Rintisan AI", "Akuisisi senilai 300 juta dolar itu menambah saham Microsoft."),
        ("id", "Telkomsel Gandeng Perplexity", "Kerja sama itu memberi investasi baru bagi layanan AI."),
    ],
    "internal_corporate": [
        ("en", "Head of safety at OpenAI resigns", "The executive is leaving after three years. Staff learned of it in a meeting."),
        ("en", "Meta lays off AI workers", "Some 600 employees lose their jobs in the restructuring."),
        ("en", "Google hires new chief for Gemini staff", "The executive joins from a bank, employees were told."),
        ("id", "Bos Keamanan OpenAI Mundur", "Karyawan mendengar kabar itu dalam rapat."),
        ("id", "Meta PHK Ratusan Karyawan Divisi AI", "Para pegawai menerima surat pada pagi hari."),
        ("id", "Karyawan Google Dipindah ke Tim Gemini", "Pegawai divisi lain ikut dipindah oleh bos baru."),
    ],
    "opinion_howto": [
        ("en", "How to write better prompts for ChatGPT", "I tried ten tricks. Here is my guide to what works."),
        ("en", "Why I left Copilot for a notebook", "My week without an assistant taught me a lot."),
        ("en", "5 ways to use Gemini for your garden", "These are the best tips that I found."),
        ("id", "Cara Menulis Perintah untuk ChatGPT", "Berikut panduan singkat bagi pemula."),
        ("id", "Mengapa Saya Berhenti Memakai Copilot", "Opini seorang guru."),
        ("id", "Opini: Kecerdasan Buatan dan Kita", "Menurut saya, Gemini belum pandai bercanda."),
    ],
    "demand_by_third_party": [
        ("en", "Musicians urge Spotify to ban AI songs", "An open letter calls on the company to act. Artists want labels on AI songs."),
        ("en", "Parents demand that Character.AI close to children", "The petition asks the company to check ages."),
        ("en", "Studio group calls on YouTube to label deepfakes", "Critics want stricter rules."),
        ("id", "Musisi Desak Spotify Larang Lagu AI", "Mereka menyerukan agar platform itu memberi label."),
        ("id", "Orang Tua Minta Character.AI Ditutup bagi Anak", "Keluarga mendesak perusahaan memeriksa usia."),
        ("id", "Seniman Tuntut Pinterest Hapus Gambar AI", "Mereka meminta penyaring gambar AI."),
    ],
    "denial": [
        ("en", "Google denies reading Gmail to train Gemini", "The claim is not true, the company said; it denied any change."),
        ("en", "Instagram debunks rumor about AI training", "The rumor is false and Meta denied it."),
        ("en", "WhatsApp denies viral message on AI", "False claims spread about Meta AI; it is not true, the firm said."),
        ("id", "Google Bantah Pakai Gmail untuk Latih Gemini", "Kabar itu tidak benar dan dibantah perusahaan."),
        ("id", "Hoaks Pesan Berantai soal Meta AI di WhatsApp", "Meta membantah isi pesan itu."),
        ("id", "Instagram Membantah Isu Pelatihan AI", "Isu itu tidak benar, kata Meta."),
    ],
    "incident": [
        ("en", "ChatGPT outage leaves users waiting", "An error hit the chatbot for hours."),
        ("en", "Hackers exploit bug in Copilot", "The vulnerability exposed mail, and attackers used it."),
        ("en", "Leaked chats of Grok found in search", "The leak exposed thousands of chats by mistake."),
        ("id", "ChatGPT Lumpuh Tiga Jam", "Gangguan terjadi sejak pagi."),
        ("id", "Peretas Bobol Akun Copilot", "Kebocoran itu menimpa ratusan korban."),
        ("id", "Percakapan Grok Bocor di Mesin Pencari", "Kebocoran terjadi karena eror."),
    ],
    "ai_as_tool": [
        ("en", "Discord uses AI to find spam", "The platform uses machine learning to detect scams."),
        ("en", "LinkedIn turns to automated checks of profiles", "It is using AI to spot fake profiles."),
        ("en", "Tinder uses AI to flag rude messages", "AI tools detect insults before they are sent."),
        ("id", "Discord Pakai AI untuk Menemukan Spam", "Platform itu menggunakan AI untuk mengenali penipu."),
        ("id", "LinkedIn Gunakan AI untuk Memeriksa Profil", "Perusahaan menggunakan kecerdasan buatan untuk menyaring."),
        ("id", "Tinder Memakai AI untuk Menyaring Pesan", "Mereka menggunakan AI untuk mengenali hinaan."),
    ],
    "nonai_policy": [
        ("en", "Instagram bans gambling adverts", "The policy forbids betting shops from paying for posts."),
        ("en", "Twitch tightens rules on nudity", "The guidelines prohibit some outfits on Twitch."),
        ("en", "Reddit requires email addresses", "Its terms require a confirmed address."),
        ("id", "Instagram Larang Iklan Judi", "Kebijakan itu melarang promosi taruhan."),
        ("id", "Twitch Perketat Aturan Busana", "Pedoman Twitch membatasi pakaian tertentu."),
        ("id", "Reddit Wajibkan Alamat Surel", "Ketentuan Reddit mewajibkan surel yang sah."),
    ],
    "background_mention": [
        ("en", "A quiet year for podcasts", "Listeners stayed loyal. Spotify, which has required labels on AI songs since 2023, grew in Peru."),
        ("en", "Photo fair opens in Arles", "Visitors saw old prints. Getty Images banned AI pictures in 2022."),
        ("en", "Game jam draws a crowd", "Steam has required a disclosure of AI since 2024, a visitor recalled."),
        ("id", "Pasar Podcast Tetap Tenang", "Pendengar setia. Spotify sejak 2023 mewajibkan label lagu AI."),
        ("id", "Pameran Foto Dibuka di Bandung", "Getty Images sejak 2022 melarang gambar AI."),
        ("id", "Festival Gim Ramai Pengunjung", "Steam sejak 2024 mewajibkan keterangan AI, kenang seorang pengunjung."),
    ],
    "plain": [
        ("en", "Rain expected over the weekend", "Farmers look forward to it."),
        ("en", "Village choir sings in spring", "Tickets are free."),
        ("en", "Bakery wins a prize", "Its rye bread pleased everyone."),
        ("id", "Hujan Turun Akhir Pekan", "Petani menyambutnya."),
        ("id", "Paduan Suara Desa Bernyanyi", "Tiketnya gratis."),
        ("id", "Toko Roti Raih Penghargaan", "Roti gandumnya disukai warga kampung."),
    ],
}  # fmt: skip
ITEMS = [(kind, *item) for kind, items in NEWS.items() for item in items]


@pytest.mark.parametrize(("kind", "language", "title", "body"), ITEMS, ids=[item[2] for item in ITEMS])
def test_the_kind_of_no_is_told_with_its_reason(kind, language, title, body):
    found = annotate(title, body, "2026-03-10", language)
    assert found.policy_changes == ()
    assert found.negative_kind == kind
    assert found.reason
    assert found.reason in f"{title}\n{body}"
