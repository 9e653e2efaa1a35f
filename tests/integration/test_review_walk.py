"""Whatever people say and sites tell, in whatever order: ids lead somewhere, words hold, and each can be taken back."""

import random

import pytest

from db.engine import reading, writing
from db.errors import ReviewRefused
from db.reviews import entry_of
from pipeline.review import Speaker, judge, mend, merge, split, undo
from tests.integration.telling import ask, later, rule, sources, tell

RULES = (
    rule(effective="2026-04-15"),
    rule(product="Instagram", object="ai_generated_content", action="require"),
    rule(product="Facebook", object="training_on_user_data", action="data_use"),
    rule(company="Spotify", product="Spotify"),
    rule(status="suspended", jurisdiction="IT"),
    rule(action="allow", direction="loosen"),
)
MENDED = (("action", "restrict"), ("effective", "2026-05-01"), ("product", None), ("effective", None))
STRAY = """
select count(*) from report r join policy_change c on c.id = r.policy_change_id where c.merged_into is not null
union all select count(*) from policy_status p join report r on r.id = p.report_id where p.policy_change_id <> r.policy_change_id
union all select count(*) from policy_change a join policy_change b on b.id = a.merged_into where b.merged_into is not null
"""
HELD = """
select r.policy_change_id, c.id, c.merged_into from report r
join article_version v on v.id = r.version_id
join review_pin p on p.article_id = v.article_id and p.strand = r.strand
join policy_change c on c.id = p.policy_change_id
where r.superseded_at is null and p.review_id = (
    select max(q.review_id) from review_pin q join review w on w.id = q.review_id
    where q.article_id = p.article_id and q.strand = p.strand and not w.is_undone
)
"""
STANDING = """
select r.id from report r where r.superseded_at is null and r.policy_change_id = (
    select coalesce(c.merged_into, c.id) from policy_change c where c.public_id = :id
) order by r.id
"""


class Walk:
    """A store to which things happen at random; every step is checked."""

    def __init__(self, engine, seed):
        self.engine = engine
        self.chance = random.Random(seed)
        self.days = {}
        self.steps = 0
        sources(engine, "hulu", "muara", "delta")

    def tell(self):
        if self.days and self.chance.random() < 0.4:
            key = self.chance.choice(sorted(self.days))
        else:
            key = f"{self.chance.choice(('hulu', 'muara', 'delta'))}/{len(self.days)}"
            self.days[key] = f"2026-0{self.chance.randint(2, 6)}-{self.chance.randint(10, 28)}"
        told = self.chance.sample(RULES, self.chance.choice([0, 1, 1, 1, 2]))
        body = f"Teks {self.chance.randint(0, 5)} tentang aturan." if self.chance.random() < 0.3 else None
        tell(
            self.engine, key, *told, day=self.days[key], body=body, annotator=str(self.chance.randint(1, 3)),
            now=later(self.steps),
        )  # fmt: skip

    def say(self, verb, *values, **more):
        with writing(self.engine) as conn:
            return verb(conn, *values, Speaker(name="Sari", note=None, now=later(self.steps)), **more)

    def step(self):
        self.steps += 1
        ids = ask(self.engine, "select public_id from policy_change order by id")
        what = self.chance.choice(["tell", "judge", "merge", "merge", "split", "split", "mend", "undo", "undo"])
        if what == "tell" or not ids:
            self.tell()
            return
        entry = self.chance.choice(ids)
        try:
            if what == "judge":
                self.say(judge, entry, self.chance.choice(("confirm", "wrong")))
            elif what == "merge":
                self.take_back(merge, entry, self.chance.choice(ids), force=True)
            elif what == "split":
                reports = ask(self.engine, STANDING, id=entry)
                self.take_back(split, entry, self.chance.sample(reports, self.chance.randint(0, len(reports))))
            elif what == "mend":
                self.say(mend, entry, *self.chance.choice(MENDED))
            else:
                self.say(undo, entry, None)
        except ReviewRefused:
            pass

    def take_back(self, verb, entry, *values, **more):
        """Say a word, take it back, which leaves everything as it was, and say it again."""
        before = self.state()
        done = self.say(verb, entry, *values, **more)
        self.say(undo, entry, done.word.id)
        after = self.state()
        assert after[0] == before[0]
        assert before[1].items() <= after[1].items()
        self.say(verb, entry, *values, **more)

    def state(self):
        return ask(self.engine, "select change_id, report_id from reports order by report_id"), dict(
            ask(self.engine, "select asked_id, change_id from change_ids")
        )

    def check(self):
        assert set(ask(self.engine, STRAY)) == {0}
        assert all(at == (led or put) for at, put, led in ask(self.engine, HELD))
        merged = ask(self.engine, "select reviewed_id, other_id from reviews where verdict = 'merge' and is_undone = 0")
        with reading(self.engine) as conn:
            assert all(entry_of(conn, one).id == entry_of(conn, other).id for one, other in merged)


@pytest.mark.parametrize("seed", [20, 36, 114])
def test_words_hold_and_can_be_taken_back(engine, seed):
    walk = Walk(engine, seed)
    for _ in range(5):
        walk.tell()
    for _ in range(15):
        walk.step()
        walk.check()
    last = "select reviewed_id, review_id from reviews where is_undone = 0 and verdict <> 'undo' order by review_id desc limit 1"
    while found := ask(engine, last):
        walk.say(undo, *found[0])
        walk.check()
    assert ask(engine, "select count(*) from policy_change where review is not null") == [0]
