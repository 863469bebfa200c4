"""The board's words for roles, alerts, doses, cuts and trends, as HTML in which people's text is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

from taper_app.clinical.escalation.answer import Finding
from taper_app.clinical.escalation.board_row import BoardRow, OpenAlert
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import DoseGlance, TrendGlance
from taper_app.ui.components.board_clock import ClockKind, clock
from taper_app.ui.components.times import clock_text, date_text

ROLES: Final[dict[str, str]] = {
    "nurse": "nurse",
    "charge_nurse": "nurse in charge",
    "prescriber": "prescriber",
    "emergency_team": "emergency team",
}
#: This dose, short; an effect that is not named here leaves it as planned.
_DOSE_WORDS: Final = {
    Effect.WITHHOLD_AND_CALL.value: "Withhold this dose until a prescriber orders it",
    Effect.ASSESS_THEN_DOSE.value: "Rouse and rescore before this dose, do not skip it",
    Effect.CONTINUE_AND_CALL.value: "Do not omit the benzodiazepine",
}
_SCALES: Final = {"ciwa_b": "CIWA-B", "news2": "NEWS2"}
KEEP_DOSE: Final = "Keep dose, no cut until reviewed"


def alert_line(alert: OpenAlert, now: datetime, zone: str) -> str:
    """``nobody has acknowledged it for 6 min → prescriber; emergency team in 4 min``."""
    acknowledged = alert.glance.acknowledged_at
    if acknowledged:
        return f"acknowledged {clock_text(acknowledged, zone)}, not yet resolved"
    waited = clock(ClockKind.WAITED, alert.glance.raised_at, now)
    line = f"nobody has acknowledged it for {waited} → <b>{ROLES[alert.climb.role]}</b>"
    if alert.climb.climbs_at is None or alert.next_role is None:
        return line
    return f"{line}; {ROLES[alert.next_role]} {clock(ClockKind.UNTIL, alert.climb.climbs_at, now)}"


def set_line(row: BoardRow, now: datetime) -> str:
    if row.set_due_at is None:
        return "no set due"
    which = "Set" if row.kept.last_observation_at else "First set"
    return f"{which} {clock(ClockKind.DUE, row.set_due_at, now)}"


def late_line(finding: Finding) -> str:
    """``late set → nurse in charge, prescriber (R41)``: what the rules say of it by the clock."""
    told = ", ".join(ROLES.get(role, role.replace("_", " ")) for role in finding.notify)
    return f"late set → <b>{escape(told)}</b> ({escape(finding.rule)})"


def dose_lines(row: BoardRow, now: datetime, zone: str) -> Iterator[str]:
    """Of each medicine the newest open dose; of those before it only how many."""
    newest = {dose.words.partition(" ")[0]: dose for dose in row.doses}
    for dose in newest.values():
        yield _dose_line(dose, now, zone)
    earlier = len(row.doses) - len(newest)
    if earlier:
        yield f"<b>{earlier} earlier {'dose' if earlier == 1 else 'doses'} not charted</b>"


def _dose_line(dose: DoseGlance, now: datetime, zone: str) -> str:
    planned = f"{escape(dose.words)}, {clock_text(dose.planned_for, zone)}"
    counted = clock(ClockKind.DUE, dose.due_at, now)
    if dose.is_withheld:
        return f"<b>Withheld: {planned}; look again {clock_text(dose.due_at, zone)}</b> {counted}"
    return f"Dose {planned} {counted}"


def cut_line(row: BoardRow) -> str:
    """The next cut's day, or that it is suspended. Without a plan there is no cut to speak of."""
    if row.is_cut_suspended:
        return KEEP_DOSE
    if row.today.next_cut_on is not None:
        return f"Next cut {date_text(row.today.next_cut_on)}"
    return "" if row.kept.plan_version is None else "No cut ahead"


def this_dose_line(row: BoardRow) -> str:
    return _DOSE_WORDS.get(row.kept.this_dose, "")


def trend_line(trend: TrendGlance) -> str:
    """``▲ CIWA-B 12 → 24 in 8 h``; the arrow is told in words to those who hear it."""
    name = _SCALES[trend.scale]
    now = f"at least {trend.now}" if trend.is_least else str(trend.now)
    if trend.before is None or trend.minutes_between is None or (trend.rise == 0 and not trend.is_least):
        return f"{name} {now}"
    mark, said = ("▲", "rising") if trend.rise > 0 else ("▼", "falling")
    if trend.is_least and trend.rise <= 0:
        mark, said = "?", "rising or falling is not known, the newest is incomplete"
    apart = _apart(trend.minutes_between)
    return f'<span role="img" aria-label="{said}">{mark}</span> {name} {trend.before} → {now} in {apart}'


def _apart(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
