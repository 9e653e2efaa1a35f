"""Settings: what is unknown or out of range is refused with the file, the key and the cure."""

from pathlib import Path

import pytest

from pantau.config import Settings, SettingsError, load


def settings(folder, text, environ=None):
    path = folder / "pantau.toml"
    path.write_text(text, "utf-8")
    return load(path, environ or {})


def test_without_a_file_everything_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(None, {}) == Settings()
    assert Settings().store_url == "sqlite:///pantau-data/pantau.db"


def test_the_file_of_this_folder_is_read(tmp_path, monkeypatch):
    (tmp_path / "pantau.toml").write_text('data = "sini"', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).archive_folder == Path("sini/archive")


def test_the_environment_names_the_database(tmp_path):
    found = settings(tmp_path, 'database_url = "sqlite:///a.db"', {"PANTAU_DATABASE_URL": "postgresql://x@h/y"})
    assert found.store_url == "postgresql://x@h/y"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tidak_ada = 1", "tidak_ada"),
        ("[crawl]\ndelai_s = 1", "delai_s"),
        ("[crawl]\ndelay_s = -1", "crawl.delay_s"),
        ('[crawl]\ncontact = "baris\\nbaru"', "crawl.contact"),
        ('[crawl]\nuser_agent = "a\\nb: c"', "crawl.user_agent"),
        ("[read]\nworkers = 0", "read.workers"),
        ("[read]\ntime_limit_s = 0", "read.time_limit_s"),
        ("[schedule]\ntick_s = 'cepat'", "schedule.tick_s"),
        ("data = [", "not valid TOML"),
        ("now = 2026-01-01T00:00:00", "time zone"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key(tmp_path, text, said):
    with pytest.raises(SettingsError, match=said) as found:
        settings(tmp_path, text)
    assert "pantau.toml" in str(found.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "lain.toml", {})


def test_a_contact_stands_in_the_user_agent(tmp_path):
    found = settings(tmp_path, '[crawl]\ncontact = "https://example.org/bot"').crawl
    assert (found.agent_header, found.robots_name) == ("Pantau/0.1 (+https://example.org/bot)", "Pantau")
