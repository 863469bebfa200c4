"""Before a due dose: sedation, breathing and oxygen, not older than the gate allows.

What is missing means "assess first": never "give", and never a silent refusal. The gate is never laxer than the
findings of the same set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.case import PatientFacts
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.answer import DoseGateAnswer, Finding
from taper_app.clinical.escalation.situation import ScoredSet
from taper_app.clinical.protocol.dose_gate_limits import DoseGate
from taper_app.clinical.protocol.escalation_rules import Effect

OverrideRole = Literal["nurse", "physician"] | None
ValueT = TypeVar("ValueT")
#: Looked for beside sedation and breathing; one that is seen asks to assess first.
GATE_SIGNS = ("slurred_speech", "ataxia", "nystagmus", "alcohol_on_breath")
_ROUTE_TO_BE_ORDERED = (
    "Late, route to be ordered: nothing by mouth until awake and swallowing; the prescriber orders the route now. "
    "Do not omit benzodiazepine"
)


@dataclass(frozen=True, slots=True)
class _Readings:
    """The newest readings that are fresh enough; None when there is none."""

    rass: int | None
    poss: str | None
    respiratory_rate: int | None
    spo2: int | None


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Why not simply to give: sedation or breathing that only a prescriber may overrule, and what to assess."""

    too_sedated: tuple[str, ...]
    breathing: tuple[str, ...]
    drowsy: tuple[str, ...]
    between: tuple[str, ...]
    missing: tuple[str, ...]


def judge_dose_gate(
    now: ScoredSet,
    earlier: Sequence[ScoredSet],
    patient: PatientFacts,
    findings: Sequence[Finding],
    gate: DoseGate,
) -> DoseGateAnswer:
    """The gate for a dose that is due; an empty answer when none is. ``earlier`` is newest first."""
    if now.observation.dose_due is not True:
        return DoseGateAnswer()
    reasons = _reasons(_fresh_readings(now, earlier, gate), now, patient, gate)
    must_not_omit = any(finding.taper is Effect.CONTINUE_AND_CALL for finding in findings)
    withholding = _messages(findings, Effect.WITHHOLD_AND_CALL)
    if reasons.breathing or withholding or (reasons.too_sedated and not must_not_omit):
        return _withhold((*reasons.too_sedated, *reasons.breathing, *withholding), gate)
    assessing = _messages(findings, Effect.ASSESS_THEN_DOSE)
    if any((reasons.too_sedated, reasons.drowsy, reasons.between, reasons.missing, assessing)):
        return _assess_first(reasons, findings, earlier, gate, must_not_omit=must_not_omit)
    return DoseGateAnswer(state="give", reason="Do not omit benzodiazepine; prescriber now." if must_not_omit else None)


def _withhold(reasons: Iterable[str], gate: DoseGate) -> DoseGateAnswer:
    return DoseGateAnswer(
        state="withhold",
        reason=f"{_joined(reasons)}. Withhold this dose until a prescriber orders.",
        recheck_minutes=gate.withheld_reopens_after_minutes,
        override_role="physician",
    )


def _assess_first(
    reasons: _Reasons,
    findings: Sequence[Finding],
    earlier: Sequence[ScoredSet],
    gate: DoseGate,
    *,
    must_not_omit: bool,
) -> DoseGateAnswer:
    too_long = bool(reasons.drowsy) and _drowsy_minutes(earlier, gate) >= gate.drowsy_prescriber_after_minutes
    told = [*reasons.missing, *reasons.too_sedated, *reasons.drowsy, *reasons.between]
    told += [message for message in _messages(findings, Effect.ASSESS_THEN_DOSE) if not told]
    if must_not_omit:
        told.insert(0, _ROUTE_TO_BE_ORDERED if reasons.too_sedated else "Do not omit benzodiazepine; prescriber now")
    if too_long:
        told.append(f"still drowsy after {gate.drowsy_prescriber_after_minutes} minutes: the prescriber decides")
    return DoseGateAnswer(
        state="assess_first",
        reason=f"{_joined(told)}. Rouse, rescore in {gate.recheck_minutes} min. Do not skip.",
        recheck_minutes=gate.recheck_minutes,
        override_role=_who_may_give(reasons, findings, too_long=too_long),
    )


def _who_may_give(reasons: _Reasons, findings: Sequence[Finding], *, too_long: bool) -> OverrideRole:
    """A missing reading cannot be overruled, only taken; a nurse may decide when drowsiness is all there is."""
    if reasons.missing:
        return None
    prescriber_is_called = any(finding.taper is Effect.ASSESS_THEN_DOSE and finding.level > 2 for finding in findings)
    only_drowsy = bool(reasons.drowsy) and not (reasons.too_sedated or reasons.between)
    return "nurse" if only_drowsy and not too_long and not prescriber_is_called else "physician"


def _fresh_readings(now: ScoredSet, earlier: Sequence[ScoredSet], gate: DoseGate) -> _Readings:
    fresh = [now.observation]
    fresh += [
        scored.observation
        for scored in earlier
        if scored.hours_ago is not None and scored.hours_ago * 60 <= gate.oldest_reading_minutes
    ]
    sedation = next((found for found in fresh if found.rass is not None or found.poss is not None), now.observation)
    return _Readings(
        rass=sedation.rass,
        poss=sedation.poss,
        respiratory_rate=_newest(fresh, lambda found: found.vitals.respiratory_rate if found.vitals else None),
        spo2=_newest(fresh, lambda found: found.vitals.spo2 if found.vitals else None),
    )


def _newest(sets: Iterable[Observation], reading: Callable[[Observation], ValueT | None]) -> ValueT | None:
    return next((value for value in map(reading, sets) if value is not None), None)


def _reasons(readings: _Readings, now: ScoredSet, patient: PatientFacts, gate: DoseGate) -> _Reasons:
    too_sedated: list[str] = []
    drowsy: list[str] = []
    breathing: list[str] = []
    between: list[str] = []
    missing: list[str] = []
    rass, poss, rate, spo2 = readings.rass, readings.poss, readings.respiratory_rate, readings.spo2
    if rass is not None and rass <= gate.prescriber_only_at_rass:
        too_sedated.append(f"RASS {rass}")
    elif rass is not None and rass <= gate.drowsy_rass:
        drowsy.append(f"Drowsy, RASS {rass}")
    if poss is not None and poss in gate.prescriber_only_at_poss:
        too_sedated.append(f"POSS {poss}")
    if rate is not None and rate < gate.give_from_respiratory_rate:
        only_prescriber = rate < gate.prescriber_only_below_respiratory_rate
        (breathing if only_prescriber else between).append(f"Respiratory rate {rate}")
    if spo2 is not None and not _in_target(spo2, patient, gate):
        only_prescriber = spo2 < _lowest_spo2(patient, gate)
        (breathing if only_prescriber else between).append(f"SpO2 {spo2} %")
    if rass is None and poss is None:
        missing.append("Sedation score missing")
    missing += [f"{name} missing" for name, value in (("Respiratory rate", rate), ("SpO2", spo2)) if value is None]
    between += [f"{sign.replace('_', ' ').capitalize()}" for sign in _signs_seen(now.observation)]
    return _Reasons(tuple(too_sedated), tuple(breathing), tuple(drowsy), tuple(between), tuple(missing))


def _lowest_spo2(patient: PatientFacts, gate: DoseGate) -> int:
    if patient.spo2_scale == 1:
        return gate.prescriber_only_below_spo2_scale_1
    return gate.prescriber_only_below_spo2_scale_2


def _in_target(spo2: int, patient: PatientFacts, gate: DoseGate) -> bool:
    """At the scale's own limit or above the ordered target, but never below what only a prescriber may overrule."""
    usual = gate.give_from_spo2_scale_1 if patient.spo2_scale == 1 else gate.give_from_spo2_scale_2
    wanted = usual if patient.spo2_target_low is None else patient.spo2_target_low
    return spo2 >= _lowest_spo2(patient, gate) and spo2 >= wanted


def _signs_seen(observation: Observation) -> Iterable[str]:
    signs = observation.signs
    return [sign for sign in GATE_SIGNS if signs is not None and getattr(signs, sign) is Answer.YES]


def _drowsy_minutes(earlier: Sequence[ScoredSet], gate: DoseGate) -> Decimal:
    """For how long every sedation score has been the drowsy one, up to now."""
    minutes = Decimal(0)
    for scored in earlier:
        rass = scored.observation.rass
        if rass is not None and rass != gate.drowsy_rass:
            break
        if rass is not None and scored.hours_ago is not None:
            minutes = scored.hours_ago * 60
    return minutes


def _messages(findings: Sequence[Finding], effect: Effect) -> tuple[str, ...]:
    return tuple(finding.message.rstrip(".") for finding in findings if finding.taper is effect)


def _joined(reasons: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(reasons))
