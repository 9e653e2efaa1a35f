"""Each noise rule takes its example and leaves its counter-example, which only looks like it; ordinary sentences stay."""

import re
from functools import cache

import pytest

from pipeline.rules.leads import leads
from pipeline.rules.noise_rules import candidates, line_rules, markup_rules, prefilter, rules_of
from pipeline.steps.clean import clean
from pipeline.steps.match import matches
from tests.pipeline.fragments import fragment_of

RULES = line_rules()
LANGUAGES = ("id", "ms", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja")
CORE = {"read_also", "related", "ad", "share", "channel", "copyright", "video", "pager"}
SENTENCE = (
    "<p>Perahu pagi berangkat sebelum fajar membawa hasil kebun ke pasar terapung di hilir sungai, kata juragannya.</p>"
)


@cache
def line_of(text):
    [line] = fragment_of(f"<p>{text}</p>").lines
    return line


def is_taken(rule, text):
    if rule.shape == "tail":
        return len(text) <= 400 and rule.regex.fullmatch(text) is not None
    return matches(rule, line_of(text))


def taken_by(text):
    return [rule.id for rule in RULES if is_taken(rule, text)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_takes_its_example(rule):
    assert is_taken(rule, rule.example)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_leaves_what_only_looks_like_it(rule):
    assert not is_taken(rule, rule.counter)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_other_rule_takes_a_counter_example_either(rule):
    assert taken_by(rule.counter) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.shape != "tail"], ids=lambda rule: rule.id)
def test_an_example_is_removed_from_a_page(rule):
    cleaned = clean(fragment_of(f"<div>{SENTENCE}<p>{rule.example}</p>{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert len(cleaned.blocks) == 2
    kept_apart = [item.text for item in cleaned.removed] or [
        f"{item.text}{item.credit or ''}" for item in cleaned.captions
    ]
    assert len(kept_apart) == 1


def test_ids_are_unique():
    ids = [rule.id for rule in RULES] + [rule.id for rule, _ in markup_rules()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_rules_for_the_usual_noise(language):
    assert {rule.kind for rule in rules_of(language)} >= CORE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_is_named_after_its_language(language):
    assert all(rule.id.startswith(f"{language}-") for rule in rules_of(language))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_written_with_care(rule):
    # An empty wording would take every line.
    assert all(rule.wordings)
    assert not rule.regex.fullmatch("")
    # A rule behind the last paragraph says so.
    assert rule.shape != "tail" or rule.where == "tail"


def marked_by(names):
    return [rule.kind for rule, pattern in markup_rules() if pattern.search(names)]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("baca-juga__list", "read_also"),
        ("widget popular-posts", "related"),
        ("ad-slot in-article", "ad"),
        ("box ad", "ad"),
        ("search-form", "other"),
        ("entry-tags", "tags"),
    ],
)
def test_a_name_tells_noise(names, kind):
    assert kind in marked_by(names)


@pytest.mark.parametrize(
    "names",
    [
        "popular-boats-of-the-year",
        "the-right-to-search-a-boat",
        "global-campus-of-human-rights",
        "pw-body nm nn gt ad hr nq",
        "post type-post license-cc-by",
        "broadcast",
    ],
)
def test_a_name_that_only_looks_like_noise_tells_nothing(names):
    assert marked_by(names) == []


LOOKALIKES = [
    "Baca juga aturan baru itu sebelum memakai API, kata juru bicara perusahaan kepada para pengembang.",
    "Simak juga cara kerjanya: kapal berhenti dahulu, lalu petugas memeriksa muatan satu per satu.",
    "Editor adalah jabatan yang kini hilang di banyak media daerah, kata peneliti itu.",
    "Nilai tukar dolar Amerika Serikat (USD) menguat pekan ini.",
    "WhatsApp menyebut Channel yang diikuti pengguna tidak ada kaitannya dengan kebijakan baru itu.",
    "Iklan itu ditarik kemarin setelah warga memprotes.",
    "Read also the annex before you sign, the lawyer said, because the fees stand there.",
    "Share prices rose after the rule was published on Friday, traders said.",
    "Advertisement revenue fell by a third last year, the company said.",
]

ORDINARY = {
    "id": [
        "Baca juga aturan baru itu sebelum memakai API, kata juru bicara.",
        "Baca syarat dan ketentuan itu dengan saksama, pinta pejabat kementerian kepada pelaku usaha.",
        "Simak, informasi di bawah ini mengenai jadwal kapal menuju pulau seberang.",
        "Lihat saja nanti hasilnya, ujar nelayan itu sambil menambatkan perahunya.",
        "Ikuti arahan petugas ketika banjir datang, kata kepala desa di depan balai.",
        "Klik menu pengaturan, lalu pilih akun yang hendak dihapus.",
        "Bagikan pupuk itu secara merata, perintah camat kepada kelompok tani.",
        "Iklan politik kini wajib mencantumkan nama pemesannya.",
        "Video anak sekolah yang makan di warung itu menarik perhatian warga.",
        "Hak cipta karya buatan mesin belum diatur undang-undang.",
        "Dilarang mengambil gambar di dalam gedung tanpa izin, tulis pengumuman di pintu.",
        "Komentar pengguna akan disaring lebih ketat mulai Januari.",
        "Tag harga pada barang dagangan itu sudah dilepas.",
        "Kategori usia pengguna dibagi menjadi tiga kelompok.",
        "Penulis novel itu menolak karyanya dipakai untuk melatih mesin.",
        "Sumber air di lereng gunung mulai mengering.",
        "Artikel ini menjelaskan perbedaan kedua aturan tersebut bagi pengembang.",
        "Halaman depan situs itu menampilkan peringatan baru.",
        "Selanjutnya, perusahaan akan memberi tahu pengguna lewat surel.",
        "Dapatkan izin tertulis dahulu sebelum memakai WhatsApp Business untuk kampanye, bunyi pasal itu.",
        "WhatsApp Channel tidak termasuk dalam larangan tersebut.",
        "Unduh berkas itu dari laman kementerian, lalu isi kolom kedua.",
        "Foto satelit memperlihatkan garis pantai yang mundur.",
        "Pilihan editor foto jatuh pada gambar perahu karam.",
        "Topik itu dibahas dua jam tanpa hasil.",
        "Jangan lewatkan tenggat pendaftaran pada 15 Januari 2026.",
        "Meta Larang Chatbot Umum di WhatsApp",
        "Ada kesalahan sistem pada pembaruan aplikasi itu, tulis perusahaan.",
        "Dengan menggunakan layanan kami, Anda menyetujui bahwa konten Anda dipakai untuk melatih model.",
    ],
    "ms": [
        "Baca lagi dan lagi surat itu sebelum menandatanganinya, pesan peguam.",
        "Artikel berkaitan hak pekerja dipinda pada sidang lalu.",
        "Kongsi gelap itu dipercayai bergerak di tiga buah pelabuhan.",
        "Ikuti garis panduan baharu sebelum menggunakan API WhatsApp.",
        "Iklan perjudian dalam talian akan disekat sepenuhnya.",
        "Hak cipta karya janaan mesin masih menjadi perdebatan.",
        "Komen pengguna akan ditapis secara automatik.",
        "Muat naik dokumen itu ke laman web kementerian.",
        "Langgan tenaga solar semakin diminati penduduk kampung.",
        "Seterusnya, syarikat akan memaklumkan pelanggan melalui e-mel.",
        "Popular di kalangan remaja, aplikasi itu kini dihadkan.",
        "Gambar satelit menunjukkan pantai semakin terhakis.",
    ],
    "en": [
        "Share prices fell.",
        "Share your location only with people you trust, the guide advises.",
        "Related companies must file their papers by March.",
        "Follow the money, the prosecutor said.",
        "Follow the instructions on WhatsApp to delete your account.",
        "Read more closely, the terms say that assistants are barred.",
        "See how the rule changed below the fold of the second page.",
        "Advertisers on the platform must label what a machine made.",
        "Ads in the chat window will be shown to adults only.",
        "Subscribe to the theory or not, the numbers hold.",
        "Sign up for the WhatsApp Business API requires a verified phone number.",
        "Sign in requires a passkey from January.",
        "Join the queue early, the harbour master advised.",
        "Copyright holders asked the court for an injunction.",
        "Copyright in the output of a machine belongs to nobody, the judge wrote.",
        "Video games for children are exempt from the rule.",
        "Watch for the second clause, which takes effect in May.",
        "Comments on the draft are due by 15 January 2026.",
        "Print editions will not carry the label.",
        "Next week the regulator will hear the company.",
        "Previous versions of the terms had no such clause.",
        "Page 12 of the filing names three partners.",
        "Tags on machine-made pictures become mandatory.",
        "Topics such as elections and health are excluded.",
        "By Friday the company had withdrawn the clause.",
        "By default, the assistant may read your messages.",
        "By training on public posts, the company saved millions.",
        "Published rules differ from those that moderators use.",
        "Updated rules take effect on 15 January for 40 countries.",
        "Updated terms apply from 1 March 2026, and developers must accept them.",
        "Listen to this: the assistant refused the order.",
        "Click fraud cost advertisers dearly last year.",
        "Photo apps must say when a face was altered.",
        "Image generators are banned from the store.",
        "Contact details of minors may no longer be used.",
        "Report authors warned of the risk in 2023.",
        "Support for older phones ends in June.",
        "This article of the treaty protects creators.",
        "This content is licensed to three AI companies under the new deal.",
        "The post office closed its counter on the quay.",
        "Editors at the newspaper may use the tool for headlines.",
        "Download limits were raised for verified researchers.",
        "Get a lawyer before you sign, the union advised its members.",
        "Cookies on the site expire after a day under the new policy.",
        "Trending sounds may no longer be cloned with AI.",
        "More stories about the harbour came to light that winter.",
        "Most popular assistants are affected by the ban.",
        "You may also like cats, the assistant replied, and the child laughed.",
        "Become a member of the scheme and you must disclose your training data.",
        "By using our Services, you agree that we may train our models on your content.",
        "By clicking accept you let the company train on your photos, the group warned.",
        "The content cannot be used to train AI models without consent.",
        "This content is no longer allowed on the platform.",
        "Audio generated by machines must carry a label.",
        "Flag content made with AI before you post it.",
        "Comments are moderated by machines from now on.",
        "You must register your chatbot with the regulator by March.",
        "When you buy on the platform, the seller pays a commission of eight percent.",
        "Create an account for each child and set a limit, the guide says.",
        "About ads on Threads",
        "Next: a vote in the Senate",
        "Facebook",
        "WhatsApp",
        "What the new rule means for developers",
    ],
    "de": [
        "Anzeige wurde erstattet.",
        "Anzeige gegen den Betreiber erstattete am Montag ein Verband.",
        "Lesen Sie die Bedingungen, bevor Sie zustimmen, rät der Anwalt.",
        "Mehr zum Thema Datenschutz will die Behörde im Mai sagen.",
        "Teilen dürfen Nutzer solche Bilder künftig nur mit Kennzeichnung.",
        "Folgen hat die Regel vor allem für kleine Anbieter.",
        "Werbung im Chat bleibt Erwachsenen vorbehalten.",
        "Kommentare unter den Videos werden künftig gefiltert.",
        "Weiter heißt es in dem Schreiben, die Regel gelte ab Januar.",
        "Seite 12 des Berichts nennt drei Partner.",
        "Von Montag an gilt die neue Regel.",
        "Alle Rechte an den Bildern bleiben bei den Malern.",
        "Stand der Dinge ist, dass niemand zugestimmt hat.",
        "Themen wie Wahlen und Gesundheit sind ausgenommen.",
        "Der WhatsApp-Kanal der Partei bleibt kostenlos.",
        "Bild: Ministerin warnt vor künstlicher Intelligenz",
        "Melden Sie sich bei der Behörde, wenn die Kennzeichnung fehlt.",
        "Jetzt prüft die Behörde den Newsletter des Konzerns.",
    ],
    "fr": [
        "Lire aussi les annexes est utile, conseille l'avocat.",
        "À lire les conditions, les assistants sont exclus.",
        "Publicité et données des mineurs ne vont plus ensemble.",
        "Partager une image modifiée exigera une mention.",
        "Suivez la procédure indiquée pour supprimer votre compte.",
        "Suivez les instructions de WhatsApp pour supprimer le compte.",
        "Recevoir un e-mail non sollicité deviendra illégal.",
        "Par défaut, l'assistant peut lire vos messages.",
        "Par la suite, le groupe a retiré la clause.",
        "Page 12 du rapport, trois partenaires sont nommés.",
        "Commentaires et images seront filtrés dès janvier.",
        "Publié au Journal officiel, le texte entre en vigueur le 2 mai.",
        "Tous droits sur les images restent aux peintres.",
        "Photo retouchée ou non, la mention devient obligatoire.",
    ],
    "es": [
        "Lea también los anexos antes de firmar, aconseja el abogado.",
        "Más información sobre el cambio dará la empresa en mayo.",
        "Publicidad dirigida a menores quedará prohibida.",
        "Compartir imágenes alteradas exigirá una etiqueta.",
        "Siga las instrucciones de la aplicación para borrar sus datos.",
        "Sigue abierta la investigación contra Google News en España.",
        "Por defecto, el asistente puede leer los mensajes.",
        "Por ahora, la empresa no ha retirado la cláusula.",
        "Actualizado el reglamento de 2019, siguen las dudas",
        "Comentarios y fotos serán filtrados desde enero.",
        "Página 12 del informe: tres socios con nombre propio, ninguna multa.",
        "Temas como elecciones y salud quedan excluidos.",
        "Relacionada con el caso, la segunda demanda llegó en marzo.",
    ],
    "pt": [
        "Leia também os anexos antes de assinar, aconselha o advogado.",
        "Saiba mais quem perguntar primeiro, brincou o ministro.",
        "Publicidade dirigida a menores ficará proibida.",
        "Compartilhar imagens alteradas exigirá um rótulo.",
        "Siga as instruções do aplicativo para apagar os dados.",
        "Entre janeiro e março, a comunidade do canal de vídeos reagiu à regra.",
        "Por padrão, o assistente pode ler as mensagens.",
        "Atualizado o regulamento de 2019, as dúvidas seguem",
        "Comentários e fotos serão filtrados a partir de janeiro.",
        "Assuntos como eleições e saúde ficam de fora.",
        "Próxima etapa do processo, a audiência ficou para maio.",
        "Receba quem vier, dizia o aviso na porta.",
    ],
    "it": [
        "Leggi anche gli allegati prima di firmare, consiglia l'avvocato.",
        "Pubblicità rivolta ai minori sarà vietata.",
        "Condividere immagini alterate richiederà un'etichetta.",
        "Segui le istruzioni dell'applicazione per cancellare i dati.",
        "Entra in vigore la regola su Google News e sui riassunti.",
        "Abbonati in calo per la newsletter del gruppo",
        "Di norma l'assistente può leggere i messaggi.",
        "Stampa e televisione ne parlarono per giorni.",
        "Commenti e foto saranno filtrati da gennaio.",
        "Aggiornato il regolamento del 2019, restano i dubbi",
        "Argomenti come elezioni e salute restano esclusi.",
        "Pagina 12 del rapporto nomina tre soci.",
        "Approfondisci prima di firmare, ripeteva il notaio.",
    ],
    "nl": [
        "Lees ook de bijlagen voor u tekent, raadt de advocaat aan.",
        "Reclame gericht op minderjarigen wordt verboden.",
        "Delen van bewerkte beelden vergt een label.",
        "Volg de aanwijzingen in de app om uw gegevens te wissen.",
        "Door de regel vallen kleine aanbieders af.",
        "Reacties en foto's worden vanaf januari gefilterd.",
        "Advertentie-inkomsten daalden met een derde.",
        "Volgende week hoort de toezichthouder het bedrijf.",
        "Meer nieuws over de zaak verwacht de rechtbank in mei.",
        "Onderwerpen als verkiezingen en gezondheid zijn uitgezonderd.",
    ],
    "pl": [
        "Czytaj też załączniki, zanim podpiszesz, radzi prawnik.",
        "Reklama kierowana do dzieci będzie zakazana.",
        "Udostępnianie przerobionych zdjęć będzie wymagać oznaczenia.",
        "Śledź zmiany w regulaminie, radzi rzecznik konsumentów.",
        "Śledź Bałtycki w odwrocie, alarmują rybacy.",
        "Komentarze i zdjęcia będą filtrowane od stycznia.",
        "Strona 12 raportu wymienia trzech partnerów.",
        "Dalej firma pisze, że zasada obowiązuje od maja.",
        "Tematy takie jak wybory i zdrowie są wyłączone.",
        "Aktualizacja regulaminu z 2019 roku budzi wątpliwości",
        "Autor pozwu domaga się odszkodowania.",
    ],
    "ja": [
        "関連記事を読んだ利用者は、規約の変更に気づいたという。",
        "広告の表示は成人に限られる。",
        "共有する画像には表示が必要になる。",
        "フォローする相手を選ぶ機能が変わる。",
        "著作権は誰に属するのかが争われている。",
        "動画の生成は一月から禁止される。",
        "次のページには三社の名前がある。",
        "コメントは一月から自動で選別される。",
        "この記事は規約の変更点をまとめたものだ。",
        "会員登録の年齢を十六歳に引き上げる。",
        "写真の加工には明示が求められる。",
    ],
}
SENTENCES = [text for texts in ORDINARY.values() for text in texts]


def test_there_are_ordinary_sentences_in_every_language():
    assert set(ORDINARY) == set(LANGUAGES)
    assert len(SENTENCES) >= 150


@pytest.mark.parametrize("text", SENTENCES)
def test_no_rule_of_any_language_takes_an_ordinary_sentence(text):
    assert taken_by(text) == []


@pytest.mark.parametrize("text", LOOKALIKES)
def test_a_sentence_that_looks_like_noise_stays(text):
    cleaned = clean(fragment_of(f"<div>{SENTENCE}<p>{text}</p>{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert [block.text for block in cleaned.blocks][1] == text


NOISE = {
    "id": [
        "Advertisement",
        "Lanjutkan membaca",
        "Ikuti kami di Google News",
        "Berita Terkait:",
        "Halaman Selanjutnya »",
        "1 2 3 Selanjutnya",
        "Menyukai ini:",
        "Tonton juga video “Perahu Karam” di sini:",
        "» Baca Juga: Pasar Terapung Dibuka Lagi",
        "Kompasiana - 18/06/2025, 21:35 WIB",
        "2 jam yang lalu",
        "HAK CIPTA © KABAR SUNGAI 2025",
        "Komentar sepenuhnya menjadi tanggung jawab komentator.",
        "Ikuti Kabar Sungai di Google News",
    ],
    "ms": [
        "Lihat juga: Jeti Lama Dibuka",
        "Ikuti Suara Muara di X, TikTok & Instagram",
        "BACA LAGI: Bot Berlumba di Muara",
        "3 minit bacaan",
    ],
    "en": [
        "Got a tip? Write to the desk.",
        "5 min read",
        "[Read more: The Otter and the Bell]",
        "- Advertisement -",
        "Share this: Facebook X WhatsApp",
        "Facebook Twitter WhatsApp Email",
        "The post Otters Return appeared first on Harbour Wire.",
        "Read the original article on Harbour Wire.",
        "Add as a preferred source on Google",
        "Listen to Harbour Talk on Spotify and Apple Podcasts.",
        "Posted by Ratna at 10:15 AM",
        "Labels: boats, otters",
        "Required fields are marked *",
        "Nora Quayle, senior reporter",
        "Page 2 of 3",
        "Thanks for reading Harbour Letter!",
    ],
    "de": ["Lesen Sie auch:", "Das könnte Sie auch interessieren", "Lesezeit: 4 Minuten", "Seite 2 von 3"],
    "fr": ["À lire aussi : Le phare rallumé", "Temps de lecture : 3 min", "Réservé aux abonnés"],
    "es": ["Te puede interesar: El faro encendido", "Hace 3 horas", "¿Encontró un error? Avísenos"],
    "pt": ["Leia mais: O farol aceso", "Continua depois da publicidade", "Há 3 horas"],
    "it": ["Potrebbe interessarti anche", "3 minuti di lettura", "Riproduzione riservata"],
    "nl": ["Lees ook: De vuurtoren brandt weer", "Tekst gaat verder onder de foto", "3 uur geleden"],
    "pl": ["Zobacz również: Latarnia znów świeci", "Dalsza część tekstu pod wideo", "Fot. Anna Wrona/PAP"],
    "ja": ["【関連記事】灯台にふたたび灯", "次のページへ", "この記事は約3分で読めます。", "［PR］"],
}


@pytest.mark.parametrize("text", [text for texts in NOISE.values() for text in texts])
def test_common_noise_is_taken_by_some_rule(text):
    assert taken_by(text)


TEXTS = [
    *(text for rule in RULES for text in (rule.example, rule.counter)),
    *SENTENCES,
    *LOOKALIKES,
    *(text for texts in NOISE.values() for text in texts),
]


VARIANTS = sorted({form for text in TEXTS for form in (text, text.upper(), text.lower(), f"» {text}", f"[{text}]")})


def test_a_line_that_the_prefilter_leaves_out_matches_no_rule():
    left_out = [text for text in VARIANTS if not prefilter().match(text)]
    assert [text for text in left_out if any(matches(rule, line_of(text)) for rule in RULES)] == []


def test_the_rules_that_take_a_line_are_among_its_candidates():
    for text in VARIANTS:
        found = [rule for rule in candidates(text) if matches(rule, line_of(text))]
        assert found == [rule for rule in RULES if matches(rule, line_of(text))], text


def test_a_line_has_few_candidates():
    assert len(candidates("Read also the annex before you sign")) < len(RULES) / 4


def test_the_prefilter_leaves_out_plain_sentences():
    assert not prefilter().match("The company said on Friday that nothing changes for users until then.")
    assert not prefilter().match("Perusahaan itu menyatakan bahwa tidak ada yang berubah bagi pengguna.")


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("baca (?:juga|pula)", ["baca juga", "baca pula"]),
        ("(?:also )?read", ["also read", "read"]),
        (r"\d{1,2} ?/ ?\d", ["1/2", "12 / 3"]),
        ("a|b(?:c|d)?e", ["a", "be", "bce", "bde"]),
        (r"(?=x).{0,3}", ["xyz"]),
        ("[ab]+c", ["abac"]),
        ("x*y{2}", ["yy", "xyy", "xxyy"]),
    ],
)
def test_the_leads_of_a_pattern_start_all_that_it_matches(pattern, texts):
    for text in texts:
        assert re.fullmatch(pattern, text)
        assert any(re.match("".join(lead), text) for lead in leads(pattern))


def test_noise_glued_into_a_sentence_is_cut_and_the_sentence_stays():
    html = (
        "<p>Air surut pelan-pelan sejak subuh. <span class='picked-article'><span>Baca Juga</span><a href='/x'>Harga Ikan Turun</a></span>"
        " Warga mulai membersihkan rumah mereka dari lumpur.</p>"
    )
    cleaned = clean(fragment_of(f"<div>{SENTENCE}{html}{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert (
        cleaned.blocks[1].text
        == "Air surut pelan-pelan sejak subuh. Warga mulai membersihkan rumah mereka dari lumpur."
    )
    assert {item.kind for item in cleaned.removed} == {"read_also"}


def test_a_label_alone_takes_the_list_behind_it():
    html = "<p>Baca Juga</p><ul><li><a href='/a'>Harga Ikan Patin Turun Lagi</a></li><li><a href='/b'>Jembatan Lama Dicat Ulang</a></li></ul>"
    cleaned = clean(fragment_of(f"<div>{SENTENCE}{html}{SENTENCE.replace('pagi', 'sore')}</div>"), None)
    assert len(cleaned.blocks) == 2
    assert [item.kind for item in cleaned.removed] == ["read_also"] * 3
