"""What the handoff needs of a chart, and what it reads out of the sets: events, and the doses that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from taper_app.clinical.charting.doses import ChartedDose
from taper_app.clinical.charting.events import Event
from taper_app.clinical.charting.facts import CurrentUseBody, FactsBody
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.alerts import Alert
from taper_app.clinical.escalation.standing import Standing
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.records import Episode, Patient, Record, Unit


class SetLike(Protocol):
    """An observation set that stands, with what the rules said of it."""

    @property
    def record(self) -> Record: ...
    @property
    def observation(self) -> Observation: ...
    @property
    def assessment(self) -> dict[str, Any] | None: ...
    @property
    def at(self) -> datetime: ...


class ChartLike(Protocol):
    """One episode as it stands at ``now``; sequences are oldest first, alerts newest first."""

    @property
    def patient(self) -> Patient: ...
    @property
    def episode(self) -> Episode: ...
    @property
    def unit(self) -> Unit: ...
    @property
    def records(self) -> Sequence[Record]: ...
    @property
    def now(self) -> datetime: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def today(self) -> date: ...
    @property
    def facts(self) -> FactsBody: ...
    @property
    def current_use(self) -> CurrentUseBody | None: ...
    @property
    def versions(self) -> tuple[PlanVersion, ...]: ...
    @property
    def signed(self) -> PlanVersion | None: ...
    @property
    def alerts(self) -> list[Alert]: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def doses(self) -> list[ChartedDose]: ...
    @property
    def sets(self) -> Sequence[SetLike]: ...


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event, when it happened, and the set it was charted in."""

    event: Event
    at: datetime
    charted: SetLike


def told_events(chart: ChartLike) -> list[ToldEvent]:
    """Every event of the stay once, oldest first: one that a later set tells again at the same moment counts once."""
    found: dict[tuple[str, datetime], ToldEvent] = {}
    for charted in chart.sets:
        for event in charted.observation.events or ():
            told = ToldEvent(event, event.at or charted.at, charted)
            found[(event.kind, told.at)] = told
    return sorted(found.values(), key=lambda told: (told.at, told.event.kind))


def events_were_asked(chart: ChartLike) -> bool:
    """Whether any set of the stay asked for events; without that, "none" cannot be said."""
    return any(charted.observation.events is not None for charted in chart.sets)


def last_seizure(chart: ChartLike) -> datetime | None:
    """When the last charted seizure of this stay happened."""
    return max((told.at for told in told_events(chart) if told.event.kind == "seizure"), default=None)


def local_day(moment: datetime, chart: ChartLike) -> date:
    """The day on the ward's clock."""
    return moment.astimezone(chart.zone).date()


def finding_rules(charted: SetLike) -> frozenset[str]:
    """The rules that fired on a set."""
    findings = (charted.assessment or {}).get("findings") or ()
    return frozenset(str(finding.get("rule", "")) for finding in findings)
