"""The demo as a newcomer sees it."""

import re
import subprocess
import sys

import pytest

from tests.integration.stage import environment, run_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One run of the demo, its store kept."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    done = run_demo("--keep", folder)
    return done, folder


def test_it_ends_well_and_says_nothing_on_standard_error(demo):
    done, _ = demo
    assert (done.returncode, done.stderr) == (0, "")


def test_every_check_holds(demo):
    lines = demo[0].stdout.splitlines()
    held = re.match(
        r"Checks    (\d+) of (\d+) hold: .* quotes stand in their texts; .* removed blocks can be put back; .* archive and rows agree\.",
        lines[-1],
    )
    assert held
    assert held.group(1) == held.group(2)
    assert len(lines) <= 50


@pytest.mark.parametrize(
    "said",
    [
        r"Round 1   collect: \d+ requests, then kill -9; resumed with \d+: \d+ articles",
        r"Round 2   nothing new: (\d+) polls, (\d+) requests, \2 conditional, \2x 304",
        r"Round 3   1 new article, 1 edit, 1 page gone",
        r"removed read_also +by id-read-also +BACA JUGA:",
        r"kept    looks like noise, is a sentence: Baca juga aturan baru itu sebelum memakai API",
        r"WhatsApp: ban general_purpose_chatbot, amended \(2026-01-15\); \d reports, first The Harbour Wire; “",
        r"announced 2025-10-18, .*suspended in IT 2025-12-23, .*in_effect 2026-01-15, amended 2026-03-06",
        r"exempt: ",
        r"lawsuit +Authors sue",
        r"no articles: 1 consent_wall, 1 soft_404",
        r"WhatsApp \| ban \| 2026-01-15",
    ],
)
def test_it_shows(demo, said):
    assert re.search(said, demo[0].stdout)


def test_what_it_kept_can_be_asked_as_it_says(demo):
    _, folder = demo
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pantau",
            "--config",
            str(folder / "pantau.toml"),
            "sql",
            "select product, action from changes",
            "--format",
            "csv",
        ],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert "WhatsApp,ban" in done.stdout


def test_an_earlier_demo_is_not_written_over(demo):
    _, folder = demo
    done = run_demo("--keep", folder)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "holds an earlier demo" in done.stderr
