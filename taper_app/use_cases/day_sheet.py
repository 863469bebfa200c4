"""The last 24 hours of a chart: as a sheet for the screen, and printed as a PDF. Printing is noted in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from taper_app.clinical.charting.bedside import entry_of
from taper_app.clinical.charting.day_sheet import DaySheet, SetColumn, SheetLine, Written
from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DueDose
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.struck import STRIKABLE, StrikeBody
from taper_app.clinical.charting.waste import amount_in_words
from taper_app.clinical.charting.words import LEVEL_WORDS, event_words, reading_words, symptom_words
from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.escalation.alerts import Alert
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_text
from taper_app.clinical.records import EpisodeId, Record, RecordKind
from taper_app.export.bedside_words import entry_words
from taper_app.export.dates import moment_text
from taper_app.export.pdf import day_pdf
from taper_app.store.interface import Writing
from taper_app.use_cases.board import flags_of
from taper_app.use_cases.chart import Chart, ChartedSet, read_chart
from taper_app.use_cases.context import App, change, opened
from taper_app.use_cases.rights import Grant, UseCase, grant_of

#: What a sheet covers: a nurse's three shifts (a working rule of the print, not a clinical number).
COVERED = timedelta(hours=24)
_NOBODY = "nobody yet"

File = tuple[str, str, bytes]


def print_day(app: App, actor: Actor, episode_id: EpisodeId) -> File:
    """File name, media type and content of the printed sheet. Raises NotAllowed without the whole chart's right."""

    def work(writing: Writing) -> DaySheet:
        episode = opened(writing, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        if grant_of(UseCase.OPEN_CHART, actor.role) not in (Grant.UNIT, Grant.YES):
            raise NotAllowed(f"A {actor.role.in_words} may not take the chart away as a file.")
        return sheet_of(read_chart(writing, episode, app.clock()), actor.signature, app.protocols)

    sheet = change(app, actor, UseCase.OPEN_CHART, episode_id, work)
    return "chart-of-24-hours.pdf", "application/pdf", day_pdf(sheet)


def sheet_of(chart: Chart, printed_by: str, protocols: WardProtocols) -> DaySheet:
    """What happened, or was written down, in the hours before ``chart.now``."""
    since = chart.now - COVERED
    sets = [found for found in chart.sets if _is_within(found.record, since)]
    return DaySheet(
        patient=chart.patient,
        age_years=chart.patient.age_on(chart.today),
        bed=chart.bed,
        ward=chart.unit.name,
        zone=chart.unit.zone,
        since=since,
        until=chart.now,
        printed_by=printed_by,
        risks=flags_of(chart),
        plan=plan_in_words(chart),
        plan_counts=chart.signed is not None and chart.standing.plan_is_current,
        due=tuple(_due(chart)),
        sets=tuple(_column(chart, protocols, found) for found in sets if is_set(found.observation)),
        doses=tuple(sorted(_doses(chart, protocols, since), key=lambda line: line.written.happened_at)),
        events=tuple(line for found in sets for line in _events(chart, protocols, found)),
        others=tuple(line for line in _others(chart, protocols) if _is_in(line.written, since)),
        alerts=tuple(_alert(chart, alert) for alert in reversed(chart.alerts) if _is_within(alert.record, since)),
    )


def _is_within(record: Record, since: datetime) -> bool:
    return record.happened_at >= since or record.recorded_at >= since


def _is_in(written: Written, since: datetime) -> bool:
    return written.happened_at >= since or written.recorded_at >= since


def is_set(observation: Observation) -> bool:
    """Readings, CIWA-B or sedation: what stands in a column. Anything else is an event or a symptom."""
    return any(part is not None for part in (observation.vitals, observation.ciwa_b, observation.rass))


def plan_in_words(chart: Chart) -> str:
    """Whether a plan is signed and in force, in a sentence that can stand by itself."""
    if chart.signed is None:
        return "Plan proposed, NOT SIGNED" if chart.versions else "No plan"
    number = f"Plan version {chart.signed.number}"
    if not chart.standing.plan_is_current:
        return f"{number} SUSPENDED: do not omit the dose, no cut until a prescriber has reviewed"
    assert chart.signed.signed_at is not None, "a signed version has its moment"
    assert chart.signed.signed_by is not None, "a signed version has its author"
    signed = f"signed by {chart.signed.signed_by.signature}, {moment_text(chart.signed.signed_at, chart.unit.zone)}"
    kept = "; keep the dose, no cut until a prescriber has reviewed" if chart.standing.suspensions else ""
    return f"{number} {signed}{kept}"


def _due(chart: Chart) -> Iterator[str]:
    yield f"Observation set {moment_text(chart.next_set_due_at, chart.unit.zone)}"
    for due in chart.due_doses:
        yield f"Dose {moment_text(due.planned_for, chart.unit.zone)}: {due.dose.drug} {mg_text(due.dose.mg)}"


def _column(chart: Chart, protocols: WardProtocols, found: ChartedSet) -> SetColumn:
    answer = Assessment.model_validate(found.assessment) if found.assessment else None
    return SetColumn(
        written=_written(chart, protocols, found.record),
        observation=found.observation,
        news2=_news2(answer) if found.observation.vitals else "",
        ciwa_b=_ciwa_b(answer) if found.observation.ciwa_b and found.observation.ciwa_b.scores() else "",
        level=answer.level if answer else 1,
    )


def _news2(answer: Assessment | None) -> str:
    if answer is None:
        return ""
    score = answer.scores.news2
    return str(score.total) if score.total is not None else f"at least {score.least}"


def _ciwa_b(answer: Assessment | None) -> str:
    if answer is None:
        return ""
    score = answer.scores.ciwa_b
    if score.complete:
        return f"{score.total}, {score.band}"
    return f"{score.least} to {score.most}, incomplete, no band"


def _doses(chart: Chart, protocols: WardProtocols, since: datetime) -> Iterator[SheetLine]:
    for charted in chart.doses:
        if _is_within(charted.record, since):
            yield _dose(chart, protocols, charted)
    first = since.astimezone(chart.zone).date()
    for due in chart.planned_between(first, chart.today):
        if due.charted is None and since <= due.planned_for <= chart.now:
            yield _not_charted(due)


def _dose(chart: Chart, protocols: WardProtocols, charted: ChartedDose) -> SheetLine:
    body = charted.body
    planned = (
        f"planned for {moment_text(body.planned_for, chart.unit.zone)}" if body.planned_for else body.purpose.value
    )
    ordered = f"ordered by {body.ordered_by}" if body.ordered_by else ""
    more = ", ".join(part for part in (body.route.value, planned, ordered, body.reason) if part)
    return SheetLine(_written(chart, protocols, charted.record), body.in_words, more)


def _not_charted(due: DueDose) -> SheetLine:
    written = Written(due.planned_for, due.planned_for, _NOBODY)
    return SheetLine(written, f"{due.dose.drug} {mg_text(due.dose.mg)}, NOT CHARTED", "planned for this time")


def _events(chart: Chart, protocols: WardProtocols, found: ChartedSet) -> Iterator[SheetLine]:
    """Events of every set; of an entry that is no full set its symptoms too."""
    words = list(event_words(found.observation))
    if not is_set(found.observation):
        words += [f"{word[0].upper()}{word[1:]}" for word in symptom_words(found.observation)]
        if found.observation.not_done:
            words.append(f"Set could not be done: {found.observation.not_done.reason}")
    level = LEVEL_WORDS[int((found.assessment or {}).get("level", 1))]
    for word in words:
        yield SheetLine(_written(chart, protocols, found.record), word, level)


def _others(chart: Chart, protocols: WardProtocols) -> Iterator[SheetLine]:
    """Pain, fluids, checks, orders, wasted halves: what is charted beside sets and doses."""
    for entry in chart.bedside:
        words = entry_words(entry.entry, protocols.bedside, chart.unit.zone)
        yield SheetLine(_written(chart, protocols, entry.record), words)
    for order in chart.orders:
        words = f"Order, {order.body.kind.in_words}: {order.body.in_words}"
        yield SheetLine(_written(chart, protocols, order.record), words, "ended" if order.ended else "")
    for found in chart.wastes:
        amount = amount_in_words(found.body.product, found.body.count, found.body.tenth_mcg, protocols)
        yield SheetLine(_written(chart, protocols, found.record), f"Wasted: {amount}", found.state_in_words)
    yield from _struck(chart)


def _struck(chart: Chart) -> Iterator[SheetLine]:
    """That an entry was struck, and why; what it said is another patient's and is not carried away on this sheet."""
    by_id = {kept.id: kept for kept in chart.struck if kept.kind in STRIKABLE}
    for strike in chart.of_kind(RecordKind.STRIKE):
        body = strike.body_as(StrikeBody)
        became = "moved to another chart, because" if body.moved_to else "because"
        for entry in (by_id[found] for found in body.struck if found in by_id):
            what = f"{entry.kind.value.replace('_', ' ')} of {moment_text(entry.happened_at, chart.unit.zone)}"
            yield SheetLine(
                Written(strike.recorded_at, strike.recorded_at, strike.author.signature),
                f"STRUCK, counts in nothing: {what}, charted by {entry.author.signature}",
                f"{became}: {body.reason}",
            )


def _alert(chart: Chart, alert: Alert) -> SheetLine:
    zone = chart.unit.zone
    parts = []
    if alert.acknowledged:
        when = moment_text(alert.acknowledged.recorded_at, zone)
        parts.append(f"acknowledged {when}, {alert.acknowledged.author.signature}")
    if alert.resolved:
        done = str(alert.resolved.body.get("action_taken") or "")
        parts.append(f"resolved {moment_text(alert.resolved.recorded_at, zone)}: {done}")
    raised = Written(alert.raised_at, alert.raised_at, alert.record.author.signature)
    became = "; ".join(parts) or "not acknowledged"
    return SheetLine(raised, f"{LEVEL_WORDS[alert.body.level]}: {alert.body.headline}", became)


def _written(chart: Chart, protocols: WardProtocols, record: Record) -> Written:
    replaced = chart.history_of(record.id)
    because = str(record.body.get("correction_reason") or record.body.get("reason") or "") if replaced else ""
    return Written(
        happened_at=record.happened_at,
        recorded_at=record.recorded_at,
        by=record.author.signature,
        before=tuple(_before(chart, protocols, old) for old in replaced),
        because=because,
    )


def _before(chart: Chart, protocols: WardProtocols, old: Record) -> str:
    written = f"(written {moment_text(old.recorded_at, chart.unit.zone)}, {old.author.signature})"
    if old.kind is RecordKind.DOSE:
        return f"{old.body_as(DoseBody).in_words} {written}"
    if old.kind is RecordKind.BEDSIDE_ENTRY:
        return f"{entry_words(entry_of(old).entry, protocols.bedside, chart.unit.zone)} {written}"
    if old.kind is not RecordKind.OBSERVATION:
        return f"an earlier entry {written}"
    observation = old.body_as(Observation)
    words = [*event_words(observation), *reading_words(observation), *symptom_words(observation)]
    return f"{'; '.join(words) or 'an entry without readings'} {written}"
