"""The ward board, kept up to date in the transaction that changes a patient, so that no page has to work it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.merging import open_merges
from taper_app.clinical.charting.struck import open_proposals
from taper_app.clinical.people import Actor
from taper_app.clinical.quantities import mg_text
from taper_app.clinical.records import Episode, LatestRow
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, look, permitted
from taper_app.use_cases.rights import UseCase

NOTHING_CHARTED = "No observation set yet"
#: How a flag about a withheld dose begins, so that the board can show it in the patient's row.
DOSE_WITHHELD = "dose withheld of"
NOTHING_CALLS = "Nothing in the last set calls for somebody"


def ward_board(app: App, actor: Actor, unit_id: str) -> Sequence[LatestRow]:
    """Open episodes of the unit, most dangerous first.

    A row that nobody has changed since yesterday is worked out anew, because a step of the plan may have begun.
    """

    def work(reading: Reading) -> Sequence[LatestRow]:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        unit, now = reading.unit(unit_id), app.clock()
        zone = ZoneInfo(unit.zone) if unit else ZoneInfo("UTC")
        today = now.astimezone(zone).date()
        return [
            row if row.changed_at.astimezone(zone).date() == today else _as_of_today(reading, row, now)
            for row in reading.latest_rows(unit_id)
        ]

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def _as_of_today(reading: Reading, row: LatestRow, now: datetime) -> LatestRow:
    episode = reading.episode(row.episode_id)
    return row_of(read_chart(reading, episode, now), status=row.status) if episode else row


def refresh_latest(
    writing: Writing, episode: Episode, now: datetime, *, status: str = "open", chart: Chart | None = None
) -> LatestRow:
    """Work the patient's row out anew from the records and keep it.

    ``chart``: the chart as this transaction leaves it, where its caller holds it already.
    """
    row = row_of(chart or read_chart(writing, episode, now), status=status)
    writing.put_latest(row)
    return row


def row_of(chart: Chart, *, status: str) -> LatestRow:
    """The row as the chart stands: the most serious decides level and headline, an open alert before the sets."""
    open_alerts = [alert for alert in chart.alerts if alert.is_open]
    unacknowledged = [alert for alert in open_alerts if alert.acknowledged is None]
    last_set = chart.sets[-1] if chart.sets else None
    last_answer = chart.gravest_answer
    worst = max(open_alerts, key=lambda alert: (alert.body.level, alert.raised_at), default=None)
    level = max(worst.body.level if worst else 1, int(last_answer.get("level", 1)) if last_set else 1)
    quiet = _quiet_headline(last_answer) if last_set else NOTHING_CHARTED
    headline = worst.body.headline if worst and worst.body.level == level else quiet
    return LatestRow(
        episode_id=chart.episode.id,
        patient_id=chart.patient.id,
        unit_id=chart.episode.unit_id,
        status=status,
        bed=chart.bed,
        label=chart.patient.label,
        sex=chart.patient.sex,
        born_on=chart.patient.born_on,
        record_number=chart.patient.record_number,
        level=level,
        headline=headline,
        next_cut=chart.standing.next_cut,
        this_dose=chart.standing.effect.value,
        last_observation_at=last_set.at if last_set else None,
        next_due_at=min([chart.next_set_due_at, *(due.looked_at_again for due in withheld_doses(chart))]),
        unacknowledged_alerts=len(unacknowledged),
        oldest_unacknowledged_at=min((alert.raised_at for alert in unacknowledged), default=None),
        plan_version=chart.signed.number if chart.signed else None,
        plan_line=_plan_line(chart),
        flags=flags_of(chart),
        alerts=tuple(alert.glance for alert in open_alerts),
        changed_at=chart.now,
    )


def _quiet_headline(answer: dict[str, Any]) -> str:
    calling = [finding for finding in answer.get("findings", ()) if finding["level"] > 1]
    return str(calling[0]["message"]) if calling else NOTHING_CALLS


def _plan_line(chart: Chart) -> str:
    """``Plan v1: 1.875 mg a day``, or why there is none; a suspended plan is never shown as the current one."""
    if chart.signed is None:
        return "Plan proposed, not signed" if chart.versions else "No plan yet"
    step = chart.step_on(chart.today)
    if not chart.standing.plan_is_current:
        return f"Plan v{chart.signed.number} SUSPENDED"
    if step is None:
        return f"Plan v{chart.signed.number}: starts {chart.signed.plan.starts_on}"
    doses = " and ".join(f"{mg_text(mg)} {drug}" for drug, mg in step.daily_mg.items()) or "no medicine"
    return f"Plan v{chart.signed.number}: {doses} a day"


def flags_of(chart: Chart) -> tuple[str, ...]:
    """What has to be known at every glance: risks that are yes, and that somebody has to ask about the others."""
    facts = chart.facts
    flags = [due.in_words for due in withheld_doses(chart)]
    for seizure in _events(chart, "seizure")[-1:]:
        flags.append(f"seizure {seizure.astimezone(chart.zone):%d %b}")
    words = {
        "seizure_history": "seizure history",
        "opioid_co_use": "opioid",
        "alcohol_co_use": "alcohol",
        "pregnant": "pregnant",
    }
    if open_proposals(chart.records):
        flags.append("an entry may be another patient's")
    if open_merges(chart.records):
        flags.append("perhaps two records of one person")
    flags.extend(text for name, text in words.items() if getattr(facts, name) is Answer.YES)
    missing = [text for name, text in words.items() if getattr(facts, name) is Answer.NOT_ASSESSED]
    if missing:
        flags.append(f"not assessed: {', '.join(missing)}")
    return tuple(flags)


@dataclass(frozen=True, slots=True)
class WithheldDose:
    """A dose that waits, and the moment at which it comes back by itself."""

    looked_at_again: datetime
    in_words: str


def withheld_doses(chart: Chart) -> list[WithheldDose]:
    """Planned doses that were withheld and come back: on the board, the banner and the list of what is due."""
    found = []
    for due in chart.due_doses:
        if due.charted is None or due.charted.body.recheck_at is None:
            continue
        again = due.charted.body.recheck_at
        clock = f"{again.astimezone(chart.zone):%H:%M}"
        planned = f"{due.planned_for.astimezone(chart.zone):%H:%M}"
        found.append(WithheldDose(again, f"{DOSE_WITHHELD} {planned}, look again {clock}"))
    return found


def _events(chart: Chart, kind: str) -> list[datetime]:
    return sorted(
        event.at or charted.at
        for charted in chart.sets
        for event in charted.observation.events or ()
        if event.kind == kind
    )
