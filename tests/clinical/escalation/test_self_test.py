"""The self-test of a site: everything shipped is caught, and a weakened rule book is found out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from taper_app.clinical.escalation.self_test import SelfTestReport, self_test
from taper_app.clinical.escalation.self_test_cases import SelfTestCase, SelfTestFile, laid_over
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import load_protocols
from taper_app.protocol_files.self_test_files import load_self_test

PROTOCOLS = load_protocols()
FILES = load_self_test()
CASES = [case for file in FILES for case in file.cases]
BY_RULES = [case for case in CASES if case.caught_by]


def report_with(rules: RuleBook) -> SelfTestReport:
    return self_test(FILES, replace(PROTOCOLS, rules=rules))


def verdicts(report: SelfTestReport) -> dict[str, str]:
    return {result.case.id: result.verdict for result in report.results}


def silenced(*ids: str) -> RuleBook:
    """The shipped rules with these switched off."""
    rules = PROTOCOLS.rules
    off = tuple(
        rule.model_copy(update={"active": False, "inactive_because": "switched off", "needs": ("nothing",)})
        for rule in rules.rules
        if rule.id in ids
    )
    left = tuple(rule for rule in rules.rules if rule.id not in ids)
    return replace(rules, rules=left, inactive=(*rules.inactive, *off))


def changed(rule_id: str, **fields: Any) -> RuleBook:
    """The shipped rules with one of them written anew."""

    def written(rule: EscalationRule) -> EscalationRule:
        if rule.id != rule_id:
            return rule
        return EscalationRule.model_validate(rule.model_dump(by_alias=True, exclude_none=True) | fields)

    return replace(PROTOCOLS.rules, rules=tuple(written(rule) for rule in PROTOCOLS.rules.rules))


def test_there_are_forty_cases_dangerous_patients_dangerous_orders_and_harmless_ones() -> None:
    assert len(CASES) == 40
    kinds = [(case.dangerous, case.is_order) for case in CASES]
    assert kinds.count((True, False)) == 24
    assert kinds.count((True, True)) == 9
    assert kinds.count((False, False)) + kinds.count((False, True)) == 7


@pytest.mark.parametrize("market", ["us", "uk", "au", "nz"])
def test_the_shipped_files_catch_every_danger_and_call_nobody_for_nothing(market: str) -> None:
    protocols = load_protocols(market=market)
    report = self_test(FILES, protocols)
    assert [(result.case.id, result.found, result.lacks) for result in report.results if result.lacks] == []
    assert report.all_caught


@pytest.mark.parametrize("case", BY_RULES, ids=lambda case: case.id)
def test_without_the_rules_that_answer_for_it_the_danger_is_missed(case: SelfTestCase) -> None:
    report = report_with(silenced(*case.caught_by))
    assert verdicts(report)[case.id] == "missed"
    assert not report.all_caught


@pytest.mark.parametrize("case", BY_RULES, ids=lambda case: case.id)
def test_no_rule_that_is_named_is_idle(case: SelfTestCase) -> None:
    """Each named rule fires on its case, so that the report names what really answers for it."""
    found = next(result.found for result in self_test(FILES, PROTOCOLS).results if result.case.id == case.id)
    assert case.caught_by[0] in found


@pytest.mark.parametrize(
    ("rule", "fields", "missed"),
    [
        ("R11", {"when": {"fact": "respiratory_rate", "at_most": Decimal(6)}}, "E08"),
        ("R19", {"when": {"fact": "spo2_scale_1", "below": Decimal(85)}}, "E11"),
        ("R22", {"when": {"fact": "news2_total", "at_least": Decimal(7)}}, "E15"),
        ("R37", {"when": {"fact": "ciwa_b_total", "at_least": Decimal(41), "at_most": Decimal(60)}}, "E16"),
        ("R09", {"effect": "withhold_and_call"}, "E07"),
        ("R01", {"effect": "no_further_cut"}, "E01"),
        ("N24H", {"when": {"fact": "prn_24h", "at_least": Decimal(5)}}, "E20"),
        ("R45", {"level": 2}, "E12"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_loosened_rule_is_found_out(rule: str, fields: dict[str, Any], missed: str) -> None:
    """A higher threshold, a total in place of the least possible one, a dose withheld that is the treatment."""
    assert verdicts(report_with(changed(rule, **fields)))[missed] == "missed"


def test_a_rule_that_calls_too_soon_is_a_nuisance_and_no_failure() -> None:
    report = report_with(changed("R31", when={"fact": "pulse", "at_least": Decimal(90), "at_most": Decimal(130)}))
    assert verdicts(report)["Q04"] == "nuisance"
    assert report.all_caught
    assert report.as_json()["harmless"] == {"cases": 7, "quiet": 6, "nuisance": ["Q04"]}


def test_a_stricter_site_still_passes() -> None:
    assert report_with(changed("R12", level=4, effect="withhold_and_call")).all_caught


def with_taper(name: str, fields: dict[str, Any]) -> WardProtocols:
    taper = PROTOCOLS.tapers[name]
    written = laid_over(taper.model_dump(by_alias=True, exclude_none=True), fields)
    return replace(PROTOCOLS, tapers={**PROTOCOLS.tapers, name: type(taper).model_validate(written)})


def test_a_taper_whose_ceiling_was_lifted_is_found_out() -> None:
    found = verdicts(self_test(FILES, with_taper("asam-2025", {"own_ceiling": {"percent": "95"}})))
    assert found["P02"] == "missed"


def test_a_limit_on_the_stop_that_was_lifted_is_found_out() -> None:
    limits = PROTOCOLS.limits
    lifted = limits.stop_without_override_at_most_diazepam_mg.model_copy(update={"mg": Decimal(50)})
    own = limits.model_copy(update={"stop_without_override_at_most_diazepam_mg": lifted})
    assert verdicts(self_test(FILES, replace(PROTOCOLS, limits=own)))["P08"] == "missed"


def one_case(**fields: Any) -> SelfTestFile:
    case = {
        "id": "X01",
        "name": "A case",
        "dangerous": True,
        "because": "It kills.",
        "source": "local-default",
        "where": "here",
        "observation": {},
        "expect": {"least_level": 4},
    }
    return SelfTestFile.model_validate({"id": "x", "title": "Cases", "version": "2026.11", "cases": [case | fields]})


def test_a_case_that_cannot_be_run_is_missed_and_never_taken_for_a_catch() -> None:
    unreadable = one_case(observation={"rass": "asleep"})
    order = one_case(observation=None, request={"current": []}, expect={"plan": "refused"})
    report = self_test((unreadable, order), PROTOCOLS)
    assert [result.verdict for result in report.results] == ["missed", "missed"]
    assert all(result.found.startswith("Could not be run here") for result in report.results)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"expect": {}}, "a dangerous case says in expect what has to come out"),
        ({"dangerous": False}, "a harmless case expects quiet"),
        ({"request": {}}, "give an observation or a request, one of the two"),
        ({"expect": {"plan": "refused"}}, "plan is expected of a request only"),
        ({"observation": None, "request": {}}, "expected of an observation only"),
        ({"observation": None, "request": {}, "expect": {"plan": "signed"}}, 'plan = "signed" and to_sign go together'),
        ({"expects": {}}, "Extra inputs are not permitted"),
    ],
)
def test_a_case_that_says_too_little_or_too_much_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        one_case(**fields)
    assert sentence in str(refused.value)


def test_every_case_says_why_and_where_that_stands() -> None:
    for case in CASES:
        assert case.because.endswith("."), case.id
        assert case.source in PROTOCOLS.sources, case.id
        if case.source == "local-default":
            assert case.evidence.mark, case.id
