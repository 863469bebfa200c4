"""What the record says of the next cut. Missing data speaks against going on, never for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.planning.answer import Step
from taper_app.clinical.protocol.library import Protocols
from taper_app.export.dates import moment_text
from taper_app.use_cases.bedside_view import baseline_ciwa_b
from taper_app.use_cases.chart import Chart, ChartedSet

_NO_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Against:
    """One thing that speaks against the next cut. ``level`` is the finding's, 1 for missing data."""

    text: str
    source: str
    level: int = _NO_LEVEL
    is_unverified: bool = False


def next_cut_step(chart: Chart) -> Step | None:
    """The next cut of the signed plan, today's included; None when there is no plan or no cut left."""
    return chart.next_cut_from(chart.today)


def against_next_cut(chart: Chart, protocols: Protocols) -> Sequence[Against]:
    """Every reason: findings first, the highest level before the others and each rule once; then what is missing."""
    newest_of_each: dict[str, Against] = {}
    for found in _findings(chart, protocols):
        newest_of_each.setdefault(found.source, found)
    return [*sorted(newest_of_each.values(), key=lambda found: -found.level), *_missing(chart)]


def _findings(chart: Chart, protocols: Protocols) -> Iterator[Against]:
    """Newest first, as the alerts are."""
    for suspension in chart.standing.suspensions:
        if suspension.alert is None:
            yield Against(suspension.because, "asked for on the chart")
    suspending = {suspension.alert.id for suspension in chart.standing.suspensions if suspension.alert}
    for alert in chart.alerts:
        if alert.id not in suspending and not alert.is_open:
            continue
        for reason in alert.reasons:
            yield Against(
                f"{reason.message} ({moment_text(alert.record.happened_at, chart.unit.zone)})",
                f"{reason.rule}, {protocols.source_short(reason.source)}",
                reason.level,
                reason.is_unverified,
            )


def _missing(chart: Chart) -> Iterator[Against]:
    assessed = [charted for charted in chart.sets if _is_assessment(charted.observation)]
    if assessed:
        yield from _missing_scores(chart, assessed[-1])
    else:
        yield Against("No observation set has been charted yet.", "the chart")
    if baseline_ciwa_b(chart).charted_at is None:
        yield Against("No CIWA-B of this stay is complete, so there is no baseline.", "the chart")
    due = chart.next_set_due_at
    if chart.sets and due < chart.now:
        yield Against(
            f"The next observation set was due {moment_text(due, chart.unit.zone)} and is overdue.", "the chart"
        )
    late = [dose for dose in chart.due_doses if dose.charted is None and dose.minutes_late(chart.now) > 0]
    if late:
        first = moment_text(late[0].planned_for, chart.unit.zone)
        number = "1 planned dose is" if len(late) == 1 else f"{len(late)} planned doses are"
        yield Against(f"{number} not charted, the first of {first}.", "the chart")
    if missing := chart.facts.for_plan(chart.patient.age_on(chart.today)).not_assessed():
        yield Against(f"Not assessed, and never taken for no: {', '.join(missing)}.", "the charted facts")


def _is_assessment(observation: Observation) -> bool:
    """A set that only notes an event or a dose says nothing of how the patient is."""
    return any(part is not None for part in (observation.vitals, observation.ciwa_b, observation.rass))


def _missing_scores(chart: Chart, newest: ChartedSet) -> Iterator[Against]:
    when = moment_text(newest.at, chart.unit.zone)
    scores: dict[str, Any] = (newest.assessment or {}).get("scores", {})
    if newest.observation.ciwa_b is None:
        yield Against(f"The newest set ({when}) has no CIWA-B.", "the chart")
    elif (ciwa := scores.get("ciwa_b")) and not ciwa["complete"]:
        yield Against(
            f"CIWA-B of {when} is incomplete: at least {ciwa['least']}, at most {ciwa['most']}; "
            f"missing: item {', '.join(ciwa['missing'])}.",
            "the chart",
        )
    if newest.observation.vitals is None:
        yield Against(f"The newest set ({when}) has no vital signs.", "the chart")
    elif (news2 := scores.get("news2")) and not news2["complete"]:
        yield Against(f"NEWS2 of {when} is incomplete: at least {news2['least']}.", "the chart")
    if newest.observation.rass is None:
        yield Against(f"The newest set ({when}) has no sedation score.", "the chart")
