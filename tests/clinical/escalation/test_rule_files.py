"""The rule files say what staff may read, cite what exists, and refuse what is misspelt."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

import display_rules
from taper_app.clinical.charting.events import Event
from taper_app.clinical.charting.observation import DosesSoFar, Signs, Symptoms
from taper_app.clinical.faults import faults_of
from taper_app.clinical.protocol.conditions import EventTest
from taper_app.clinical.protocol.escalation_rules import Effect, EscalationFile, RuleBook
from taper_app.clinical.protocol.fact_names import FACTS
from taper_app.clinical.protocol.library import Protocols


def test_no_message_or_action_uses_words_that_hospitals_misread(protocols: Protocols) -> None:
    rules = (*protocols.rules.rules, *protocols.rules.inactive)
    said = [f"{rule.message} {rule.action}" for rule in rules]
    assert {rule.id: display_rules.violations(text) for rule, text in zip(rules, said, strict=True)} == {
        rule.id: [] for rule in rules
    }


def test_whoever_continues_and_calls_says_do_not_omit_or_keep_the_dose(protocols: Protocols) -> None:
    for rule in protocols.rules.rules:
        if rule.effect is Effect.CONTINUE_AND_CALL and rule.id != "N07":
            assert "Do not omit" in rule.action or "Keep dose" in rule.action, rule.id


def test_only_breathing_and_rousability_withhold_a_dose(protocols: Protocols) -> None:
    withholding = {rule.id for rule in protocols.rules.rules if rule.effect is Effect.WITHHOLD_AND_CALL}
    assert withholding == {"N10", "N14", "R11", "R15", "R17", "R19", "R20"}


def test_no_message_after_a_seizure_claims_its_cause(protocols: Protocols) -> None:
    for rule_id in ("R01", "R02", "R03", "N06"):
        rule = protocols.rules.rule(rule_id)
        assert rule is not None
        assert "cause not yet known" in f"{rule.message}".lower()
        assert "withdrawal seizure" not in f"{rule.message} {rule.action}".lower()


def test_every_rule_cites_a_listed_source(protocols: Protocols) -> None:
    rules = (*protocols.rules.rules, *protocols.rules.inactive)
    assert {rule.source for rule in rules} <= set(protocols.sources)


def test_a_number_that_no_source_prints_is_marked_unverified(protocols: Protocols) -> None:
    for rule in (*protocols.rules.rules, *protocols.rules.inactive):
        if rule.source == "local-default":
            assert rule.letters() == ("K", "K"), rule.id


def test_what_can_be_charted_can_be_tested() -> None:
    charted = {*Symptoms.model_fields, *Signs.model_fields, *DosesSoFar.model_fields}
    assert charted <= set(FACTS)


def test_every_kind_of_event_can_be_tested() -> None:
    kinds = {model.model_fields["kind"].default for model in get_args(get_args(Event)[0])}
    assert kinds == set(get_args(EventTest.model_fields["event"].annotation))


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "id": "R99",
        "level": 3,
        "when": {"fact": "pulse", "at_least": 131},
        "message": "Pulse {pulse}.",
        "action": "ECG.",
        "notify": ["prescriber"],
        "respond_within_minutes": 30,
        "effect": "no_further_cut",
        "source": "local-default",
        "where": "test",
        "trigger_evidence": "unverified",
        "time_evidence": "unverified",
        **changes,
    }


def file_with(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"id": "some-rules", "title": "Some rules", "version": "2026.11", "rules": list(rules)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": {"fact": "puls", "at_least": 131}}, "puls is not a fact"),
        ({"when": {"fact": "acvpu", "at_least": 3}}, "acvpu is not a number"),
        ({"when": {"fact": "pulse", "is": "yes"}}, "pulse is a number"),
        ({"when": {"fact": "acvpu", "is": "X"}}, "acvpu is never X"),
        ({"when": {"fact": "opioid_co_use", "is": True}}, "wrong kind of value"),
        ({"when": {"fact": "pulse"}}, "says nothing"),
        (
            {"when": {"event": "fall", "this_set": True, "where": {"fact": "pulse", "at_least": 1}}},
            "pulse is not a fact",
        ),
        ({"when": {"event": "fall"}}, "this_set"),
        ({"when": {"all": [{"any": [{"fact": "tremour", "at_least": 3}]}]}}, "tremour is not a fact"),
        ({"when": {"of": []}}, "A condition needs"),
        ({"when": None}, "active rule needs when"),
        ({"active": False}, "inactive_because"),
        ({"level": "next"}, "one_above"),
        ({"message": "Hold the dose."}, "misread"),
        ({"action": "Stop benzodiazepine."}, "misread"),
        ({"message": "Pulse {puls}."}, "puls"),
        ({"notify": ["doctor"]}, "notify"),
        ({"thresh": 3}, "not a field"),
    ],
)
def test_a_faulty_rule_is_refused_with_the_fix(changes: dict[str, Any], said: str) -> None:
    given = file_with(rule(**changes))
    with pytest.raises(ValidationError) as refused:
        EscalationFile.model_validate(given)
    assert any(said in f"{fault.field} {fault.message}" for fault in faults_of(refused.value, given))


def test_a_rule_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="R99 stands twice"):
        EscalationFile.model_validate(file_with(rule(), rule()))


def test_a_book_with_missing_doubled_or_circular_rules_lists_every_fault(protocols: Protocols) -> None:
    files = [
        EscalationFile.model_validate(file_with(rule(when={"any_fired": ["R98", "R97"]}))),
        EscalationFile.model_validate(
            {**file_with(rule(id="R98", when={"any_fired": ["R99"]})), "id": "other-rules"},
        ),
        EscalationFile.model_validate({**file_with(rule(id="R98")), "id": "third-rules"}),
    ]
    with pytest.raises(ValueError, match="R98 stands in more than one") as refused:
        RuleBook.of(files)
    said = str(refused.value)
    assert "R97, which no rule set has" in said
    assert "0 gate tables" in said


def test_rules_that_wait_for_each_other_are_refused() -> None:
    rules = file_with(rule(when={"any_fired": ["R98"]}), rule(id="R98", when={"any_fired": ["R99"]}))
    with pytest.raises(ValueError, match="R98, R99 wait for each other"):
        RuleBook.of([EscalationFile.model_validate(rules)])
