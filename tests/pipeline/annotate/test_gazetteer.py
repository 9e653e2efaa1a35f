"""The gazetteer is wide, says where its facts come from, and each of its names is found as a whole word only."""

import itertools
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from pipeline.records import Action, Attribution, Instrument, NegativeKind, PolicyObject, Status
from pipeline.rules import policy_rules
from pipeline.steps.annotate import annotate
from pipeline.steps.annotate.actors import find
from pipeline.steps.annotate.score import weights

GAZETTEER = Path(policy_rules.__file__).parent / "gazetteer"
# A name that holds a word of its trade has its cue with it.
TRADE_IN_NAME = re.compile(r"\b(?:AI|app|aplikasi|browser|gim|store|platforms?|media sosial|video)\b", re.IGNORECASE)
# A word, a sentence in which it is only that, and one in which it is a platform's name.
ALSO_WORDS = [
    ("ACM", "ACM beat Inter in the derby", "ACM lets authors use AI in papers if they say so"),
    ("Allegro", "The Allegro was played too fast", "Allegro bans listings with AI images"),
    ("Ancestry", "Ancestry matters to the family", "Ancestry changes its terms on AI training"),
    ("Anthology", "Anthology of the year goes to a debut", "Anthology lets teachers switch off AI features"),
    ("Antigravity", "Antigravity remains a dream", "Antigravity limits which models users reach"),
    ("Axon", "Axon and dendrite were drawn", "Axon requires police to mark AI content"),
    ("BMI", "BMI anak itu normal", "BMI menerima musik buatan AI"),
    ("Blackboard", "Blackboard and chalk came first", "Blackboard turns off its AI assistant"),
    ("Blender", "Blender and whisk stand in the kitchen", "Blender forbids AI content in its manual"),
    ("Bluebird", "Bluebird sang at dawn", "Bluebird melarang akun palsu buatan AI"),
    ("Booth", "Booth number seven is near the door", "Booth bans AI images"),
    ("Curl", "Curl your hair at night", "Curl closes its bug bounty to AI reports"),
    ("curl", "the curl of her hair", "curl bans AI bug reports"),
    ("Django", "Django rode into the town", "Django asks developers to disclose AI"),
    ("Docker", "Docker unloads the ship at the quay", "Docker limits AI agents by default, its terms say"),
    ("Echo", "Echo of the valley", "Echo no longer keeps voice data on the device"),
    ("Element", "Element of surprise", "Element blocks AI crawlers"),
    ("Fab", "Fab dinner last night", "Fab requires a label on AI content"),
    ("Framer", "Framer of the painting", "Framer changes its AI terms"),
    ("Frontiers", "Frontiers were drawn in 1920", "Frontiers requires authors to disclose AI"),
    ("GEMA", "GEMA TAKBIR terdengar", "GEMA menolak musik AI"),
    ("Glints", "Glints of silver in the sea", "Glints melarang iklan kerja buatan AI"),
    ("Godot", "They are waiting for Godot", "Godot refuses code by AI"),
    ("Granola", "Granola with milk", "Granola no longer trains AI on notes"),
    ("Hacker News", "The Hacker News of old", "Hacker News bans posts written by AI"),
    ("Homebrew", "Homebrew and beer in the garage", "Homebrew limits AI contributions"),
    ("Honor", "Honor thy father", "Honor pulls an AI feature from its phones"),
    ("Hulu", "Hulu sungai itu jernih", "Hulu changes its AI rules for ads"),
    ("Itch", "Itch and rash disappeared", "Itch hides games made with AI"),
    ("Jules", "Jules Verne wrote it", "Jules limits the tasks of its AI agents"),
    ("Kakao", "Kakao Ghana naik harganya", "Kakao melatih AI dengan data pengguna"),
    ("Ladybird", "Ladybird on a leaf", "Ladybird refuses AI code"),
    ("Latitude", "Latitude and longitude", "Latitude filters AI content in its game"),
    ("Lemmy", "Lemmy played the bass", "Lemmy blocks AI crawlers"),
    ("Lensa", "Lensa kamera itu retak", "Lensa melarang foto AI tanpa izin"),
    ("Loom", "Loom and yarn", "Loom trains AI on videos"),
    ("Luka", "Luka di kakinya sembuh", "Luka limits its chatbot"),
    ("Maxim", "Maxim Gorky died in 1936", "Maxim melarang akun dengan foto AI"),
    ("Melon", "Melon dan semangka", "Melon melabeli musik AI"),
    ("Miro", "Miro painted in Mallorca", "Miro trains AI on boards"),
    ("Obsidian", "Obsidian and basalt", "Obsidian bans plugins that send data to AI"),
    ("Outlier", "Outlier or not, it was warm", "Outlier bans AI answers by workers, its rules say"),
    ("Ozon", "Lapisan Ozon menipis", "Ozon bans AI images of goods"),
    ("Pandora", "Pandora opened the jar", "Pandora labels AI music"),
    ("Pathfinder", "Pathfinder landed on Mars", "Pathfinder bans AI art in its community content"),
    ("Pearson", "Pearson scored twice", "Pearson limits AI use in exams, a policy says"),
    ("Plex", "Plex of nerves", "Plex changes its terms for AI data"),
    ("Printables", "Printables for the children", "Printables labels AI models"),
    ("SAP", "SAP rises in spring", "SAP limits AI agents"),
    ("Scratch", "Scratch that", "Scratch bans AI projects by users"),
    ("Sea", "The Black Sea froze", "Sea melatih AI dengan data penjual"),
    ("Servo", "Servo and motor were replaced", "Servo bans AI contributions"),
    ("Splice", "Splice the rope", "Splice bans AI training on its sounds"),
    ("Tapas", "Tapas and wine in Sevilla", "Tapas bans AI comics"),
    ("Temu", "Temu Kangen di Solo", "Temu melarang gambar AI"),
    ("Tenor", "Tenor and soprano sang", "Tenor closes its API"),
    ("Upstage", "Upstage stood the choir", "Upstage opens its AI model under new terms"),
    ("Vivaldi", "Vivaldi wrote the Four Seasons", "Vivaldi refuses AI in its browser"),
    ("Workday", "Workday of eight hours", "Workday limits AI agents"),
    ("Zig", "Zig and zag", "Zig bans AI in its issues, the code policy says"),
]  # fmt: skip


def parts() -> list[dict]:
    return tomllib.loads((GAZETTEER / "surfaces.toml").read_text("utf-8"))["surface"]


PARTS = [(b["company"], name, alias) for b in parts() for name, listed in b["names"].items() for alias in listed]


def written(company: policy_rules.Company) -> tuple[str, ...]:
    products = [(product.name, *product.aliases) for product in company.product]
    return (company.name, *company.aliases, *itertools.chain(*products))


def test_it_is_wide():
    companies = policy_rules.companies()
    assert len(companies) >= 700
    assert sum(len(company.product) for company in companies) >= 950
    assert len(policy_rules.regulators()) >= 45


def test_every_company_and_authority_has_a_source():
    assert all(entry.source for entry in (*policy_rules.companies(), *policy_rules.regulators()))


def test_no_company_stands_twice():
    listed = [company.name for company in policy_rules.companies()]
    assert sorted(set(listed)) == sorted(listed)


def test_no_name_stands_for_two_companies():
    listed = [(alias, company.name) for company in policy_rules.companies() for alias in set(written(company))]
    assert [alias for alias, times in Counter(alias for alias, _ in listed).items() if times > 1] == []


def test_no_product_is_written_as_another_of_the_same_company():
    for company in policy_rules.companies():
        listed = [alias for product in company.product for alias in (product.name, *product.aliases)]
        assert sorted(set(listed)) == sorted(listed), company.name


def test_what_a_company_stands_for_is_one_of_its_products():
    for company in policy_rules.companies():
        products = {product.name for product in company.product}
        assert {company.flagship, company.ai_brand} - {None} <= products, company.name


@pytest.mark.parametrize("name", sorted(policy_rules.names()))
def test_a_name_is_found_in_a_sentence_and_not_inside_a_word(name):
    wanted = policy_rules.names()[name]
    [*found] = find(f"Kebijakan AI untuk pengguna {name} berubah.")
    assert (wanted.company, wanted.product) in [(actor.company, actor.product) for actor in found]
    inside = find(f"Kebijakan AI untuk pengguna qq{name}qq berubah.")
    assert wanted.product not in [actor.product for actor in inside if actor.end - actor.start >= len(name)]


def test_holders_stand_in_their_order_and_only_the_last_holds_today():
    for company in policy_rules.companies():
        days = [owner.until for owner in company.owners]
        ended = [date.fromisoformat(day) for day in days if day]
        assert None not in days[:-1], company.name
        assert ended == sorted(set(ended)), company.name
        assert company.owner is None or None not in days, company.name


@pytest.mark.parametrize(
    ("company", "day", "holder"),
    [
        ("X Corp", "2023-04-10", "Twitter, Inc."),
        ("X Corp", "2024-06-01", "X Holdings"),
        ("X Corp", "2025-06-01", "xAI"),
        ("X Corp", "2026-02-02", "SpaceX"),
        ("xAI", "2026-02-01", "xAI Holdings"),
        ("xAI", "2026-02-02", "SpaceX"),
        ("TikTok USDS Joint Venture", "2026-01-21", "ByteDance"),
        ("Tokopedia", "2024-01-30", "GoTo"),
        ("Tokopedia", "2024-01-31", "ByteDance"),
        ("Superhuman", "2025-10-28", "Grammarly"),
        ("Activision Blizzard", "2023-10-12", "Activision Blizzard"),
        ("Activision Blizzard", "2023-10-13", "Microsoft"),
        ("LinkedIn", "2016-12-07", "LinkedIn"),
        ("LinkedIn", "2024-01-01", "Microsoft"),
        ("GitHub", "2018-10-25", "GitHub"),
        ("GitHub", "2018-10-26", "Microsoft"),
        ("Bandcamp", "2023-09-27", "Epic Games"),
        ("Bandcamp", "2023-09-28", "Songtradr"),
        ("Windsurf", "2025-07-13", "Windsurf"),
        ("Windsurf", "2025-07-14", "Cognition"),
        ("Giphy", "2023-06-22", "Meta"),
        ("Giphy", "2024-01-01", "Shutterstock"),
        ("bioRxiv", "2024-01-01", "Cold Spring Harbor Laboratory"),
        ("medRxiv", "2025-03-11", "openRxiv"),
        ("Wattpad", "2025-01-01", "Naver"),
        ("DeviantArt", "2025-01-01", "Wix"),
        ("Figma", "2023-12-31", None),
        ("Shutterstock", "2025-06-01", None),
        ("Getty Images", "2025-06-01", None),
        ("Bluesky", "2025-01-01", None),
        ("Character.AI", "2025-01-01", None),
        ("Inflection AI", "2025-01-01", None),
        ("Scale AI", "2025-12-01", None),
    ],
)
def test_a_changed_owner_has_its_day(company, day, holder):
    [entry] = [entry for entry in policy_rules.companies() if entry.name == company]
    held = [owner.name for owner in entry.owners if owner.until is None or day < owner.until]
    assert next(iter(held), entry.owner) == holder


@pytest.mark.parametrize(
    ("product", "company"),
    [("Twitch", "Amazon"), ("Tumblr", "Automattic"), ("WordPress.org", "Automattic"), ("LinkedIn", "Microsoft")],
)
def test_a_product_is_told_under_its_owner(product, company):
    assert policy_rules.names()[product].company == company


def test_the_indonesian_ministry_changed_its_name_in_2024():
    [ministry] = [entry for entry in policy_rules.regulators() if entry.name == "Komdigi"]
    assert (ministry.since, ministry.was) == ("2024-10-21", "Kominfo")


@pytest.mark.parametrize(
    "text", ["The threads of a gemini coat", "Threads of wool", "Gemini bersinar malam ini", "Grab a chair"]
)
def test_a_name_that_is_also_a_word_needs_a_word_of_its_trade(text):
    assert find(text) == []


@pytest.mark.parametrize(("word", "plain", "trade"), ALSO_WORDS)
def test_the_same_word_is_a_name_beside_a_word_of_its_trade(word, plain, trade):
    assert find(plain) == []
    assert word in [trade[actor.start : actor.end] for actor in find(trade)]


@pytest.mark.parametrize("name", sorted(alias for alias, name in policy_rules.names().items() if name.needs_cue))
@pytest.mark.parametrize("around", ["{} stood by the river.", "Malam itu {} tampak indah."])
def test_no_name_that_is_also_a_word_counts_by_itself(name, around):
    bare = [actor for actor in find(around.format(name)) if actor.needs_cue]
    assert bare == [] or TRADE_IN_NAME.search(name)


@pytest.mark.parametrize(
    "text",
    [
        "Dia memakai aplikasi AI setiap hari",
        "Cara memakai fitur AI di ponsel",
        "Indeed, the app trains its AI on user data",
        "The White House Office of Science published an AI policy",
        "Block AI bots with these rules",
        "I believe AI models. Believe the data.",
        "A Raspberry Pi runs the AI model",
        "Ernie told us how the AI features work",
    ],
)
def test_a_word_that_opens_sentences_is_no_name_at_all(text):
    assert find(text) == []


@pytest.mark.parametrize(("company", "name", "alias"), PARTS)
def test_a_part_of_a_product_is_found_as_a_whole_word(company, name, alias):
    pattern = policy_rules.surfaces()[company][name]
    for text in (f"The rule is for {alias}, from today.", f"Aturan ini untuk {alias}."):
        assert pattern.search(text)
    assert not pattern.fullmatch(f"qq{alias}")
    assert not re.search(pattern, f"qq{alias}qq")


def test_parts_stand_under_the_name_by_which_their_products_are_told_and_say_whose_they_are():
    told = {name.company for name in policy_rules.names().values()}
    blocks = parts()
    assert {block["company"] for block in blocks} <= told
    assert len({block["company"] for block in blocks}) == len(blocks)
    assert all(block["source"] for block in blocks)


@pytest.mark.parametrize("text", ["In a post on X, users cheered AI", "a spokesman told Reddit users"])
def test_where_something_was_said_is_no_actor(text):
    assert all(actor.is_bystander for actor in find(text))


@pytest.mark.parametrize(
    ("slot", "values"), [("status", Status), ("instrument", Instrument), ("attribution", Attribution)]
)
def test_slot_cues_name_values_of_the_vocabulary(slot, values):
    assert set(policy_rules.slot_cues(slot)) <= set(get_args(values))


def test_places_are_iso_codes():
    assert all(re.fullmatch("[A-Z]{2}", code) for code in policy_rules.place_cues())


def test_cues_cover_the_vocabulary():
    assert {cue.action for cue in policy_rules.action_cues()} == set(get_args(Action))
    assert set(policy_rules.object_order()) == set(get_args(PolicyObject))
    assert set(policy_rules.negative_kinds()) < set(get_args(NegativeKind))


def test_the_line_for_sure_is_above_that_for_possible():
    assert weights().possible < weights().sure


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("en", "{} bans images made by AI", "{} has updated its content policy and now bans AI-generated images."),
        ("id", "{} Larang Gambar Buatan AI", "{} memperbarui kebijakan kontennya dan kini melarang gambar buatan AI."),
    ],
)
def test_a_ban_by_any_of_them_is_told_under_the_right_company_and_product(language, title, body):
    missed = set()
    for company in policy_rules.companies():
        for name in {company.name, *(product.name for product in company.product)}:
            wanted = policy_rules.names()[name]
            told = annotate(title.format(name), body.format(name), "2026-01-20", language).policy_changes
            if (wanted.company, wanted.product or wanted.flagship) not in [(one.company, one.product) for one in told]:
                missed.add(name)
    # A name that opens like a tip for shoppers is taken for one.
    assert missed <= {"Buy Me a Coffee"}
