"""What is stored as an article, and what is counted as a wall, a list, a thread, a shop, a manual or a platform's own rules."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from pipeline import run
from pipeline.records import Page, SourceHints, Verdict
from pipeline.run import read_article
from pipeline.steps import judge
from pipeline.steps.metadata import Metadata

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
RULES = Path(judge.__file__).parents[1] / "rules"
SENTENCE = "Perahu nomor {} berangkat sebelum fajar membawa hasil kebun ke pasar terapung, dan baru kembali menjelang sore ketika air pasang."
STORY = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(14))
BRIEF = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(4))
NEWS = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Perahu pagi","datePublished":"2026-03-09T08:00:00+07:00","author":{"@type":"Person","name":"Rani Wulan"}}</script>'
OPEN_GRAPH = "<meta property='og:type' content='article'><meta property='article:published_time' content='2026-03-09T08:00:00+07:00'>"
LINES = "<p>Sungai surut lagi.</p>"


def page(body, head="", title="Perahu pagi berangkat dari hulu", attributes=""):
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body {attributes}>{body}</body></html>"


def verdict(html, url="https://situs.test/perahu-pagi-berangkat-dari-hulu", hints=None):
    content = html.encode()
    return read_article(Page(url=url, content=content, fetched_at=NOW, hints=hints or SourceHints())).verdict


def signs(html, url="https://situs.test/perahu", hints=None):
    """Return the signs that are seen on a page."""
    caught = []

    def keep(root, seen):
        caught.append(judge.signs(root, seen))
        return "article"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "judge", keep)
        read_article(Page(url=url, content=html.encode(), fetched_at=NOW, hints=hints or SourceHints()))
    return caught[0]


def links(number, href="/barang/{}", text="Keranjang rotan besar nomor {}"):
    return "".join(f"<li><a href='{href.format(n)}'>{text.format(n)}</a></li>" for n in range(number))


ARTICLES = {
    "bare": page(f"<h1>Perahu pagi</h1><div>{STORY}</div>"),
    "stated": page(f"<h1>Perahu pagi</h1><article>{STORY}</article>", NEWS),
    "a stated brief": page(f"<h1>Perahu pagi</h1>{BRIEF}", NEWS),
    "a brief that only Open Graph states": page(f"<h1>Perahu pagi</h1>{BRIEF}", OPEN_GRAPH),
    "with goods beside it": page(
        f"<h1>Perahu pagi</h1><article>{STORY}</article><div itemscope itemtype='https://schema.org/Product'>Dayung</div>",
        NEWS,
    ),
    "a test of goods": page(
        f"<h1>Dayung diuji</h1><article>{STORY}</article>",
        '<script type="application/ld+json">[{"@type":"Product","name":"Dayung"},{"@type":"ReviewNewsArticle","headline":"Dayung diuji","datePublished":"2026-03-09"}]</script>',
    ),
    "with comments": page(
        f"<h1>Perahu pagi</h1><article>{STORY}</article>"
        + "<div class='comment'><p>Setuju sekali dengan tulisan ini.</p><a href='#'>Reply</a></div>" * 6,
        NEWS,
    ),
    "of one long list": page(
        f"<h1>Sepuluh perahu</h1><div>{''.join(f'<h2>Perahu {n}</h2><p>{SENTENCE.format(n)} {SENTENCE.format(n)}</p>' for n in range(10))}</div>",
        OPEN_GRAPH,
    ),
    "photo story": page(
        "<h1>Perahu dalam gambar</h1><div class='gallery'>"
        + "".join(
            f"<figure><img src='{n}.jpg'><figcaption>{SENTENCE.format(n)} (Foto: Rani Wulan)</figcaption></figure>"
            for n in range(5)
        )
        + "</div>",
        NEWS,
    ),
    "Japanese": page(
        f"<h1>朝の船</h1><article>{'<p>夜明け前に市場へ向かう船が川上の古い桟橋を離れ、野菜と果物を積んで下流の水上市場に着いたのは日が昇ってからのことだったと船頭は静かに語っている。</p>' * 12}</article>"
    ),
}


@pytest.mark.parametrize("name", ARTICLES)
@pytest.mark.parametrize("url", ["https://situs.test/2026/03/perahu-pagi", "http://localhost/"])
def test_an_article_is_one(name, url):
    assert verdict(ARTICLES[name], url) == "article"


POSTS = "".join(
    f"<div class='post'><a href='/anggota/{n}'>anggota{n}</a> <time datetime='2026-03-0{n}'>{n} Maret</time><p>{SENTENCE.format(n)}</p><a href='#'>Quote</a></div>"
    for n in range(1, 7)
)
OTHERS = {
    "thread by its type": page(
        POSTS, '<script type="application/ld+json">{"@type":"DiscussionForumPosting","headline":"Perahu"}</script>'
    ),
    "thread by its software": page(POSTS, '<meta name="generator" content="Discourse 2026.1 - https://x.test">'),
    "thread by its frame": page(POSTS, attributes="id='phpbb' class='section-viewtopic'"),
    "question": page(
        f"<div itemscope itemtype='https://schema.org/QAPage'><h1>Bagaimana?</h1><p>{SENTENCE}</p>{POSTS}</div>"
    ),
    "shop": page(
        f"<h1>Keranjang</h1><p>{SENTENCE}</p><p>{SENTENCE}</p><button>Add to cart</button><a href='/x'>Compare</a><button>Buy now</button>",
        '<script type="application/ld+json">{"@type":"Product","name":"Keranjang","offers":{"@type":"Offer","price":"5"}}</script>',
    ),
    "shop by Open Graph": page(
        f"<h1>Keranjang</h1><p>{SENTENCE}</p>{STORY}", "<meta property='og:type' content='product'>"
    ),
    "goods in a row": page(f"<h1>Keranjang</h1><ul>{links(40)}</ul>"),
    "job": page(
        f"<h1>Juru mudi</h1>{STORY}",
        '<script type="application/ld+json">{"@type":"JobPosting","title":"Juru mudi"}</script>',
    ),
    "category": page(
        "<h1>Sungai</h1>"
        + "".join(
            f"<div class='card'><a href='/b/{n}'><img src='{n}.jpg'></a><h3><a href='/b/{n}'>Perahu nomor {n} berangkat pagi ini</a></h3>{LINES}</div>"
            for n in range(25)
        )
    ),
    "manual": page(
        f"<div class='rst-content'><h1>Perahu<a class='headerlink' href='#a'>¶</a></h1><p>{SENTENCE}</p>{'<p>Panggil <code>dayung()</code> lalu <code>labuh()</code>.</p>' * 6}</div>"
    ),
    "manual with its source": page(
        f"<main><h1>Dayung</h1><p>{SENTENCE}</p>{'<p>Panggil <code>dayung()</code> dengan <code>sisi</code>.</p>' * 6}<a href='https://git.test/perahu/edit/main/docs/dayung.md'>Ubah</a></main>"
    ),
    "landing page": page(
        "<h1>Sewa perahu</h1><section>"
        + "".join(f"<h2>Cepat {n}</h2><p>Kami siap kapan saja.</p><a class='btn'>Get started</a>" for n in range(8))
        + "</section>"
    ),
    "landing page in Indonesian": page(
        "<h1>Sewa perahu</h1><section>"
        + "".join(f"<h2>Cepat {n}</h2><p>Kami siap kapan saja.</p><a class='btn'>Hubungi kami</a>" for n in range(8))
        + "</section>"
    ),
    "a scrap": page(
        "<h1>Perahu</h1><p>Halaman ini sedang kami siapkan dengan teliti, jadi silakan datang lagi pada lain waktu ya.</p>"
    ),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("url", ["https://situs.test/perahu", "http://localhost/"])
def test_another_kind_of_page_is_none(name, url):
    assert verdict(OTHERS[name], url) == "listing"


@pytest.mark.parametrize(
    "url",
    ["https://situs.test/", "https://forum.situs.test/t/perahu/5", "https://situs.test/docs/perahu", "https://situs.test/category/sungai",
     "https://situs.test/product/keranjang", "https://situs.test/search?q=perahu", "https://situs.test/viewtopic.php?t=5"],
)  # fmt: skip
def test_an_address_speaks_against_what_states_nothing(url):
    told = page(f"<h1>Perahu</h1><p>{SENTENCE}</p>{LINES * 40}")
    assert verdict(told, "https://situs.test/perahu-pagi-berangkat") == "article"
    assert verdict(told, url) == "listing"


def test_a_page_that_was_saved_without_an_address_is_asked_for_its_own():
    head = "<link rel='canonical' href='https://situs.test/product/keranjang'>"
    assert "other_place" in signs(page(STORY, head), "http://localhost/")
    assert "other_place" in signs(page(STORY, head), "")
    assert "other_place" not in signs(page(STORY, head), "https://situs.test/keranjang-rotan")


@pytest.mark.parametrize("place", ["topics/sungai", "archives/2026", "shop/perahu", "docs/perahu"])
def test_an_address_does_not_condemn_a_stated_article(place):
    assert verdict(page(f"<article>{STORY}</article>", NEWS), f"https://situs.test/{place}/perahu-pagi") == "article"


def test_the_catalogue_knows_its_articles():
    told = page(f"<h1>Perahu</h1><p>{SENTENCE}</p>{LINES * 40}")
    hints = SourceHints(article_url=r"/wiki/(?P<id>\w+)$")
    assert verdict(told, "https://situs.test/wiki/perahu") == "listing"
    assert verdict(told, "https://situs.test/wiki/perahu", hints) == "article"


@pytest.mark.parametrize(
    ("sign", "html"),
    [
        ("article", page(STORY, NEWS)),
        ("og_article", page(STORY, OPEN_GRAPH)),
        ("undated", page(STORY)),
        ("unsigned", page(STORY)),
        ("post", page(STORY, attributes="class='single single-post postid-5'")),
        ("page", page(STORY, attributes="class='page page-id-5'")),
        ("one_article", page(f"<article>{STORY}</article>")),
        ("named_text", page(f"<div class='td-post-content x'><div>{STORY}</div></div>")),
        ("share", page(STORY + "<a href='https://wa.me/?text=x'>Bagikan</a>")),
        ("author_page", page(STORY + "<a href='/penulis/rani-wulan'>Rani</a>")),
        ("actions", page(STORY + "<a>Jetzt kaufen</a><button>In den Warenkorb</button><a><b>Mehr erfahren</b></a>")),
        ("list", page(STORY, '<script type="application/ld+json">{"@type":"CollectionPage"}</script>')),
        ("offer", page(f"<div itemscope itemtype='http://schema.org/SoftwareApplication'>{STORY}</div>")),
        ("manual", page(STORY, "<meta name=generator content='Docusaurus v3.5'>")),
        ("many_codes", page(f"<div>{STORY}{'<p>Panggil <code>dayung()</code> sekarang juga ya.</p>' * 8}</div>")),
        ("anchored", page(f"<div>{STORY}{'<h2>Dayung <a class=headerlink href=#d>¶</a></h2>' * 4}{STORY}</div>")),
        ("scraps", page(LINES * 40)),
        ("slight", page(f"<p>{SENTENCE}</p>")),
        ("made_of_links", page(f"<div>{''.join(f'<p>Lihat <a href=/x>{SENTENCE[:60]}</a> {SENTENCE}</p>' for _ in range(9))}</div>")),
        ("many_links", page(f"<div>{''.join(f'<p>{SENTENCE} <a href=/1>a</a> <a href=/2>b</a> <a href=/3>c</a></p>' for _ in range(9))}</div>")),
        ("many_pictures", page(f"<div>{''.join(f'<p>{SENTENCE}</p><img src=x><img src=y>' for _ in range(9))}</div>")),
        ("news_place", page(STORY, "<link rel=canonical href='https://situs.test/berita/perahu'>")),
    ],
)  # fmt: skip
def test_a_sign_is_seen(sign, html):
    assert sign in signs(html, "http://localhost/")


def test_every_sign_has_a_weight_and_most_pages_are_articles():
    rules = judge.Rules(**tomllib.loads((RULES / "judge.toml").read_text("utf-8")))
    assert set(rules.types) | set(rules.marks) | set(rules.links) <= set(rules.weights)
    assert judge.weigh(["any_page"]) < rules.limit
    assert judge.weigh(["any_page", "thread"]) >= rules.limit
    assert judge.weigh(["any_page", "home"]) >= rules.limit
    assert judge.weigh(["any_page", "article", "other_place"]) < rules.limit


WALLS = {
    "bot_wall": ["Just a moment...", "Verify you are human", "Buktikan Anda bukan robot", "Bestätigen Sie: kein Roboter", "Vérification de sécurité en cours", "Confirma que no eres un robot", "Confirme que você não é um robô", "Conferma: non sono un robot", "Bewijs dat u geen robot bent", "Potwierdź, że nie jesteś robotem", "ロボットではありません"],
    "consent_wall": ["Before you continue to the site", "We value your privacy", "Kami menggunakan cookie, setuju?", "Wir und unsere Partner verwenden Cookies", "Nous utilisons des cookies sur ce site", "Utilizamos cookies propias y de terceros", "Usamos cookies neste site", "Utilizziamo i cookie", "Wij gebruiken cookies", "Używamy plików cookies", "Cookieの使用に同意してください"],
    "login_wall": ["Log in to continue reading", "Silakan masuk", "Melden Sie sich an, um diesen Text zu lesen", "Connectez-vous pour lire la suite", "Inicia sesión para leer", "Faça login para continuar", "Accedi per leggere il resto", "Log in om dit artikel te lezen", "Zaloguj się, aby przeczytać", "ログインしてください"],
    "paywall": ["Subscribe to continue reading", "Khusus pelanggan", "Nur für Abonnenten", "Article réservé aux abonnés", "Exclusivo para suscriptores", "Exclusivo para assinantes", "Riservato agli abbonati", "Alleen voor abonnees", "Tylko dla prenumeratorów", "有料会員限定の記事です"],
    "soft_404": ["Page not found", "404 Not Found", "Halaman tidak ditemukan", "Halaman yang Anda cari tidak ditemukan", "Seite nicht gefunden", "Page introuvable", "Página no encontrada", "Página não encontrada", "Pagina non trovata", "Pagina niet gevonden", "Nie znaleziono strony", "ページが見つかりません"],
    "needs_js": ["Please enable JavaScript", "Aktifkan JavaScript di peramban", "Bitte JavaScript aktivieren", "Veuillez activer JavaScript", "Activa JavaScript para seguir", "Abilita JavaScript", "Włącz obsługę JavaScript", "JavaScriptを有効にしてください"],
}  # fmt: skip
SAID = [(wall, words) for wall, told in WALLS.items() for words in told]


@pytest.mark.parametrize(("wall", "words"), SAID)
def test_a_wall_is_known_in_many_languages(wall, words):
    assert verdict(page(f"<h1>Situs</h1><p>{words}</p>", title="Situs")) == wall
    assert verdict(page(f"<div><p>{words}</p></div>", title=f"{words} | Situs")) == wall


@pytest.mark.parametrize(("wall", "words"), SAID)
def test_a_story_about_walls_is_a_story(wall, words):
    told = f"<h1>Perahu</h1><article><p>Di layar muncul tulisan “{words}”, kata juragan.</p>{STORY}</article>"
    assert verdict(page(told, title=f"Mengapa tulisan {words} muncul di layar para juragan perahu")) == "article"
    brief = f"<h1>Perahu</h1><article><p>Di layar muncul tulisan “{words}”, kata juragan.</p>{BRIEF}</article>"
    if wall not in ("login_wall", "paywall"):
        headline = f"Mengapa tulisan {words} muncul di layar para juragan perahu"
        assert verdict(page(brief, NEWS, headline)) == "article"


def test_a_teaser_before_a_paywall_is_no_article():
    assert verdict(page(f"<article>{BRIEF}</article><div><b>Subscribe to continue reading</b></div>")) == "paywall"


@pytest.mark.parametrize(
    "prompt",
    ["You must be logged in to post a comment.", "Silakan login untuk berkomentar", "Please log in to comment", "Zaloguj się", "Connectez-vous pour commenter", "Inicia sesión"],
)  # fmt: skip
def test_a_prompt_to_comment_is_no_wall(prompt):
    told = page(f"<h1>Perahu</h1><article>{BRIEF}</article><p><a href='/masuk'>{prompt}</a></p>", OPEN_GRAPH)
    assert verdict(told) == "article"


@pytest.mark.parametrize(
    "title", ["404 orang mengungsi di hulu", "Korban perahu tidak ditemukan", "Aplikasi perahu masuk untuk kedua kali"]
)
def test_news_that_only_sounds_like_an_error_is_news(title):
    told = page(f"<h1>{title}</h1><article><p>{title} hari ini.</p>{BRIEF}</article>", title=title)
    assert verdict(told) == "article"


def test_a_long_page_is_a_wall_where_its_title_is_that_of_one():
    assert verdict(page(STORY, title="Before you continue – Situs")) == "consent_wall"
    assert verdict(page(STORY, title="Situs | Page not found")) == "soft_404"
    assert verdict(page(STORY, NEWS, title="Page not found")) == "article"


@pytest.mark.parametrize(
    ("title", "is_document"),
    [
        ("Privacy Policy | Perahu", True),
        ("Perahu Terms of Service", True),
        ("Perahu - Syarat dan Ketentuan", True),
        ("Nutzungsbedingungen · Perahu", True),
        ("Perahu changes its privacy policy, and millions of users have until spring to agree", False),
        ("Mengapa kebijakan privasi Perahu berubah lagi tahun ini menurut para pengamat", False),
    ],
)
def test_rules_of_a_platform_are_a_document_but_news_of_them_is_not(title, is_document):
    assert verdict(page(STORY, title=title)) == ("document" if is_document else "article")
    assert verdict(page(STORY, NEWS, title=title)) == "article"


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<html><body></body></html>", "empty"),
        ("<html><body><script>perahu()</script></body></html>", "needs_js"),
        (f"<html><body>{'<script>perahu()</script>' * 5}<p>Memuat</p></body></html>", "needs_js"),
        ("<html><body><p>Perahu.</p></body></html>", "empty"),
    ],
)
def test_a_page_without_text_says_why(html, told):
    assert verdict(html) == told


def test_the_phrases_are_of_verdicts_and_can_be_read():
    told = tomllib.loads((RULES / "walls.toml").read_text("utf-8"))
    assert set(told) <= set(get_args(Verdict))
    for phrases in told.values():
        assert len(phrases) == len(set(phrases))
        for phrase in phrases:
            assert not re.search(phrase, "", re.IGNORECASE)


@pytest.mark.parametrize(
    ("free", "count", "words", "is_lead"),
    [
        ("False", None, 60, True),
        (False, None, 60, True),
        (False, 900, 400, True),
        (False, "900", 880, False),
        (False, None, 400, False),
        (True, None, 60, False),
        (None, 900, 60, False),
        (False, "9" * 5_000, 400, False),
        (False, [1], 400, False),
    ],
)
def test_a_page_that_is_not_free_and_shows_its_beginning_is_a_lead(free, count, words, is_lead):
    stated = Metadata(ld={"isAccessibleForFree": free, "wordCount": count})
    assert judge.is_only_lead(stated, "kata " * words) == is_lead
