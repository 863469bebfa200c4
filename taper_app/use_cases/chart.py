"""Everything about one patient that a page shows, read in one snapshot. Opening a chart is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from taper_app.clinical.charting.allergies import AllergiesBody, allergies_of
from taper_app.clinical.charting.bedside import ChartedEntry, bedside_entries
from taper_app.clinical.charting.body_weight import ChartedWeight, charted_weights
from taper_app.clinical.charting.doses import (
    ChartedDose,
    DueDose,
    charted_doses,
    comfort_doses,
    last_taken_at,
    planned_doses,
)
from taper_app.clinical.charting.facts import BedBody, CurrentUseBody, FactsBody, day_of_stay
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.orders import DoseOrder, Order, dose_orders, orders
from taper_app.clinical.charting.partial import is_partial
from taper_app.clinical.charting.struck import counting, struck_records
from taper_app.clinical.charting.waste import Waste, wastes
from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.escalation.alerts import Alert, alerts
from taper_app.clinical.escalation.next_due import JudgedSet, NextDue, next_due
from taper_app.clinical.escalation.standing import Standing, standing
from taper_app.clinical.identity import merged_into
from taper_app.clinical.people import Actor
from taper_app.clinical.planning.answer import Step, StepKind
from taper_app.clinical.planning.versions import PlanVersion, signed_version, versions
from taper_app.clinical.records import (
    Episode,
    EpisodeId,
    LatestRow,
    Patient,
    Record,
    RecordId,
    RecordKind,
    Unit,
    newest_uncorrected,
)
from taper_app.store.interface import Reading
from taper_app.use_cases.context import App, audit_reading, look, opened
from taper_app.use_cases.rights import Grant, UseCase, grant_of

#: How long before its time a planned dose may be given (a working rule of the chart, not a clinical number).
DUE_AHEAD = timedelta(hours=1)
_CUTS = (StepKind.CUT, StepKind.STOP)


@dataclass(frozen=True, slots=True)
class ChartedSet:
    """An observation set that stands, with what the rules said of it."""

    record: Record
    observation: Observation
    assessment: dict[str, Any] | None

    @property
    def at(self) -> datetime:
        return self.record.happened_at

    @property
    def is_partial(self) -> bool:
        """Begun and not finished: the set stays due when it was due."""
        ciwa_b = (self.assessment or {}).get("scores", {}).get("ciwa_b", {})
        return is_partial(self.observation, ciwa_b_is_complete=bool(ciwa_b.get("complete")))

    @property
    def is_full(self) -> bool:
        """Vitals or CIWA-B were charted and nothing that was begun was left out.

        An event alone is no full set, nor is a sedation score alone, which is asked before a dose.
        """
        something = self.observation.vitals is not None or self.observation.ciwa_b is not None
        return something and not self.is_partial


@dataclass(frozen=True)
class Chart:
    """One episode as it stands at ``now``. Sequences are oldest first, alerts newest first.

    ``records`` are those that count; ``struck`` were made on the wrong patient and are only read. The patient's
    allergies are those that stand now; ``other_numbers`` are record numbers that turned out to be the same person.
    """

    patient: Patient
    episode: Episode
    unit: Unit
    kept_row: LatestRow | None
    records: Sequence[Record]
    now: datetime
    struck: Sequence[Record] = ()
    other_numbers: tuple[str, ...] = ()
    #: How many records there are in all: the number by which a page knows that it is older than the chart.
    changes: int = 0

    @property
    def row(self) -> LatestRow:
        """The board's row; it exists from the admission's transaction on."""
        assert self.kept_row is not None, "the admission keeps a row in its own transaction"
        return self.kept_row

    @property
    def episode_id(self) -> EpisodeId:
        return self.episode.id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.unit.zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def day_of_stay(self, moment: datetime) -> int:
        admitted_on = self.episode.admitted_at.astimezone(self.zone).date()
        return day_of_stay(admitted_on, moment.astimezone(self.zone).date())

    @cached_property
    def facts(self) -> FactsBody:
        """The newest answers; everything not assessed when nobody asked yet."""
        found = self.of_kind(RecordKind.FACTS)
        return found[-1].body_as(FactsBody) if found else FactsBody()

    @cached_property
    def current_use(self) -> CurrentUseBody | None:
        found = self.of_kind(RecordKind.CURRENT_USE)
        return found[-1].body_as(CurrentUseBody) if found else None

    @cached_property
    def allergies(self) -> AllergiesBody:
        return allergies_of(self.patient, self.records)[0]

    @cached_property
    def weight(self) -> ChartedWeight | None:
        """The newest weight of this stay."""
        found = charted_weights(self.records)
        return found[-1] if found else None

    @cached_property
    def versions(self) -> tuple[PlanVersion, ...]:
        return versions(self.records)

    @cached_property
    def signed(self) -> PlanVersion | None:
        return signed_version(self.versions)

    @cached_property
    def alerts(self) -> list[Alert]:
        return alerts(self.records)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.records, self.alerts, self.versions, self.zone)

    @cached_property
    def doses(self) -> list[ChartedDose]:
        """Of the plan and outside it; comfort medicines are ``comfort_doses``."""
        return charted_doses(self.records)

    @cached_property
    def comfort_doses(self) -> list[ChartedDose]:
        return comfort_doses(self.records)

    @cached_property
    def orders(self) -> list[Order]:
        return orders(self.records)

    @cached_property
    def dose_orders(self) -> list[DoseOrder]:
        return dose_orders(self.records)

    @cached_property
    def wastes(self) -> list[Waste]:
        return wastes(self.records)

    @cached_property
    def sets(self) -> list[ChartedSet]:
        assessments = {
            record.body["observation"]: record.body["answer"]
            for record in self.records
            if record.kind is RecordKind.ASSESSMENT
        }
        return [
            ChartedSet(record, record.body_as(Observation), assessments.get(record.id))
            for record in self.of_kind(RecordKind.OBSERVATION)
        ]

    def with_added(self, added: Sequence[Record], now: datetime) -> Chart:
        """The chart after these records were added in the transaction that read it."""
        known = {record.id for record in self.records}
        records = [*self.records, *(record for record in added if record.id not in known)]
        records.sort(key=lambda record: (record.happened_at, record.recorded_at, record.id))
        return replace(self, records=records, now=now)

    @cached_property
    def bedside(self) -> list[ChartedEntry]:
        """Everything charted beside sets and doses that still stands, oldest first."""
        return bedside_entries(self.records)

    @property
    def last_dose_at(self) -> datetime | None:
        return last_taken_at(self.doses, self.current_use.last_dose_at if self.current_use else None)

    def planned_between(self, first: date, last: date) -> list[DueDose]:
        return planned_doses(
            self.signed, self.doses, first=first, last=last, zone=self.unit.zone, kept_since=self.kept_since
        )

    @property
    def kept_since(self) -> date | None:
        """The day from which no cut is made until a prescriber has reviewed; None when cuts go on as planned."""
        since = self.standing.since
        return since.astimezone(self.zone).date() if since else None

    def step_on(self, day: date) -> Step | None:
        """The step whose doses are given on a day: no cut while the next one is suspended."""
        return self.signed.step_on(day, kept_since=self.kept_since) if self.signed else None

    def next_cut_from(self, day: date) -> Step | None:
        """The next cut of the signed plan, that day's included; None when there is no plan or no cut left."""
        cuts = [step for step in self.signed.plan.steps if step.kind in _CUTS] if self.signed else []
        return next((step for step in cuts if step.starts_on >= day), None)

    @cached_property
    def next_due(self) -> NextDue:
        """When the next observation set is wanted, and what asks for it."""
        judged = (JudgedSet(charted.at, charted.is_full, charted.assessment) for charted in reversed(self.sets))
        return next_due(judged, self.episode.admitted_at)

    @property
    def next_set_due_at(self) -> datetime:
        return self.next_due.at

    @property
    def next_set_wanted(self) -> tuple[datetime | None, datetime]:
        """The moment of the set that asks for the next one soonest (None: no full set yet), and when that is."""
        return self.next_due.asked_at, self.next_due.at

    @property
    def gravest_answer(self) -> dict[str, Any]:
        """The most serious of what was said of the sets since the last full one, itself included; the newest of equals.

        A partial or refused set raises what is shown of the patient, and never lowers it. Empty: nothing was judged.
        """
        answers = [charted.assessment for charted in self._since_full_set[0] if charted.assessment]
        return max(answers, key=lambda answer: int(answer.get("level", 1)), default={})

    @property
    def level_of_sets(self) -> int | None:
        """The level that the sets leave the patient with; None when nothing was judged yet."""
        level = self.gravest_answer.get("level")
        return None if level is None else int(level)

    @property
    def _since_full_set(self) -> tuple[list[ChartedSet], bool]:
        """The sets from the last full one on, and whether there is a full one."""
        since: list[ChartedSet] = []
        for charted in reversed(self.sets):
            since.append(charted)
            if charted.is_full:
                return since, True
        return since, False

    @cached_property
    def due_doses(self) -> list[DueDose]:
        """Planned doses that are open: wanted up to an hour from now, or late."""
        around = self.planned_between(self.today - timedelta(days=2), self.today + timedelta(days=1))
        return [due for due in around if due.is_open and due.planned_for <= self.now + DUE_AHEAD]

    @cached_property
    def bed(self) -> str:
        found = self.of_kind(RecordKind.BED)
        return found[-1].body_as(BedBody).bed if found else self.row.bed

    def of_kind(self, kind: RecordKind) -> list[Record]:
        """Records that still stand, oldest first."""
        return newest_uncorrected([record for record in self.records if record.kind is kind])

    def history_of(self, record_id: RecordId) -> list[Record]:
        """The records that a record corrects, newest first."""
        by_id = {record.id: record for record in self.records}
        chain = []
        current = by_id.get(record_id)
        while current and current.corrects:
            current = by_id.get(current.corrects)
            if current:
                chain.append(current)
        return chain


def read_chart(reading: Reading, episode: Episode, now: datetime) -> Chart:
    """The chart inside a snapshot or a transaction that is open already."""
    patient, unit = reading.patient(episode.patient_id), reading.unit(episode.unit_id)
    assert patient is not None, "an episode's patient is never taken away"
    assert unit is not None, "an episode's unit is never taken away"
    every = reading.records(episode.id)
    kept = counting(every)
    patient = _with_allergies(patient, allergies_of(patient, kept)[0])
    return Chart(
        patient,
        episode,
        unit,
        reading.latest_row(episode.id),
        kept,
        now,
        struck_records(every),
        _other_numbers(reading, patient),
        len(every),
    )


def _other_numbers(reading: Reading, patient: Patient) -> tuple[str, ...]:
    merged = [reading.patient(id_) for id_ in merged_into(patient.id, reading.merges())]
    return tuple(other.record_number for other in merged if other)


def _with_allergies(patient: Patient, allergies: AllergiesBody) -> Patient:
    """The patient as the banner and the handoff show them: the row is as first written, records say what stands."""
    if allergies.in_words == patient.allergies:
        return patient
    return Patient.model_validate(patient.model_dump() | {"allergies": allergies.in_words})


def open_chart(app: App, actor: Actor, episode_id: EpisodeId, *, reason: str = "", audited: bool = True) -> Chart:
    """The whole chart. ``audited`` is False only for a rerun of a page that was opened and noted before.

    Raises NotAllowed; an auditor gives a reason; a planner has ``open_summary`` instead.
    """
    if grant_of(UseCase.OPEN_CHART, actor.role) is Grant.READ_WITH_REASON and len(reason.strip()) < 3:
        raise NotAllowed("Say why you open this chart: the reason is kept in the audit.")

    def work(reading: Reading) -> Chart:
        episode = opened(reading, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        if grant_of(UseCase.OPEN_CHART, actor.role) is Grant.SUMMARY:
            raise NotAllowed(f"A {actor.role.in_words} sees the handoff of a patient, not the whole chart.")
        return read_chart(reading, episode, app.clock())

    chart = look(app, actor, UseCase.OPEN_CHART, episode_id, work)
    if audited:
        audit_reading(app, actor, UseCase.OPEN_CHART, episode_id)
    return chart
