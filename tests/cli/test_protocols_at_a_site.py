"""``taper protocols`` and ``taper plan`` at a site: every kind of file, the site's own tapers, the site's market."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taper_app.__main__ import main
from taper_app.cli.answers import Exit
from taper_app.protocol_files import protocols_folder
from taper_app.settings import settings

DIAZEPAM_AT_NIGHT = {
    "current": [{"drug": "Valium", "mg": "20", "time": "22:00", "source": "prescribed"}],
    "protocol": "asam-2025",
    "start_on": "2027-01-11",
}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command prints, as JSON."""
    main(words)
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for a site's own tapers, named in the environment."""
    folder = tmp_path / "ward-7"
    (folder / "tapers").mkdir(parents=True)
    monkeypatch.setenv("TAPER_SITE_PROTOCOLS", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


@pytest.fixture
def uk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TAPER_MARKET", " UK ")
    settings.cache_clear()
    yield
    settings.cache_clear()


def own_taper(site: Path, name: str) -> None:
    text = (protocols_folder() / "tapers/asam-2025.toml").read_text(encoding="utf-8")
    own = text.replace('id = "asam-2025"', f'id = "{name}"\nbased_on = "asam-2025"', 1)
    (site / f"tapers/{name}.toml").write_text(own, encoding="utf-8")


def test_each_kind_of_file_is_listed_with_its_fingerprint(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "protocols", "list")
    assert {
        ("medicine", "zopiclone"),
        ("equivalence", "etg-nsw"),
        ("reference table", "clincalc"),
        ("taper", "asam-2025"),
    } <= {(entry["kind"], entry["id"]) for entry in listed}
    assert all(len(entry["sha256"]) == 64 for entry in listed)
    assert not any(entry["site"] for entry in listed)


@pytest.mark.parametrize(("table", "kind"), [("clincalc", "reference table"), ("ashton-2002", "equivalence")])
def test_a_reference_table_is_shown_as_one(table: str, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "protocols", "show", table)
    assert (shown["kind"], shown["is_for_conversion"]) == (kind, kind == "equivalence")


def test_a_sites_own_taper_is_listed_as_such_and_can_be_planned_with(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_taper(site, "ours")
    assert [entry["id"] for entry in said(capsys, "protocols", "list") if entry["site"]] == ["ours"]
    request = tmp_path / "request.json"
    request.write_text(json.dumps(DIAZEPAM_AT_NIGHT | {"protocol": "ours"}))
    assert said(capsys, "plan", str(request))["protocol"]["id"] == "ours"


def test_a_table_that_shares_its_id_with_a_taper_is_shown_beside_it(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both may be called after their publisher."""
    own_taper(site, "who-2009")
    shown = said(capsys, "protocols", "show", "who-2009")
    assert (shown["kind"], [other["kind"] for other in shown["same_id"]]) == ("taper", ["equivalence"])
    both = [entry for entry in said(capsys, "protocols", "list") if entry["id"] == "who-2009"]
    assert len({entry["sha256"] for entry in both}) == len(both) == 2


def test_a_fault_in_the_sites_own_taper_is_named(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "tapers/ours.toml").write_text('id = "ours"', encoding="utf-8")
    assert main(["protocols", "check"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {fault["file"] for fault in faults} == {"ward-7/tapers/ours.toml"}


@pytest.mark.usefixtures("uk")
def test_a_plan_in_the_uk_uses_uk_products(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a list; the 5 mg tablet has a break line there, and halving the 2 mg tablet is off-licence."""
    request = tmp_path / "request.json"
    request.write_text(json.dumps(DIAZEPAM_AT_NIGHT))
    plan = said(capsys, "plan", str(request))
    pieces = [piece for step in plan["steps"] for dose in step["doses"] for piece in dose["pieces"]]
    split = {piece["product"] for piece in pieces if "." in piece["count"]}
    assert split == {"diazepam-tablet-5mg"}
    judged = tmp_path / "plan.json"
    judged.write_text(json.dumps(plan))
    assert said(capsys, "check", str(judged))["violations"] == []


def test_a_market_that_nothing_is_known_for_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAPER_MARKET", "fr")
    settings.cache_clear()
    try:
        assert main(["protocols", "list"]) == 4
        assert "use one of au, nz, uk, us" in json.loads(capsys.readouterr().err)["errors"][0]["message"]
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def own_rules(site: Path, said: str) -> None:
    (site / "escalation").mkdir(exist_ok=True)
    head = 'id = "ward-7-rules"\ntitle = "Rules of ward 7"\nversion = "2027.01"\n[[changed]]\n'
    signed = (
        'because = "audit of December"\nby = "A. Lead"\non = 2027-01-05\nsource = "local-default"\nwhere = "ward"\n'
    )
    (site / "escalation/ward-7-rules.toml").write_text(head + signed + said, encoding="utf-8")


def test_a_sites_rules_judge_a_case_and_are_listed_as_its_own(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"observation": {"vitals": {"pulse": 115}}}', encoding="utf-8")
    before = said(capsys, "assess", str(case))
    own_rules(site, 'rule = "R31"\nlevel = 3\n')
    answer = said(capsys, "assess", str(case))
    assert {found["rule"]: found["level"] for found in answer["findings"]}["R31"] == 3
    assert {key: set(value) if isinstance(value, dict) else type(value) for key, value in answer.items()} == {
        key: set(value) if isinstance(value, dict) else type(value) for key, value in before.items()
    }
    assert [set(found) for found in answer["findings"]] == [set(found) for found in before["findings"]]
    mine = [entry for entry in said(capsys, "protocols", "list") if entry["site"]]
    assert [(entry["kind"], entry["id"]) for entry in mine] == [("escalation", "ward-7-rules")]


def test_a_loosened_rule_of_level_4_is_refused_by_every_command(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_rules(site, 'rule = "R38"\nlevel = 3\n')
    checked = said(capsys, "protocols", "check")
    (fault,) = checked["faults"]
    assert (checked["ok"], fault["file"], fault["key"]) == (False, "ward-7/escalation/ward-7-rules.toml", "changed.0")
    assert fault["message"].startswith("R38 is shipped with level 4 and may not be loosened: level 3 is below")
    case = tmp_path / "case.json"
    case.write_text('{"observation": {}}', encoding="utf-8")
    assert main(["assess", str(case)]) == Exit.REFUSED_BY_STATE
    assert "may not be loosened" in capsys.readouterr().err
