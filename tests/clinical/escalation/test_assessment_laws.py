"""Laws of every assessment: partial sets only raise, events only raise, scores are sums, words are safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment_strategies import ITEMS, cases, events
from taper_app.clinical.escalation.answer import Assessment, NextCut, ThisDose
from taper_app.clinical.protocol.escalation_rules import Effect

Judge = Callable[[Mapping[str, Any]], Assessment]
FEW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(case=cases, item=st.sampled_from(ITEMS), score=st.integers(0, 4))
def test_one_more_item_never_lowers_the_least_nor_raises_the_most(
    judge: Judge, case: dict[str, Any], item: str, score: int
) -> None:
    without = {key: value for key, value in case["observation"]["ciwa_b"].items() if key != item}
    before = judge({**case, "observation": {**case["observation"], "ciwa_b": without}}).scores.ciwa_b
    after = judge({**case, "observation": {**case["observation"], "ciwa_b": {**without, item: score}}}).scores.ciwa_b
    assert before.least <= after.least <= after.most <= before.most
    assert (after.total is None) == (not after.complete) == (after.band is None)


@FEW
@given(case=cases, scores=st.lists(st.integers(0, 4), min_size=20, max_size=20))
def test_a_complete_ciwa_b_is_the_sum_of_its_twenty_scored_items(
    judge: Judge, case: dict[str, Any], scores: list[int]
) -> None:
    full = {**dict(zip(ITEMS, scores, strict=True)), "18": "6", "19": "30"}
    found = judge({**case, "observation": {**case["observation"], "ciwa_b": full}}).scores.ciwa_b
    assert (found.total, found.least, found.most) == (sum(scores),) * 3
    assert found.missing == ()


@FEW
@given(case=cases)
def test_saying_that_a_set_is_not_finished_never_lowers_the_level(judge: Judge, case: dict[str, Any]) -> None:
    for reason in ("asleep", "refused", "away", "other"):
        partial = {**case, "observation": {**case["observation"], "not_done": {"reason": reason}}}
        assert judge(partial).level >= judge(case).level


@FEW
@given(case=cases, event=events)
def test_one_more_event_never_lowers_the_level(judge: Judge, case: dict[str, Any], event: dict[str, Any]) -> None:
    told = [*(case["observation"]["events"] or []), event]
    assert judge({**case, "observation": {**case["observation"], "events": told}}).level >= judge(case).level


@FEW
@given(case=cases)
def test_every_seizure_is_level_four_and_every_hallucination_at_least_three(judge: Judge, case: dict[str, Any]) -> None:
    answer = judge(case)
    for event in case["observation"]["events"] or []:
        assert answer.level >= {"seizure": 4, "hallucination": 3}.get(event["kind"], 1)
        if event["kind"] == "seizure":
            assert any(finding.taper is Effect.CONTINUE_AND_CALL for finding in answer.findings)


@FEW
@given(case=cases)
def test_a_dose_is_withheld_only_for_breathing_or_rousability(judge: Judge, case: dict[str, Any]) -> None:
    seen, observation = case["observation"]["vitals"], case["observation"]
    rate, spo2, rass = seen["respiratory_rate"], seen["spo2"], observation["rass"]
    failing = (
        (rate is not None and rate <= 11)
        or seen["pulse"] == 0
        or (spo2 is not None and spo2 < 90)
        or (rass is not None and rass <= -3)
        or observation["poss"] == "4"
        or seen["acvpu"] in ("P", "U")
    )
    assert failing or judge(case).taper.this_dose is not ThisDose.WITHHOLD


@FEW
@given(case=cases)
def test_the_two_decisions_follow_from_the_findings(judge: Judge, case: dict[str, Any]) -> None:
    answer = judge(case)
    effects = {finding.taper for finding in answer.findings}
    assert (answer.taper.next_cut is NextCut.AS_PLANNED) == (effects <= {Effect.NONE})
    assert (answer.taper.this_dose is ThisDose.WITHHOLD) == (Effect.WITHHOLD_AND_CALL in effects)
    assert answer.level == max((finding.level for finding in answer.findings), default=1)


@FEW
@given(case=cases)
def test_the_gate_is_never_laxer_than_the_findings(judge: Judge, case: dict[str, Any]) -> None:
    answer = judge({**case, "observation": {**case["observation"], "dose_due": True}})
    if answer.taper.this_dose is ThisDose.WITHHOLD:
        assert answer.dose_gate.state == "withhold"
    if answer.taper.this_dose is ThisDose.ASSESS_FIRST:
        assert answer.dose_gate.state in ("assess_first", "withhold")
    if answer.dose_gate.state == "give":
        observation = case["observation"]
        assert observation["rass"] is not None or observation["poss"] is not None
        assert observation["vitals"]["respiratory_rate"] is not None
        assert observation["vitals"]["spo2"] is not None


@FEW
@given(case=cases)
def test_the_same_case_gives_the_same_answer_and_a_rule_is_fired_or_unknown_never_both(
    judge: Judge, case: dict[str, Any]
) -> None:
    answer = judge(case)
    assert answer == judge(case)
    fired = [finding.rule for finding in answer.findings]
    unknown = [entry.rule for entry in answer.not_evaluated]
    assert len(set(fired + unknown)) == len(fired) + len(unknown)
    assert all(entry.missing for entry in answer.not_evaluated)
