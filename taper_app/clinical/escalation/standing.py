"""What stands now: is the next cut suspended, what about this dose, may the plan be printed as current.

An alert suspends the next cut until a prescriber has resolved it or has signed a new version of the plan. Two
decisions, never one: what is said of the cut says nothing of the dose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from taper_app.clinical.escalation.alerts import Alert, Raising
from taper_app.clinical.planning.versions import ChangeRequestBody, PlanVersion, signed_version
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import Record, RecordKind

_NO_CUT = frozenset({Effect.NO_FURTHER_CUT})
_UNTIL_RESOLVED = (Effect.CONTINUE_AND_CALL, Effect.NO_FURTHER_CUT)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why no cut is made: since when, and what has to happen first."""

    since: datetime
    because: str
    effects: frozenset[Effect]
    alert: Alert | None = None
    raising: Raising | None = None
    #: Its cut fell due while it stood: resolving it came after, and new dates are wanted.
    is_overtaken: bool = False

    @property
    def what(self) -> tuple[str, str]:
        """The same for the same rule of one alert, however often it was found."""
        if self.alert is None or self.raising is None:
            return ("", self.because)
        return (self.alert.id, self.raising.body.headline_rule)


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
        """The first finding that asks for the benzodiazepine itself (a seizure and the like).

        Also where the same set withholds the next dose by mouth: the seizure stands all the same.
        """
        serious = (found.since for found in self.suspensions if Effect.CONTINUE_AND_CALL in found.effects)
        return min(serious, default=None)

    @property
    def since(self) -> datetime | None:
        return min((suspension.since for suspension in self.suspensions), default=None)

    @property
    def because(self) -> str:
        """Newest first; what was found again stands once, as it was found last."""
        said = {suspension.what: suspension.because for suspension in reversed(self.suspensions)}
        return " ".join(dict.fromkeys(reversed(said.values())))

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
        Suspension(raising.at, raising.body.headline, raising.body.effects, alert, raising)
        for alert in found_alerts
        for raising in alert.raisings
        if raising.body.suspends_next_cut
        and not alert.resolved_by_prescriber
        and (last_signed is None or last_signed < raising.at)
    ]
    suspensions.extend(
        Suspension(record.recorded_at, f"Asked to keep the dose: {_reason(record)}", _NO_CUT)
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
        suspending = [raising.at for raising in alert.raisings if raising.body.suspends_next_cut]
        since = min((moment for moment in suspending if moment > signed.signed_at), default=None)
        if since is None:
            continue
        first, last = since.astimezone(zone).date(), alert.resolved.recorded_at.astimezone(zone).date()
        if any(first < cut <= last for cut in signed.cuts()):
            because = "A cut fell due while it was suspended; sign a new version with new dates to go on."
            yield Suspension(since, because, _NO_CUT, is_overtaken=True)


def _effect_on_dose(suspensions: Sequence[Suspension], found_alerts: Sequence[Alert]) -> Effect:
    """Withholding and rousing are said of the newest set only; what has to be given is said until it is resolved."""
    raisings = (raising for alert in found_alerts for raising in alert.raisings)
    newest = max(raisings, key=lambda raising: raising.at, default=None)
    effects = [
        effect
        for suspension in suspensions
        for effect in suspension.effects
        if effect in _UNTIL_RESOLVED
        or (suspension.raising and newest and suspension.raising.body.observation == newest.body.observation)
    ]
    return max(effects, key=lambda effect: effect.precedence, default=Effect.NONE)


def _reason(record: Record) -> str:
    return record.body_as(ChangeRequestBody).reason
