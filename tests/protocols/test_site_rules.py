"""A site's own escalation files: tighter and added rules act, what loosens level 4 is refused, each fault is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.protocol.rule_differences import Direction
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import FileFault, ProtocolFilesRefused, check_folder, load_protocols

HEAD = 'id = "ward-7-rules"\ntitle = "Rules of ward 7"\nversion = "2027.01"\n'
SIGNED = (
    'because = "decided after the audit of December"\nby = "A. Lead, consultant"\non = 2027-01-05\n'
    'source = "local-default"\nwhere = "decision of the ward"\n'
)
OWN_RULE = """
[[rules]]
id = "S01"
level = 2
when = { fact = "systolic", at_most = 100 }
message = "Systolic pressure {systolic} mmHg."
action = "Nurse in charge reviews before the patient gets up."
notify = ["charge_nurse"]
respond_within_minutes = 60
reassess_within_minutes = 60
effect = "none"
source = "local-default"
where = "decision of the ward"
trigger_evidence = "unverified"
time_evidence = "unverified"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "ward-7"
    (folder / "escalation").mkdir(parents=True)
    return folder


def write(site: Path, text: str, name: str = "ward-7-rules") -> None:
    (site / f"escalation/{name}.toml").write_text(HEAD.replace("ward-7-rules", name) + text, encoding="utf-8")


def changed(rule: str, said: str) -> str:
    return f'\n[[changed]]\nrule = "{rule}"\n{SIGNED}{said}\n'


def rule(library: WardProtocols, rule_id: str) -> Any:
    found = library.rules.rule(rule_id)
    assert found is not None
    return found


def refused(site: Path) -> tuple[FileFault, ...]:
    faults = check_folder(site=site)
    with pytest.raises(ProtocolFilesRefused) as said:
        load_protocols(site=site)
    assert said.value.faults == faults
    return faults


def test_a_site_tightens_a_shipped_rule_and_adds_its_own(site: Path) -> None:
    write(site, changed("R31", "level = 3\nrespond_within_minutes = 30") + OWN_RULE)
    library = load_protocols(site=site)
    assert (rule(library, "R31").level, rule(library, "R31").respond_within_minutes) == (3, 30)
    assert rule(library, "R31").letters() == ("S", "K"), "the trigger is still the one that was read"
    assert rule(library, "R31").source == "rcp-news2-chart"
    assert rule(library, "S01").level == 2
    assert {found.id for found in library.rules.rules} == {found.id for found in load_protocols().rules.rules} | {"S01"}
    assert library.site_rules == {"ward-7-rules"}
    assert len(library.sha256["ward-7-rules"]) == 64


def test_what_differs_is_told_field_by_field_with_who_decided_it(site: Path) -> None:
    write(site, changed("R31", "when = { fact = 'pulse', at_least = 101, at_most = 130 }\nlevel = 3") + OWN_RULE)
    first, second = load_protocols(site=site).rule_differences
    assert (first.rule, first.added, first.by, first.is_looser) == ("R31", False, "A. Lead, consultant", False)
    assert [(each.field, each.shipped, each.here, each.direction) for each in first.fields] == [
        ("level", "2", "3", Direction.TIGHTER),
        (
            "when",
            "pulse at least 111 and at most 130",
            "pulse at least 101 and at most 130",
            Direction.TIGHTER,
        ),
    ]
    assert (second.rule, second.added, second.fields) == ("S01", True, ())


def test_a_rule_below_level_4_may_be_loosened_and_is_shown_as_looser(site: Path) -> None:
    write(site, changed("R42", "respond_within_minutes = 120"))
    (difference,) = load_protocols(site=site).rule_differences
    assert difference.is_looser
    assert difference.because


def test_without_rule_files_nothing_differs(site: Path) -> None:
    library = load_protocols(site=site)
    assert library.rule_differences == ()
    assert library.rules == load_protocols().rules


LOOSER = {
    "lower level": ("R22", "level = 3", "level 3 is below the shipped 4"),
    "longer time to respond": ("R38", "respond_within_minutes = 16", "16 minutes to respond are longer"),
    "looking again later": ("R38", "reassess_within_minutes = 61", "later than the shipped 60"),
    "not continuous any more": ("R22", "reassess_within_minutes = 1", "later than the shipped continuous"),
    "fewer people": ("R22", 'notify = ["prescriber"]', "emergency_team would no longer be told"),
    "no effect on the cut": ("R30H", 'effect = "none"', "none is weaker"),
    "a dose that has to be given delayed": ("R38", 'effect = "assess_then_dose"', "is weaker than, or against"),
    "a withheld dose given": ("R11", 'effect = "no_further_cut"', "is weaker than, or against"),
    "higher threshold": ("R38", 'when = { fact = "ciwa_b_least", at_least = 62 }', "may miss"),
    "at becomes above": ("R30H", 'when = { fact = "pulse", above = 140 }', "may miss"),
    "upper end": ("R30H", 'when = { fact = "pulse", at_least = 140, at_most = 249 }', "may miss"),
    "one more condition": (
        "R33",
        'when = { all = [{ fact = "temperature_c", at_least = 40 }, { fact = "rigidity", is = "yes" }] }',
        "may miss",
    ),
    "one alternative less": (
        "R45",
        'when = { any = [{ fact = "asq_q5", is = "yes" }, { fact = "cssrs_q4", is = true }] }',
        "may miss",
    ),
    "other words": ("N14", 'when = { fact = "acvpu", one_of = ["U"] }', "may miss"),
    "more events": ("N28", 'when = { event = "left_against_advice", this_set = true, at_least = 2 }', "may miss"),
    "unknown insight left out": (
        "R06",
        'when = { event = "hallucination", this_set = true, where = { fact = "insight", is = false } }',
        "may miss",
    ),
    "less of the action": ("R30H", 'action = "ECG."', "the shipped action is no longer said"),
    "a foundation of level 4": ("R04", 'when = { fact = "cam_icu", is = "yes" }', "R04H, R05 of level 4 rests on it"),
    "a foundation by its values": ("R12", 'when = { fact = "respiratory_rate", at_least = 9, at_most = 10 }', "R20"),
    "the level a next one is counted from": ("R13", "level = 2", "R20U of level 4 rests on it"),
    "the wait of the ladder": ("R54", "respond_within_minutes = 30", "30 minutes to respond are longer"),
}


@pytest.mark.parametrize(("rule_id", "said", "sentence"), LOOSER.values(), ids=LOOSER)
def test_loosening_a_rule_of_level_4_is_refused(rule_id: str, said: str, sentence: str, site: Path) -> None:
    write(site, changed(rule_id, said))
    faults = [fault for fault in refused(site) if fault.key == "changed.0"]
    assert any(sentence in fault.message and "may not be loosened" in fault.message for fault in faults), faults
    assert {fault.file for fault in faults} == {"ward-7/escalation/ward-7-rules.toml"}
    assert all(fault.line for fault in faults)


TIGHTER = {
    "sooner": ("R38", "respond_within_minutes = 5"),
    "looking again continuously": ("R38", 'reassess_within_minutes = "continuous"'),
    "more people": ("R38", 'notify = ["charge_nurse", "prescriber", "mental_health"]'),
    "lower threshold beside its neighbour": (
        "R30H",
        'when = { fact = "pulse", at_least = 135 }\n'
        + changed("R30", 'when = { fact = "pulse", at_least = 131, at_most = 134 }'),
    ),
    "breathing between two bands": (
        "R11",
        'when = { fact = "respiratory_rate", at_most = 9 }\n'
        + changed("R12", 'when = { fact = "respiratory_rate", at_least = 10, at_most = 11 }'),
    ),
    "an alternative more": (
        "R33",
        'when = { any = [{ fact = "temperature_c", at_least = 40 }, { fact = "rigidity", is = "yes" }] }',
    ),
    "longer look-back": (
        "N08",
        'when = { all = [{ any = [{ event = "seizure", this_set = true }, { event = "seizure", within_hours = 48 }, '
        '{ fact = "systolic", at_least = 150 }, { fact = "diastolic", at_least = 100 }] }, '
        '{ any = [{ all = [{ fact = "pregnant", is = "yes" }, { fact = "pregnancy_weeks", at_least = 20, '
        'if_not_assessed = "counts" }] }, { fact = "weeks_postpartum", at_most = 8 }] }] }',
    ),
    "not assessed counts": ("R15", 'when = { fact = "rass", at_most = -3, if_not_assessed = "counts" }'),
    "more of the action": ("R30H", 'action = "ECG, emergency review. Call 5555."'),
    "fewer reasons to be quiet": ("R02", 'when = { event = "seizure", within_hours = 24, at_least = 2 }'),
}


@pytest.mark.parametrize(("rule_id", "said"), TIGHTER.values(), ids=TIGHTER)
def test_tightening_a_rule_of_level_4_acts(rule_id: str, said: str, site: Path) -> None:
    write(site, changed(rule_id, said))
    assert check_folder(site=site) == ()
    difference = next(each for each in load_protocols(site=site).rule_differences if each.rule == rule_id)
    assert not difference.is_looser
    assert difference.fields


NOT_ALLOWED = {
    "misspelt field": (changed("R31", "respond_in_minutes = 5"), "changed.0.respond_in_minutes", "not a field"),
    "misspelt fact": (changed("R31", 'when = { fact = "puls", at_least = 101 }'), "changed.0", "puls is not a fact"),
    "threshold never charted": (
        changed("R31", 'when = { fact = "pulse", at_least = 111, at_most = 1300 }'),
        "changed.0",
        "pulse is never 1300",
    ),
    "ends crossed": (
        changed("R31", 'when = { fact = "pulse", at_least = 130, at_most = 111 }'),
        "changed.0",
        "No value of pulse fits",
    ),
    "a score above its scale": (
        OWN_RULE.replace('fact = "systolic", at_most = 100', 'fact = "ciwa_b_least", at_least = 81').replace(
            "{systolic}", "{ciwa_b_least}"
        ),
        "rules.0",
        "ciwa_b_least is never 81",
    ),
    "a gap between bands": (
        changed("R30", 'when = { fact = "pulse", at_least = 133, at_most = 139 }'),
        "changed.0",
        "gap between R31 and R30",
    ),
    "overlapping bands": (
        changed("R30", 'when = { fact = "pulse", at_least = 129, at_most = 139 }'),
        "changed.0",
        "R31 and R30 of pulse overlap from 129",
    ),
    "no source": (OWN_RULE.replace('source = "local-default"\n', ""), "rules.0.source", "missing"),
    "unknown source": (
        OWN_RULE.replace('source = "local-default"', 'source = "our-memory"'),
        "rules.0.source",
        "our-memory is not in sources.toml",
    ),
    "a change without a source": (
        changed("R31", "level = 3").replace('source = "local-default"\n', ""),
        "changed.0.source",
        "missing",
    ),
    "a change that nobody signs for": (
        changed("R31", "level = 3").replace('by = "A. Lead, consultant"\n', ""),
        "changed.0.by",
        "missing",
    ),
    "a default that somebody claims to have read": (
        OWN_RULE.replace('trigger_evidence = "unverified"', 'trigger_evidence = "read"'),
        "rules.0",
        "nobody read local-default",
    ),
    "a change that changes nothing": (changed("R31", ""), "changed.0", "R31 is not changed"),
    "a rule that is not shipped": (changed("R99", "level = 3"), "changed.0", "No rule R99 is shipped"),
    "a shipped id for an own rule": (OWN_RULE.replace('"S01"', '"R31"'), "", "begins with S"),
    "the same rule twice": (changed("R31", "level = 3") + changed("R31", "level = 4"), "", "R31 stands twice"),
    "a dose withheld for something else": (
        OWN_RULE.replace('effect = "none"', 'effect = "withhold_and_call"').replace("level = 2", "level = 4"),
        "rules.0",
        "withholds a dose for something other than failing breathing",
    ),
    "a seizing patient's dose delayed": (
        OWN_RULE.replace('effect = "none"', 'effect = "assess_then_dose"')
        .replace('{ fact = "systolic", at_most = 100 }', '{ event = "seizure", this_set = true }')
        .replace("{systolic} mmHg", "seizure"),
        "rules.0",
        "treated with benzodiazepine",
    ),
    "silenced by a lesser rule": (
        OWN_RULE.replace(
            'when = { fact = "systolic", at_most = 100 }',
            'when = { all = [{ fact = "systolic", at_most = 100 }, { none_fired = ["R25"] }] }',
        ),
        "rules.0",
        "silent when R25 fires",
    ),
    "the words of a hospital": (
        OWN_RULE.replace("Nurse in charge reviews", "Hold the dose; nurse in charge reviews"),
        "rules.0.action",
        "misread",
    ),
    "a gate of its own": ("[gate]\noldest_reading_minutes = 60\n" + OWN_RULE, "gate", "not a field"),
    "nothing in it": ("", "", "changes no rule and adds none"),
}


@pytest.mark.parametrize(("text", "key", "sentence"), NOT_ALLOWED.values(), ids=NOT_ALLOWED)
def test_a_faulty_rule_file_is_refused_with_a_sentence(text: str, key: str, sentence: str, site: Path) -> None:
    write(site, text)
    faults = refused(site)
    assert any(fault.key.startswith(key) and sentence in fault.message for fault in faults), [str(f) for f in faults]
    assert all(fault.file.startswith("ward-7/escalation") and fault.message.endswith(".") for fault in faults), faults


def test_every_fault_of_every_file_is_told_at_once(site: Path) -> None:
    write(
        site,
        changed("R22", "level = 4")
        + changed("R38", 'level = 3\nrespond_within_minutes = 60\nnotify = ["prescriber"]')
        + changed("R30", 'when = { fact = "pulse", at_least = 133, at_most = 139 }')
        + OWN_RULE.replace("at_most = 100", "at_most = 1000"),
    )
    write(site, changed("R22", "level = 4") + changed("R99", "level = 3"), "ward-7-more")
    said = " ".join(fault.message for fault in refused(site))
    for part in (
        "level 3 is below",
        "60 minutes to respond are longer",
        "charge_nurse would no longer be told",
        "gap between R31 and R30",
        "systolic is never 1000",
        "R22 is changed in ward-7-",
        "No rule R99",
    ):
        assert part in said, part


def test_a_shipped_file_with_an_impossible_threshold_or_a_gap_is_refused_too(folder: Path) -> None:
    path = folder / "escalation/vital-signs.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("at_least = 140 }", "at_least = 1400 }", 1), encoding="utf-8")
    found = {(fault.file, fault.message) for fault in check_folder(folder)}
    assert ("escalation/vital-signs.toml", "R30H: pulse is never 1400 (at_least); it runs from 0 to 250.") in found
    assert any("leave a gap between R30 and R30H" in message for _file, message in found)


def test_no_shipped_rule_takes_an_id_that_is_kept_for_sites() -> None:
    rules = load_protocols().rules
    assert not [found.id for found in (*rules.rules, *rules.inactive) if found.id.startswith("S")]
