"""Whom a rule meets and spares, the document that holds it, by whose word it is told, and of which product."""

import msgspec
import pytest

from pipeline.steps.annotate import annotate, choose
from pipeline.steps.annotate.score import weights

ETSY = "Etsy bans AI art without a label"
TIKTOK = "TikTok Wajibkan Label Video AI"


@pytest.fixture(autouse=True)
def any_article_is_news(monkeypatch):
    """What is read of a rule does not hang on how surely the article is one."""
    low = msgspec.structs.replace(weights(), possible=-99.0)
    monkeypatch.setattr(choose, "weights", lambda: low)


def read(title, body, language="en"):
    """Return an article's first change; every quote is exactly its span."""
    change = annotate(title, body, "2026-01-20", language).policy_changes[0]
    fields = {"headline": title, "article_body": body}
    assert all(fields[item.field][item.start : item.end] == item.quote for item in change.evidence)
    return change


def quotes(change, slot):
    """Return the quotes of a slot."""
    return [item.quote for item in change.evidence if item.slot == slot]


@pytest.mark.parametrize(
    ("title", "body", "language", "spared"),
    [
        (ETSY, "Etsy now bans AI art without a label. The rule does not apply to patterns drawn by hand.", "en", "patterns drawn by hand"),
        (ETSY, "Etsy now bans AI art without a label. Sketches and moulds are exempt.", "en", "Sketches and moulds"),
        (ETSY, "Etsy now bans AI art without a label, with the exception of mock-ups.", "en", "mock-ups"),
        (ETSY, "Etsy now bans AI art without a label. Old listings can still be sold.", "en", "Old listings"),
        (ETSY, "Etsy now bans AI art without a label. Private messages will not be used.", "en", "Private messages"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI. Aturan itu tidak berlaku bagi filter kecantikan.", "id", "filter kecantikan"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI, kecuali untuk kartun anak.", "id", "kartun anak"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI. Penyuntingan ringan tidak perlu diberi tanda.", "id", "Penyuntingan ringan"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI. Siaran berita dikecualikan.", "id", "Siaran berita"),
    ],
)  # fmt: skip
def test_whom_a_rule_spares_is_named(title, body, language, spared):
    change = read(title, body, language)
    assert change.exempt == (spared,)
    assert quotes(change, "exempt") == [spared]


@pytest.mark.parametrize(
    "body",
    [
        "Etsy now bans AI art without a label. Users can still object.",
        "Etsy now bans AI art without a label. It does not need to explain itself.",
        "Etsy now bans AI art without a label. The company said that it will not be affected.",
    ],
)
def test_nobody_is_spared_by_a_pronoun_by_everybody_or_by_a_clause(body):
    assert read(ETSY, body).exempt == ()


@pytest.mark.parametrize(
    ("title", "body", "language", "met"),
    [
        ("Etsy requires labels on AI art", "Etsy now requires all sellers to label AI art.", "en", ("all sellers",)),
        ("YouTube limits AI tools by age", "YouTube now bans AI clones made by users under 16.", "en", ("users under 16",)),
        ("YouTube limits AI clones", "YouTube now bans AI clones made by third-party developers.", "en", ("third-party developers",)),
        ("Reddit blocks AI crawlers", "Reddit now blocks the AI crawlers of Perplexity and Anthropic.", "en", ("Perplexity", "Anthropic")),
        ("WhatsApp bans ChatGPT and Perplexity", "WhatsApp now bans AI chatbots like these from its platform.", "en", ("ChatGPT", "Perplexity")),
        (TIKTOK, "TikTok kini mewajibkan para kreator memberi label pada video AI.", "id", ("para kreator",)),
        (TIKTOK, "TikTok kini mewajibkan pengguna berusia 13 tahun memberi label pada video AI.", "id", ("pengguna berusia 13 tahun",)),
    ],
)  # fmt: skip
def test_whom_a_rule_meets_is_named(title, body, language, met):
    change = read(title, body, language)
    assert change.affected == met
    assert quotes(change, "affected") == list(met)


@pytest.mark.parametrize(
    ("title", "body", "language", "instrument", "quote"),
    [
        (ETSY, "Etsy now bans AI art without a label, its seller policy says.", "en", "seller_policy", "seller policy"),
        (ETSY, "Etsy now bans AI art without a label in its terms of use.", "en", "terms_of_service", "terms of use"),
        (ETSY, "Etsy now bans AI art without a label, say the community guidelines.", "en", "community_guidelines", "community guidelines"),
        ("LinkedIn trains AI on posts", "LinkedIn now uses posts to train AI under its privacy notice.", "en", "privacy_policy", "privacy notice"),
        ("Apple bans AI clones of apps", "Apple now bans AI clones of apps in the App Store guidelines.", "en", "developer_policy", "App Store guidelines"),
        ("OpenAI bans AI deepfakes", "OpenAI now bans deepfakes in its usage policies.", "en", "usage_policy", "usage policies"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI dalam pedoman komunitas.", "id", "community_guidelines", "pedoman komunitas"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI menurut syarat dan ketentuan.", "id", "terms_of_service", "syarat dan ketentuan"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI.", "id", "content_policy", None),
        ("LinkedIn trains AI on posts", "LinkedIn now uses posts to train AI.", "en", "privacy_policy", None),
    ],
)  # fmt: skip
def test_the_document_is_the_one_named_else_what_holds_rules_of_its_kind(title, body, language, instrument, quote):
    change = read(title, body, language)
    assert change.instrument == instrument
    [proof] = quotes(change, "instrument")
    assert quote is None or proof == quote


@pytest.mark.parametrize(
    ("title", "body", "language", "attribution"),
    [
        (ETSY, "Etsy now bans AI art without a label. The company announced it in a blog post.", "en", "company_statement"),
        (ETSY, "Etsy now bans AI art without a label, a spokesperson told Reuters.", "en", "spokesperson_to_outlet"),
        (ETSY, "Etsy now bans AI art without a label under rewritten seller guidelines.", "en", "company_document"),
        ("Etsy to ban AI art without a label, report says", "Etsy wants to ban AI art, Bloomberg reports. The company said nothing.", "en", "media_report"),
        ("X stops AI training on posts", "X has stopped using posts to train AI. The regulator said so.", "en", "regulator_document"),
        (ETSY, "Etsy now bans AI art without a label. Users noticed it first.", "en", "user_observation"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI. Juru bicara membenarkan hal itu.", "id", "spokesperson_to_outlet"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI. Hal itu diumumkan kemarin.", "id", "company_statement"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI dalam pedoman yang diperbarui.", "id", "company_document"),
        (TIKTOK, "TikTok kini mewajibkan label pada video AI.", "id", None),
    ],
)  # fmt: skip
def test_it_is_told_by_whose_word_a_rule_is_known(title, body, language, attribution):
    change = read(title, body, language)
    assert change.attribution == attribution
    assert bool(quotes(change, "attribution")) == (attribution is not None)


@pytest.mark.parametrize(
    ("title", "body", "language", "product"),
    [
        ("Google bans AI clones on YouTube", "Google now bans AI clones of singers on YouTube.", "en", "YouTube"),
        ("Meta melarang chatbot AI di WhatsApp", "Meta kini melarang chatbot AI di WhatsApp.", "id", "WhatsApp"),
        ("Google fences off AI clips", "Google now bans AI clips made with Veo from YouTube.", "en", "YouTube"),
        ("Google removes an AI feature", "Google removes an AI feature from Gmail.", "en", "Gmail"),
    ],
)
def test_the_product_is_the_one_on_which_the_rule_holds(title, body, language, product):
    assert read(title, body, language).product == product
