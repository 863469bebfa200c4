"""May a due dose be given: the gate in words, who may decide otherwise, and never two doses together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from taper_app.clinical.charting.doses import DueDose
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, StateConflict, TaperError
from taper_app.clinical.escalation.answer import DoseGateAnswer
from taper_app.clinical.people import Actor
from taper_app.export.dates import moment_text
from taper_app.store.interface import Reading
from taper_app.use_cases.assessing import DoseGateNow, dose_gate, is_due
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
