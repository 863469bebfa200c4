"""Judge one observation set: scores, findings, what they mean for the next cut and for this dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting import scores
from taper_app.clinical.charting.case import AssessmentCase, PatientFacts
from taper_app.clinical.charting.observation import Observation, Vitals
from taper_app.clinical.charting.set_scales import Scores, beside_news2_and_ciwa_b
from taper_app.clinical.escalation.answer import (
    Assessment,
    AssessmentWarning,
    Finding,
    NextCut,
    NotEvaluated,
    TaperEffect,
    ThisDose,
)
from taper_app.clinical.escalation.dose_gate import judge_dose_gate
from taper_app.clinical.escalation.evaluate import Evaluation
from taper_app.clinical.escalation.events import events_of, later_than_the_set
from taper_app.clinical.escalation.facts import facts_of
from taper_app.clinical.escalation.situation import Bounded, FactValue, ScoredSet, Situation
from taper_app.clinical.protocol.escalation_rules import Effect, EscalationRule, RuleBook
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.clinical.quantities import plain, rounded

_VITALS_WITH_LIMITS = ("respiratory_rate", "spo2", "systolic", "diastolic", "pulse")
_DOSE_WORDS: Mapping[Effect, ThisDose] = {
    Effect.WITHHOLD_AND_CALL: ThisDose.WITHHOLD,
    Effect.ASSESS_THEN_DOSE: ThisDose.ASSESS_FIRST,
    Effect.CONTINUE_AND_CALL: ThisDose.GIVE_DO_NOT_OMIT,
}


def assess(case: AssessmentCase, rules: RuleBook, scales: Mapping[str, Scale], limits: VitalLimits) -> Assessment:
    """The assessment of ``case.observation``, with its history as context.

    Pure: the same case and the same files give the same answer. ``scales`` is by id and holds at least news2,
    ciwa-b and four-at.
    """
    sets = _Sets(case, rules, scales)
    situation = sets.situation(case.observation, sets.earlier, case.patient)
    evaluation = _evaluated(situation, rules)
    findings = _findings(evaluation, rules)
    return Assessment(
        scores=_scores(situation, scales),
        level=_level(findings),
        findings=findings,
        taper=taper_effect(findings),
        dose_gate=judge_dose_gate(situation.now, sets.earlier, case.patient, findings, rules.gate),
        next_due_minutes=_next_due_minutes(findings, rules),
        not_evaluated=tuple(_not_evaluated(evaluation, rules)),
        warnings=tuple(_warnings(case, situation, limits, scales[scores.NEWS2])),
    )


def evaluated_case(case: AssessmentCase, rules: RuleBook, scales: Mapping[str, Scale]) -> Evaluation:
    """Every rule judged on the case, with what it was judged by."""
    sets = _Sets(case, rules, scales)
    return _evaluated(sets.situation(case.observation, sets.earlier, case.patient), rules)


class _Sets:
    """The sets of a case, newest first, and each one's situation as it stood then."""

    def __init__(self, case: AssessmentCase, rules: RuleBook, scales: Mapping[str, Scale]) -> None:
        self._rules, self._scales = rules, scales
        self._patient = case.patient
        self.earlier = tuple(
            ScoredSet(earlier, case.observation.at, scales, case.patient) for earlier in _newest_first(case.history)
        )
        #: What belongs to today's set only says nothing about an earlier one.
        self._patient_then = case.patient.model_copy(
            update={"last_set_due_at": None, "last_level": None, "next_cut_on": None}
        )

    def situation(self, observation: Observation, earlier: Sequence[ScoredSet], patient: PatientFacts) -> Situation:
        now = ScoredSet(observation, observation.at, self._scales, patient)
        valid = _is_valid_for(self._scales[scores.NEWS2], patient)
        return Situation(
            facts=facts_of(now, earlier, patient, self._rules.interval, news2_is_valid=valid),
            events=events_of(now, earlier),
            events_asked=observation.events is not None,
            news2_is_valid=valid,
            now=now,
            earlier=tuple(earlier),
            earlier_facts=cache(lambda index: self._as_it_stood(index).facts),
            earlier_level=cache(self._earlier_level),
        )

    def _as_it_stood(self, index: int) -> Situation:
        """An earlier set on its own: enough for what was charted in it."""
        return self.situation(self.earlier[index].observation, (), self._patient_then)

    def _earlier_level(self, index: int) -> int:
        return _level(_findings(_evaluated(self._as_it_stood(index), self._rules), self._rules))


def _newest_first(history: Sequence[Observation]) -> Sequence[Observation]:
    """By their moments, in whatever order they were told; as they were told where one of them has none."""
    moments = [earlier.at for earlier in history if earlier.at is not None]
    told = list(history)
    if len(moments) == len(told):
        told.sort(key=lambda earlier: earlier.at or moments[0])
    return told[::-1]


def _is_valid_for(scale: Scale, patient: PatientFacts) -> bool:
    """Whether the scale may be used; what is not assessed does not take it away."""
    if patient.pregnant is Answer.YES and not scale.valid_in_pregnancy:
        return False
    youngest = scale.valid_from_age_years
    return youngest is None or patient.age_years is None or patient.age_years >= youngest


def _evaluated(situation: Situation, rules: RuleBook) -> Evaluation:
    evaluation = Evaluation(situation)
    for rule in rules.inactive:
        evaluation.outcomes[rule.id] = (None, rule.needs)
    for rule in rules.rules:
        if rule.when is None:
            continue
        outcome = evaluation.outcome_of(rule.when)
        evaluation.outcomes[rule.id] = outcome
        if outcome[0]:
            evaluation.levels[rule.id] = _level_of(rule, evaluation.levels)
    return evaluation


def _level_of(rule: EscalationRule, levels: Mapping[str, int]) -> int:
    if rule.level != "next":
        return rule.level
    return min(4, 1 + max(levels.get(named, 1) for named in rule.one_above))


def _findings(evaluation: Evaluation, rules: RuleBook) -> tuple[Finding, ...]:
    fired = [finding_of(rule, evaluation) for rule in rules.rules if rule.id in evaluation.levels]
    return tuple(sorted(fired, key=lambda found: (-found.level, found.respond_within_minutes, found.rule)))


def finding_of(rule: EscalationRule, evaluation: Evaluation) -> Finding:
    """A rule that has fired, in the shape of the answer."""
    trigger, time = rule.letters()
    return Finding(
        rule=rule.id,
        level=cast(Literal[1, 2, 3, 4], evaluation.levels[rule.id]),
        message=_message(rule.message, evaluation.situation.facts),
        action=rule.action,
        notify=rule.notify,
        respond_within_minutes=rule.respond_within_minutes,
        reassess_within_minutes=rule.reassess_within_minutes,
        taper=rule.effect,
        source=rule.source,
        trigger_evidence=trigger,
        time_evidence=time,
    )


def _message(template: str, facts: Mapping[str, FactValue]) -> str:
    if "{" not in template:
        return template
    return template.format_map(_InWords(facts))


class _InWords(dict[str, str]):
    """The facts that a sentence names, and no others."""

    def __init__(self, facts: Mapping[str, FactValue]) -> None:
        super().__init__()
        self._facts = facts

    def __missing__(self, name: str) -> str:
        return _in_words(self._facts[name])


def _in_words(value: FactValue) -> str:
    if isinstance(value, Bounded):
        return str(value.least)
    if isinstance(value, Decimal):
        return plain(rounded(value, 1))
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        return str(value)
    return "not charted"


def _level(findings: Sequence[Finding]) -> Literal[1, 2, 3, 4]:
    return max((finding.level for finding in findings), default=1)


def taper_effect(findings: Sequence[Finding]) -> TaperEffect:
    """Two decisions, never one: anything but none suspends the next cut; for the dose the strictest effect counts."""
    effects = {finding.taper for finding in findings}
    strictest = max(effects, key=lambda effect: effect.precedence, default=Effect.NONE)
    return TaperEffect(
        next_cut=NextCut.AS_PLANNED if effects <= {Effect.NONE} else NextCut.SUSPENDED,
        this_dose=_DOSE_WORDS.get(strictest, ThisDose.GIVE),
    )


def _next_due_minutes(findings: Sequence[Finding], rules: RuleBook) -> int:
    """The shortest wish of all findings and of the unit's own interval; continuous means now."""
    wishes = [finding.reassess_within_minutes for finding in findings]
    minutes = [0 if wish == "continuous" else wish for wish in wishes if wish is not None]
    return min([rules.interval.routine_minutes, *minutes])


def _not_evaluated(evaluation: Evaluation, rules: RuleBook) -> Iterator[NotEvaluated]:
    for rule in sorted((*rules.rules, *rules.inactive), key=lambda rule: rule.id):
        truth, missing = evaluation.outcomes[rule.id]
        if truth is None:
            yield NotEvaluated(rule=rule.id, missing=missing)


def _scores(situation: Situation, scales: Mapping[str, Scale]) -> Scores:
    news2 = scores.news2_score(situation.now.news2) if situation.news2_is_valid else scores.news2_not_valid()
    others = beside_news2_and_ciwa_b(situation.now.observation, scales)
    return Scores(news2=news2, ciwa_b=situation.now.ciwa_b, **others)


def _warnings(
    case: AssessmentCase, situation: Situation, limits: VitalLimits, news2: Scale
) -> Iterator[AssessmentWarning]:
    vitals = case.observation.vitals or Vitals()
    readings: dict[str, Decimal | int | None] = {name: getattr(vitals, name) for name in _VITALS_WITH_LIMITS}
    readings["temperature_c"] = vitals.celsius
    for name, reading in readings.items():
        sentence = None if reading is None else limits.improbable(name, Decimal(reading))
        if sentence:
            yield AssessmentWarning(code="unusual_vital", field=f"observation.vitals.{name}", message=sentence)
    glucose = case.observation.signs.glucose_mmol_l if case.observation.signs else None
    if glucose is not None and (sentence := limits.improbable("glucose_mmol_l", glucose)):
        yield AssessmentWarning(code="unusual_reading", field="observation.signs.glucose_mmol_l", message=sentence)
    if not situation.news2_is_valid:
        yield AssessmentWarning(
            code="news2_not_valid",
            field="scores.news2",
            message=f"NEWS2 is not valid in pregnancy or under {news2.valid_from_age_years} years; no total is shown.",
        )
    for index in later_than_the_set(case.observation):
        yield AssessmentWarning(
            code="event_after_the_set",
            field=f"observation.events.{index}.at",
            message="This event lies after the observation; check both times. It is judged as happening now.",
        )
