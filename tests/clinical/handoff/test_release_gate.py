"""The release gate and the veto as pure functions: conditions one by one, and laws that hold for every chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from taper_app.clinical.charting.facts import CurrentUseBody, FactsBody
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.standing import Standing
from taper_app.clinical.handoff.entries import VetoClearanceBody
from taper_app.clinical.handoff.kept import handoff_records
from taper_app.clinical.handoff.release_gate import release_gate
from taper_app.clinical.handoff.release_items import (
    CheckItem,
    FirstVisitItem,
    LeavingItem,
    NextPrescriberItem,
    ReleaseItemBody,
    SupplyItem,
    TextItem,
)
from taper_app.clinical.handoff.supply import wanted_supply
from taper_app.clinical.handoff.veto import ConditionState, release_veto
from taper_app.clinical.people import Role
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.versions import PlanVersion, VersionState
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.protocol.release_rules import RequirementId
from taper_app.clinical.records import (
    Author,
    Episode,
    EpisodeId,
    Patient,
    PatientId,
    Record,
    RecordId,
    RecordKind,
    Unit,
)
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
ADMITTED = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
DOCTOR = Author(user_id="u1", name="B. Ortiz", role=Role.PHYSICIAN)
CALM = {
    "vitals": {
        "respiratory_rate": 16,
        "spo2": 98,
        "on_oxygen": False,
        "systolic": 120,
        "diastolic": 78,
        "pulse": 70,
        "temperature_c": "37",
        "acvpu": "A",
    },
    "rass": 0,
    "events": [],
}
ITEMS = [str(number) for number in range(1, 23) if number not in (18, 19)]


def ciwa(total: int, *, without: tuple[str, ...] = ()) -> dict[str, int]:
    """All items answered, adding up to ``total`` (0 to 80), but those left out."""
    whole, rest = divmod(total, len(ITEMS))
    scores = {item: whole + (1 if index < rest else 0) for index, item in enumerate(ITEMS)}
    return {item: score for item, score in scores.items() if item not in without}


@dataclass(frozen=True)
class Charted:
    record: Record
    observation: Observation
    assessment: dict[str, Any] | None

    @property
    def at(self) -> datetime:
        return self.record.happened_at


@dataclass
class Chart:
    """A chart in the shape that the gate asks for, without any store."""

    now: datetime = ADMITTED + timedelta(days=8)
    sets: list[Charted] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    versions: tuple[PlanVersion, ...] = ()
    facts: FactsBody = field(default_factory=FactsBody)
    crisis_lines: str = "988"
    current_use: CurrentUseBody | None = None
    alerts: list[Any] = field(default_factory=list)
    doses: list[Any] = field(default_factory=list)
    standing: Standing = field(default_factory=lambda: Standing((), Effect.NONE))
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def patient(self) -> Patient:
        return Patient(
            id=PatientId("p1"),
            record_number="00123",
            family_name="Doe",
            given_name="Jane",
            born_on=date(1982, 3, 14),
            sex="F",
        )

    @property
    def episode(self) -> Episode:
        return Episode(
            id=EpisodeId("e1"),
            patient_id=PatientId("p1"),
            unit_id="u1",
            admitted_at=ADMITTED,
            admitted_by=DOCTOR,
        )

    @property
    def unit(self) -> Unit:
        return Unit(
            id="u1",
            name="3 East",
            zone="UTC",
            beds=("01",),
            emergency_number="911",
            crisis_lines=self.crisis_lines,
        )

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def signed(self) -> PlanVersion | None:
        return self.versions[-1] if self.versions else None

    def observe(self, hours_ago: float, *, rules: tuple[str, ...] = (), **observation: Any) -> Chart:
        at = self.now - timedelta(hours=hours_ago)
        record = self._record(RecordKind.OBSERVATION, {}, at)
        assessment = {"findings": [{"rule": rule, "level": 3} for rule in rules]}
        self.sets.append(Charted(record, Observation.model_validate(observation), assessment))
        self.sets.sort(key=lambda charted: charted.at)
        return self

    def item(self, item: Any) -> Chart:
        body = ReleaseItemBody(item=item).model_dump(mode="json")
        self.records.append(self._record(RecordKind.RELEASE_ITEM, body, self.now))
        return self

    def add(self, kind: RecordKind, body: Any, at: datetime | None = None) -> Chart:
        self.records.append(self._record(kind, body.model_dump(mode="json"), at or self.now))
        return self

    def _record(self, kind: RecordKind, body: dict[str, Any], at: datetime) -> Record:
        return Record(
            id=RecordId(f"r{len(self.records) + len(self.sets)}"),
            episode_id=EpisodeId("e1"),
            kind=kind,
            happened_at=at,
            recorded_at=at,
            author=DOCTOR,
            body=body,
        )

    def veto(self):
        return release_veto(self, handoff_records(self.records), PROTOCOLS)

    def gate(self):
        return release_gate(self, handoff_records(self.records), PROTOCOLS)


def plan(start_on: date) -> Plan:
    written = {
        "current": [{"drug": "clonazepam", "mg": "1", "time": time} for time in ("08:00", "20:00")],
        "protocol": "asam-2025",
        "start_on": start_on.isoformat(),
        "products": ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"],
        "patient": {"months_of_use": 18, "use_verified": "yes", "seizure_history": "no", "taken_for_epilepsy": "no"},
    }
    made = build_plan(parse_request(written, PROTOCOLS), PROTOCOLS)
    assert isinstance(made, Plan)
    return made


def version(start_on: date, number: int = 1, signed_at: datetime = ADMITTED) -> PlanVersion:
    return PlanVersion(
        record_id=RecordId(f"plan-{number}"),
        number=number,
        plan=plan(start_on),
        note="",
        state=VersionState.SIGNED,
        proposed_at=signed_at,
        proposed_by=DOCTOR,
        signed_at=signed_at,
        signed_by=DOCTOR,
        accepted_codes=(),
        superseded_by=None,
    )


def prescriber(accepted: str = "yes") -> NextPrescriberItem:
    told = {"accepted_at": ADMITTED, "accepted_heard_by": "L. Park"} if accepted == "yes" else {}
    return NextPrescriberItem.model_validate(
        {"prescriber": {"name": "Dr A. Reyes", "where": "Harbor", "phone": "555-0142", "accepted": accepted, **told}}
    )


def visit(at: datetime) -> FirstVisitItem:
    return FirstVisitItem.model_validate(
        {"visit": {"who": "Dr A. Reyes", "at": at, "where": "Harbor", "phone": "555-0142", "booked_by": "L. Park"}}
    )


def cause() -> TextItem:
    return TextItem.model_validate({"topic": "seizure_cause", "lines": ["unknown after work-up"]})


def after_seizure(hours_ago: float = 96, score: int = 10) -> Chart:
    """Everything is met: a seizure days ago, calm complete sets since, cause and next prescriber recorded."""
    # The plan's first cut lies far ahead, so the dose has not fallen.
    chart = Chart(versions=(version((ADMITTED + timedelta(days=60)).date()),))
    chart.observe(hours_ago, events=[{"kind": "seizure", "duration_minutes": 2, "recovered": True}])
    chart.observe(24, **CALM, ciwa_b=ciwa(score))
    chart.observe(1, **CALM, ciwa_b=ciwa(score))
    return chart.item(cause()).item(prescriber())


def states(chart: Chart) -> dict[str, ConditionState]:
    return {condition.key: condition.state for condition in chart.veto().conditions}


def not_met(chart: Chart) -> set[str]:
    return {key for key, state in states(chart).items() if state is ConditionState.NOT_MET}


# --- What raises the veto --------------------------------------------------------------------------


def test_without_such_an_event_there_is_no_veto():
    chart = Chart().observe(30, events=[{"kind": "fall"}, {"kind": "hallucination", "insight": True}])
    assert not chart.veto().stands
    assert chart.veto().conditions == ()


@pytest.mark.parametrize(
    "observation",
    [
        {"events": [{"kind": "seizure"}]},
        {"events": [{"kind": "hallucination", "insight": False}]},
        {"events": [{"kind": "hallucination"}]},
    ],
)
def test_a_seizure_and_a_hallucination_without_known_insight_raise_the_veto(observation):
    assert Chart().observe(30, **observation).veto().stands


def test_suspected_delirium_raises_the_veto():
    assert Chart().observe(30, rules=("R04", "R04H"), rass=1).veto().stands
    assert not Chart().observe(30, rules=("R21",), rass=1).veto().stands


def test_with_every_condition_met_the_veto_can_be_cleared():
    chart = after_seizure()
    assert not_met(chart) == set()
    assert chart.veto().can_be_cleared


# --- Each condition by itself ----------------------------------------------------------------------


def test_71_hours_are_not_enough_and_72_are():
    assert "free" in not_met(after_seizure(hours_ago=71.9))
    assert "free" not in not_met(after_seizure(hours_ago=72))


def test_a_ciwa_b_of_20_is_low_enough_and_21_is_not():
    assert "ciwa-b" not in not_met(after_seizure(score=20))
    assert "ciwa-b" in not_met(after_seizure(score=21))


def test_an_incomplete_ciwa_b_never_meets_the_condition():
    chart = after_seizure().observe(0.5, **CALM, ciwa_b=ciwa(0, without=("17",)))
    assert "ciwa-b" in not_met(chart)
    condition = next(found for found in chart.veto().conditions if found.key == "ciwa-b")
    assert "at least 0, at most 4" in condition.why


def test_a_rising_ciwa_b_keeps_the_veto_even_below_20():
    chart = after_seizure(score=10).observe(0.5, **CALM, ciwa_b=ciwa(11))
    assert "ciwa-b-trend" in not_met(chart)
    assert "ciwa-b-trend" not in not_met(after_seizure(score=10).observe(0.5, **CALM, ciwa_b=ciwa(10)))


def test_totals_of_two_wordings_are_not_compared_for_the_release():
    other = "ciwa-b-not-enough-sleep"
    chart = after_seizure(score=10).observe(0.5, **CALM, ciwa_b=ciwa(10), ciwa_b_form=other)
    condition = next(found for found in chart.veto().conditions if found.key == "ciwa-b-trend")
    assert condition.keeps_back
    assert condition.why == "There are no two sets of one wording to compare."


def test_a_ciwa_b_of_yesterday_does_not_count_for_today():
    chart = Chart(versions=(version((ADMITTED + timedelta(days=60)).date()),))
    chart.observe(96, events=[{"kind": "seizure"}])
    chart.observe(48, **CALM, ciwa_b=ciwa(4)).observe(25, **CALM, ciwa_b=ciwa(4))
    assert {"ciwa-b", "rass", "news2"} <= not_met(chart)


@pytest.mark.parametrize("rass", [-1, 1, 2])
def test_drowsy_and_restless_keep_the_veto(rass):
    chart = after_seizure().observe(0.5, **CALM | {"rass": rass})
    assert "rass" in not_met(chart)


def test_news2_of_2_is_low_enough_3_is_not_and_an_incomplete_one_never_is():
    for respiratory_rate, temperature, met in ((21, "37", True), (21, "38.5", False)):
        vitals = CALM["vitals"] | {"respiratory_rate": respiratory_rate, "temperature_c": temperature}
        chart = after_seizure().observe(0.5, **CALM | {"vitals": vitals})
        assert ("news2" not in not_met(chart)) is met
    blank = {name: value for name, value in CALM["vitals"].items() if name != "pulse"}
    assert "news2" in not_met(after_seizure().observe(0.5, **CALM | {"vitals": blank}))


def test_in_pregnancy_news2_does_not_apply_and_says_what_to_use():
    chart = after_seizure()
    chart.facts = FactsBody(pregnant="yes")
    assert states(chart)["news2"] is ConditionState.DOES_NOT_APPLY


def test_a_cut_after_the_event_keeps_the_veto():
    chart = after_seizure()
    assert "dose" not in not_met(chart)
    cut_on = chart.now.date() - timedelta(days=1)
    chart.versions = (version(cut_on - timedelta(days=14)),)
    second = chart.signed.plan.steps[1]
    assert (second.kind, second.starts_on) == (StepKind.CUT, cut_on)
    assert "dose" in not_met(chart)


def test_without_a_signed_plan_nobody_knows_which_dose_stands():
    chart = after_seizure()
    chart.versions = ()
    assert "dose" in not_met(chart)


def test_the_cause_and_the_next_prescribers_word_are_needed():
    chart = after_seizure()
    chart.records.clear()
    assert {"cause", "next-prescriber"} <= not_met(chart)
    assert "next-prescriber" in not_met(chart.item(prescriber(accepted="no")).item(cause()))


def test_a_clearance_covers_what_had_happened_and_nothing_later():
    chart = after_seizure()
    cleared = VetoClearanceBody(reason="free for four days, work-up done", last_event_at=chart.veto().last_event_at)
    chart.add(RecordKind.VETO_CLEARANCE, cleared)
    assert not chart.veto().stands
    assert chart.veto().cleared_by == DOCTOR.signature
    assert chart.observe(0.1, events=[{"kind": "seizure"}]).veto().stands


# --- Laws ------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    hours_ago=some.floats(min_value=1, max_value=190),
    earlier=some.integers(0, 80),
    latest=some.integers(0, 80),
    rass=some.integers(-5, 4),
    blank=some.sets(some.sampled_from(ITEMS), max_size=4),
)
def test_the_veto_is_never_clearable_outside_its_limits(hours_ago, earlier, latest, rass, blank):
    chart = Chart(versions=(version((ADMITTED + timedelta(days=60)).date()),))
    chart.observe(hours_ago, events=[{"kind": "seizure"}])
    chart.observe(24, **CALM, ciwa_b=ciwa(earlier))
    chart.observe(0.5, **CALM | {"rass": rass}, ciwa_b=ciwa(latest, without=tuple(blank)))
    chart.item(cause()).item(prescriber())
    within = hours_ago >= 72 and latest <= 20 and latest <= earlier and rass == 0 and not blank
    assert chart.veto().can_be_cleared is within


@settings(deadline=None)
@given(days=some.integers(0, 60), at_risk=some.booleans())
def test_the_supply_is_three_days_beyond_the_visit_and_never_more_than_seven_with_a_risk(days, at_risk):
    chart = Chart().item(visit(ADMITTED + timedelta(days=8 + days, hours=1)))
    for topic, calm in (("suicide_risk", "no"), ("overdose_history", "no"), ("stable_housing", "yes")):
        answer = "yes" if at_risk and topic == "overdose_history" else calm
        chart.item(CheckItem.model_validate({"topic": topic, "answer": answer}))
    wanted = wanted_supply(chart, handoff_records(chart.records), PROTOCOLS, leaves_at=chart.now)
    assert wanted.days == (min(days + 3, 7) if at_risk else days + 3)
    assert wanted.reaches_visit is (wanted.days >= days)
    assert ("does not reach" in wanted.why) is not wanted.reaches_visit


@settings(deadline=None)
@given(
    answers=some.lists(
        some.sampled_from(
            [
                prescriber(),
                prescriber("no"),
                cause(),
                visit(ADMITTED + timedelta(days=10)),
                LeavingItem(goes_to="Home", leaves_at=ADMITTED + timedelta(days=8)),
                CheckItem.model_validate({"topic": "lock_box", "answer": "yes"}),
                CheckItem.model_validate({"topic": "naloxone_declined", "answer": "yes"}),
                SupplyItem.model_validate(
                    {
                        "days": 5,
                        "products": [{"product": "clonazepam-tablet-1mg", "count": "10"}],
                        "handed_over": "to the patient",
                    }
                ),
            ]
        ),
        max_size=8,
    )
)
def test_the_gate_counts_only_what_applies_and_opens_only_without_anything_blocking(answers):
    chart = Chart()
    for answer in answers:
        chart.item(answer)
    gate = chart.gate()
    assert 0 <= gate.percent_complete <= 100
    assert len(gate.missing) <= gate.total
    assert gate.is_open is (not gate.blocking and not gate.veto.stands)
    assert (gate.percent_complete == 100) is (not gate.missing and not gate.veto.stands)
    assert all(missing.owed_by and missing.why for missing in gate.missing)


def test_not_assessed_risks_cap_the_supply_and_are_said_to_be_not_assessed():
    chart = Chart().item(visit(ADMITTED + timedelta(days=30)))
    wanted = wanted_supply(chart, handoff_records(chart.records), PROTOCOLS, leaves_at=chart.now)
    assert wanted.days == 7
    assert "earlier overdose not assessed" in wanted.why
    assert "bring it forward, or arrange pick-ups" in wanted.why


def test_too_many_tablets_at_once_are_named_when_there_is_a_risk():
    chart = Chart().item(visit(ADMITTED + timedelta(days=10)))
    chart.item(CheckItem.model_validate({"topic": "suicide_risk", "answer": "yes"}))
    chart.item(
        SupplyItem.model_validate(
            {
                "days": 14,
                "products": [{"product": "clonazepam-tablet-1mg", "count": "28"}],
                "handed_over": "to the patient",
            }
        )
    )
    found = next(missing for missing in chart.gate().missing if missing.id is RequirementId.SUPPLY)
    assert "too many at once" in found.why


def test_blank_crisis_lines_block_the_release():
    blocking = {missing.id for missing in Chart(crisis_lines=" ").gate().blocking}
    assert RequirementId.CRISIS_LINES in blocking
