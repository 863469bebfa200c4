"""The ward board, kept up to date in the transaction that changes a patient, so that no page has to work it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.merging import open_merges
from taper_app.clinical.charting.struck import open_proposals
from taper_app.clinical.errors import NotFound
from taper_app.clinical.escalation.board_row import BoardRow, board_row, changes_at, day_of, worst_first
from taper_app.clinical.people import Actor
from taper_app.clinical.records import DayGlance, Episode, LatestRow, Unit
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.board_glances import days_of, doses_of, plan_line, trends_of
from taper_app.use_cases.board_people import beds_of
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, look, permitted, refused_is_audited
from taper_app.use_cases.rights import UseCase

NOTHING_CHARTED = "No observation set yet"
#: How a flag about a withheld dose begins, so that the board can show it in the patient's row.
DOSE_WITHHELD = "dose withheld of"
NOTHING_CALLS = "Nothing in the last set calls for somebody"


@dataclass(frozen=True, slots=True)
class WardBoard:
    """The board of one unit as it stands at ``now``, the worst first.

    ``version`` and ``changes_at`` say for how long it stays true: until the unit's version grows, or until that moment.
    ``mine``: the beds that the shift gives to the person who looks; None while no shift is set.
    """

    unit: Unit
    rows: Sequence[BoardRow]
    now: datetime
    version: int
    changes_at: datetime
    mine: frozenset[str] | None


def ward_board(app: App, actor: Actor, unit_id: str) -> Sequence[LatestRow]:
    """The kept rows of the unit's open episodes, as they stand today, most dangerous first."""

    def work(reading: Reading) -> Sequence[LatestRow]:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        unit, now = reading.unit(unit_id), app.clock()
        return [row for row, _ in _rows_today(reading, unit, now)] if unit else []

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def board_now(app: App, actor: Actor, unit_id: str) -> WardBoard:
    """Every admitted patient of the unit at this moment. Raises NotAllowed, NotFound."""
    version = board_version(app, actor, unit_id)  # before the rows: what changes in between is then seen as a change

    def work(reading: Reading) -> WardBoard:
        unit, now = reading.unit(unit_id), app.clock()
        if unit is None:
            raise NotFound("There is no such unit.")
        rules = app.protocols.rules
        rows = [board_row(row, day, now, rules) for row, day in _rows_today(reading, unit, now)]
        return WardBoard(
            unit=unit,
            rows=worst_first(rows, now, rules),
            now=now,
            version=version,
            changes_at=min(_next_midnight(unit, now), changes_at(rows, now) or datetime.max.replace(tzinfo=UTC)),
            mine=beds_of(reading, unit_id, actor, now, [row.kept.bed for row in rows]),
        )

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def board_version(app: App, actor: Actor, unit_id: str) -> int:
    """A number that grows with each change of the unit's board: all that a screen asks that shows it already."""

    def work() -> int:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        return app.store.board_version(unit_id)

    return refused_is_audited(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def _rows_today(reading: Reading, unit: Unit, now: datetime) -> Iterator[tuple[LatestRow, DayGlance]]:
    """The unit's rows with what each says of today; one that says nothing of it is worked out from its chart."""
    today = now.astimezone(ZoneInfo(unit.zone)).date()
    for kept in reading.latest_rows(unit.id):
        row, day = kept, day_of(kept, today)
        if day is None:
            row = _as_of_today(reading, kept, now)
            day = day_of(row, today) or DayGlance(day=today, plan_line=row.plan_line)
        if day.plan_line != row.plan_line:
            row = row.model_copy(update={"plan_line": day.plan_line})
        yield row, day


def _next_midnight(unit: Unit, now: datetime) -> datetime:
    zone = ZoneInfo(unit.zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)


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
        plan_line=plan_line(chart, chart.today),
        flags=flags_of(chart),
        alerts=tuple(alert.glance for alert in open_alerts),
        set_due_at=chart.next_set_due_at,
        set_asked_at=chart.next_set_wanted[0],
        level_of_sets=chart.level_of_sets,
        trends=trends_of(chart),
        doses=doses_of(chart),
        days=days_of(chart),
        changed_at=chart.now,
    )


def _quiet_headline(answer: dict[str, Any]) -> str:
    calling = [finding for finding in answer.get("findings", ()) if finding["level"] > 1]
    return str(calling[0]["message"]) if calling else NOTHING_CALLS


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
