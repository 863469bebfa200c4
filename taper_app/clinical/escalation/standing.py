"""What stands now: is the next cut suspended, what about this dose, may the plan be printed as current.

An alert suspends the next cut until a prescriber has resolved it or has signed a new version of the plan. Two
decisions, never one: what is said of the cut says nothing of the dose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from taper_app.clinical.escalation.alerts import Alert
from taper_app.clinical.planning.versions import ChangeRequestBody, PlanVersion, signed_version
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import Record, RecordKind


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why no cut is made: since when, and what has to happen first."""

    since: datetime
    because: str
    effect: Effect
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The two decisions, with their reasons."""

    suspensions: tuple[Suspension, ...]
    effect: Effect

    @property
    def next_cut(self) -> str:
        return "suspended" if self.suspensions else "as_planned"

    @property
    def plan_is_current(self) -> bool:
        """False after a seizure or the like: the plan may not be printed or exported as current."""
        return self.not_current_since is None

    @property
    def not_current_since(self) -> datetime | None:
        """The first finding that asks for the benzodiazepine itself (a seizure and the like)."""
        serious = (found.since for found in self.suspensions if found.effect is Effect.CONTINUE_AND_CALL)
        return min(serious, default=None)

    @property
    def since(self) -> datetime | None:
        return min((suspension.since for suspension in self.suspensions), default=None)

    @property
    def because(self) -> str:
        return " ".join(dict.fromkeys(suspension.because for suspension in self.suspensions))

    @property
    def cut_in_words(self) -> str:
        return "Keep dose, no cut until a prescriber has reviewed" if self.suspensions else "Next cut as planned"

    @property
    def dose_in_words(self) -> str:
        return {
            Effect.WITHHOLD_AND_CALL: "Do not give this dose until a prescriber orders it. Emergency.",
            Effect.ASSESS_THEN_DOSE: "Rouse and rescore before this dose. Do not skip it.",
            Effect.CONTINUE_AND_CALL: (
                "Do not omit the benzodiazepine: it is the treatment. A prescriber orders dose and route now."
            ),
        }.get(self.effect, "Give the planned dose.")


def standing(
    records: Sequence[Record], found_alerts: Sequence[Alert], versions: Sequence[PlanVersion], zone: tzinfo
) -> Standing:
    """What stands after everything that was recorded. ``zone`` is the ward's: days are its days."""
    last_signed = max((version.signed_at for version in versions if version.signed_at), default=None)
    suspensions = [
        Suspension(alert.raised_at, alert.body.headline, _strongest(alert), alert)
        for alert in found_alerts
        if alert.body.suspends_next_cut
        and not alert.resolved_by_prescriber
        and (last_signed is None or last_signed < alert.raised_at)
    ]
    suspensions.extend(
        Suspension(record.recorded_at, f"Asked to keep the dose: {_reason(record)}", Effect.NO_FURTHER_CUT)
        for record in records
        if record.kind is RecordKind.PLAN_CHANGE_REQUEST and (last_signed is None or last_signed < record.recorded_at)
    )
    suspensions.extend(_overtaken(found_alerts, signed_version(versions), zone))
    suspensions.sort(key=lambda suspension: suspension.since, reverse=True)
    return Standing(tuple(suspensions), _effect_on_dose(suspensions, found_alerts))


def _overtaken(found_alerts: Sequence[Alert], signed: PlanVersion | None, zone: tzinfo) -> Iterator[Suspension]:
    """A cut fell due while it was suspended: once resolved, the plan's later cuts would come all at once.

    The dose is kept until a new version with new dates is signed.
    """
    for alert in found_alerts:
        if signed is None or signed.signed_at is None or alert.resolved is None or not alert.resolved_by_prescriber:
            continue
        if not alert.body.suspends_next_cut or alert.raised_at <= signed.signed_at:
            continue
        first = alert.raised_at.astimezone(zone).date()
        last = alert.resolved.recorded_at.astimezone(zone).date()
        if any(first < cut <= last for cut in signed.cuts()):
            because = "A cut fell due while it was suspended; sign a new version with new dates to go on."
            yield Suspension(alert.raised_at, because, Effect.NO_FURTHER_CUT)


def _effect_on_dose(suspensions: Sequence[Suspension], found_alerts: Sequence[Alert]) -> Effect:
    """Withholding and rousing are said of the newest set only; what has to be given is said until it is resolved."""
    newest = found_alerts[0].body.observation if found_alerts else None
    effects = [
        suspension.effect
        for suspension in suspensions
        if suspension.effect in (Effect.CONTINUE_AND_CALL, Effect.NO_FURTHER_CUT)
        or (suspension.alert and suspension.alert.body.observation == newest)
    ]
    return max(effects, key=lambda effect: effect.precedence, default=Effect.NONE)


def _strongest(alert: Alert) -> Effect:
    return max((reason.effect for reason in alert.body.reasons), key=lambda effect: effect.precedence)


def _reason(record: Record) -> str:
    return record.body_as(ChangeRequestBody).reason
