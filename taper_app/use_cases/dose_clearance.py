"""May a due dose be given: the gate in words, who may decide otherwise, and never two doses together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from taper_app.clinical.charting.after_a_gap import AfterGap, TakenUp, after_gap
from taper_app.clinical.charting.doses import DoseStatus, DueDose
from taper_app.clinical.charting.orders import DoseOrder
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, StateConflict, TaperError
from taper_app.clinical.escalation.answer import DoseGateAnswer
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.medicines import folded
from taper_app.export.dates import moment_text
from taper_app.store.interface import Reading
from taper_app.use_cases.assessing import DoseGateNow, dose_gate, gate_at, is_due
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App, look, opened, permitted
from taper_app.use_cases.observe import SHORTEST_REASON
from taper_app.use_cases.rights import Grant, UseCase, grant_of


class DoseNotCleared(TaperError):
    """The gate does not clear this dose: what is missing, and who may decide otherwise."""

    next_step: ClassVar[str] = "Nothing was stored."

    def __init__(self, gate: DoseGateAnswer) -> None:
        self.gate = gate
        super().__init__(f"{gate_in_words(gate)} {who_may_override(gate)}".strip())


def gates_of_due_doses(app: App, actor: Actor, chart: Chart) -> dict[tuple[datetime, str], DoseGateNow]:
    """The gate of each dose that is due now, by its time and medicine."""

    def work(reading: Reading) -> dict[tuple[datetime, str], DoseGateNow]:
        opened(reading, actor, UseCase.OPEN_CHART, chart.episode_id, closed_too=True)
        return {(due.planned_for, due.dose.drug): dose_gate(app, chart, chart.now, due) for due in chart.due_doses}

    return look(app, actor, UseCase.OPEN_CHART, chart.episode_id, work)


def gate_as_needed(app: App, actor: Actor, chart: Chart) -> DoseGateNow:
    """The gate of a benzodiazepine as needed, now."""

    def work(reading: Reading) -> DoseGateNow:
        opened(reading, actor, UseCase.OPEN_CHART, chart.episode_id, closed_too=True)
        return gate_at(app, chart, chart.now)

    return look(app, actor, UseCase.OPEN_CHART, chart.episode_id, work)


def prescriber_order_for(app: App, chart: Chart, due: DueDose, at: datetime) -> DoseOrder | None:
    """The newest word of a prescriber for this one dose; like a reading it grows old."""
    holds = timedelta(minutes=app.protocols.rules.gate.prescriber_order_holds_minutes)
    return next(
        (
            ordered
            for ordered in chart.dose_orders
            if (ordered.body.planned_for, ordered.body.medicine) == (due.planned_for, due.dose.drug)
            and at - holds <= ordered.record.happened_at <= at
        ),
        None,
    )


def gap_before(app: App, chart: Chart, due: DueDose, at: datetime) -> AfterGap:
    """What the hours since the last dose mean for this one. ``chart`` is as of ``at``."""
    limits = app.protocols.limits.missed_doses
    day = due.planned_for.astimezone(chart.zone).date()
    back = timedelta(hours=limits.same_dose_up_to_hours) + timedelta(days=2)
    planned = [before for before in chart.planned_between(day - back, day) if before.dose.drug == due.dose.drug]
    half_life = app.protocols.medicines[due.dose.drug].half_life
    return after_gap(
        due,
        planned,
        chart.last_dose_at,
        at,
        shortest_half_life_hours=half_life.low_hours if half_life else None,
        limits=limits,
    )


def gate_in_words(gate: DoseGateAnswer) -> str:
    """``Assess first: …``, ``Withhold this dose: …``, ``May be given.``"""
    reason = gate.reason or ""
    if gate.state == "assess_first":
        return f"Assess first. {reason}"
    if gate.state == "withhold":
        return f"Do not give this dose now. {reason}"
    return f"May be given. {reason}".strip()


def who_may_override(gate: DoseGateAnswer) -> str:
    """Who may give it all the same, in a sentence; empty when it may be given."""
    if gate.state == "give":
        return ""
    return {
        "nurse": "A nurse may give it before the rescore, with a reason.",
        "physician": "Only a prescriber may decide to give it now, with a reason.",
        None: "Chart what is missing; then it is judged again.",
    }[gate.override_role]


def may_override(actor: Actor, gate: DoseGateAnswer) -> bool:
    """Whether this person may give the dose although the gate does not clear it."""
    grant = grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role)
    if gate.override_role == "nurse":
        return grant in (Grant.RASS_MINUS_1_WITH_REASON, Grant.SIGN)
    return gate.override_role == "physician" and grant is Grant.SIGN


def require_cleared(actor: Actor, gate: DoseGateAnswer, override_reason: str, unit_id: str) -> None:
    """Raises DoseNotCleared, or NotAllowed for an override that this person may not decide."""
    if gate.state == "give":
        return
    if len(override_reason.strip()) < SHORTEST_REASON:
        raise DoseNotCleared(gate)
    permitted(actor, UseCase.OVERRIDE_DOSE_GATE, unit_id)
    if not may_override(actor, gate):
        raise NotAllowed(f"{gate_in_words(gate)} {who_may_override(gate)}")


def require_word_after_gap(actor: Actor, gap: AfterGap, ordered_by: str) -> None:
    """After a gap the same dose needs a prescriber's word. Raises InputRefused without one."""
    if (
        gap.taken_up is not TakenUp.ON_PRESCRIBERS_WORD
        or grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role) is Grant.SIGN
    ):
        return
    if len(ordered_by.strip()) < SHORTEST_REASON:
        raise InputRefused([Fault("ordered_by", f"{gap.sentence} Write who ordered it.")])


def withheld_on_order_until(due: DueDose, at: datetime) -> datetime | None:
    """Until when a dose waits because a prescriber ordered it withheld; None when nothing keeps it waiting."""
    body = due.charted.body if due.charted else None
    waits = body and body.status is DoseStatus.WITHHELD and body.ordered_by and body.recheck_at and at < body.recheck_at
    return body.recheck_at if body and waits else None


def require_order_to_give_early(actor: Actor, chart: Chart, due: DueDose, at: datetime, ordered_by: str) -> None:
    """A dose withheld on a prescriber's order comes back at its time; earlier it needs another word."""
    until = withheld_on_order_until(due, at)
    if until is None or grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role) is Grant.SIGN:
        return
    if len(ordered_by.strip()) < SHORTEST_REASON:
        when = moment_text(until, chart.unit.zone)
        raise InputRefused([Fault("ordered_by", f"Withheld on an order until {when}; write who orders it earlier.")])


def require_not_advised_against(actor: Actor, chart: Chart, medicine: str, override_reason: str) -> None:
    """An open alert whose action names the medicine: only a prescriber gives it all the same, with a reason."""
    advice = advised_against(chart, medicine)
    may = grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role) is Grant.SIGN
    if not advice or (may and len(override_reason.strip()) >= SHORTEST_REASON):
        return
    raise StateConflict(f"An open alert says: {advice} A prescriber decides whether it is given all the same.")


def advised_against(chart: Chart, medicine: str) -> str:
    """What open alerts say about a comfort medicine by name; empty when none does."""
    wanted = {folded(word) for word in medicine.replace("/", " ").split()}
    said = [
        reason.action
        for alert in chart.alerts
        if alert.is_open
        for reason in alert.reasons
        if wanted & {folded(word.strip(".,;:")) for word in reason.action.split()}
    ]
    return " ".join(dict.fromkeys(said))


def require_ordered_to_withhold(actor: Actor, gate: DoseGateAnswer, ordered_by: str) -> None:
    """A dose that the gate clears is left out by a prescriber's order only. Raises InputRefused without one."""
    if gate.state != "give" or grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role) is Grant.SIGN:
        return
    if len(ordered_by.strip()) < SHORTEST_REASON:
        sentence = "The check allows this dose, so only a prescriber's order withholds it; write who ordered it."
        raise InputRefused([Fault("ordered_by", sentence)])


def require_not_doubled(actor: Actor, chart: Chart, due: DueDose, happened_at: datetime, override_reason: str) -> None:
    """An earlier dose is not given any more when the next one is due or was given; a prescriber may order it."""
    day = happened_at.astimezone(chart.zone).date()
    later = [
        other
        for other in chart.planned_between(due.planned_for.astimezone(chart.zone).date(), day + timedelta(days=1))
        if other.dose.drug == due.dose.drug and due.planned_for < other.planned_for
    ]
    taken = [
        other for other in later if other.charted and other.charted.body.was_taken and other.charted.at <= happened_at
    ]
    at_the_next = [other for other in later if is_due(other, happened_at)]
    if not taken and not at_the_next:
        return
    if (
        grant_of(UseCase.OVERRIDE_DOSE_GATE, actor.role) is Grant.SIGN
        and len(override_reason.strip()) >= SHORTEST_REASON
    ):
        return
    next_one = moment_text((taken or at_the_next)[0].planned_for, chart.unit.zone)
    raise StateConflict(
        f"The dose of {next_one} is due or given already: two doses are never given together. Chart this one as "
        "missed and tell the prescriber, who may order it with a reason."
    )
