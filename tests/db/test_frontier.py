"""The durable frontier: polls, addresses, leases, and what came of them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db.catalogue import sync_catalogue
from db.engine import reading, writing
from db.errors import DispatcherBusy
from db.lease import hand_back, is_idle, next_due, take_addresses, take_endpoints, take_unread
from db.lock import dispatcher
from db.models import address, download, endpoint, poll
from db.outcomes import awaits, finish_fetch, finish_poll, finish_unchanged, mark_read, postpone_fetch
from tests.db.rows import (
    LEASE,
    NOW,
    announce,
    answer,
    due_address,
    due_endpoint,
    endpoint_row,
    fill,
    found,
    source_row,
    states,
)

LATER = NOW + timedelta(minutes=15)


def counted(engine, table):
    with reading(engine) as conn:
        return conn.scalar(select(func.count()).select_from(table))


def poll_finds_one(conn, due):
    finish_poll(
        conn,
        due,
        started_at=NOW,
        finished_at=NOW,
        outcome="new",
        next_poll_at=LATER,
        answer=answer(),
        found=[found(1)],
    )


def test_validators_are_stored_with_the_addresses_they_announced(engine):
    fill(engine)
    with writing(engine) as conn:
        due = due_endpoint(conn)
        hand_back(conn)
        transaction = conn.begin_nested()
        poll_finds_one(conn, due)
        transaction.rollback()
    with reading(engine) as conn:
        assert conn.execute(select(endpoint.c.etag, endpoint.c.leased_by)).one() == (None, None)
    assert (counted(engine, address), counted(engine, poll), counted(engine, download)) == (0, 0, 0)
    announce(engine, found(1))
    with reading(engine) as conn:
        assert conn.execute(select(endpoint.c.etag, endpoint.c.leased_by)).one() == ('"a"', None)
    assert (counted(engine, address), counted(engine, poll), counted(engine, download)) == (1, 1, 1)


def test_the_same_visit_is_counted_once_and_does_not_stay_due(engine):
    fill(engine)
    with writing(engine) as conn:
        due = due_endpoint(conn)
        for _ in range(2):
            poll_finds_one(conn, due)
    assert (counted(engine, poll), counted(engine, address)) == (1, 1)
    with reading(engine) as conn:
        assert conn.execute(select(endpoint.c.next_poll_at, endpoint.c.leased_by)).one() == (LATER, None)


def test_an_address_is_found_once_by_url_and_by_the_site_s_own_id(engine):
    fill(engine)
    amp = found(1, url="https://situs.test/amp/1")
    announce(engine, found(1), found(1), amp, found(2), found(3, matching=False))
    with reading(engine) as conn:
        assert states(conn) == {"1": "due", "2": "due", "3": "skipped"}
        assert conn.execute(select(poll.c.items_seen, poll.c.items_new, poll.c.items_missed)).one() == (5, 3, 1)


def test_more_items_than_a_statement_takes_are_stored_at_once(engine):
    fill(engine)
    announce(engine, *(found(n) for n in range(40_000)))
    assert counted(engine, address) == 40_000


def test_one_piece_of_work_a_domain_is_handed_out_the_longest_due_first(engine):
    fill(engine, "satu", "dua")
    with writing(engine) as conn:
        sync_catalogue(
            conn,
            [source_row("satu"), source_row("dua")],
            [endpoint_row("satu"), endpoint_row("satu", "rss2"), endpoint_row("dua")],
            NOW,
        )
        taken = take_endpoints(conn, now=NOW, limit=10, holder="me", lease=LEASE)
        assert sorted(due.registrable_domain for due in taken) == ["dua.test", "satu.test"]
        assert take_endpoints(conn, now=NOW, limit=10, holder="me", lease=LEASE, exclude_domains=("satu.test",)) == []
        [rest] = take_endpoints(conn, now=NOW, limit=10, holder="me", lease=LEASE)
        assert rest.url == "https://satu.test/rss2"


def test_a_lease_ends_by_itself_or_is_handed_back(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        assert due_address(conn).url.endswith("/1")
        assert take_addresses(conn, now=NOW, limit=9, holder="you", lease=LEASE) == []
        assert due_address(conn, NOW + LEASE).url.endswith("/1")
        hand_back(conn, "somebody else")
        assert take_addresses(conn, now=NOW + LEASE, limit=9, holder="you", lease=LEASE) == []
        hand_back(conn, "me")
        assert due_address(conn, NOW + LEASE).url.endswith("/1")


def test_a_source_that_is_off_is_not_fetched(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        sync_catalogue(conn, [source_row(enabled=False, catalogue_sha256="1" * 64)], [endpoint_row()], NOW)
        assert take_addresses(conn, now=NOW, limit=9, holder="me", lease=LEASE) == []
        assert take_endpoints(conn, now=LATER, limit=9, holder="me", lease=LEASE) == []
        assert is_idle(conn, NOW)


def test_an_endpoint_that_left_the_catalogue_comes_back_with_its_history(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        assert sync_catalogue(conn, [source_row()], [], NOW).disabled == 1
        assert take_endpoints(conn, now=LATER, limit=9, holder="me", lease=LEASE) == []
        assert sync_catalogue(conn, [source_row()], [endpoint_row()], NOW).changed == 1
        [due] = take_endpoints(conn, now=LATER, limit=9, holder="me", lease=LEASE)
        assert due.etag == '"a"'
    assert counted(engine, poll) == 1


@pytest.mark.parametrize("outcome", ["failed", "refused"])
def test_a_poll_that_failed_keeps_the_validators_it_had(engine, outcome):
    fill(engine)
    announce(engine)
    with writing(engine) as conn:
        due = due_endpoint(conn, LATER)
        finish_poll(
            conn,
            due,
            started_at=LATER,
            finished_at=LATER,
            outcome=outcome,
            next_poll_at=LATER + LEASE,
            answer=answer(status=503, etag='"wall"', error="503"),
            reason="503",
        )
        again = due_endpoint(conn, LATER + LEASE)
        assert (again.etag, again.failures) == ('"a"', 1)


def test_a_fetch_waits_to_be_read_and_an_unchanged_one_is_checked_again_later(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        finish_fetch(conn, due_address(conn), answer("https://situs.test/berita/1"), state="fetched")
        [unread] = take_unread(conn, limit=5)
        assert (unread.url, unread.headline) == ("https://situs.test/berita/1", "Perahu 1")
        assert take_unread(conn, limit=5, exclude=(unread.address_id,)) == []
        assert not is_idle(conn, NOW)


def test_a_redirect_becomes_an_address_of_its_own_with_what_was_announced(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        target = found(1, url="https://situs.test/berita/1-baru", headline=None, hops=1)
        finish_fetch(
            conn,
            due_address(conn),
            answer("https://situs.test/berita/1", status=301),
            state="redirected",
            redirect_to=target,
        )
        due = due_address(conn)
        assert (due.url, due.headline_hint, due.hops) == ("https://situs.test/berita/1-baru", "Perahu 1", 1)


def test_an_address_that_is_postponed_is_as_it_was(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        postpone_fetch(conn, due_address(conn), next_fetch_at=LATER, reason="no room")
        assert next_due(conn) == LATER
        due = due_address(conn, LATER)
        assert (due.attempts, due.checks) == (0, 0)
        finish_unchanged(conn, due, next_fetch_at=None)
        assert next_due(conn) == LATER
    assert counted(engine, download) == 1


def test_only_one_dispatcher_works_on_a_store(engine):
    with dispatcher(engine), pytest.raises(DispatcherBusy, match="stop it first"), dispatcher(engine):
        pass
    with dispatcher(engine):
        pass


FINISHES = {
    "fetched": lambda conn, due: finish_fetch(conn, due, answer("https://situs.test/berita/1"), state="fetched"),
    "gone": lambda conn, due: finish_fetch(conn, due, answer("https://situs.test/berita/1", status=410), state="gone"),
    "unchanged": lambda conn, due: finish_unchanged(conn, due, next_fetch_at=None),
    "postponed": lambda conn, due: postpone_fetch(conn, due, next_fetch_at=LATER, reason="no room"),
}


@pytest.mark.parametrize("finish", FINISHES.values(), ids=FINISHES)
@pytest.mark.parametrize("then", ["taken", "finished", "handed back"])
def test_a_worker_that_was_frozen_past_its_lease_writes_nothing_late(engine, finish, then):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        frozen = due_address(conn)
    with writing(engine) as conn:
        if then == "handed back":
            hand_back(conn)
        else:
            [other] = take_addresses(conn, now=NOW + LEASE, limit=1, holder="you", lease=LEASE)
            if then == "finished":
                finish_fetch(conn, other, answer("https://situs.test/berita/1"), state="fetched")
    rows = {table: select(table).order_by(table.c.id) for table in (address, download)}
    with reading(engine) as conn:
        before = {table: conn.execute(query).all() for table, query in rows.items()}
    with writing(engine) as conn:
        finish(conn, frozen)
    with reading(engine) as conn:
        assert {table: conn.execute(query).all() for table, query in rows.items()} == before


def test_a_poll_that_was_frozen_past_its_lease_writes_nothing_late(engine):
    fill(engine)
    with writing(engine) as conn:
        frozen = due_endpoint(conn)
        [other] = take_endpoints(conn, now=NOW + LEASE, limit=1, holder="you", lease=LEASE)
        poll_finds_one(conn, frozen)
        assert conn.execute(select(endpoint.c.leased_by, endpoint.c.etag)).one() == ("you", None)
        poll_finds_one(conn, other)
        assert conn.execute(select(endpoint.c.leased_by, endpoint.c.etag)).one() == (None, '"a"')
    assert (counted(engine, poll), counted(engine, address)) == (1, 1)


def test_what_another_has_read_meanwhile_is_not_read_again(engine):
    fill(engine)
    announce(engine, found(1))
    with writing(engine) as conn:
        finish_fetch(conn, due_address(conn), answer("https://situs.test/berita/1"), state="fetched")
        [unread] = take_unread(conn, limit=5)
        assert awaits(conn, unread)
        mark_read(
            conn, unread.address_id, download_id=unread.download_id, verdict="listing", article_id=None, next_fetch_at=None
        )  # fmt: skip
        assert not awaits(conn, unread)
