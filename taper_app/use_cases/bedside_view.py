"""What a page shows of bedside charting: the talk after a refusal, the baseline CIWA-B, pairs of raters, nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.bedside_history import RefusalTalk, SecondObservation
from taper_app.clinical.charting.bedside_standing import (
    ALCOHOL,
    Night,
    Witnessed,
    last_used_at,
    nights,
    witnessed,
    workup_complete,
)
from taper_app.clinical.charting.partial import REFUSED, Refusal, TalkDue, talk_due
from taper_app.clinical.charting.raters import TwoRaters, two_raters
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import rounded
from taper_app.clinical.records import Record, RecordId
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.plan_taper import last_seizure_at

_SECONDS_AN_HOUR = 3600


def refusal_talk_due(chart: Chart, protocols: WardProtocols) -> TalkDue | None:
    """By when somebody speaks with a patient who refused a set; None when nobody has to."""
    refusals = []
    last_level: int | None = None
    for charted in chart.sets:
        if charted.observation.not_done and charted.observation.not_done.reason == REFUSED:
            refusals.append(Refusal(charted.at, last_level))
        level = (charted.assessment or {}).get("level")
        last_level = int(level) if level is not None else last_level
    talks = (charted.at for charted in chart.bedside if isinstance(charted.entry, RefusalTalk))
    return talk_due(refusals, talks, protocols.bedside.refusal_review)


def seizure_workup_complete(chart: Chart, protocols: WardProtocols) -> Answer:
    """What the checklist says of the work-up after the last seizure."""
    items = tuple(protocols.bedside.seizure_workup.labels)
    return workup_complete(chart.bedside, last_seizure_at(chart), items)


def hours_since_last_drink(chart: Chart) -> Decimal | None:
    """Elapsed hours at ``chart.now``, when somebody said to the minute when the last drink was."""
    drunk_at = last_used_at(chart.bedside, ALCOHOL)
    if drunk_at is None or drunk_at > chart.now:
        return None
    return rounded(Decimal(int((chart.now - drunk_at).total_seconds())) / _SECONDS_AN_HOUR, 1)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The complete CIWA-B that later ones are held against. ``cut_at``: when the first cut is or was made.

    ``charted_at`` None: missing. ``is_late``: complete for the first time only after the first cut.
    """

    charted_at: datetime | None
    cut_at: datetime | None
    is_late: bool = False


def baseline_ciwa_b(chart: Chart) -> Baseline:
    """The first complete CIWA-B of the stay, and whether it came before the first cut of the signed plan."""
    complete = [charted.at for charted in chart.sets if _has_complete_ciwa_b(charted)]
    cut_at = _first_cut_at(chart)
    if not complete:
        return Baseline(None, cut_at)
    return Baseline(complete[0], cut_at, is_late=cut_at is not None and complete[0] > cut_at)


def _has_complete_ciwa_b(charted: ChartedSet) -> bool:
    scores = (charted.assessment or {}).get("scores", {})
    return bool(scores.get("ciwa_b", {}).get("complete"))


def _first_cut_at(chart: Chart) -> datetime | None:
    """The first dose of the day of the first cut."""
    cuts = chart.signed.cuts() if chart.signed else ()
    if not cuts:
        return None
    doses = chart.planned_between(cuts[0], cuts[0])
    midnight = datetime.combine(cuts[0], datetime.min.time(), tzinfo=chart.zone)
    return min((due.planned_for for due in doses), default=midnight)


def open_witnessed(chart: Chart) -> list[Witnessed]:
    """Counts and checks that wait for the second person's word, or differ and are not settled."""
    return [found for found in witnessed(chart.bedside) if found.is_open]


@dataclass(frozen=True, slots=True)
class RaterPair:
    """Two sets of one moment by two people."""

    first: ChartedSet
    second: ChartedSet
    compared: TwoRaters


def rater_pairs(chart: Chart, protocols: WardProtocols) -> list[RaterPair]:
    """Every second observer's set beside the first one, as both stand now, newest first."""
    standing = {charted.record.id: charted for charted in chart.sets}
    pairs = []
    for link in chart.bedside:
        if isinstance(link.entry, SecondObservation):
            first = standing.get(_as_it_stands(chart, link.entry.first))
            second = standing.get(_as_it_stands(chart, link.entry.second))
            if first and second:
                compared = two_raters(first.observation, second.observation, protocols.scales)
                pairs.append(RaterPair(first, second, compared))
    return sorted(pairs, key=lambda pair: pair.first.at, reverse=True)


def _as_it_stands(chart: Chart, record_id: RecordId) -> RecordId:
    """The record that has taken the place of one, through every correction."""
    replaced_by = {record.corrects: record.id for record in chart.records if record.corrects}
    while record_id in replaced_by:
        record_id = replaced_by[record_id]
    return record_id


def sleep_nights(chart: Chart) -> Sequence[Night]:
    """Hours slept, night by night: as observed, and as the patient says (CIWA-B item 18 too)."""
    told: dict[date, Decimal] = {}
    for charted in chart.sets:
        hours = charted.observation.ciwa_b.hours_slept if charted.observation.ciwa_b else None
        if hours is not None:
            told[charted.at.astimezone(chart.zone).date()] = hours
    return nights(chart.bedside, told)


def changed_since(chart: Chart, seen_at: datetime, *, other_than: str | None = None) -> list[Record]:
    """What was recorded after a moment, oldest first; ``other_than``: without the entries of this account."""
    return sorted(
        (
            record
            for record in chart.records
            if record.recorded_at > seen_at and (other_than is None or record.author.user_id != other_than)
        ),
        key=lambda record: record.recorded_at,
    )
