"""The self-test: which dangerous patients and orders a site's own configuration catches, and whom it calls for nothing.

Pure: the same cases and the same files give the same report. A case that cannot be run counts as missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.escalation.answer import Assessment, NextCut
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.self_test_cases import Expected, SelfTestCase, SelfTestFile
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.ward_library import WardProtocols

Verdict = Literal["caught", "missed", "quiet", "nuisance"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case. ``lacks``: what was expected and did not come out, or what called for nothing."""

    case: SelfTestCase
    verdict: Verdict
    found: str
    lacks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        case = self.case
        return {
            "id": case.id,
            "name": case.name,
            "kind": "order" if case.is_order else "patient",
            "dangerous": case.dangerous,
            "because": case.because,
            "source": case.source,
            "where": case.where,
            "evidence": case.evidence.value,
            "hazard": case.hazard,
            "shipped_rules": list(case.caught_by),
            "verdict": self.verdict,
            "found": self.found,
            "lacks": list(self.lacks),
        }


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """Every case with its verdict: patients in danger, dangerous orders, then the harmless ones."""

    results: tuple[CaseResult, ...]

    def with_verdict(self, verdict: Verdict) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if result.verdict == verdict)

    @property
    def dangerous(self) -> int:
        return sum(result.case.dangerous for result in self.results)

    @property
    def harmless(self) -> int:
        return len(self.results) - self.dangerous

    @property
    def all_caught(self) -> bool:
        """Nuisance alerts tire people but do not make the test fail; a missed danger does."""
        return not self.with_verdict("missed")

    def as_json(self) -> dict[str, Any]:
        missed, nuisance = self.with_verdict("missed"), self.with_verdict("nuisance")
        return {
            "ok": self.all_caught,
            "dangerous": {
                "cases": self.dangerous,
                "caught": self.dangerous - len(missed),
                "missed": [result.case.id for result in missed],
            },
            "harmless": {
                "cases": self.harmless,
                "quiet": self.harmless - len(nuisance),
                "nuisance": [result.case.id for result in nuisance],
            },
            "cases": [result.as_json() for result in self.results],
        }


def self_test(files: Iterable[SelfTestFile], protocols: WardProtocols) -> SelfTestReport:
    """Every case of every file, judged by ``protocols`` as this site uses them."""
    results = [_result(case, file, protocols) for file in files for case in file.cases]
    return SelfTestReport(tuple(sorted(results, key=_dangers_first)))


def _dangers_first(result: CaseResult) -> tuple[bool, bool, str]:
    return (not result.case.dangerous, result.case.is_order, result.case.id)


def _result(case: SelfTestCase, file: SelfTestFile, protocols: WardProtocols) -> CaseResult:
    judge = _judged_order if case.is_order else _judged_set
    found, lacks = judge(case, file, protocols)
    if case.dangerous:
        return CaseResult(case, "missed" if lacks else "caught", found, lacks)
    return CaseResult(case, "nuisance" if lacks else "quiet", found, lacks)


def _judged_set(case: SelfTestCase, file: SelfTestFile, protocols: WardProtocols) -> tuple[str, tuple[str, ...]]:
    try:
        parsed = parse_case(file.written_set(case), protocols.vital_limits)
    except InputRefused as refused:
        return _not_run(refused)
    answer = assess(parsed, protocols.rules, protocols.scales, protocols.vital_limits)
    lacks = _missing_of(case.expect, answer) if case.dangerous else _noise_of(answer)
    return _answer_in_words(answer), tuple(lacks)


def _missing_of(expect: Expected, answer: Assessment) -> Iterator[str]:
    if expect.least_level is not None and answer.level < expect.least_level:
        yield f"level {expect.least_level}"
    told = {recipient for finding in answer.findings for recipient in finding.notify}
    for recipient in expect.tells:
        if recipient not in told:
            yield f"{_words(recipient)} told"
    if expect.next_cut is not None and answer.taper.next_cut is not expect.next_cut:
        yield f"the next cut {_words(expect.next_cut)}"
    if expect.this_dose and answer.taper.this_dose not in expect.this_dose:
        yield f"this dose: {_either(expect.this_dose)}"
    if expect.gate and answer.dose_gate.state not in expect.gate:
        yield f"before the dose: {_either(expect.gate)}"


def _noise_of(answer: Assessment) -> Iterator[str]:
    """Whom a well patient calls, and what it does to the taper or the dose."""
    if answer.alert is not None:
        yield f"an alert of level {answer.alert.level} ({answer.alert.rule})"
    if answer.taper.next_cut is NextCut.SUSPENDED:
        yield "the next cut suspended"
    if answer.dose_gate.state not in (None, "give"):
        yield f"before the dose: {_words(str(answer.dose_gate.state))}"


def _answer_in_words(answer: Assessment) -> str:
    said = [f"Level {answer.level}"]
    rules = [finding.rule for finding in answer.findings if finding.level > 1]
    if rules:
        said.append(f"by {', '.join(rules)}")
    said.append(f"next cut {_words(answer.taper.next_cut)}")
    said.append(f"this dose: {_words(answer.taper.this_dose)}")
    if answer.dose_gate.state is not None:
        said.append(f"gate: {_words(answer.dose_gate.state)}")
    return "; ".join(said)


def _judged_order(case: SelfTestCase, file: SelfTestFile, protocols: WardProtocols) -> tuple[str, tuple[str, ...]]:
    try:
        request = parse_request(file.written_request(case), protocols)
    except InputRefused as refused:
        if case.expect.plan == "not_read":
            return f"Refused as it was written: {refused}", ()
        return _not_run(refused)
    outcome = build_plan(request, protocols)
    lacks = _missing_of_order(case.expect, outcome) if case.dangerous else _noise_of_order(outcome)
    return _outcome_in_words(outcome), tuple(lacks)


def _missing_of_order(expect: Expected, outcome: Plan | Refusal) -> Iterator[str]:
    if expect.plan == "not_read":
        yield "a refusal of the order as it was written"
    elif isinstance(outcome, Plan):
        if expect.plan == "refused":
            yield "a refusal"
        elif not set(expect.to_sign) & set(outcome.codes_to_sign):
            yield f"a refusal, or a signature for {_either(expect.to_sign)}"


def _noise_of_order(outcome: Plan | Refusal) -> Iterator[str]:
    if isinstance(outcome, Refusal):
        yield "a refusal"
    elif outcome.codes_to_sign:
        yield f"a signature for {', '.join(outcome.codes_to_sign)}"


def _outcome_in_words(outcome: Plan | Refusal) -> str:
    if isinstance(outcome, Refusal):
        return f"Refused ({outcome.code}): {outcome.message}"
    if outcome.codes_to_sign:
        return f"A plan, after a signature for {', '.join(outcome.codes_to_sign)}"
    return f"A plan of {len(outcome.steps)} steps, nothing to sign"


def _not_run(refused: InputRefused) -> tuple[str, tuple[str, ...]]:
    """Never taken for a catch: what cannot be read here protects nobody."""
    return f"Could not be run here: {refused}", ("an answer at all",)


def _words(value: str) -> str:
    return value.replace("give_do_not_omit", "give, do not omit").replace("_", " ")


def _either(values: Iterable[str]) -> str:
    return " or ".join(_words(value) for value in values)
