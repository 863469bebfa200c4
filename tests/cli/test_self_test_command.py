"""``taper self-test``: a report for people and for programs, and an exit code that says whether a danger was missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from taper_app.__main__ import main
from taper_app.cli import self_test as command
from taper_app.protocol_files import load_protocols
from taper_app.settings import settings


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for a site's own files, named in the environment."""
    monkeypatch.setenv("TAPER_SITE_PROTOCOLS", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def without_the_seizure_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_protocols()
    gone = {"R01", "R02", "R03", "N06"}
    left = tuple(rule for rule in shipped.rules.rules if rule.id not in gone)
    weakened = replace(shipped, rules=replace(shipped.rules, rules=left))
    monkeypatch.setattr(command, "site_protocols", lambda: weakened)


def test_the_shipped_files_pass_and_every_case_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["self-test"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("33 of 33 dangerous patients and orders caught, 0 missed. 0 nuisance alerts on 7 harmless")
    assert said.count("  caught    ") == 33
    assert said.count("  quiet     ") == 7
    assert "No clinician has checked the cases yet." in said


def test_a_program_reads_what_was_found_of_each_case_and_where_its_danger_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["self-test", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["market"], len(report["cases"])) == (True, "us", 40)
    assert report["dangerous"] == {"cases": 33, "caught": 33, "missed": []}
    assert report["harmless"] == {"cases": 7, "quiet": 7, "nuisance": []}
    breathing = next(case for case in report["cases"] if case["id"] == "E08")
    assert breathing["source"] == "rcp-news2-chart"
    assert breathing["hazard"] == "H034"
    assert breathing["found"].startswith("Level 4; by R11")


@pytest.mark.usefixtures("without_the_seizure_rules")
def test_a_missed_danger_exits_with_1_and_stands_first_with_the_rule_that_would_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["self-test"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("29 of 33 dangerous patients and orders caught, 4 missed.")
    missed = said[said.index("Missed:") : said.index("Every case:")]
    assert "E01  A seizure that is still going on" in missed
    assert "In the shipped files R01 answers for it." in missed
    assert "  MISSED    E03" in said
    assert main(["self-test", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["dangerous"]["missed"] == ["E01", "E02", "E03", "E24"]


def test_it_runs_on_the_sites_own_market(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAPER_MARKET", "uk")
    settings.cache_clear()
    assert main(["self-test", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["market"] == "uk"


def test_files_of_the_site_that_cannot_be_used_are_refused_with_their_faults(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "tapers").mkdir()
    (site / "tapers" / "ours.toml").write_text('id = "ours"', encoding="utf-8")
    assert main(["self-test"]) == 4
    answer = capsys.readouterr()
    assert answer.out == ""
    assert "ours.toml" in json.loads(answer.err)["errors"][0]["message"]


def test_a_word_it_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["self-test", "--fast"]) == 2
    assert "see `taper --help`" in capsys.readouterr().err
