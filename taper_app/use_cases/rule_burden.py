"""What the rules asked of a unit in the last weeks: how often each fired, what was done, and alerts per nurse.

It is worked out of the records each time, and nothing of it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from taper_app.clinical.charting.struck import counting
from taper_app.clinical.errors import NotFound
from taper_app.clinical.escalation.alerts import alerts
from taper_app.clinical.escalation.rule_burden import (
    RaisedAlert,
    RuleBurden,
    Span,
    SpanBurden,
    burden_by_rule,
    burden_by_span,
    plan_changed_after,
)
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, Record, RecordKind, Unit
from taper_app.clinical.shifts import Shift
from taper_app.store.interface import Reading
from taper_app.use_cases.context import App, look
from taper_app.use_cases.read_rules import require_counting
from taper_app.use_cases.rights import UseCase

#: How far back is counted (a working rule of the page, not a clinical number).
LOOK_BACK = timedelta(days=30)
#: More than a unit sets in that time, corrections among them (a limit of the reading).
_MOST_SHIFTS = 1000
_CHANGES_OF_PLAN = (RecordKind.PLAN_SIGNATURE, RecordKind.PLAN_CHANGE_REQUEST)
_READ = (
    RecordKind.OBSERVATION,
    RecordKind.ASSESSMENT,
    RecordKind.ALERT,
    RecordKind.FOUND_AGAIN,
    RecordKind.ALERT_ACTION,
    RecordKind.STRIKE,
    *_CHANGES_OF_PLAN,
)


@dataclass(frozen=True, slots=True)
class Burden:
    """The counts of one unit. ``by_shift`` is false where spans are the ward's days, because no shift was set.

    ``outside``: alerts that were raised while no shift was set.
    """

    since: datetime
    sets: int
    alerts: int
    by_rule: Sequence[RuleBurden]
    by_span: Sequence[SpanBurden]
    by_shift: bool
    outside: int = 0


def rule_burden(app: App, actor: Actor, unit_id: str) -> Burden:
    """The last 30 days of a unit. Raises NotAllowed for another unit, NotFound for an unknown one."""

    def work(reading: Reading) -> Burden:
        require_counting(actor, unit_id)
        unit, now = reading.unit(unit_id), app.clock()
        if unit is None:
            raise NotFound("There is no such unit.")
        records = reading.records_of_unit(unit_id, _READ, now - LOOK_BACK)
        return _counted(unit, records, reading.shifts(unit_id, _MOST_SHIFTS), now)

    return look(app, actor, UseCase.OPEN_CHART, None, work)


def _counted(unit: Unit, records: Sequence[Record], set_shifts: Sequence[Shift], now: datetime) -> Burden:
    stays = [counting(stay) for stay in _by_stay(records).values()]
    judged = [record for stay in stays for record in _newest_assessments(stay)]
    raised = [one for stay in stays for one in _raised(stay)]
    fired: Counter[str] = Counter()
    for record in judged:
        fired.update({finding["rule"] for finding in record.body["answer"]["findings"]})
    shifts = list(_shifts(set_shifts, now))
    by_span = burden_by_span(shifts or list(_days(judged, ZoneInfo(unit.zone), now)), raised)
    return Burden(
        since=now - LOOK_BACK,
        sets=len(judged),
        alerts=len(raised),
        by_rule=burden_by_rule(fired, raised),
        by_span=by_span,
        by_shift=bool(shifts),
        outside=len(raised) - sum(span.alerts for span in by_span),
    )


def _by_stay(records: Sequence[Record]) -> Mapping[EpisodeId, list[Record]]:
    found: dict[EpisodeId, list[Record]] = {}
    for record in records:
        found.setdefault(record.episode_id, []).append(record)
    return found


def _newest_assessments(stay: Sequence[Record]) -> list[Record]:
    """Of each set that stands what the rules said of it last: corrected or judged anew, it counts once."""
    corrected = {record.corrects for record in stay if record.kind is RecordKind.OBSERVATION}
    newest = {record.body["observation"]: record for record in stay if record.kind is RecordKind.ASSESSMENT}
    return [record for observation, record in newest.items() if observation not in corrected]


def _raised(stay: Sequence[Record]) -> Iterator[RaisedAlert]:
    found = alerts(stay)
    changes = [record.recorded_at for record in stay if record.kind in _CHANGES_OF_PLAN]
    for alert in found:
        yield RaisedAlert(alert, plan_changed_after(alert, found, changes))


def _shifts(set_shifts: Sequence[Shift], now: datetime) -> Iterator[Span]:
    """Newest first, as they were worked: of each beginning what was set last, up to the beginning of the next one."""
    last_set = {shift.begins_at: shift for shift in reversed(set_shifts)}
    until = now
    for begins_at in sorted(last_set, reverse=True):
        shift = last_set[begins_at]
        end = min(shift.ends_at, until)
        until = begins_at
        if now - LOOK_BACK < end and begins_at < now:
            yield Span(begins_at, end, frozenset(line.nurse.user_id for line in shift.nurses))


def _days(judged: Sequence[Record], zone: ZoneInfo, now: datetime) -> Iterator[Span]:
    """Each day of the ward's clock on which somebody charted, newest first, with the nurses who did."""
    charting: dict[date, set[str]] = {}
    for record in judged:
        day = record.recorded_at.astimezone(zone).date()
        nurses = charting.setdefault(day, set())
        if record.author.role in (Role.NURSE, Role.CHARGE_NURSE):
            nurses.add(record.author.user_id)
    for day in sorted(charting, reverse=True):
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        yield Span(start, min(end, now), frozenset(charting[day]))
